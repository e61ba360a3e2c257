import { existsSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { ConfigError } from '../config-error.ts';
import type { DataDirectory } from '../disk/data-directory.ts';
import { unusable } from '../disk/directory-problem.ts';
import { readMoveMark } from '../disk/moved.ts';
import { putAside } from './aside.ts';
import { faultOf, hasBrokenLog } from './sqlite-fault.ts';

/** For the log of the start. */
export interface Notice {
  readonly level: 'warn' | 'error';
  readonly details: object;
  readonly message: string;
}

export interface CheckOptions {
  /** Whether files are read through: a start does, a command on a directory at rest goes by what is quickly seen. */
  readonly thorough: boolean;
  /** Whether a part is kept in the directory, and not at a server. */
  readonly holds: (part: PartName) => boolean;
  readonly now: () => number;
}

export type PartName =
  | 'ledger'
  | 'keys'
  | 'events'
  | 'dead letters'
  | 'findings'
  | 'saved queries'
  | 'journal'
  | 'imports';

/** What each part of a data directory is made after, so that one which is not there can be told from one that never was. */
interface Part {
  readonly name: PartName;
  readonly file: string;
  readonly what: string;
  /** What to do, where Onym can't begin it anew by itself. */
  readonly remedy: string | null;
  /** What is lost, where it is begun anew. */
  readonly loss: string | null;
  /** Directories of earlier versions lack it: one that is not there is made without a word. */
  readonly isLater?: true;
}

/**
 * Looks at each file of a directory before anything is opened. Throws ConfigError for one that is spoilt, cut off, empty or missing and that
 * holds what no other file does. The others are put aside and begun anew; the notices say so.
 */
export function checkFiles(directory: DataDirectory, { thorough, holds, now }: CheckOptions): Notice[] {
  const notices: Notice[] = [];
  const all = partsOf(directory);
  const [ledger] = all;
  if (!holds('ledger') && wasMade(ledger!) && readMoveMark(directory.path) === null)
    throw new ConfigError(ownLedger(directory.path));
  const parts = all.filter(({ name }) => holds(name));
  for (const [index, part] of parts.entries()) {
    const { file } = part;
    // First: SQLite would take such a file for an empty one, and write over it.
    if (hasBrokenLog(file)) notices.push(brokenLog(file, now()));
    const isNew = !wasMade(part) && ![...parts.slice(index + 1), ...parts.slice(-2, -1)].some(wasMade);
    const fault = isNew || (part.isLater && !isThere(part)) ? null : faultAt(part, thorough);
    if (fault === null) continue;
    if (part.remedy !== null)
      throw unusable(directory.path, `${nameOf(directory, file)} ${fault}. ${part.what} ${part.remedy}`);
    const aside = putAside(file, now());
    const where = aside === null ? '' : ` The damaged file is ${basename(aside)} now.`;
    const message = `${nameOf(directory, file)} ${fault}, and is begun anew: ${part.loss}${where}`;
    notices.push({ level: 'warn', details: { file }, message });
  }
  return notices;
}

const ownLedger = (path: string): string =>
  `The data directory ${path} holds a ledger of its own, which a node on PostgreSQL would leave aside. Move it there with onym migrate, or give this node another directory with --data-dir.`;

/**
 * In the order in which a first start makes them. One that is not there was never made where none after it was; the last one, where the
 * journal was not.
 */
function partsOf(directory: DataDirectory): Part[] {
  return [
    {
      name: 'ledger',
      file: directory.identityFile,
      what: 'It holds who is who, and nothing else does:',
      remedy: 'restore a backup (onym restore), or put the file back.',
      loss: null,
    },
    {
      name: 'keys',
      file: directory.keysFile,
      what: 'It holds the keys:',
      remedy: 'put the file of a backup back, or begin with new keys: onym mend keys.',
      loss: null,
    },
    {
      name: 'events',
      file: directory.eventsDirectory,
      what: 'It holds the events:',
      remedy: 'restore a backup (onym restore), or go on with what is left of them: onym mend events.',
      loss: null,
    },
    {
      name: 'dead letters',
      file: directory.deadLettersFile,
      what: 'It holds rejected items.',
      remedy: null,
      loss: 'the rejected items kept so far are gone.',
    },
    {
      name: 'findings',
      file: directory.lintFile,
      what: 'It holds findings.',
      remedy: null,
      loss: 'the findings so far are gone.',
    },
    {
      name: 'saved queries',
      file: directory.savedQueriesFile,
      what: 'It holds saved queries.',
      remedy: null,
      loss: 'the queries saved so far are gone; a backup has them.',
      isLater: true,
    },
    {
      name: 'journal',
      file: directory.journalFile,
      what: 'It holds events that are not in the event store yet:',
      remedy: 'put the file back, or go on with what can be read of it: onym mend journal.',
      loss: null,
    },
    {
      name: 'imports',
      file: directory.importsFile,
      what: 'It holds how far imports have come.',
      remedy: null,
      loss: 'an import that was interrupted begins at its first row again.',
    },
  ];
}

/** Where the engine has its tables' definitions: without them it begins empty, whatever else is there. */
const tables = (file: string): string => join(file, 'data', 'metadata');
const isEvents = (file: string): boolean => !/\.(db|sqlite)$/.test(file);
const isThere = ({ file }: Part): boolean => existsSync(isEvents(file) ? tables(file) : file);

/** An empty file is not yet made: SQLite makes one before it writes to it. */
const wasMade = (part: Part): boolean => isThere(part) && (isEvents(part.file) || statSync(part.file).size > 0);

function faultAt(part: Part, thorough: boolean): string | null {
  if (!isThere(part)) return 'is missing';
  return isEvents(part.file) ? null : faultOf(part.file, { thorough });
}

const nameOf = (directory: DataDirectory, file: string): string => file.slice(directory.path.length + 1);

function brokenLog(file: string, now: number): Notice {
  const log = `${file}-wal`;
  const aside = putAside(log, now);
  return {
    level: 'error',
    details: { file: log },
    message: `${basename(log)} is damaged: what was written last to ${basename(file)} is lost. The damaged file is ${basename(aside!)} now. onym verify says whether the stores agree.`,
  };
}
