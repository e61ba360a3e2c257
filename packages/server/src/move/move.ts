import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ClickHouseOptions } from '../clickhouse-options.ts';
import { ConfigError, readConfig } from '../config.ts';
import { checkEvents } from '../damage/events.ts';
import { type MoveMark, readMoveMark, writeMoveMark } from '../disk/moved.ts';
import type { EventStore } from '../events/types.ts';
import type { IdentityStore } from '../identity/store.ts';
import { drainAll } from '../journal/drain-all.ts';
import type { Log } from '../log.ts';
import { createOwnNode } from '../nodes/nodes.ts';
import { createOwnTurns } from '../nodes/turns.ts';
import { openParts, type Parts } from '../open-parts.ts';
import type { PostgresOptions } from '../postgres-options.ts';
import { createProjector } from '../projector/projector.ts';
import { moveTargetOf, openEventStore, openIdentityStore, openShared } from '../stores.ts';
import type { Difference } from '../verify/identity-check.ts';
import { type Checked, checkEnvironment, checkTables } from './check.ts';
import { copyEvents } from './copy-events.ts';
import type { Copy } from './record.ts';

/** What a move works at, and how much of all there is to that is done. */
export interface MoveProgress {
  readonly what: string;
  readonly unit: 'rows' | 'bytes' | 'environments';
  readonly done: number;
  readonly all: number;
}

export interface MoveOptions {
  readonly dataDir: string;
  readonly postgres: PostgresOptions;
  readonly clickhouse: ClickHouseOptions;
  /** Where these are, for people. */
  readonly places: Pick<MoveMark, 'postgres' | 'clickhouse'>;
  /** Once aborted, the move ends behind the piece under way, and throws its reason. */
  readonly signal: AbortSignal;
  readonly log: Log;
  readonly now: () => number;
  report(progress: MoveProgress): void;
}

export interface Moved {
  /** Another run had ended it: nothing was done, and nothing compared. */
  readonly already: boolean;
  /** It went on where another run had stopped. */
  readonly resumed: boolean;
  readonly environments: readonly Checked[];
  /** All of them, of every environment. Unless there are none, the move has not ended. */
  readonly differences: readonly Difference[];
  /** Events that no event store has taken: they stay in the directory's journal. */
  readonly quarantined: number;
}

/**
 * Moves all that a directory holds to servers that hold nothing yet. Throws ConfigError where another process uses the directory, where one
 * of the servers can't be worked with, or holds anything but an unfinished move of this very directory.
 *
 * The directory is only read, but for its journal, which is drained into its own event store first: so events have one way, by which the last
 * ones go as well, and what is left behind is as whole as before.
 */
export async function move(options: MoveOptions): Promise<Moved> {
  const closers: (() => void | Promise<void>)[] = [];
  try {
    return await moveWith(options, closers);
  } finally {
    for (const close of closers.reverse()) await close();
  }
}

async function moveWith(options: MoveOptions, closers: (() => void | Promise<void>)[]): Promise<Moved> {
  const { dataDir, places, signal, log, now, report } = options;
  const mark = readMoveMark(dataDir);
  const config = readConfig({ ONYM_DATA_DIR: dataDir });
  const parts = await openParts({ config, visit: 'read', log, signal, closers });
  const { environments } = parts.config;
  const shared = await openShared(options.postgres, log);
  closers.push(() => shared.close());
  const id = mark?.id ?? randomUUID();
  const target = moveTargetOf(shared, parts.directory, { id, origin: `${dataDir} on ${hostname()}` });
  const found = await target.find();
  const quarantined = parts.journal.quarantinedCount();
  const say = (state: MoveMark['state']) =>
    writeMoveMark(dataDir, { id, state, ...places, at: new Date(now()).toISOString() });
  if (found?.isEnded) {
    say('moved');
    return { already: true, resumed: false, environments: [], differences: [], quarantined };
  }
  // A run that was killed between the two has left a mark and no record.
  if (found === null && mark !== null && !isBegunHere(mark, places))
    throw new ConfigError(movedElsewhere(dataDir, mark));

  await settleSource(options, parts);
  const eventStore = await openTargetEvents(options.clickhouse, environments, closers);
  if (found === null) await checkNoEvents(eventStore, environments);
  // First the mark: a target that knows of the directory is known to it.
  say('moving');
  const record = found ?? (await target.begin(now()));
  const rooms = await target.rooms(record);
  closers.push(() => rooms.forEach((room) => void room.close()));
  const copies: Copy[] = [...rooms];
  for (const environment of environments) {
    copies.push(await copyEvents({ environment, id, from: parts.eventStore, to: eventStore, record }));
  }
  await copyAll(copies, options);

  const identityStore = await openIdentityStore(parts.directory, shared);
  closers.push(() => identityStore.close());
  await projectAll({ identityStore, eventStore }, environments, options);
  const checked: Checked[] = [];
  for (const [done, environment] of environments.entries()) {
    signal.throwIfAborted();
    report({ what: 'Comparing', unit: 'environments', done, all: environments.length });
    checked.push(await checkEnvironment(environment, parts, { identityStore, eventStore }));
  }
  const differences = [...(await checkTables(rooms)), ...checked.flatMap((one) => one.differences)];
  if (differences.length === 0) {
    await record.end(now());
    say('moved');
  }
  return { already: false, resumed: found !== null, environments: checked, differences, quarantined };
}

