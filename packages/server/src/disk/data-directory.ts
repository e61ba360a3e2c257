import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '../config.ts';
import { unusable } from './directory-problem.ts';
import { type Database, openDatabase } from './sqlite.ts';
import { makeUsable } from './usable-directory.ts';

/** The data directory of one server process, and where each part keeps its files in it. */
export interface DataDirectory {
  readonly path: string;
  readonly identityFile: string;
  readonly keysFile: string;
  readonly deadLettersFile: string;
  readonly lintFile: string;
  readonly savedQueriesFile: string;
  readonly journalDirectory: string;
  readonly journalFile: string;
  readonly eventsDirectory: string;
  /** Files on their way in, and copies to try an import on. */
  readonly importsDirectory: string;
  readonly importsFile: string;
  /** Scripts for pages that this directory has served. */
  readonly scriptsDirectory: string;
  /** How a command on this machine finds and is let into the server that runs here. */
  readonly localAccessFile: string;
  release(): void;
}

/**
 * Takes the directory for this process. The lock is one of the operating system's, held through an open transaction: it ends with the
 * process, however that ends. Throws ConfigError when another process holds it, with what to do then, or when it can't be Onym's.
 */
export function openDataDirectory(path: string, { restoring = false, inUse = stopIt } = {}): DataDirectory {
  makeUsable(path);
  if (!restoring && existsSync(join(path, restoringName))) throw new ConfigError(halfRestored(path));
  // First of all that is made in it: a start that goes no further has left the mark of Onym.
  const lock = takeLock(join(path, 'lock.db'), path, inUse);
  const journalDirectory = join(path, 'journal');
  try {
    if (!existsSync(journalDirectory)) mkdirSync(journalDirectory);
  } catch (error) {
    lock.close();
    throw error;
  }
  return { ...filesOf(path), journalDirectory, release: () => lock.close() };
}

/** There until a restore has ended well. */
export const restoringName = 'restore.unfinished';

const halfRestored = (path: string): string =>
  `A restore into ${path} has not ended. Run onym restore with the same backup and directory again: it begins anew. Or give another directory with --data-dir.`;

function filesOf(path: string) {
  return {
    path,
    identityFile: join(path, 'identity.db'),
    keysFile: join(path, 'keys.db'),
    deadLettersFile: join(path, 'dead-letters.db'),
    lintFile: join(path, 'lint.db'),
    savedQueriesFile: join(path, 'saved-queries.db'),
    journalFile: join(path, 'journal', 'journal.sqlite'),
    eventsDirectory: join(path, 'events'),
    importsDirectory: join(path, 'imports'),
    importsFile: join(path, 'imports.db'),
    scriptsDirectory: join(path, 'scripts'),
    localAccessFile: localAccessFile(path),
  };
}

export function localAccessFile(dataDir: string): string {
  return join(dataDir, 'local-access.json');
}

export function isDataDirectory(path: string): boolean {
  return existsSync(join(path, 'identity.db'));
}

const stopIt = 'Stop it, or give this one a directory of its own with --data-dir.';

function takeLock(file: string, path: string, inUse: string): Database {
  let lock: Database | null = null;
  try {
    lock = openDatabase(file);
    lock.pragma('busy_timeout = 0');
    lock.exec('BEGIN IMMEDIATE');
    return lock;
  } catch (error) {
    lock?.close();
    const { code = '' } = error as { code?: string };
    if (code === 'SQLITE_BUSY') {
      throw new ConfigError(`Another Onym process uses the data directory ${path}. ${inUse}`);
    }
    if (/^SQLITE_(NOTADB|CORRUPT)/.test(code)) throw unusable(path, lockDamaged);
    throw error;
  }
}

const lockDamaged =
  'its lock.db is damaged. It holds nothing, and keeps a second process out: see that no Onym runs on the directory, then remove lock.db.';
