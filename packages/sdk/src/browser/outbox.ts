import { countedEvery, largeCharacters, pageWaitingCallsMax, pageWaitingCharactersMax } from '../limits.ts';
import type { Route } from '../wire.ts';
import { type ListingStore, memoryStore } from './storage.ts';

/** A call that was made and not yet acknowledged. */
export interface Call {
  readonly route: Route;
  /** Its payload as JSON. */
  readonly body: string;
}

export interface StoredCall extends Call {
  readonly key: string;
}

/** Calls waiting to be acknowledged, those of other tabs and of pages long closed among them, in the order they were made. */
export interface Outbox {
  /** False where older ones had to be dropped for it. `key`: of a call that waited elsewhere. */
  add(call: Call, now: number, key?: string): boolean;
  list(): StoredCall[];
  remove(calls: readonly StoredCall[]): void;
}

/**
 * One key per call: tabs append and remove without reading what the others do. What the store will not take stays in memory.
 * `name` tells pages apart that make a call in the same millisecond.
 */
export function createOutbox(store: ListingStore, prefix: string, name: string): Outbox {
  const spill = memoryStore();
  let count = 0;

  function read(key: string): StoredCall | null {
    const value = spill.get(key) ?? store.get(key);
    // A route, a colon, and the payload.
    const [, route, body] = /^(\w+):(.*)/s.exec(value ?? '') ?? [];
    return route && body ? { key, route: route as Route, body } : null;
  }

  function list(): StoredCall[] {
    return [...store.keys(), ...spill.keys()]
      .filter((key) => key.startsWith(prefix))
      .sort()
      .map(read)
      .filter((call) => call !== null);
  }

  function remove(calls: readonly StoredCall[]): void {
    for (const { key } of calls) {
      spill.remove(key);
      store.remove(key);
    }
  }

  return {
    list,
    remove,
    add({ route, body }, now, key = `${prefix}${now}-${1e6 + count}-${name}`) {
      count++;
      const value = `${route}:${body}`;
      try {
        store.set(key, value);
      } catch {
        spill.set(key, value);
      }
      if (count % countedEvery > 1 && body.length < largeCharacters) return true;
      let characters = 0;
      const excess = list()
        .reverse()
        .filter((one, i) => {
          characters += one.body.length;
          return i > 0 && (i >= pageWaitingCallsMax || characters > pageWaitingCharactersMax);
        });
      remove(excess);
      return excess.length === 0;
    },
  };
}
