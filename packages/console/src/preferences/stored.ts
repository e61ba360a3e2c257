import { useSyncExternalStore } from 'react';

/** One choice of this browser, kept in localStorage and told to all who show it. Where storage is refused it lasts until the page is left. */
export function stored<Value extends string>(name: string, values: readonly Value[], initial: Value) {
  const key = `onym.${name}`;
  const listeners = new Set<() => void>();
  let current = read();

  function read(): Value {
    try {
      const kept = localStorage.getItem(key) as Value | null;
      return kept !== null && values.includes(kept) ? kept : initial;
    } catch {
      return initial;
    }
  }

  function set(value: Value): void {
    current = value;
    try {
      localStorage.setItem(key, value);
    } catch {
      // Storage is refused: the choice lasts as long as the page.
    }
    for (const listener of listeners) listener();
  }

  const subscribe = (listener: () => void) => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  };

  return { get: () => current, set, subscribe, use: () => useSyncExternalStore(subscribe, () => current) };
}
