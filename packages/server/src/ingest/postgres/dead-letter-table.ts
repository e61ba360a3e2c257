import type { Sql, Statement } from '../../postgres/connection.ts';
import { fromStoredText, toStoredText } from '../../postgres/exact-text.ts';
import { migrate } from '../../postgres/migrate.ts';
import type { Postgres } from '../../postgres/postgres.ts';
import {
  countedWith,
  type DeadLetterTable,
  type LetterFilter,
  type LetterOrder,
  lettersBeyond,
  totalOf,
} from '../dead-letter-table.ts';
import { type LetterRow, letterOf } from '../letter-rows.ts';

/** Who holds the row of `dead_letter_writer` is the one who writes: ids are in the order of commits, and shares are counted together. */
export const steps = [
  `
  CREATE SEQUENCE dead_letter_id;
  CREATE TABLE dead_letter (
    id bigint PRIMARY KEY,
    call text NOT NULL,
    environment text COLLATE "C",
    key text COLLATE "C" NOT NULL,
    received_at bigint NOT NULL,
    error_code text NOT NULL,
    message text NOT NULL,
    item text NOT NULL
  );
  CREATE INDEX dead_letter_key ON dead_letter (key, id);
  CREATE TABLE dead_letter_share (key text COLLATE "C" PRIMARY KEY, letters bigint NOT NULL);
  CREATE TABLE dead_letter_writer (writer smallint PRIMARY KEY);
  INSERT INTO dead_letter_writer VALUES (1);
  `,
];

const columns = 'id, call, environment, key, received_at, error_code, message, item';
const named = <Row = unknown>(name: string, text: string): Statement<Row> => ({ name: `dead_letter_${name}`, text });
const pageIn = (order: 'ASC' | 'DESC') =>
  named<LetterRow>(
    `page_${order.toLowerCase()}`,
    `SELECT ${columns} FROM dead_letter
     WHERE id > $1 AND id < $2 AND (environment = $3 OR ($4::boolean AND environment IS NULL))
       AND ($5::bigint[] IS NULL OR id = ANY($5::bigint[]))
       AND ($6::text IS NULL OR call = $6) AND ($7::text IS NULL OR key = $7) AND ($8::text IS NULL OR error_code = $8)
     ORDER BY id ${order} LIMIT $9`,
  );

const statements = {
  lock: named('lock', 'SELECT writer FROM dead_letter_writer FOR UPDATE'),
  newIds: named<{ id: number }>(
    'new_ids',
    `SELECT nextval('dead_letter_id') AS id FROM generate_series(1, $1::integer)`,
  ),
  insert: named(
    'insert',
    `INSERT INTO dead_letter (${columns})
     SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::text[], $7::text[], $8::text[])`,
  ),
  shares: named<{ key: string; letters: number }>('shares', 'SELECT key, letters FROM dead_letter_share'),
  saveShares: named(
    'save_shares',
    `INSERT INTO dead_letter_share (key, letters) SELECT * FROM unnest($1::text[], $2::bigint[])
     ON CONFLICT (key) DO UPDATE SET letters = excluded.letters`,
  ),
  removeOldest: named(
    'remove_oldest',
    'DELETE FROM dead_letter WHERE id IN (SELECT id FROM dead_letter WHERE key = $1 ORDER BY id LIMIT $2)',
  ),
  countById: named<{ key: string; letters: number }>(
    'count_by_id',
    'SELECT key, count(*) AS letters FROM dead_letter WHERE id = ANY($1::bigint[]) GROUP BY key',
  ),
  removeById: named('remove_by_id', 'DELETE FROM dead_letter WHERE id = ANY($1::bigint[])'),
  stored: named<{ letters: number }>(
    'stored',
    'SELECT coalesce(sum(letters), 0)::bigint AS letters FROM dead_letter_share',
  ),
  itemsAfter: named<{ id: number; item: string }>(
    'items_after',
    'SELECT id, item FROM dead_letter WHERE id > $1 AND (environment = $2 OR environment IS NULL) ORDER BY id LIMIT $3',
  ),
};
const pages: Record<LetterOrder, Statement<LetterRow>> = { oldestFirst: pageIn('ASC'), newestFirst: pageIn('DESC') };

