import type { Millis, Seq } from '@onym/core';
import type { DeadLetters } from '../ingest/dead-letters.ts';
import type { NodeInfo } from '../nodes/nodes.ts';
import type { Obstacle } from '../readiness.ts';
import type { Readings } from './readings.ts';
import type { WordCounts } from './tallies.ts';
import { unlessAway } from './unless-away.ts';

/** How the server does, for people. Null is what nobody can say now: the store that knows it is away. */
export interface Status {
  /** Of one environment, all nodes together. */
  readonly environment: {
    readonly name: string;
    readonly events: number | null;
    readonly ledgerHead: Seq | null;
    readonly projectedSeq: Seq | null;
    readonly pendingRows: number | null;
    readonly foldedAgoMs: number | null;
  };
  /** Of all environments, all nodes together. */
  readonly all: {
    readonly deadLetters: number;
    /** Null also of one that shares nothing. */
    readonly nodes: readonly NodeInfo[] | null;
  };
  /** Of the node that answers, all environments. */
  readonly node: {
    readonly id: string;
    readonly version: string;
    /** What is counted is counted since. */
    readonly since: Millis;
    readonly keeps: { readonly calls: boolean; readonly events: boolean; readonly obstacles: readonly Obstacle[] };
    readonly journal: { readonly bytes: number; readonly ageMs: number; readonly waiting: number };
    readonly drained: { readonly events: number; readonly failures: number };
    readonly quarantined: number;
    readonly calls: WordCounts;
    readonly rejected: WordCounts;
    readonly deadLetters: Pick<ReturnType<DeadLetters['stats']>, 'kept' | 'waiting' | 'dropped'>;
    readonly disk: { readonly free: number; readonly size: number } | null;
  };
}

export interface StatusReader {
  /** Of an environment that is served. */
  status(environment: string): Promise<Status>;
}

/** `since`: when the parts began to count. */
export function createStatusReader(readings: Readings, since: Millis): StatusReader {
  const { readiness, eventStore, journal, drain, nodes, deadLetters, tally } = readings;

  async function environmentStatus(name: string): Promise<Status['environment']> {
    const [events, ledgerHead, pending] = await Promise.all([
      unlessAway(() => eventStore.eventCount(name)),
      unlessAway(() => readings.ledgerHead(name)),
      readings.pending(name),
    ]);
    const projectedSeq = readings.projectedSeq(name);
    const { identifiers: pendingRows = null, foldedAgoMs = null } = pending ?? {};
    return { name, events, ledgerHead, projectedSeq, pendingRows, foldedAgoMs };
  }

  async function nodeStatus(): Promise<Status['node']> {
    const obstacles = await readiness.obstacles();
    const { drainedEvents, failedAttempts } = drain.stats();
    const { kept, waiting, dropped } = deadLetters.stats();
    return {
      id: nodes.id,
      version: readings.version,
      since,
      keeps: { calls: obstacles.length === 0, events: (await readiness.obstacles('track')).length === 0, obstacles },
      journal: { bytes: journal.bytes(), ageMs: readings.journalAgeMs(), waiting: journal.waiting() },
      drained: { events: drainedEvents, failures: failedAttempts },
      quarantined: journal.quarantinedCount(),
      calls: tally.verdicts.counts(),
      rejected: tally.rejected.counts(),
      deadLetters: { kept, waiting, dropped },
      disk: await readings.disk.space(),
    };
  }

  return {
    async status(name) {
      const [environment, node, listed] = await Promise.all([
        environmentStatus(name),
        nodeStatus(),
        unlessAway(() => nodes.list()),
      ]);
      return { environment, node, all: { deadLetters: deadLetters.stats().stored, nodes: listed } };
    },
  };
}
