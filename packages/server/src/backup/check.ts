import { readdirSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { openDatabase } from '../disk/sqlite.ts';
import { readThrough } from './copy-file.ts';
import { type FileEntry, manifestName, readManifest } from './manifest.ts';

export interface BackupFault {
  /** Below the backup. */
  readonly file: string;
  readonly problem: string;
}

export interface CheckedBackup {
  readonly files: number;
  readonly bytes: number;
  readonly faults: readonly BackupFault[];
}

interface Options {
  readonly signal?: AbortSignal;
  report?(progress: { readonly bytes: number; readonly bytes_max: number }): void;
}

/**
 * Reads every file of a finished backup: whether it is there, and is to the byte what was written; and whether SQLite finds its own files
 * sound. Throws OnymError for what is no finished backup.
 */
export async function checkBackup(
  directory: string,
  { signal, report = () => {} }: Options = {},
): Promise<CheckedBackup> {
  const { files } = readManifest(directory);
  const faults: BackupFault[] = [];
  const bytesMax = files.reduce((sum, file) => sum + file.bytes, 0);
  let bytes = 0;
  const progress = (more: number) => {
    bytes += more;
    report({ bytes, bytes_max: bytesMax });
  };
  for (const file of files) {
    const problem = (await problemOf(directory, file, { signal, progress })) ?? databaseProblem(directory, file.path);
    if (problem !== null) faults.push({ file: file.path, problem });
  }
  const known = new Set([manifestName, ...files.map(({ path }) => path)]);
  for (const path of pathsIn(directory)) {
    if (!known.has(path)) faults.push({ file: path, problem: 'is not of this backup' });
  }
  return { files: files.length, bytes: bytesMax, faults };
}

async function problemOf(
  directory: string,
  { path, bytes, sha256 }: FileEntry,
  options: { readonly signal: AbortSignal | undefined; progress(bytes: number): void },
): Promise<string | null> {
  try {
    const found = await readThrough(join(directory, path), options);
    if (found.bytes !== bytes) return `has ${found.bytes} bytes, and had ${bytes} when it was written`;
    return found.sha256 === sha256 ? null : 'is not what was written: its digest differs';
  } catch (error) {
    options.signal?.throwIfAborted();
    const { code } = error as { code?: string };
    return code === 'ENOENT' ? 'is missing' : `can't be read (${code})`;
  }
}

function databaseProblem(directory: string, path: string): string | null {
  if (!/\.(db|sqlite)$/.test(path)) return null;
  try {
    const database = openDatabase(join(directory, path), { readonly: true });
    try {
      const found = database.pragma('quick_check(1)', { simple: true });
      return found === 'ok' ? null : `is damaged, and was so when it was copied: ${found}`;
    } finally {
      database.close();
    }
  } catch (error) {
    return `is damaged, and was so when it was copied: ${(error as Error).message}`;
  }
}

function pathsIn(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(directory, join(entry.parentPath, entry.name)).split(sep).join('/'));
}
