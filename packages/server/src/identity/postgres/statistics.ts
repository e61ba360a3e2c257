import type { Seq } from '@onym/core';
import type { Connections } from '../../postgres/connection.ts';
import { analyses } from './schema.ts';

/** Ledger rows at the first look; each one after that comes at so many times as many. */
const firstRows = 500;
const growth = 4;
/** From here on what PostgreSQL does by itself, within a minute of a table having grown by a tenth, comes soon enough. */
const rowsMax = 2_000_000;

export interface Statistics {
  /** To be called with the ledger's head after each commit; neither waits nor throws. */
  grown(head: Seq): void;
  close(): Promise<void>;
}

/**
 * The planner goes by statistics, and those of a ledger that has just begun to grow are of an empty one: statements would read whole tables
 * until PostgreSQL takes new ones by itself. So they are taken while it is small and grows.
 */
export function createStatistics(connections: Pick<Connections, 'script'>): Statistics {
  let nextAt = firstRows;
  let taking: Promise<void> | null = null;
  return {
    grown(head) {
      if (head < nextAt || head > rowsMax || taking !== null) return;
      nextAt = head * growth;
      taking = connections
        .script(analyses.join(';'))
        // The next one is taken later; until then it is only slow.
        .catch(() => undefined)
        .finally(() => {
          taking = null;
        });
    },
    close: async () => void (await taking),
  };
}
