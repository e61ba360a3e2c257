import type { Fact, Seq, Settings } from '@onym/core';
import type { Backups } from '../backup/backups.ts';
import type { EnvironmentStates } from '../environments.ts';
import type { FreshReads } from '../events/fresh-reads.ts';
import type { StoredEvent } from '../events/types.ts';
import type { Imports } from '../import/imports.ts';
import type { DeadLetters } from '../ingest/dead-letters.ts';
import type { DeadLetter, Ingest } from '../ingest/types.ts';
import type { Quarantine } from '../journal/quarantine.ts';
import type { Lint } from '../lint/lint.ts';
import type { StatusReader } from '../metrics/status.ts';
import type { People, Search } from '../people/types.ts';
import type { Obstacle } from '../readiness.ts';
import type { Retention } from '../retention/retention.ts';
import type { SavedQueries } from '../saved-queries/saved-queries.ts';
import type { Steering } from '../steering/types.ts';

/**
 * What the routes need from the rest of the server. Every promise may reject with an OnymError; its code and Retry-After go to
 * the caller as they are. Routes ask only for environments that `environments()` names.
 */
export interface Services {
  environments(): readonly string[];
  /** In force now; called for each item, so it must be a look-up in memory. */
  settings(environment: string): Settings;
  readonly ingest: Ingest;
  readonly people: People;
  readonly search: Search;
  readonly steering: Steering;
  readonly lint: Pick<Lint, 'report' | 'observeUnknown'>;
  readonly reads: Pick<FreshReads, 'query' | 'exportTable'>;
  readonly imports: Pick<Imports, 'run'>;
  readonly deadLetters: Pick<DeadLetters, 'list' | 'oldest' | 'taking' | 'remove'>;
  readonly quarantine: Quarantine;
  readonly savedQueries: Pick<SavedQueries, 'page' | 'add' | 'replace' | 'remove'>;
  readonly environmentStates: EnvironmentStates;
  readonly status: StatusReader;
  readonly retention: Pick<Retention, 'run'>;
  readonly backups: Pick<Backups, 'begin'>;
  /** Notes rejected items; must neither throw nor wait. What to do beyond a limit (drop, count) is the implementer's. */
  deadLetter(letters: readonly DeadLetter[]): void;
  /** Ledger rows after `after`, ascending, at most `limit`. */
  ledgerPage(environment: string, after: Seq, limit: number): Promise<readonly Fact[]>;
  /** Seq of the last ledger row; 0 before the first. */
  ledgerHead(environment: string): Promise<Seq>;
  /** Calls `listener` after rows were added (once for several is fine; early calls do no harm). Returns how to stop. */
  onLedger(environment: string, listener: () => void): () => void;
  /** Calls `hear` with events once they are durable; those sent again are left out. Returns how to stop. */
  onEvents(environment: string, hear: (events: readonly StoredEvent[]) => void): () => void;
  /** Why calls, or events alone, can not be kept now; empty while they can. */
  obstacles(calls?: 'track'): Promise<readonly Obstacle[]>;
}
