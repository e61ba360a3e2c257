import { accessSync, chmodSync, constants, existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ConfigError } from '../config.ts';
import { limits } from '../limits.ts';
import { checkOwner } from './directory-owner.ts';
import { directoryProblem, elsewhere, unusable } from './directory-problem.ts';

/** Any of these is the mark of a directory that Onym made, whichever version it was. */
const marks = ['lock.db', 'identity.db', 'keys.db', 'journal/journal.sqlite', 'events/config/users.xml'];
const groupAndOthers = 0o077;
const sticky = 0o1000;

/**
 * Makes the directory where it is missing, and sees to it that it is Onym's own: of this user, writable, closed to others, and with nothing
 * of anybody else in it. Throws ConfigError, with what to do, before anything is changed in a directory that is not.
 */
export function makeUsable(path: string): void {
  if (Buffer.byteLength(path) > limits.dataDirectoryPathBytesMax) {
    const length = `its path is longer than ${limits.dataDirectoryPathBytesMax} bytes`;
    throw new ConfigError(`The data directory cannot be used: ${length}. ${elsewhere}`);
  }
  try {
    makeDirectories(path);
    const stats = statSync(path);
    if (!stats.isDirectory()) throw unusable(path, `it is not a directory. ${elsewhere}`);
    checkOwner(path);
    checkContents(path, stats.mode);
    accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK);
    // Identifiers and traits are personal data.
    if ((stats.mode & groupAndOthers) !== 0) chmodSync(path, stats.mode & 0o777 & ~groupAndOthers);
  } catch (error) {
    throw directoryProblem(error, path);
  }
}

/** With those above it; itself closed to others. Not by `recursive: true`, which never ends where the kernel denies that a directory it shows is there, as in /proc. */
export function makeDirectories(path: string): void {
  const missing: string[] = [];
  for (let at = path; !existsSync(at) && dirname(at) !== at; at = dirname(at)) missing.push(at);
  for (const directory of missing.reverse()) {
    try {
      mkdirSync(directory, directory === path ? { mode: 0o700 } : {});
    } catch (error) {
      // Another process may have made it just now.
      if ((error as { code?: string }).code !== 'EEXIST') throw error;
    }
  }
}

function checkContents(path: string, mode: number): void {
  if (isMarked(path)) return;
  if ((mode & sticky) !== 0)
    throw unusable(path, `everybody keeps files there. Give one below it, such as ${path}/onym.`);
  // What a file system or a skeleton of a home directory brings along is nobody's data.
  const foreign = readdirSync(path).find((name) => !name.startsWith('.') && name !== 'lost+found');
  if (foreign === undefined) return;
  throw unusable(
    path,
    `it holds files that are not Onym's (${foreign}). Give an empty directory, or a new one, with --data-dir or ONYM_DATA_DIR.`,
  );
}

const isMarked = (path: string): boolean => marks.some((name) => existsSync(join(path, name)));
