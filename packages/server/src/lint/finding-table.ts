import type { Finding } from './rules.ts';

/** What one process found in one environment since its last batch; the next number comes once this one is known to be in the table. */
export interface Batch {
  readonly number: number;
  /** No two of one rule and call site. */
  readonly findings: readonly Finding[];
}

/**
 * Where findings outlive the process; nodes that share one count together. It has at most `lintFindingsMax` of an environment: those not seen
 * for longest go.
 */
export interface FindingTable {
  /**
   * Adds counts, widens spans of time, keeps the newest examples. All or nothing. The same number again, after an answer was lost, changes
   * nothing if the first has arrived.
   */
  add(environment: string, batch: Batch): Promise<void>;
  /** The last seen first. */
  list(environment: string): Promise<Finding[]>;
  /** Removes examples that name one of these ids, whoever added them, from the disk too. Counts stay: they name nobody. */
  forget(environment: string, ids: ReadonlySet<string>): Promise<void>;
  close(): Promise<void>;
}
