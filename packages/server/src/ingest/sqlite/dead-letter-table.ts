import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Database, inTransaction, migrate, openDatabase, scrub } from '../../disk/sqlite.ts';
import {
  countedWith,
  type DeadLetterTable,
  type KeptLetter,
  type LetterFilter,
  type LetterOrder,
  type LetterRange,
  lettersBeyond,
  totalOf,
} from '../dead-letter-table.ts';
import { type LetterRow, letterOf } from '../letter-rows.ts';

/** Looked through in one turn of the event loop. */
const idsPerTurn = 20_000;

/** The file of rejected items and its statements. */
export function openSqliteDeadLetters(file: string): DeadLetterTable {
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
  const statements = { oldestFirst: matching('ASC'), newestFirst: matching('DESC') };
  const itemsAfter = database.prepare<[number, string, number], { id: number; item: string }>(
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

  const counted = () => new Map(countByKey.all().map(({ key, count }) => [key, count]));
  // Nobody else writes the file.
  let counts = counted();

  /** Turn by turn, because a filter may fit none of very many. */
  async function page(order: LetterOrder, filter: LetterFilter, range: LetterRange): Promise<KeptLetter[]> {
    const { first, last } = ends.get()!;
    const isUp = order === 'oldestFirst';
    const [lowest, highest] = [Math.max(range.after, (first ?? 1) - 1), Math.min(range.before, (last ?? 0) + 1)];
    const found: KeptLetter[] = [];
    let edge = isUp ? lowest : highest;
    while (found.length < range.limit && (isUp ? edge < highest - 1 : edge > lowest + 1)) {
      const next = isUp ? edge + idsPerTurn : edge - idsPerTurn;
      const [after, before] = isUp ? [edge, Math.min(next + 1, highest)] : [Math.max(next - 1, lowest), edge];
      const rows = statements[order].all(bound(filter, { after, before, limit: range.limit - found.length }));
      found.push(...rows.map(letterOf));
      edge = next;
      await nextTurn();
    }
    return found;
  }

  return {
    async add(letters, bounds) {
      const all = countedWith(
        counts,
        letters.map(({ key }) => [key, 1]),
      );
      const beyond = lettersBeyond(all, bounds);
      inTransaction(database, () => {
        for (const { call, environment, key, receivedAt, errorCode, message, item } of letters) {
          insert.run(call, environment, key, receivedAt, errorCode, message, item);
        }
        for (const [key, count] of beyond) removeOldest.run(key, count);
      });
      counts = countedWith(
        all,
        [...beyond].map(([key, count]) => [key, -count]),
      );
      return { removed: totalOf(beyond), stored: totalOf(counts) };
    },
    stored: async () => totalOf(counts),
    page,
    itemsAfter: async (id, environment, limit) => itemsAfter.all(id, environment, limit),
    async remove(ids) {
      const removed = inTransaction(database, () => removeById.run(JSON.stringify(ids)).changes);
      counts = counted();
      return { removed, stored: totalOf(counts) };
    },
    scrub: async () => scrub(database),
    close: async () => void database.close(),
  };
}
