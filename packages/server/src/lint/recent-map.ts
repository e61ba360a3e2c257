/** A map that remembers at least the last `sizeMax` keys set. Cheaper to write to than one that is exact about it. */
export interface RecentMap<V> {
  get(key: string): V | undefined;
  set(key: string, value: V): void;
  delete(key: string): void;
}

/** Two generations: when the young one is full, it becomes the old one, and what was old is forgotten. */
export function createRecentMap<V>(sizeMax: number): RecentMap<V> {
  let young = new Map<string, V>();
  let old = new Map<string, V>();
  return {
    get: (key) => young.get(key) ?? old.get(key),
    set(key, value) {
      if (young.size >= sizeMax && !young.has(key)) {
        old = young;
        young = new Map();
      }
      young.set(key, value);
    },
    delete(key) {
      young.delete(key);
      old.delete(key);
    },
  };
}
