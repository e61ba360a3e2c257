import { existsSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { type Snapshot, snapshotOf } from '../disk/sqlite-snapshot.ts';
import { OnymError } from '../errors.ts';
import type { EventStore } from '../events/types.ts';
import type { IdentityStore } from '../identity/store.ts';
import type { DrainLoop } from '../journal/drain.ts';
import { copyFile, readThrough, syncDirectory } from './copy-file.ts';
import {
  type EnvironmentEntry,
  type FileEntry,
  type Manifest,
  manifestFormat,
  manifestName,
  unfinishedName,
} from './manifest.ts';
import { bytesOf, copyParts } from './parts.ts';
import { prepareTarget, targetError } from './target.ts';

export interface BackupParts {
  readonly dataDirectory: string;
  /** SQLite files below it; the first is the identity store's. Those that are not there are left out. */
  readonly files: readonly string[];
  readonly journalFile: string;
  /** Others keep what nodes share: there is no copying it from here. */
  readonly isShared: boolean;
  /** Files there are copied as they are: none ever changes under its name. */
  readonly scriptsDirectory: string;
  readonly identityStore: Pick<IdentityStore, 'environments'>;
  readonly eventStore: Pick<EventStore, 'prepare' | 'freeze' | 'thaw'>;
  readonly drain: Pick<DrainLoop, 'still'>;
  readonly version: string;
  readonly now: () => number;
}

export interface BackupProgress {
  /** What is copied now. */
  readonly what: string;
  /** Of this, and how many there are. */
  readonly bytes: number;
  readonly bytes_max: number;
}

export interface Backup {
  /** True when an earlier run has left something to go on with. */
  readonly resumed: boolean;
  /** Rejects once `signal` is aborted; what was copied by then is gone on with. */
  run(options: { readonly signal: AbortSignal; report(progress: BackupProgress): void }): Promise<Manifest>;
}

export interface Backups {
  /** Throws OnymError for a directory that a backup can't be written to, and while another one is. */
  begin(directory: string): Backup;
  /** Resolves when none is being written. */
  idle(): Promise<void>;
}

const sharedMessage =
  'This server shares its data with others in PostgreSQL and ClickHouse, which have backups of their own: first PostgreSQL, then ClickHouse. See docs/operating.md, "Backups of nodes".';

/**
 * Copies all that a server keeps while it goes on. The identity store is taken first; then, at one moment, the events as they are and the
 * journal with what is not among them. So all that was acknowledged before the backup began is in it. What came meanwhile may be, in part.
 */
export function createBackups(parts: BackupParts): Backups {
  let isBegun = false;
  let running: Promise<unknown> = Promise.resolve();

  async function run(directory: string, { signal, report }: Parameters<Backup['run']>[0]): Promise<Manifest> {
    const { eventStore } = parts;
    const beganAt = parts.now();
    const unfinished = join(directory, unfinishedName);
    if (!existsSync(unfinished)) writeFileSync(unfinished, '', { mode: 0o600 });
    await syncDirectory(directory);

    const files: FileEntry[] = [];
    const copySnapshot = async (snapshot: Snapshot, file: string) => {
      try {
        files.push(await copyDatabase(snapshot, directory, relative(parts.dataDirectory, file), { signal, report }));
      } finally {
        snapshot.close();
      }
    };
    for (const file of parts.files) if (existsSync(file)) await copySnapshot(snapshotOf(file), file);
    files.push(...(await copyPlain(parts.scriptsDirectory, directory, basename(parts.scriptsDirectory), signal)));

    const names = await parts.identityStore.environments();
    for (const name of names) await eventStore.prepare(name);
    try {
      const { frozen, journal } = await parts.drain.still(async () => ({
        frozen: await eventStore.freeze(names),
        journal: snapshotOf(parts.journalFile),
      }));
      await copySnapshot(journal, parts.journalFile);
      const environments: EnvironmentEntry[] = [];
      const sources: { path: string; from: string }[] = [];
      for (const [name, events] of frozen) {
        const entry = { name, events: `events/${name}`, events_migration: events.migration };
        environments.push(entry);
        sources.push(...events.parts.map((part) => ({ path: `${entry.events}/${part.name}`, from: part.path })));
      }
      await removeOthers(directory, environments, sources);
      let bytes = 0;
      let bytesMax = 0;
      for (const { from } of sources) bytesMax += await bytesOf(from);
      const progress = (more: number) => {
        bytes += more;
        report({ what: 'events', bytes, bytes_max: bytesMax });
      };
      files.push(...(await copyParts(sources, { directory, signal, progress })));
      for (const { events } of environments) await syncDirectory(join(directory, events));
      signal.throwIfAborted();
      return await finish(directory, { beganAt, environments, files });
    } finally {
      await eventStore.thaw();
    }
  }

  async function finish(
    directory: string,
    { beganAt, environments, files }: { beganAt: number; environments: EnvironmentEntry[]; files: FileEntry[] },
  ): Promise<Manifest> {
    const manifest: Manifest = {
      format: manifestFormat,
      onym: parts.version,
      began_at: new Date(beganAt).toISOString(),
      finished_at: new Date(parts.now()).toISOString(),
      environments,
      files,
    };
    const path = join(directory, manifestName);
    const file = await open(`${path}.partial`, 'w', 0o600);
    try {
      await file.writeFile(`${JSON.stringify(manifest, null, 1)}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    renameSync(`${path}.partial`, path);
    rmSync(join(directory, unfinishedName));
    await syncDirectory(directory);
    return manifest;
  }

  return {
    begin(directory) {
      if (parts.isShared) throw new OnymError('invalid-payload', sharedMessage);
      if (isBegun) {
        throw new OnymError('too-many-requests', 'A backup is being written. Wait for it to end.', {
          retryAfterSeconds: 30,
        });
      }
      const { resumed } = prepareTarget(directory, parts.dataDirectory);
      isBegun = true;
      return {
        resumed,
        run(options) {
          const result = run(directory, options)
            .catch((error) => {
              throw targetError(error, directory);
            })
            .finally(() => {
              isBegun = false;
            });
          running = result.catch(() => undefined);
          return result;
        },
      };
    },
    async idle() {
      await running;
    },
  };
}

async function copyDatabase(
  snapshot: Snapshot,
  directory: string,
  path: string,
  { signal, report }: Parameters<Backup['run']>[0],
): Promise<FileEntry> {
  const file = join(directory, path);
  const partial = `${file}.partial`;
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(`${partial}${suffix}`, { force: true });
  await snapshot.copyTo(partial, (bytes, bytesMax) => {
    signal.throwIfAborted();
    report({ what: basename(path), bytes, bytes_max: bytesMax });
  });
  const handle = await open(partial, 'r');
  await handle.sync().finally(() => handle.close());
  const copied = await readThrough(partial, { signal, progress() {} });
  renameSync(partial, file);
  await syncDirectory(dirname(file));
  return { path, ...copied };
}

async function copyPlain(from: string, directory: string, path: string, signal: AbortSignal): Promise<FileEntry[]> {
  if (!existsSync(from)) return [];
  await mkdir(join(directory, path), { recursive: true, mode: 0o700 });
  const files: FileEntry[] = [];
  for (const name of readdirSync(from)) {
    const copied = await copyFile(join(from, name), join(directory, path, name), { signal, progress() {} });
    files.push({ path: `${path}/${name}`, ...copied });
  }
  await syncDirectory(join(directory, path));
  return files;
}

/** Parts that an earlier run has copied and that were merged into others since. */
async function removeOthers(
  directory: string,
  environments: readonly EnvironmentEntry[],
  sources: readonly { readonly path: string }[],
): Promise<void> {
  const wanted = new Set(sources.map(({ path }) => path));
  for (const { events } of environments) {
    await mkdir(join(directory, events), { recursive: true, mode: 0o700 });
    for (const name of readdirSync(join(directory, events))) {
      if (!wanted.has(`${events}/${name}`)) rmSync(join(directory, events, name), { recursive: true, force: true });
    }
  }
}
