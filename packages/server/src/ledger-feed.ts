export interface LedgerFeed {
  /** Calls `listener` after rows were added to an environment's ledger. Returns how to stop. */
  listen(environment: string, listener: () => void): () => void;
  notify(environment: string): void;
}

/** Wakes the live readers of a ledger. They read the rows themselves, so a call too many does no harm. */
export function createLedgerFeed(): LedgerFeed {
  const listeners = new Map<string, Set<() => void>>();
  return {
    listen(environment, listener) {
      let set = listeners.get(environment);
      if (set === undefined) {
        set = new Set();
        listeners.set(environment, set);
      }
      set.add(listener);
      return () => void set.delete(listener);
    },
    notify(environment) {
      for (const listener of listeners.get(environment) ?? []) listener();
    },
  };
}
