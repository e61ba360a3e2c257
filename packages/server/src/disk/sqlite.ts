import { createRequire } from 'node:module';
import { basename, dirname } from 'node:path';
import Sqlite from 'better-sqlite3';
import { ConfigError } from '../config.ts';
import { OnymError } from '../errors.ts';

/**
 * This is the only module that imports the driver, so that `node:sqlite` can replace it one day; these interfaces are what the
 * rest may use of it. A parameter is a string, number, bigint, Buffer or null; an object binds named parameters.
 */
export interface Statement<Parameters extends unknown[] = unknown[], Row = unknown> {
  run(...parameters: Parameters): { changes: number; lastInsertRowid: number | bigint };
  get(...parameters: Parameters): Row | undefined;
  all(...parameters: Parameters): Row[];
  /** No other statement may run on the connection before it has ended. */
  iterate(...parameters: Parameters): IterableIterator<Row>;
  /** Rows become their first column. */
  pluck(): Statement<Parameters, Row>;
  /** Rows become arrays of their columns. */
  raw(): Statement<Parameters, unknown[]>;
  columns(): { readonly name: string }[];
}

export interface Database {
  readonly name: string;
  readonly open: boolean;
  prepare<Parameters extends unknown[] = unknown[], Row = unknown>(sql: string): Statement<Parameters, Row>;
  exec(sql: string): unknown;
  pragma(sql: string, options?: { simple?: boolean }): unknown;
  transaction<Arguments extends unknown[], Result>(
    work: (...parameters: Arguments) => Result,
  ): { immediate(...parameters: Arguments): Result; deferred(...parameters: Arguments): Result };
  /** Copies the database into a file, page by page between other work; what is written meanwhile is in it. */
  backup(
    file: string,
    options?: { progress(pages: { totalPages: number; remainingPages: number }): number },
  ): Promise<unknown>;
  close(): unknown;
}

/** How long a statement waits for a lock of another connection; within one process no connection holds one for long. */
const busyTimeoutMs = 5_000;
const storageFullRetryAfterSeconds = 10;

/**
 * Opens a database file, creating it unless `readonly`. A transaction that committed is on disk (WAL, synchronous=FULL).
 * `pageBytes` counts for a new file only. `scratch`: nothing of it needs to outlive the process, so nothing waits for the disk. Throws OnymError `storage-full` when there is no room to open it.
 */
export function openDatabase(
  file: string,
  options: { readonly?: boolean; pageBytes?: number; scratch?: boolean } = {},
): Database {
  const readonly = options.readonly ?? false;
  return mapStorageFull(() => {
    let database: Sqlite.Database | null = null;
    try {
      database = new Sqlite(file, { readonly, fileMustExist: readonly, timeout: busyTimeoutMs });
      if (!readonly) {
        if (options.pageBytes !== undefined) database.pragma(`page_size = ${options.pageBytes}`);
        database.pragma(`journal_mode = ${options.scratch ? 'MEMORY' : 'WAL'}`);
        database.pragma(`synchronous = ${options.scratch ? 'OFF' : 'FULL'}`);
      }
      database.pragma('foreign_keys = OFF');
      return database as unknown as Database;
    } catch (error) {
      database?.close();
      if (isWithoutBinary(error)) throw new ConfigError(binaryMissing(error as Error));
      // The driver does not say which file.
      if (error instanceof Error) error.message = `${file}: ${error.message}`;
      throw error;
    }
  });
}

/** npm did not run the driver's install script, as newer ones don't unless told to, or another Node ran it. */
const isWithoutBinary = (error: unknown): boolean =>
  (error as { code?: string }).code === 'ERR_DLOPEN_FAILED' ||
  /^Could not locate the bindings file/.test(String((error as Error).message));

function binaryMissing({ message }: Error): string {
  const driver = dirname(createRequire(import.meta.url).resolve('better-sqlite3/package.json'));
  const cause = message.split('\n')[0]!.replace(/\.( Tried:)?$/, '');
  return `better-sqlite3 has no binary for this Node (${cause}). Make it: npm run install --prefix ${driver}`;
}

/** For statements that find many rows of many columns: the driver takes nearly twice as long to make the same objects. */
export function prepareRows<Row>(database: Database, sql: string): { all(...parameters: unknown[]): Row[] } {
  const statement = database.prepare(sql).raw();
  const names = statement.columns().map(({ name }) => name);
  const rowOf = (values: unknown[]): Row => {
    const row: Record<string, unknown> = {};
    for (let at = 0; at < names.length; at++) row[names[at]!] = values[at];
    return row as Row;
  };
  return { all: (...parameters) => statement.all(...parameters).map(rowOf) };
}

