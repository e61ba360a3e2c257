import type { Seq } from '@onym/core';
import type { EventStore, Pending } from '../events/types.ts';
import type { Commits } from '../identity/commits.ts';
import type { IdentityStore } from '../identity/store.ts';
import type { Imports } from '../import/imports.ts';
import type { DeadLetters } from '../ingest/dead-letters.ts';
import type { DrainLoop } from '../journal/drain.ts';
import type { Journal } from '../journal/types.ts';
import type { Nodes } from '../nodes/nodes.ts';
import type { Projector } from '../projector/projector.ts';
import type { Readiness } from '../readiness.ts';
import type { DiskUse } from './disk-use.ts';
import type { Tally } from './server-tally.ts';

/** The parts that count. */
export interface Measured {
  readonly version: string;
  readonly environments: readonly string[];
  readonly tally: Tally;
  readonly readiness: Readiness;
  readonly identityStore: Pick<IdentityStore, 'environment'>;
  readonly eventStore: Pick<EventStore, 'pending' | 'queryStats' | 'eventCount'>;
  readonly journal: Pick<Journal, 'bytes' | 'waiting' | 'quarantinedCount' | 'oldestReceivedAt'>;
  readonly drain: Pick<DrainLoop, 'stats'>;
  readonly projector: Pick<Projector, 'stats'>;
  readonly nodes: Pick<Nodes, 'id' | 'list'>;
  readonly commits: Pick<Commits, 'waiting'>;
  readonly imports: Pick<Imports, 'running'>;
  readonly deadLetters: Pick<DeadLetters, 'stats'>;
  readonly disk: DiskUse;
  readonly now: () => number;
}

/** What /metrics and GET /v1/status both tell: the parts, and what is worked out from them. */
export interface Readings extends Measured {
  ledgerHead(environment: string): Promise<Seq>;
  /** What queries see, as this node last saw it; null before its first look. */
  projectedSeq(environment: string): Seq | null;
  /** Null while nobody can say, as where an event store by URL does not answer. */
  pending(environment: string): Promise<Pending | null>;
  /** Since the oldest event in the journal was received; 0 while it is empty. */
  journalAgeMs(): number;
  /** Nodes that are there, and that are away with a journal that may hold events. */
  nodeCounts(): Promise<{ readonly here: number; readonly away: number }>;
}

export function createReadings(parts: Measured): Readings {
  const { identityStore, eventStore, projector, journal, nodes, now } = parts;
  return {
    ...parts,
    ledgerHead: async (environment) => (await identityStore.environment(environment)).head,
    projectedSeq: (environment) =>
      projector.stats().find((lane) => lane.environment === environment)?.projectedSeq ?? null,
    pending: (environment) => eventStore.pending(environment).catch(() => null),
    journalAgeMs() {
      const oldest = journal.oldestReceivedAt();
      return oldest === null ? 0 : Math.max(0, now() - oldest);
    },
    async nodeCounts() {
      const all = await nodes.list();
      if (all === null) return { here: 1, away: 0 };
      const away = all.filter(({ isAway }) => isAway).length;
      return { here: all.length - away, away };
    },
  };
}
