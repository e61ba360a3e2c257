import { randomUUID } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Config } from './config.ts';
import { checkFiles, type PartName } from './damage/files.ts';
import { openDataDirectory } from './disk/data-directory.ts';
import { createEventFeed } from './event-feed.ts';
import type { IdentityStore } from './identity/store.ts';
import { createDeadLetters } from './ingest/dead-letters.ts';
import { createRepeatCounter } from './ingest/repeat-counter.ts';
import { createUuidWindow } from './journal/uuid-window.ts';
import { byEventStore, byJournal } from './journal/ways.ts';
import { withLocalKey } from './keys/local-access.ts';
import { createSessions } from './keys/sessions.ts';
import { createLint } from './lint/lint.ts';
import type { Log } from './log.ts';
import { createProjector } from './projector/projector.ts';
import { createSavedQueries } from './saved-queries/saved-queries.ts';
import {
  checkNoMove,
  openDeadLetterTable,
  openEventStore,
  openFindingTable,
  openIdentityStore,
  openImportProgress,
  openKeyStore,
  openNodes,
  openSavedQueryTable,
  openSessionTable,
  openShared,
  openTurns,
} from './stores.ts';
import { version } from './version.ts';

/**
 * A single command's use of a directory that no server runs on. It goes by the environments, guard rails and keys that it finds there, and
 * adds none. `read`: nothing works in the background, and what it does not need stays as it is.
 */
export type Visit = 'read' | 'change';

export interface OpenOptions {
  readonly config: Config;
  readonly visit: Visit | undefined;
  readonly log: Log;
  /** Called between two parts; throws where no more are to be opened. */
  readonly signal: AbortSignal | undefined;
  /** Gets how to close each part that was opened, in that order. */
  readonly closers: (() => void | Promise<void>)[];
}

export type Parts = Awaited<ReturnType<typeof openParts>>;

/** Opens what a data directory holds, and what works on it, in the order in which they depend on each other. */
export async function openParts({ config: asked, visit, log, signal, closers }: OpenOptions) {
  /** Signals are heard between two turns of the event loop. */
  const goOn = async () => {
    await nextTurn();
    signal?.throwIfAborted();
  };

  const directory = openDataDirectory(asked.dataDir);
  closers.push(directory.release);
  const notices = checkFiles(directory, {
    thorough: visit === undefined,
    holds: (part) => !isElsewhere(part, asked),
    now: Date.now,
  });
  await goOn();
  const shared = asked.postgres === null ? null : await openShared(asked.postgres, log);
  closers.push(() => shared?.close());
  await checkNoMove(shared);
  const turns = await openTurns(shared);
  closers.push(() => turns.close());
  const identityStore = await openIdentityStore(directory, shared);
  closers.push(() => identityStore.close());
  const config = visit === undefined ? asked : { ...asked, ...(await standing(identityStore)) };
  if (visit === undefined) {
    for (const name of config.environments) {
      await identityStore.prepare(name, config.settings[name]!, Date.now());
      await identityStore.match(name, config.matchingTraits[name]!);
    }
  }
  await goOn();

  const storedKeys = await openKeyStore(directory, shared);
  closers.push(() => storedKeys.close());
  const { keys, secret: localSecret } = withLocalKey(storedKeys, config.environments, Date.now());
  const sessions = createSessions({ table: await openSessionTable(directory, shared), keys });
  closers.push(() => sessions.close());

  const eventStore = await openEventStore(directory, {
    clickhouse: config.clickhouse,
    environments: config.environments,
    opened: visit === 'read' ? 'on demand' : (await hasServed(identityStore, config)) ? 'now or later' : 'now',
    queryLimits: config.limits,
    goOn,
    inTurn: (name, work) => turns.take(`project:${name}`, work),
    onAway: (error) =>
      notices.push({ level: 'warn', details: {}, message: `${error.message} The start goes on without.` }),
  });
  closers.push(() => eventStore.close());
  await goOn();

  const letterTable = await openDeadLetterTable(directory, shared);
  const deadLetters = await createDeadLetters({ table: letterTable, turns, log });
  closers.push(() => deadLetters.close());

  const importProgress = await openImportProgress(directory, shared);
  closers.push(() => importProgress.close());

  const repeats = createRepeatCounter(identityStore, log);
  closers.push(() => repeats.close());

  const lint = createLint({
    table: await openFindingTable(directory, shared),
    environments: config.environments,
    identityStore,
    settings: (name) => config.settings[name]!,
    log,
  });
  closers.push(() => lint.close());

  const savedQueries = createSavedQueries({
    table: await openSavedQueryTable(directory, shared),
    now: Date.now,
    newId: randomUUID,
  });
  closers.push(() => savedQueries.close());

  const isShared = config.clickhouse !== null;
  const open = config.acknowledge === 'journal' ? byJournal : byEventStore;
  const { limits } = config;
  const { journal, drain, onDisk } = open({ directory, eventStore, identityStore, shared: isShared, limits, log });
  closers.push(() => journal.close());
  closers.push(() => drain.close());
  const nodes = await openNodes(shared, {
    id: journal.id,
    version,
    hasJournal: onDisk !== null,
    drain,
    eventStore,
    now: Date.now,
    log,
  });
  closers.push(() => nodes.close(journal.bytes() === 0 && journal.quarantinedCount() === 0));
  const eventFeed = createEventFeed();
  const uuidWindow = eventFeed.overhear(createUuidWindow({ journal, eventStore: isShared ? null : eventStore }));
  if (visit !== 'read') for (const name of config.environments) await uuidWindow.fill(name, signal);
  await goOn();
  const projector = createProjector({
    identityStore,
    eventStore,
    nodes,
    turns,
    shared: shared !== null,
    log,
  });
  closers.push(() => projector.close());

  return {
    config,
    directory,
    notices,
    shared,
    turns,
    nodes,
    identityStore,
    eventStore,
    storedKeys,
    keys,
    localSecret,
    sessions,
    deadLetters,
    importProgress,
    repeats,
    lint,
    savedQueries,
    journal,
    drain,
    journalOnDisk: onDisk,
    eventFeed,
    uuidWindow,
    projector,
    goOn,
  };
}

/** What servers keep for all nodes, a directory never had. */
function isElsewhere(part: PartName, { postgres, clickhouse, acknowledge }: Config): boolean {
  switch (part) {
    case 'ledger':
      return postgres !== null;
    case 'events':
      return clickhouse !== null;
    case 'journal':
      return acknowledge === 'event-store';
    default:
      return postgres !== null;
  }
}

/**
 * Whether the event store was there before: nobody writes to a ledger before its event store is prepared. Then a start need not wait for it,
 * and what it says of an address that nobody answers at is no mistake of the configuration.
 */
async function hasServed(identityStore: IdentityStore, { environments }: Config): Promise<boolean> {
  const infos = await Promise.all(environments.map((name) => identityStore.environment(name)));
  return infos.some(({ head }) => head > 0);
}

/** What a directory was last served with. */
async function standing(identityStore: IdentityStore): Promise<Pick<Config, 'environments' | 'settings'>> {
  const environments = await identityStore.environments();
  const infos = await Promise.all(environments.map((name) => identityStore.environment(name)));
  return { environments, settings: Object.fromEntries(infos.map((info) => [info.name, info.settings])) };
}