/**
 * True when a statement failed because the disk (or the quota, or max_page_count) has no room. SQLite answers SQLITE_FULL to a
 * failed write, but an I/O error of its own when ENOSPC comes out of fsync or of growing the shared-memory file.
 */
export function isStorageFull(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return code === 'SQLITE_FULL' || code === 'ENOSPC' || code === 'EDQUOT' || code === 'SQLITE_IOERR_SHMSIZE';
}

/** The error as the caller should see it: `storage-full` where isStorageFull says so, else as it came. */
export function toStorageError(error: unknown): unknown {
  if (!isStorageFull(error)) return error;
  return new OnymError(
    'storage-full',
    'The disk of the data directory is full. Nothing was stored; free some space and send it again.',
    {
      cause: error,
      retryAfterSeconds: storageFullRetryAfterSeconds,
    },
  );
}

/** Runs `work` and throws what it throws through toStorageError. */
export function mapStorageFull<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw toStorageError(error);
  }
}

/**
 * Runs `work` in an immediate transaction: committed and durable when this returns, rolled back when it throws.
 * Not for nesting. Throws through toStorageError.
 */
export function inTransaction<T>(database: Database, work: () => T): T {
  return mapStorageFull(() => transactionOf(database).immediate(work) as T);
}

/** Runs reads that see one moment. */
export function inSnapshot<T>(database: Database, work: () => T): T {
  return transactionOf(database).deferred(work) as T;
}

const transactions = new WeakMap<Database, ReturnType<typeof makeTransaction>>();
const makeTransaction = (database: Database) => database.transaction((work: () => unknown) => work());

/** The driver makes a set of functions for each piece of work that it is given, which costs as much as a small transaction: one serves all. */
function transactionOf(database: Database): ReturnType<typeof makeTransaction> {
  let transaction = transactions.get(database);
  if (transaction === undefined) {
    transaction = makeTransaction(database);
    transactions.set(database, transaction);
  }
  return transaction;
}

/** One step of a file's schema: SQL, or what SQL alone cannot say. */
export type Migration = string | ((database: Database) => void);

/**
 * Brings a file up to date. Its `user_version` counts the steps it has had; steps are only ever added, at the end. Safe when two processes
 * start together: each step is one immediate transaction that looks again. A file that is up to date is not written to. Throws
 * ConfigError for one that a newer version wrote.
 */
export function migrate(database: Database, steps: readonly Migration[]): void {
  while (stepsDone(database, steps) < steps.length) {
    inTransaction(database, () => {
      const done = stepsDone(database, steps);
      const step = steps[done];
      if (step === undefined) return;
      if (typeof step === 'string') database.exec(step);
      else step(database);
      database.pragma(`user_version = ${done + 1}`);
    });
  }
}

function stepsDone(database: Database, steps: readonly Migration[]): number {
  const done = database.pragma('user_version', { simple: true }) as number;
  if (done <= steps.length) return done;
  throw new ConfigError(
    `${basename(database.name)} was written by a newer Onym (schema ${done}, this one knows ${steps.length}). Start that version, or restore a backup.`,
  );
}

/** Writes a page as it was, within a transaction: the least that shows whether anything can be written. */
export function touch(database: Database): void {
  database.pragma(`user_version = ${database.pragma('user_version', { simple: true })}`);
}

/** A file of this size is rewritten in some 50 ms. */
const vacuumBytesMax = 8 * 1024 * 1024;

/**
 * After something was erased: empties the -wal file, and, where the file is small, rewrites it. With `secure_delete` what is deleted is
 * overwritten, but where the last few pages of a table are merged or split SQLite leaves copies of rows that it moved (docs/gotchas.md). In a
 * large file that was not seen to happen.
 */
export function scrub(database: Database): void {
  mapStorageFull(() => {
    const [pages, pageBytes] = ['page_count', 'page_size'].map(
      (name) => database.pragma(name, { simple: true }) as number,
    );
    if (pages! * pageBytes! <= vacuumBytesMax) database.exec('VACUUM');
    database.pragma('wal_checkpoint(TRUNCATE)');
  });
}
