import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { link } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigError } from '../config.ts';
import { type DataDirectory, openDataDirectory } from '../disk/data-directory.ts';
import type { FrozenEvents } from '../events/types.ts';
import { openJournal } from '../journal/journal.ts';
import {
  adoptEvents,
  eventPartsBelow,
  knownEventsMigration,
  openEventStore,
  openKeyStore,
  openOwnIdentityStore,
} from '../stores.ts';
import { putAside } from './aside.ts';
import { salvageJournal } from './salvage-journal.ts';
import { faultOf } from './sqlite-fault.ts';

/** What can be begun anew, where an operator says so. */
export const mendable = ['keys', 'journal', 'events', 'map'] as const;

export type Mendable = (typeof mendable)[number];

/**
 * Makes a directory usable again that no server runs on. Nothing is deleted: what was there is put aside. Returns what was done, in
 * sentences. Throws ConfigError where there is nothing to mend, or another process uses the directory.
 */
export async function mend(dataDir: string, what: Mendable, now: number): Promise<string[]> {
  if (!existsSync(join(dataDir, 'identity.db'))) {
    throw new ConfigError(
      `${dataDir} holds no identity.db: there is nothing to mend. Restore a backup (onym restore).`,
    );
  }
  const directory = openDataDirectory(dataDir);
  try {
    return await menders[what](directory, now);
  } finally {
    directory.release();
  }
}

const menders: Record<Mendable, (directory: DataDirectory, now: number) => Promise<string[]>> = {
  async keys(directory, now) {
    refuseSound(directory.keysFile, 'keys.db');
    const aside = putAside(directory.keysFile, now);
    await (await openKeyStore(directory, null)).close();
    return [...said(aside), 'There are no keys now. The next start makes new ones and shows them.'];
  },

  async journal({ journalDirectory, journalFile }, now) {
    refuseSound(journalFile, 'the journal');
    const aside = putAside(journalFile, now);
    const { events, unreadable } = salvageJournal(aside, journalDirectory);
    const lost =
      unreadable === 0 ? [] : [`${unreadable} rows of the journal could not be read: their events are lost.`];
    return [...said(aside), `${events} events were found in it, and go to the event store at the next start.`, ...lost];
  },

  async events(directory, now) {
    const names = await environmentsOf(directory);
    const aside = putAside(directory.eventsDirectory, now);
    const found = new Map<string, FrozenEvents>();
    for (const name of names) found.set(name, await partsOf(aside, name, directory.path));
    const unusable = await adoptEvents(directory.eventsDirectory, found);
    rmSync(join(directory.path, arrival), { recursive: true, force: true });
    const lines = said(aside);
    for (const [name, { parts }] of found) {
      const lost = unusable.filter(({ environment }) => environment === name).length;
      lines.push(`${name}: ${parts.length - lost} parts of its events are in use again.`);
    }
    lines.push(...unusable.map(({ environment, part, problem }) => `${environment}: ${part} is damaged: ${problem}`));
    forgetHeld(directory, names);
    return [...lines, 'What queries see of identities is made again at the next start.'];
  },

  async map(directory) {
    const store = await openEventStore(directory, { clickhouse: null, queryLimits: {} });
    try {
      for (const name of await environmentsOf(directory)) {
        await store.prepare(name);
        await store.resetProjection(name);
      }
    } finally {
      await store.close();
    }
    return ['What queries see of identities is forgotten, and made again from the ledger at the next start.'];
  },
};

function refuseSound(file: string, name: string): void {
  if (!existsSync(file) || faultOf(file, { thorough: true }) !== null) return;
  throw new ConfigError(`Nothing is wrong with ${name}: ${file} is sound. It was left as it is.`);
}

const said = (aside: string | null): string[] => (aside === null ? [] : [`What was there is ${aside} now.`]);

async function environmentsOf(directory: DataDirectory): Promise<readonly string[]> {
  const store = openOwnIdentityStore(directory);
  try {
    return await store.environments();
  } finally {
    await store.close();
  }
}

/** Where parts are before the engine takes them over. */
const arrival = 'mended-events';
/** Directories that are the engine's own, and not parts. */
const notParts = /^(detached|moving|deduplication_logs)$|^(tmp|delete_tmp|patch)[-_]/;

/** By hard links: the damaged event store stays as it was. */
async function partsOf(aside: string | null, environment: string, dataDir: string): Promise<FrozenEvents> {
  const directory = aside === null ? '' : eventPartsBelow(aside, environment);
  if (!existsSync(directory)) return { parts: [], migration: knownEventsMigration };

  const parts = [];
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    if (!entry.isDirectory() || notParts.test(entry.name)) continue;
    const path = join(dataDir, arrival, environment, entry.name);
    mkdirSync(path, { recursive: true });
    for (const file of readdirSync(join(directory, entry.name), { withFileTypes: true })) {
      if (file.isFile()) await link(join(directory, entry.name, file.name), join(path, file.name));
    }
    parts.push({ name: entry.name, path });
  }
  return { parts, migration: knownEventsMigration };
}

function forgetHeld({ journalDirectory }: DataDirectory, names: readonly string[]): void {
  const journal = openJournal({ directory: journalDirectory });
  for (const name of names) journal.setHeld(name, null);
  void journal.close();
}