const countsOf = (rows: readonly { readonly key: string; readonly letters: number }[]) =>
  new Map(rows.map(({ key, letters }) => [key, letters]));

/** The rejected items of all nodes. */
export async function openPostgresDeadLetters({ connections, options }: Postgres): Promise<DeadLetterTable> {
  await migrate(connections, options.schema, { room: 'dead letters', steps });

  /** Of keys that gain or lose letters. Returns how many letters there are of all. */
  async function saveShares(sql: Sql, before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>) {
    const changed = [...after].filter(([key, letters]) => before.get(key) !== letters);
    await sql.rows(statements.saveShares, [changed.map(([key]) => key), changed.map(([, letters]) => letters)]);
    return totalOf(after);
  }

  async function areGone(sql: Sql, ids: readonly number[]): Promise<boolean> {
    // Waits for the transaction whose end nobody told us, if it still runs.
    await sql.rows(statements.lock, []);
    return (await sql.rows(statements.countById, [ids])).length === 0;
  }

  const filterValues = ({ environment, orNone, ids, call, key, errorCode }: LetterFilter) => [
    environment,
    orNone,
    ids ?? null,
    ...[call, key, errorCode].map((text) => (text === undefined ? null : toStoredText(text))),
  ];

  return {
    async add(letters, bounds) {
      const { removed, stored } = await connections.write(
        async (sql) => {
          await sql.rows(statements.lock, []);
          const found = await sql.rows(statements.newIds, [letters.length]);
          const ids = found.map(({ id }) => id).sort((a, b) => a - b);
          const texts = (name: 'key' | 'message' | 'item') => letters.map((letter) => toStoredText(letter[name]));
          await sql.rows(statements.insert, [
            ids,
            letters.map(({ call }) => call),
            letters.map(({ environment }) => environment),
            texts('key'),
            letters.map(({ receivedAt }) => receivedAt),
            letters.map(({ errorCode }) => errorCode),
            texts('message'),
            texts('item'),
          ]);
          const before = countsOf(await sql.rows(statements.shares, []));
          const all = countedWith(
            before,
            texts('key').map((key) => [key, 1]),
          );
          const beyond = lettersBeyond(all, bounds);
          for (const [key, count] of beyond) await sql.rows(statements.removeOldest, [key, count]);
          const after = countedWith(
            all,
            [...beyond].map(([key, count]) => [key, -count]),
          );
          return { last: ids.at(-1)!, removed: totalOf(beyond), stored: await saveShares(sql, before, after) };
        },
        async ({ last }, sql) => !(await areGone(sql, [last])),
      );
      return { removed, stored };
    },
    async stored() {
      return (await connections.alone.rows(statements.stored, []))[0]!.letters;
    },
    async page(order, filter, { after, before, limit }) {
      const rows = await connections.alone.rows(pages[order], [after, before, ...filterValues(filter), limit]);
      return rows.map((row) =>
        letterOf({
          ...row,
          key: fromStoredText(row.key),
          message: fromStoredText(row.message),
          item: fromStoredText(row.item),
        }),
      );
    },
    async itemsAfter(id, environment, limit) {
      const rows = await connections.alone.rows(statements.itemsAfter, [id, environment, limit]);
      return rows.map((row) => ({ id: row.id, item: fromStoredText(row.item) }));
    },
    remove: (ids) =>
      connections.write(
        async (sql) => {
          await sql.rows(statements.lock, []);
          const going = countsOf(await sql.rows(statements.countById, [ids]));
          await sql.rows(statements.removeById, [ids]);
          const before = countsOf(await sql.rows(statements.shares, []));
          const after = countedWith(
            before,
            [...going].map(([key, count]) => [key, -count]),
          );
          return { removed: totalOf(going), stored: await saveShares(sql, before, after) };
        },
        (_, sql) => areGone(sql, ids),
      ),
    // What a vacuum and the write-ahead log keep, and for how long, is PostgreSQL's.
    async scrub() {},
    async close() {},
  };
}
