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
  /** False where one had to be dropped for it. */
  add(call: Call, now: number): boolean;
  list(): StoredCall[];
  remove(calls: readonly StoredCall[]): void;
}

/** Calls kept at most; beyond it the oldest goes. */
export const waitingCallsMax = 1_000;
/** Counting reads the whole store, so it is not done for each call. */
const countedEvery = 50;

/**
 * One key per call: tabs append and remove without reading what the others do. What the store will not take stays in memory.
 * `name` tells pages apart that make a call in the same millisecond.
 */
export function createOutbox(store: ListingStore, prefix: string, name: string): Outbox {
  const spill = memoryStore();
  let count = 0;

  function keysOf(from: ListingStore): string[] {
    return from.keys().filter((key) => key.startsWith(prefix));
  }

  function read(key: string): StoredCall | null {
    const value = spill.get(key) ?? store.get(key);
    // A route, a colon, and the payload.
    const [, route, body] = /^(\w+):(.*)/s.exec(value ?? '') ?? [];
    return route && body ? { key, route: route as Route, body } : null;
  }

  function list(): StoredCall[] {
    return [...new Set([...keysOf(store), ...keysOf(spill)])]
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
    add({ route, body }, now) {
      const key = `${prefix}${now}-${1e6 + count++}-${name}`;
      const value = `${route}:${body}`;
      try {
        store.set(key, value);
      } catch {
        spill.set(key, value);
      }
      if (count % countedEvery !== 0) return true;
      const waiting = list();
      remove(waiting.slice(0, Math.max(0, waiting.length - waitingCallsMax)));
      return waiting.length <= waitingCallsMax;
    },
  };
}
