import { ConfigError } from '../config.ts';

export const elsewhere = 'Give another one with --data-dir or ONYM_DATA_DIR.';

export function unusable(path: string, why: string): ConfigError {
  return new ConfigError(`The data directory ${path} cannot be used: ${why}`);
}

/** What the system says of a directory, or of its disk, as one line with what to do; anything else as it came. */
export function directoryProblem(error: unknown, path: string): unknown {
  if (error instanceof ConfigError) return error;
  const why = reasonOf(error as { code?: unknown; message?: unknown; type?: unknown });
  return why === null ? error : unusable(path, why);
}

function reasonOf({ code, message, type }: { code?: unknown; message?: unknown; type?: unknown }): string | null {
  const text = String(message);
  const said = `${String(code)} ${text}`;
  if (/ENOSPC|EDQUOT|SQLITE_FULL|storage-full|No space left on device|not enough space|quota exceeded/i.test(said))
    return 'its disk is full. Free some space, then try again.';
  if (/EROFS|Read-only file system/.test(said)) return `it is on a file system that is read-only. ${elsewhere}`;
  if (/EACCES|EPERM|SQLITE_PERM|SQLITE_READONLY|SQLITE_CANTOPEN|Permission denied/.test(said))
    return `this user may not read and write all of it (${firstLine(text)}). Give it to the user that runs Onym, with chown -R and chmod -R u+rwX, or give another one with --data-dir or ONYM_DATA_DIR.`;
  if (/EMFILE|ENFILE|Too many open files/.test(said))
    return 'too many files are open. Raise the limit, with ulimit -n 65536 or LimitNOFILE.';
  if (/SQLITE_(NOTADB|CORRUPT)/.test(said))
    return `a database in it is damaged (${firstLine(text)}). Restore a backup.`;
  if (isOfEngine({ message: text, type }))
    return `the event store in events can't be opened (${firstLine(text).slice(0, engineReasonLengthMax)}). Restore a backup (onym restore), or go on with what is left of the events: onym mend events.`;
  if (code === 'ENOTDIR') return `part of its path is a file. ${elsewhere}`;
  if (code === 'ENOENT' || code === 'EEXIST') return `it can't be made there (${firstLine(text)}). ${elsewhere}`;
  if (code === 'ELOOP') return `its path is a circle of symbolic links. ${elsewhere}`;
  if (code === 'ENAMETOOLONG') return `its path, or a name in it, is too long. ${elsewhere}`;
  return null;
}

const firstLine = (text: string): string => text.split('\n')[0]!.replace(/[.\s]+$/, '');

const engineReasonLengthMax = 200;

/** As the client of the engine has it; where it could not connect, the engine has said on standard error why. */
const isOfEngine = ({ message, type }: { message: string; type: unknown }): boolean =>
  message.startsWith('Failed to create connection') || (typeof type === 'string' && /^[A-Z]+(_[A-Z]+)+$/.test(type));
