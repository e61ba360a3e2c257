import type { KeyValueStore, Platform } from './platform.ts';

/** Where ids and unsent calls are kept. `localStorage+cookie` writes both, and survives the loss of either. */
export type Persistence = 'localStorage+cookie' | 'localStorage' | 'sessionStorage' | 'cookie' | 'memory';

const kinds = ['localStorage', 'sessionStorage', 'cookie'] as const;
type Kind = (typeof kinds)[number];

export type ListingStore = KeyValueStore & Required<Pick<KeyValueStore, 'keys'>>;

export function memoryStore(): ListingStore {
  const values = new Map<string, string>();
  return {
    get: (key) => values.get(key) ?? null,
    set: (key, value) => values.set(key, value),
    remove: (key) => values.delete(key),
    keys: () => [...values.keys()],
  };
}

/** The stores of one persistence: `state` for the few ids, `calls` for what waits to be sent, which no cookie could hold. */
export interface Stores {
  readonly state: KeyValueStore;
  readonly calls: ListingStore;
}

/** What was asked for, as far as the browser allows it; else the first kind that it allows; else memory, which never refuses. */
export function openStores(platform: Platform, persistence: Persistence): Stores {
  const usable = (wanted: readonly Kind[]) =>
    wanted.map((kind) => usableStore(platform, kind)).filter((store) => store !== null);
  let stores = usable(kinds.filter((kind) => persistence.includes(kind)));
  if (!stores[0] && persistence !== 'memory') stores = usable(kinds).slice(0, 1);
  return {
    state: together(stores),
    calls: stores.find((store): store is ListingStore => store.keys !== undefined) ?? memoryStore(),
  };
}

const probe = 'onym.probe';

/** The store, if it keeps what it is given: some browsers have one that refuses every write, or takes it and forgets. */
function usableStore(platform: Platform, kind: Kind): KeyValueStore | null {
  try {
    const store = platform.store(kind)!;
    store.set(probe, '1');
    const kept = store.get(probe);
    store.remove(probe);
    return kept ? store : null;
  } catch {
    return null;
  }
}

/** Writes to all; reads the first that has it. */
function together(stores: readonly KeyValueStore[]): KeyValueStore {
  return {
    get(key) {
      for (const store of stores) {
        const value = store.get(key);
        if (value !== null) return value;
      }
      return null;
    },
    set(key, value) {
      for (const store of stores) {
        try {
          store.set(key, value);
        } catch {
          // What it had is out of date: the others have it.
          store.remove(key);
        }
      }
    },
    remove(key) {
      for (const store of stores) store.remove(key);
    },
  };
}
