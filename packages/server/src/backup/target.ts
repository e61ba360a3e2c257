import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve, sep } from 'node:path';
import { makeDirectories } from '../disk/usable-directory.ts';
import { OnymError } from '../errors.ts';
import { manifestName, unfinishedName } from './manifest.ts';

/** Makes the directory of a backup, or finds the one that an interrupted backup has left. Throws OnymError for any other. */
export function prepareTarget(directory: string, dataDirectory: string): { readonly resumed: boolean } {
  if (!isAbsolute(directory)) {
    throw new OnymError('invalid-payload', 'directory must be an absolute path on the machine of the server.');
  }
  if (overlaps(directory, dataDirectory)) {
    throw new OnymError(
      'invalid-payload',
      `${directory} and the data directory ${dataDirectory} are one, or one lies in the other. Give a directory elsewhere, best on another disk.`,
    );
  }
  try {
    makeDirectories(directory);
    const names = readdirSync(directory);
    if (names.includes(manifestName)) {
      throw new OnymError(
        'invalid-payload',
        `${directory} holds a finished backup already. Give a new directory; an older backup is removed by hand.`,
      );
    }
    if (names.includes(unfinishedName)) return { resumed: true };
    const foreign = names.find((name) => name !== 'lost+found');
    if (foreign === undefined) return { resumed: false };
    throw new OnymError(
      'invalid-payload',
      `${directory} holds files that are no backup's (${foreign}). Give an empty directory, or a new one.`,
    );
  } catch (error) {
    throw targetError(error, directory);
  }
}

/** What the system says of the place that a backup is written to. */
export function targetError(error: unknown, directory: string): unknown {
  const { code = '', message = '' } = (error ?? {}) as { code?: string; message?: string };
  if (/^(ENOSPC|EDQUOT|SQLITE_FULL)$/.test(code)) {
    return new OnymError(
      'storage-full',
      `The disk of ${directory} is full. Free some space there and run the same command again: it goes on with what is missing.`,
      { cause: error },
    );
  }
  if (/^(EACCES|EPERM|EROFS|ENOTDIR|EEXIST|ENAMETOOLONG|ELOOP|ENOENT|SQLITE_CANTOPEN|SQLITE_READONLY)$/.test(code)) {
    return new OnymError(
      'invalid-payload',
      `The backup can't be written to ${directory}: ${message.split('\n')[0]}. It is written by the user that runs the server: give a directory that this user may write to.`,
      { cause: error },
    );
  }
  return error;
}

function overlaps(a: string, b: string): boolean {
  const [one, other] = [a, b].map((path) => `${real(path)}${sep}`) as [string, string];
  return one.startsWith(other) || other.startsWith(one);
}

/** With what is not there yet left as it is. */
function real(path: string): string {
  const whole = resolve(path);
  if (existsSync(whole) || dirname(whole) === whole) return realpathSync(whole).replace(/\/$/, '');
  return join(real(dirname(whole)), whole.slice(dirname(whole).length));
}
