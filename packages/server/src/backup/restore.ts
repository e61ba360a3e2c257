import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ConfigError } from '../config.ts';
import { openDataDirectory, restoringName } from '../disk/data-directory.ts';
import type { FrozenEvents } from '../events/types.ts';
import { adoptEvents, knownEventsMigration } from '../stores.ts';
import { checkBackup } from './check.ts';
import { copyFile, syncDirectory } from './copy-file.ts';
import { type Manifest, readManifest } from './manifest.ts';

export interface RestoreOptions {
  readonly signal: AbortSignal;
  report(progress: { readonly what: 'checked' | 'copied'; readonly bytes: number; readonly bytes_max: number }): void;
}

/**
 * Makes a data directory of a backup. Every file of the backup is read and compared with its digest before anything is written. Throws
 * ConfigError where the directory holds something already, and where the backup is damaged or of a newer version. A restore that was
 * interrupted is begun anew by the next; until one has ended well no server starts on the directory.
 */
export async function restore(backup: string, dataDir: string, options: RestoreOptions): Promise<Manifest> {
  const { signal, report } = options;
  const manifest = readManifest(backup);
  checkVersion(manifest, backup);
  checkEmpty(dataDir);
  const { faults } = await checkBackup(backup, { signal, report: (at) => report({ what: 'checked', ...at }) });
  if (faults.length > 0) {
    const named = faults.slice(0, 3).map(({ file, problem }) => `${file} ${problem}`);
    const more = faults.length > named.length ? `; and ${faults.length - named.length} more` : '';
    throw new ConfigError(
      `The backup in ${backup} is damaged: ${named.join('; ')}${more}. Nothing was restored. Use another backup; onym verify --backup lists all that is wrong.`,
    );
  }
  const directory = openDataDirectory(dataDir, { restoring: true });
  try {
    const marker = join(dataDir, restoringName);
    writeFileSync(marker, '', { mode: 0o600 });
    for (const name of readdirSync(dataDir)) {
      if (!name.startsWith('lock.db') && name !== restoringName) rmSync(join(dataDir, name), { recursive: true });
    }
    await copyAll(backup, dataDir, manifest, options);
    const unusable = await adoptEvents(directory.eventsDirectory, frozenIn(dataDir, manifest), signal);
    if (unusable.length > 0) {
      const [{ environment, part, problem }] = unusable as [(typeof unusable)[number]];
      throw new ConfigError(
        `The backup in ${backup} holds events that were damaged when it was made: ${part} of ${environment} (${problem}). Use an older backup. To have the rest of them, copy that directory out of ${backup} and its lines out of backup.json.`,
      );
    }
    rmSync(join(dataDir, arrival), { recursive: true, force: true });
    await syncDirectory(dataDir);
    rmSync(marker);
    await syncDirectory(dataDir);
  } finally {
    directory.release();
  }
  return manifest;
}

/** Where the parts of events are before the engine takes them over; on its own disk, for they are moved. */
const arrival = 'restored-events';

async function copyAll(backup: string, dataDir: string, { files }: Manifest, { signal, report }: RestoreOptions) {
  const bytesMax = files.reduce((sum, file) => sum + file.bytes, 0);
  let bytes = 0;
  const progress = (more: number) => {
    bytes += more;
    report({ what: 'copied', bytes, bytes_max: bytesMax });
  };
  for (const { path, sha256 } of files) {
    const target = join(dataDir, path.replace(/^events\//, `${arrival}/`));
    await mkdir(dirname(target), { recursive: true, mode: 0o700 });
    const copied = await copyFile(join(backup, path), target, { signal, progress });
    if (copied.sha256 !== sha256)
      throw new ConfigError(`${join(backup, path)} changed while it was restored. Try again.`);
  }
}

function frozenIn(dataDir: string, { environments }: Manifest): ReadonlyMap<string, FrozenEvents> {
  const frozen = new Map<string, FrozenEvents>();
  for (const { name, events, events_migration } of environments) {
    const directory = join(dataDir, events.replace(/^events\//, `${arrival}/`));
    const names = existsSync(directory) ? readdirSync(directory) : [];
    const parts = names.map((part) => ({ name: part, path: join(directory, part) }));
    frozen.set(name, { parts, migration: events_migration });
  }
  return frozen;
}

function checkVersion({ environments, onym }: Manifest, backup: string): void {
  if (environments.every(({ events_migration }) => events_migration <= knownEventsMigration)) return;
  throw new ConfigError(
    `The backup in ${backup} was made by Onym ${onym}, whose event store this version does not know. Use that version or a later one.`,
  );
}

function checkEmpty(dataDir: string): void {
  if (!existsSync(dataDir) || existsSync(join(dataDir, restoringName))) return;
  let names: string[];
  try {
    names = readdirSync(dataDir);
  } catch (error) {
    throw new ConfigError(`${dataDir} can't be read: ${(error as Error).message}`);
  }
  const found = names.find((name) => !name.startsWith('.') && name !== 'lost+found');
  if (found === undefined) return;
  throw new ConfigError(
    `${dataDir} is not empty (${found}), and a restore overwrites nothing. Move it away, or give another directory with --data-dir.`,
  );
}
