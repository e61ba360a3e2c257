import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { ConfigError } from './config.ts';
import { limits } from './limits.ts';

/** Any of these is the mark of a directory that Onym made, whichever version it was. */
const marks = ['lock.db', 'identity.db', 'keys.db', 'journal/journal.sqlite', 'events/config/users.xml'];
/** Where what another user made stands in the way of the next start. */
const looked = ['', 'journal', 'events', 'events/config', 'events/data'];
const groupAndOthers = 0o077;
const sticky = 0o1000;

export function unusable(path: string, why: string): ConfigError {
  return new ConfigError(`The data directory ${path} cannot be used: ${why}`);
}

const elsewhere = 'Give another one with --data-dir or ONYM_DATA_DIR.';

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

/** Not by `recursive: true`, which never ends where the kernel denies that a directory it shows is there, as in /proc. */
function makeDirectories(path: string): void {
  const missing: string[] = [];
  for (let at = path; !existsSync(at) && dirname(at) !== at; at = dirname(at)) missing.push(at);
  for (const directory of missing.reverse()) {
    try {
      mkdirSync(directory);
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

/**
 * Throws ConfigError where the directory, or what is near its top, belongs to another user than this process: what root makes in it, its
 * owner could not use again. A directory that is not there belongs to nobody.
 */
export function checkOwner(path: string): void {
  const user = process.geteuid?.();
  if (user === undefined || !isReachable(path)) return;
  const owner = statSync(path).uid;
  if (owner !== user) {
    const name = nameOf(owner);
    throw new ConfigError(
      `The data directory ${path} belongs to ${described(owner)}, and this runs as ${described(user)}: that could leave files there which its owner can't use. Run it as that user: sudo -u ${name ?? `'#${owner}'`} onym …`,
    );
  }
  // Root can use what is anybody's.
  if (user === 0) return;
  for (const directory of looked) {
    for (const name of namesIn(join(path, directory))) {
      const file = join(path, directory, name);
      const other = ownerOf(file);
      if (other === null || other === user || (directory === '' && !isOwnName(name))) continue;
      throw new ConfigError(
        `${file} belongs to ${described(other)}, and this runs as ${described(user)}, who can't use it. Something ran as another user before. Give it back: sudo chown -R ${nameOf(user) ?? user} ${path}`,
      );
    }
  }
}

function isReachable(path: string): boolean {
  try {
    accessSync(path);
    return true;
  } catch (error) {
    if ((error as { code?: string }).code === 'EACCES') throw directoryProblem(error, path);
    return false;
  }
}

const isOwnName = (name: string): boolean => /^(journal|events|imports|[a-z-]+\.db(-wal|-shm)?)$/.test(name);

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

function ownerOf(file: string): number | null {
  try {
    return statSync(file).uid;
  } catch {
    try {
      return lstatSync(file).uid;
    } catch {
      return null;
    }
  }
}

const described = (uid: number): string => {
  const name = nameOf(uid);
  return name === null ? `the user with the id ${uid}` : `the user ${name}`;
};

function nameOf(uid: number): string | null {
  try {
    for (const line of readFileSync('/etc/passwd', 'utf8').split('\n')) {
      const [name, , id] = line.split(':');
      if (name && id === String(uid)) return name;
    }
  } catch {
    // A system that keeps its users elsewhere.
  }
  return null;
}

/** What the system says of a directory, or of its disk, as one line with what to do; anything else as it came. */
export function directoryProblem(error: unknown, path: string): unknown {
  if (error instanceof ConfigError) return error;
  const why = reasonOf(error as { code?: unknown; message?: unknown });
  return why === null ? error : unusable(path, why);
}

function reasonOf({ code, message }: { code?: unknown; message?: unknown }): string | null {
  const text = String(message);
  const said = `${String(code)} ${text}`;
  if (/ENOSPC|EDQUOT|SQLITE_FULL|storage-full|No space left on device|quota exceeded/.test(said))
    return `its disk is full. Free some space, then start again.`;
  if (/EROFS|Read-only file system/.test(said)) return `it is on a file system that is read-only. ${elsewhere}`;
  if (/EACCES|EPERM|SQLITE_PERM|SQLITE_READONLY|SQLITE_CANTOPEN|Permission denied/.test(said))
    return `this user may not read and write all of it (${firstLine(text)}). Give it to the user that runs Onym, with chown -R and chmod u+rwX.`;
  if (/EMFILE|ENFILE|Too many open files/.test(said))
    return `too many files are open. Raise the limit, with ulimit -n 65536 or LimitNOFILE.`;
  if (/SQLITE_(NOTADB|CORRUPT)/.test(said))
    return `a database in it is damaged (${firstLine(text)}). Restore a backup.`;
  if (code === 'ENOTDIR') return `part of its path is a file. ${elsewhere}`;
  if (code === 'ENOENT' || code === 'EEXIST') return `it can't be made there (${firstLine(text)}). ${elsewhere}`;
  if (code === 'ELOOP') return `its path is a circle of symbolic links. ${elsewhere}`;
  if (code === 'ENAMETOOLONG') return `its path, or a name in it, is too long. ${elsewhere}`;
  return null;
}

const firstLine = (text: string): string => text.split('\n')[0]!.replace(/[.\s]+$/, '');
