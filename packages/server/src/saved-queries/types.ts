import type { Millis } from '@onym/core';

/** How a result is drawn: `x` and `y` are columns of it. A table has neither. */
export interface Chart {
  readonly kind: 'table' | 'line' | 'bar';
  readonly x: string | null;
  readonly y: readonly string[];
}

/** What people write of a query that they save. */
export interface Draft {
  readonly name: string;
  readonly sql: string;
  readonly chart: Chart | null;
}

/** A query that people come back to, in one environment. */
export interface SavedQuery extends Draft {
  readonly environment: string;
  /** A UUID, given when it is first saved. */
  readonly id: string;
  /** 1 at first, one more with each change. */
  readonly version: number;
  /** Name of the key that saved this version, and when. */
  readonly savedBy: string;
  readonly savedAt: Millis;
}