/** Leaves nothing acknowledged outside of what is copied. */
async function settleSource({ dataDir, signal, log, report }: MoveOptions, parts: Parts): Promise<void> {
  const { drain, eventStore } = parts;
  // An embedded server has one.
  const journal = { ...parts.journalOnDisk!, ...parts.journal };
  for (const environment of parts.config.environments) {
    await checkEvents(environment, { path: dataDir, eventStore, journal, log });
  }
  await drainAll(
    { drain, journal },
    {
      signal,
      // Its event store is in this process: what it does not take now it does not take in a while.
      patienceMs: 0,
      report: (done, all) => report({ what: 'Draining the journal', unit: 'bytes', done, all }),
    },
  );
}

async function openTargetEvents(
  clickhouse: ClickHouseOptions,
  environments: readonly string[],
  closers: (() => void | Promise<void>)[],
): Promise<EventStore> {
  const eventsDirectory = mkdtempSync(join(tmpdir(), 'onym-move-'));
  closers.push(() => rmSync(eventsDirectory, { recursive: true, force: true }));
  const eventStore = await openEventStore({ eventsDirectory }, { clickhouse, environments, queryLimits: {} });
  closers.push(() => eventStore.close());
  return eventStore;
}

async function checkNoEvents(eventStore: EventStore, environments: readonly string[]): Promise<void> {
  for (const environment of environments) {
    const [events, seq] = await Promise.all([eventStore.eventCount(environment), eventStore.projectedSeq(environment)]);
    if (events === 0 && seq === 0) continue;
    throw new ConfigError(
      `ClickHouse holds ${events} events of ${environment} already, and nothing is moved over what is there. Give another server, or drop the databases of Onym there: SHOW DATABASES LIKE 'onym_%' lists them.`,
    );
  }
}

async function copyAll(copies: readonly Copy[], { signal, report }: MoveOptions): Promise<void> {
  const sum = (value: (copy: Copy) => number) => copies.reduce((total, copy) => total + value(copy), 0);
  const all = sum(({ rows }) => rows);
  for (const copy of copies) {
    do {
      signal.throwIfAborted();
      report({ what: `Copying ${copy.what}`, unit: 'rows', done: sum((one) => one.rowsDone()), all });
    } while (await copy.next());
  }
}

/** Events are bound at seq 0 of the map, and the whole of it is laid over them: nobody compacts before it is there, for no server starts. */
async function projectAll(
  { identityStore, eventStore }: { readonly identityStore: IdentityStore; readonly eventStore: EventStore },
  environments: readonly string[],
  { signal, log, report }: MoveOptions,
): Promise<void> {
  // Nobody else is there yet.
  const nodes = createOwnNode(randomUUID(), { drain: { safeSeq: () => null }, eventStore });
  const turns = createOwnTurns();
  const projector = createProjector({ identityStore, eventStore, nodes, turns, shared: false, log });
  try {
    for (const [done, environment] of environments.entries()) {
      signal.throwIfAborted();
      report({ what: 'Projecting the ledger', unit: 'environments', done, all: environments.length });
      await projector.sync(environment);
    }
  } finally {
    await projector.close();
  }
}

const isBegunHere = (mark: MoveMark, places: MoveOptions['places']): boolean =>
  mark.state === 'moving' && mark.postgres === places.postgres && mark.clickhouse === places.clickhouse;

const movedElsewhere = (dataDir: string, mark: MoveMark): string =>
  `${dataDir} ${mark.state === 'moved' ? 'was moved' : 'is being moved'} to PostgreSQL ${mark.postgres} and ClickHouse ${mark.clickhouse}, and this target knows nothing of it. Give that one, or forget that move: remove ${join(dataDir, 'moved.json')}.`;
