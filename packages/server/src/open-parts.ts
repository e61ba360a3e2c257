import { randomUUID } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Config } from './config.ts';
import { checkFiles } from './damage/files.ts';
import { openDataDirectory } from './disk/data-directory.ts';
import { createEventFeed } from './event-feed.ts';
import type { IdentityStore } from './identity/store.ts';
import { createDeadLetters } from './ingest/dead-letters.ts';
import { createRepeatCounter } from './ingest/repeat-counter.ts';
import { createDrain } from './journal/drain.ts';
import { openJournal } from './journal/journal.ts';
import { createUuidWindow } from './journal/uuid-window.ts';
import { withLocalKey } from './keys/local-access.ts';
import { createLint } from './lint/lint.ts';
import type { Log } from './log.ts';
import { createOwnNode } from './nodes/nodes.ts';
import { createProjector } from './projector/projector.ts';
import {
  openDeadLetterTable,
  openEventStore,
  openFindingTable,
  openIdentityStore,
  openImportProgress,
  openKeyStore,
  openNodes,
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
    hasJournalAlone: asked.postgres !== null,
    now: Date.now,
  });
  await goOn();
  const shared = asked.postgres === null ? null : await openShared(asked.postgres, log);
  closers.push(() => shared?.close());
  const turns = await openTurns(shared);
  closers.push(() => turns.close());
  const identityStore = await openIdentityStore(directory, shared);
  closers.push(() => identityStore.close());
  const config = visit === undefined ? asked : { ...asked, ...(await standing(identityStore)) };
  if (visit === undefined) {
    for (const name of config.environments) await identityStore.prepare(name, config.settings[name]!, Date.now());
  }
  await goOn();

  const storedKeys = await openKeyStore(directory, shared);
  closers.push(() => storedKeys.close());
  const { keys, secret: localSecret } = withLocalKey(storedKeys, config.environments, Date.now());

  const eventStore = await openEventStore(directory, {
    clickhouse: config.clickhouse,
    onDemand: visit === 'read',
    queryLimits: config.limits,
  });
  closers.push(() => eventStore.close());
  for (const name of config.environments) {
    await goOn();
    await turns.take(`project:${name}`, () => eventStore.prepare(name));
  }
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

  const journal = openJournal({ directory: directory.journalDirectory, limits: config.limits });
  closers.push(() => journal.close());
  const drain = createDrain({ journal, eventStore, identityStore, log });
  closers.push(() => drain.close());
  const nodes = await openNodes(shared, {
    id: randomUUID(),
    version,
    hasJournal: true,
    drain,
    eventStore: { readsUnderWay: async () => undefined, oldestReadStartedAt: () => null },
    now: Date.now,
    log,
  });
  closers.push(() => nodes.close(journal.bytes() === 0 && journal.quarantinedCount() === 0));
  const eventFeed = createEventFeed();
  const uuidWindow = eventFeed.overhear(createUuidWindow({ journal, eventStore }));
  if (visit !== 'read') for (const name of config.environments) await uuidWindow.fill(name, signal);
  await goOn();
  const nodes = createOwnNode(randomUUID(), { drain, eventStore });
  closers.push(() => nodes.close());
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
    deadLetters,
    importProgress,
    repeats,
    lint,
    journal,
    drain,
    nodes,
    eventFeed,
    uuidWindow,
    projector,
    goOn,
  };
}

/** What a directory was last served with. */
async function standing(identityStore: IdentityStore): Promise<Pick<Config, 'environments' | 'settings'>> {
  const environments = await identityStore.environments();
  const infos = await Promise.all(environments.map((name) => identityStore.environment(name)));
  return { environments, settings: Object.fromEntries(infos.map((info) => [info.name, info.settings])) };
}
