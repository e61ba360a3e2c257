import { type Database, inTransaction, migrate, openDatabase } from '../disk/sqlite.ts';
import type { DeadLetter } from './types.ts';

/** A letter as it is kept, with its name. */
export interface KeptLetter extends DeadLetter {
  /** Ascending, never given again while a later one is there. */
  readonly id: number;
}

/** What is not given does not matter. */
export interface LetterFilter {
  readonly environment: string;
  /** Those of no environment as well. */
  readonly orNone: boolean;
  readonly ids?: readonly number[] | undefined;
  readonly call?: string | undefined;
  readonly key?: string | undefined;
  readonly errorCode?: string | undefined;
}

interface LetterRow {
  readonly id: number;
  readonly call: DeadLetter['call'];
  readonly environment: string | null;
  readonly key: string;
  readonly received_at: number;
  readonly error_code: DeadLetter['errorCode'];
  readonly message: string;
  readonly item: string;
}

interface LetterRange {
  /** Both exclusive. */
  readonly after: number;
  readonly before: number;
  readonly limit: number;
}

/** The file of rejected items and its statements. */
export function openDeadLetterTable(file: string) {
  const database: Database = openDatabase(file);
  database.pragma('secure_delete = ON');
  migrate(database, [
    // Files from before steps were numbered have it.
    `CREATE TABLE IF NOT EXISTS dead_letter (
    id INTEGER PRIMARY KEY,
    call TEXT NOT NULL,
    environment TEXT,
    key TEXT NOT NULL,
    received_at INTEGER NOT NULL,
    error_code TEXT NOT NULL,
    message TEXT NOT NULL,
    item TEXT NOT NULL
  )`,
    'CREATE INDEX dead_letter_key ON dead_letter (key, id)',
  ]);
  const insert = database.prepare(
    'INSERT INTO dead_letter (call, environment, key, received_at, error_code, message, item) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  const countByKey = database.prepare<[], { key: string; count: number }>(
    'SELECT key, count(*) AS count FROM dead_letter GROUP BY key',
  );
  const removeOldest = database.prepare<[string, number]>(
    'DELETE FROM dead_letter WHERE id IN (SELECT id FROM dead_letter WHERE key = ? ORDER BY id LIMIT ?)',
  );
  const removeById = database.prepare<[string]>('DELETE FROM dead_letter WHERE id IN (SELECT value FROM json_each(?))');
  const ends = database.prepare<[], { first: number | null; last: number | null }>(
    'SELECT (SELECT min(id) FROM dead_letter) AS first, (SELECT max(id) FROM dead_letter) AS last',
  );
  const matching = (order: 'ASC' | 'DESC') =>
    database.prepare<[Record<string, string | number | null>], LetterRow>(
      `SELECT * FROM dead_letter
       WHERE id > @after AND id < @before
         AND (environment = @environment OR (@orNone = 1 AND environment IS NULL))
         AND (@ids IS NULL OR id IN (SELECT value FROM json_each(@ids)))
         AND (@call IS NULL OR call = @call) AND (@key IS NULL OR key = @key)
         AND (@errorCode IS NULL OR error_code = @errorCode)
       ORDER BY id ${order} LIMIT @limit`,
    );
  const oldestFirst = matching('ASC');
  const newestFirst = matching('DESC');
  const naming = database.prepare<[number, string, number], { id: number; item: string }>(
    'SELECT id, item FROM dead_letter WHERE id > ? AND (environment = ? OR environment IS NULL) ORDER BY id LIMIT ?',
  );
  const bound = ({ environment, orNone, ids, call, key, errorCode }: LetterFilter, range: LetterRange) => ({
    ...range,
    environment,
    orNone: orNone ? 1 : 0,
    ids: ids === undefined ? null : JSON.stringify(ids),
    call: call ?? null,
    key: key ?? null,
    errorCode: errorCode ?? null,
  });

  return {
    database,
    /** One transaction. */
    write: (work: () => void): void => inTransaction(database, work),
    insert(letter: DeadLetter): void {
      const { call, environment, key, receivedAt, errorCode, message, item } = letter;
      insert.run(call, environment, key, receivedAt, errorCode, message, item);
    },
    countByKey: (): Map<string, number> => new Map(countByKey.all().map(({ key, count }) => [key, count])),
    removeOldest: (key: string, count: number): number => removeOldest.run(key, count).changes,
    remove: (ids: readonly number[]): number => removeById.run(JSON.stringify(ids)).changes,
    /** The least and the greatest id. */
    ends(): { first: number; last: number } {
      const { first, last } = ends.get()!;
      return { first: first ?? 1, last: last ?? 0 };
    },
    oldestFirst: (filter: LetterFilter, range: LetterRange): KeptLetter[] =>
      oldestFirst.all(bound(filter, range)).map(letterOf),
    newestFirst: (filter: LetterFilter, range: LetterRange): KeptLetter[] =>
      newestFirst.all(bound(filter, range)).map(letterOf),
    /** Those of an environment and of none, to be looked through. */
    itemsAfter: (id: number, environment: string, limit: number) => naming.all(id, environment, limit),
  };
}

function letterOf({ received_at, error_code, ...row }: LetterRow): KeptLetter {
  return { ...row, receivedAt: received_at, errorCode: error_code };
}
