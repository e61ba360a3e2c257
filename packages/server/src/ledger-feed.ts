import { perEnvironment } from './per-environment.ts';

export interface LedgerFeed {
  /** Calls `listener` after rows were added to an environment's ledger. Returns how to stop. */
  listen(environment: string, listener: () => void): () => void;
  notify(environment: string): void;
}

/** Wakes the live readers of a ledger. They read the rows themselves, so a call too many does no harm. */
export function createLedgerFeed(): LedgerFeed {
  const listeners = perEnvironment(() => new Set<() => void>());
  return {
    listen(environment, listener) {
      const heard = listeners.of(environment);
      heard.add(listener);
      return () => void heard.delete(listener);
    },
    notify(environment) {
      for (const listener of listeners.of(environment)) listener();
    },
  };
}
