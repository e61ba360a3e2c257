import type { DrainLoop } from './drain.ts';
import type { Journal, QuarantinedEvent } from './types.ts';

/** Events that the event store would not take, for a person to decide on. `ids` null: all of the environment. */
export interface Quarantine {
  /** Oldest first, above `after`. */
  list(environment: string, page: { readonly after: number; readonly limit: number }): QuarantinedEvent[];
  /**
   * Gives them to the event store again. Resolves once it has taken them, or would not: those are back, under new ids. Throws OnymError
   * `event-store-unavailable` while it fails; they are in the journal then, and go their way.
   */
  replay(environment: string, ids: readonly number[] | null): Promise<{ replayed: number; returned: number }>;
  /** Deletes them. Returns how many there were. */
  discard(environment: string, ids: readonly number[] | null): number;
}

export interface QuarantineParts {
  readonly journal: Pick<Journal, 'quarantined' | 'quarantinedCount' | 'release' | 'discardQuarantined'>;
  readonly drain: Pick<DrainLoop, 'flush'>;
}

export function createQuarantine({ journal, drain }: QuarantineParts): Quarantine {
  return {
    list: (environment, { after, limit }) => journal.quarantined(environment, limit, after),
    async replay(environment, ids) {
      const replayed = journal.release(environment, ids);
      const left = journal.quarantinedCount();
      if (replayed > 0) await drain.flush(environment);
      return { replayed, returned: Math.max(0, journal.quarantinedCount() - left) };
    },
    discard: (environment, ids) => journal.discardQuarantined(environment, ids),
  };
}
