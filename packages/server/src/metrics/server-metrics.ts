import { collectDefaultMetrics, type Registry } from 'prom-client';
import type { Pending } from '../events/types.ts';
import { type ReadMetric, registerCounter, registerGauge } from './read-metrics.ts';
import type { Readings } from './readings.ts';

/** The process itself, and its event loop. Gauges whose names end as counters' do are left out: `nodejs_active_resources` has their sums. */
const misnamed = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total'];

/** What the parts count, read when /metrics is. */
export function registerServerMetrics(registry: Registry, readings: Readings): void {
  for (const metric of countersOf(readings)) registerCounter(registry, metric);
  for (const metric of gaugesOf(readings)) registerGauge(registry, metric);
  collectDefaultMetrics({ register: registry });
  for (const name of misnamed) registry.removeSingleMetric(name);
}

function countersOf({ tally, drain, deadLetters, eventStore }: Readings): ReadMetric[] {
  return [
    {
      name: 'onym_verdicts_total',
      help: 'Calls answered over HTTP, by call and verdict; rows of files are counted by onym_import_rows_total.',
      labels: ['call', 'verdict'],
      read: () => tally.verdicts.values('call', 'verdict'),
    },
    {
      name: 'onym_identity_calls_repeated_total',
      help: 'Identity calls answered from memory: they changed nothing.',
      read: () => tally.repeats,
    },
    {
      name: 'onym_events_reserved_total',
      help: 'Events that came with a reserved id.',
      read: () => tally.reservedEvents,
    },
    {
      name: 'onym_events_duplicate_total',
      help: 'Events left out because their uuid was seen before.',
      read: () => tally.duplicateEvents,
    },
    {
      name: 'onym_events_drained_total',
      help: 'Events taken from the journal to the event store.',
      read: () => drain.stats().drainedEvents,
    },
    {
      name: 'onym_events_repeated_total',
      help: 'Of these, those that the event store had already from another node, and that were left out.',
      read: () => drain.stats().repeatedEvents,
    },
    {
      name: 'onym_drain_failures_total',
      help: 'Failed attempts to take events to the event store.',
      read: () => drain.stats().failedAttempts,
    },
    {
      name: 'onym_imports_total',
      help: 'Imports that ended, by kind (import, dry-run) and outcome (done, failed, broken-off).',
      labels: ['kind', 'outcome'],
      read: () => tally.imports.outcomes.values('kind', 'outcome'),
    },
    {
      name: 'onym_import_rows_total',
      help: 'Rows of imports, by kind and verdict; invalid ones were rejected.',
      labels: ['kind', 'verdict'],
      read: () => tally.imports.rows.values('kind', 'verdict'),
    },
    {
      name: 'onym_queries_total',
      help: 'Queries in SQL, by outcome: done, left by who asked, or the code of the error.',
      labels: ['outcome'],
      read: () => [...eventStore.queryStats().outcomes].map(([outcome, count]) => [{ outcome }, count]),
    },
    {
      name: 'onym_rejected_items_total',
      help: 'Items that were not accepted, by call and the code of the error; they become dead letters.',
      labels: ['call', 'error_code'],
      read: () => tally.rejected.values('call', 'error_code'),
    },
    {
      name: 'onym_dead_letters_total',
      help: 'Rejected items that were kept.',
      read: () => deadLetters.stats().kept,
    },
    {
      name: 'onym_dead_letters_dropped_total',
      help: 'Rejected items that are not kept: the queue was full, they could not be written, or newer ones took their room.',
      labels: ['reason'],
      read: () => Object.entries(deadLetters.stats().dropped).map(([reason, count]) => [{ reason }, count]),
    },
  ];
}

