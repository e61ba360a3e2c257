import { collectDefaultMetrics, Gauge, type Registry } from 'prom-client';
import type { CallObserver, Commits } from './identity/commits.ts';
import type { DeadLetters } from './ingest/dead-letters.ts';
import type { DrainLoop } from './journal/drain.ts';
import type { Journal } from './journal/types.ts';
import type { Projector } from './projector/projector.ts';

/** Plain counters for hot paths; /metrics reads them when it is asked. */
export interface Tally extends CallObserver {
  repeats: number;
  reservedEvents: number;
  duplicateEvents: number;
  reserved(): void;
  duplicate(): void;
}

export function createTally(): Tally {
  const tally: Tally = {
    repeats: 0,
    reservedEvents: 0,
    duplicateEvents: 0,
    observe(_environment, _operation, answer) {
      if (!('error' in answer) && !answer.recorded) tally.repeats++;
    },
    reserved: () => void tally.reservedEvents++,
    duplicate: () => void tally.duplicateEvents++,
  };
  return tally;
}

interface Measured {
  readonly tally: Tally;
  readonly journal: Pick<Journal, 'bytes'> & { quarantinedCount(): number };
  readonly drain: Pick<DrainLoop, 'stats'>;
  readonly projector: Pick<Projector, 'stats'>;
  readonly commits: Pick<Commits, 'waiting'>;
  readonly deadLetters: Pick<DeadLetters, 'stats'>;
}

/** What the parts count, as gauges that are read when /metrics is. */
export function registerServerMetrics(registry: Registry, parts: Measured): void {
  const read: Record<string, [help: string, value: () => number]> = {
    onym_identity_calls_repeated_total: [
      'Identity calls answered from memory: they changed nothing.',
      () => parts.tally.repeats,
    ],
    onym_identity_calls_waiting: ['Identity calls waiting for a commit.', () => parts.commits.waiting()],
    onym_events_reserved_total: ['Events that came with a reserved id.', () => parts.tally.reservedEvents],
    onym_events_duplicate_total: [
      'Events left out because their uuid was seen before.',
      () => parts.tally.duplicateEvents,
    ],
    onym_events_drained_total: [
      'Events taken from the journal to the event store.',
      () => parts.drain.stats().drainedEvents,
    ],
    onym_events_quarantined: ['Events the event store would not take.', () => parts.journal.quarantinedCount()],
    onym_drain_failures_total: ['Failed attempts to drain.', () => parts.drain.stats().failedAttempts],
    onym_journal_bytes: ['Bytes in the journal that are not drained.', () => parts.journal.bytes()],
    onym_dead_letters_total: ['Rejected items that were kept.', () => parts.deadLetters.stats().kept],
    onym_dead_letters_dropped_total: [
      'Rejected items that were only counted.',
      () => parts.deadLetters.stats().dropped,
    ],
  };
  for (const [name, [help, value]] of Object.entries(read)) {
    registry.registerMetric(
      new Gauge({
        name,
        help,
        registers: [],
        collect() {
          this.set(value());
        },
      }),
    );
  }
  registry.registerMetric(
    new Gauge({
      name: 'onym_projected_seq',
      help: 'The ledger seq that queries see, by environment.',
      labelNames: ['environment'],
      registers: [],
      collect() {
        for (const { environment, projectedSeq } of parts.projector.stats())
          this.set({ environment }, projectedSeq ?? 0);
      },
    }),
  );
  collectDefaultMetrics({ register: registry });
}
