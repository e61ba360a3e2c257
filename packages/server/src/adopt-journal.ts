import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from './config.ts';
import { ConfigError } from './config-error.ts';
import { checkFiles } from './damage/files.ts';
import { isDataDirectory, openDataDirectory } from './disk/data-directory.ts';
import { directoryProblem } from './disk/directory-problem.ts';
import { OnymError } from './errors.ts';
import type { IdentityStore } from './identity/store.ts';
import { drainAll } from './journal/drain-all.ts';
import { byJournal } from './journal/ways.ts';
import { limits } from './limits.ts';
import type { Log } from './log.ts';
import { createErrandWork } from './people/errands.ts';
import { openEventStore, openIdentityStore, openNodes, openShared } from './stores.ts';
import { version } from './version.ts';

export interface AdoptOptions {
  readonly config: Config;
  readonly log: Log;
  /** Ends it after the insert under way; what is left is for the next time. */
  readonly signal: AbortSignal;
  /** How many bytes have left the journal, of how many. */
  readonly report: (bytes: number, bytesMax: number) => void;
}

export interface Adopted {
  /** Name of the journal, which was its node's. */
  readonly journal: string;
  /** Events that came to the event store, and those that it had already. */
  readonly drained: number;
  readonly repeated: number;
  /** Events in quarantine, which stay where they are. */
  readonly quarantined: number;
}

/**
 * Brings what is in the journal of a node that is gone to the event store, as that node would have: the inserts first that it had begun, under
 * their names. Throws ConfigError where the directory is none of a gone node's, OnymError `event-store-unavailable` or
 * `identity-store-unavailable` while one of these is away; and the reason of `signal`. May be run again after any end.
 */
export async function adoptJournal(dataDir: string, { config, log, signal, report }: AdoptOptions): Promise<Adopted> {
  const { postgres, clickhouse } = config;
  if (postgres === null || clickhouse === null) {
    throw new ConfigError(
      'A journal is brought to the event store that its node shared with others: set ONYM_POSTGRES_URL and ONYM_CLICKHOUSE_URL. A directory that keeps its own drains itself when a server starts on it.',
    );
  }
  checkIsNodes(dataDir);
  const closers: (() => void | Promise<void>)[] = [];
  try {
    const directory = openDataDirectory(dataDir, {
      inUse: 'It brings its events to the event store by itself: onym drain is for a node that is gone.',
    });
    closers.push(directory.release);
    checkFiles(directory, { thorough: true, holds: (part) => part === 'journal', now: Date.now });
    const shared = await openShared(postgres, log);
    closers.push(() => shared.close());
    const identityStore = await openIdentityStore(directory, shared);
    closers.push(() => identityStore.close());
    const eventStore = await openEventStore(directory, { clickhouse, queryLimits: {} });
    closers.push(() => eventStore.close());
    const way = byJournal({ directory, eventStore, identityStore, shared: true, limits: {}, log });
    closers.push(() => way.journal.close());
    closers.push(() => way.drain.close());
    for (const name of way.onDisk.environments()) {
      await checkEnvironment(identityStore, name);
      await eventStore.prepare(name);
    }
    const nodes = await openNodes(shared, {
      id: way.journal.id,
      version,
      hasJournal: true,
      drain: way.drain,
      eventStore,
      now: Date.now,
      log,
    });
    // In its place: what is on its way is seen by those who fold identities into events, and what erasures ask of it is done.
    nodes.answer(createErrandWork({ identityStore, drain: way.drain, keepers: [way.journal] }));
    closers.push(() => nodes.close(way.journal.bytes() === 0 && way.journal.quarantinedCount() === 0));
    await nodes.start();
    await drainAll(
      { journal: { ...way.journal, ...way.onDisk }, drain: way.drain },
      { signal, report, patienceMs: limits.drainWaitMaxMs },
    );
    const { drainedEvents, repeatedEvents } = way.drain.stats();
    return {
      journal: way.journal.id,
      drained: drainedEvents - repeatedEvents,
      repeated: repeatedEvents,
      quarantined: way.journal.quarantinedCount(),
    };
  } catch (error) {
    throw directoryProblem(error, dataDir);
  } finally {
    for (const close of closers.reverse()) await close();
  }
}

/** Before anything is made in it. */
function checkIsNodes(dataDir: string): void {
  if (!existsSync(join(dataDir, 'journal', 'journal.sqlite')))
    throw new ConfigError(`There is no journal in ${dataDir}. Give the data directory of the node that is gone.`);
  if (!isDataDirectory(dataDir)) return;
  throw new ConfigError(
    `${dataDir} keeps a ledger of its own, whose events belong to no other: a server on it, without ONYM_POSTGRES_URL, drains its journal.`,
  );
}

async function checkEnvironment(identityStore: IdentityStore, name: string): Promise<void> {
  try {
    await identityStore.environment(name);
  } catch (error) {
    if (!(error instanceof OnymError) || error.code !== 'environment-not-found') throw error;
    throw new ConfigError(
      `The journal holds events of the environment ${name}, which is not at ONYM_POSTGRES_URL. Is that the one that the node shared? Else start a server there with ${name} among its ONYM_ENVIRONMENTS, and then this again.`,
    );
  }
}