function gaugesOf(readings: Readings): ReadMetric[] {
  const { journal, projector, disk } = readings;
  const labels = ['environment'];
  const ofEach = (value: (environment: string) => Promise<number>) =>
    Promise.all(readings.environments.map(async (environment) => [{ environment }, await value(environment)] as const));
  /** Left out where there is nothing to say, as while an event store by URL does not answer. */
  const ofPending = async (value: (pending: Pending) => number | null) => {
    const values = readings.environments.map(async (environment) => {
      const pending = await readings.pending(environment);
      const known = pending === null ? null : value(pending);
      return known === null ? [] : [[{ environment }, known] as const];
    });
    return (await Promise.all(values)).flat();
  };
  return [
    {
      name: 'onym_build_info',
      help: 'Always 1; says which version runs.',
      labels: ['version'],
      read: () => [[{ version: readings.version }, 1]],
    },
    {
      name: 'onym_queries_running',
      help: 'Queries in SQL that a reader works on.',
      read: () => readings.eventStore.queryStats().running,
    },
    {
      name: 'onym_queries_waiting',
      help: 'Queries in SQL that wait for a reader.',
      read: () => readings.eventStore.queryStats().waiting,
    },
    {
      name: 'onym_ready',
      help: '1 while calls can be kept, as /readyz says.',
      read: async () => ((await readings.readiness.obstacles()).length === 0 ? 1 : 0),
    },
    {
      name: 'onym_nodes',
      help: 'Nodes on this ledger, by state: here, or away with a journal that may hold events.',
      labels: ['state'],
      async read() {
        const { here, away } = await readings.nodeCounts();
        return [
          [{ state: 'here' }, here],
          [{ state: 'away' }, away],
        ];
      },
    },
    {
      name: 'onym_identity_calls_waiting',
      help: 'Identity calls waiting for a commit.',
      read: () => readings.commits.waiting(),
    },
    {
      name: 'onym_events_waiting',
      help: 'Events waiting for the journal, not yet acknowledged.',
      read: () => journal.waiting(),
    },
    {
      name: 'onym_journal_bytes',
      help: 'Bytes in the journal that are not yet in the event store.',
      read: () => journal.bytes(),
    },
    {
      name: 'onym_journal_oldest_age_seconds',
      help: 'Time since the oldest event in the journal was received; 0 while it is empty.',
      read: () => readings.journalAgeMs() / 1_000,
    },
    {
      name: 'onym_events_quarantined',
      help: 'Events that the event store would not take, waiting for a person.',
      read: () => journal.quarantinedCount(),
    },
    {
      name: 'onym_dead_letters',
      help: 'Rejected items that are kept now.',
      read: () => readings.deadLetters.stats().stored,
    },
    {
      name: 'onym_dead_letters_waiting',
      help: 'Rejected items waiting to be written.',
      read: () => readings.deadLetters.stats().waiting,
    },
    {
      name: 'onym_imports_running',
      help: 'Imports under way, dry runs aside.',
      read: () => readings.imports.running(),
    },
    {
      name: 'onym_ledger_head_seq',
      help: 'The last ledger seq, by environment.',
      labels,
      read: () => ofEach(readings.ledgerHead),
    },
    {
      name: 'onym_projected_seq',
      help: 'The ledger seq that queries see, by environment.',
      labels,
      read: () => projector.stats().map(({ environment, projectedSeq }) => [{ environment }, projectedSeq ?? 0]),
    },
    {
      name: 'onym_map_pending_rows',
      help: 'Identifiers whose identity is laid over the events when they are queried, not yet folded into them, by environment; one that changed again counts again until the next folding.',
      labels,
      read: () => ofPending(({ identifiers }) => identifiers),
    },
    {
      name: 'onym_map_folded_age_seconds',
      help: 'Time since identities were last folded into the events, by environment; none before the first folding, on any node or since the start of an only one.',
      labels,
      read: () => ofPending(({ foldedAgoMs }) => (foldedAgoMs === null ? null : foldedAgoMs / 1_000)),
    },
    {
      name: 'onym_disk_free_bytes',
      help: 'Free space on the disk of the data directory.',
      read: async () => (await disk.space())?.free ?? [],
    },
    {
      name: 'onym_disk_size_bytes',
      help: 'Size of the disk of the data directory.',
      read: async () => (await disk.space())?.size ?? [],
    },
    {
      name: 'onym_data_bytes',
      help: 'Space that the data directory takes, by part; a minute old at most.',
      labels: ['part'],
      read: async () => [...(await disk.parts())].map(([part, bytes]) => [{ part }, bytes] as const),
    },
  ];
}
