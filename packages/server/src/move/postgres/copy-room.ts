import { type Database, openDatabase } from '../../disk/sqlite.ts';
import type { Sql, Statement } from '../../postgres/connection.ts';
import { insertInto, type Many, writeRows } from '../../postgres/many-rows.ts';
import type { MovedRoom, MovedRow, MovedTable } from '../../postgres/moved-room.ts';
import type { Postgres } from '../../postgres/postgres.ts';
import type { MovedCopy, RowPlace, TableProgress } from '../record.ts';
import type { PostgresRecord } from './record.ts';

/** One transaction: some megabytes of memory, and a second at most of work that a kill undoes. */
const rowsPerTransaction = 5_000;
const lengthPerTransaction = 4 * 1024 * 1024;

const typesOf: Statement<{ name: string; type: string }> = {
  name: 'column_types',
  text: `SELECT column_name AS name, data_type AS type FROM information_schema.columns
    WHERE table_schema = $1 AND table_name = $2 ORDER BY ordinal_position`,
};

/** A room, and the file that a directory keeps it in. */
export interface RoomFile {
  readonly room: MovedRoom;
  readonly file: string;
}

/** Brings a room's file to PostgreSQL, table by table in the order of their keys. The file is only read. */
export async function copyRoom(
  postgres: Postgres,
  record: PostgresRecord,
  { room, file }: RoomFile,
): Promise<MovedCopy> {
  const { connections, options } = postgres;
  await room.prepare(postgres);
  const database = openDatabase(file, { readonly: true });
  const partOf = (table: MovedTable): string => `${room.name}/${table.table}`;
  const progressOf = (table: MovedTable): TableProgress =>
    record.done().tables[partOf(table)] ?? { rows: 0, place: null, done: false };
  const inserts = new Map<string, Many>();

  async function insertOf({ table }: MovedTable): Promise<Many> {
    const known = inserts.get(table);
    if (known !== undefined) return known;
    const columns = await connections.alone.rows(typesOf, [options.schema, table]);
    const insert = insertInto(table, Object.fromEntries(columns.map(({ name, type }) => [name, type])));
    const named = { ...insert, name: `move_${table}` };
    inserts.set(table, named);
    return named;
  }

  async function copyPiece(table: MovedTable): Promise<void> {
    const { rows: before, place } = progressOf(table);
    const { rows, last, more } = readPiece(database, table, place);
    const insert = await insertOf(table);
    const next = { rows: before + rows.length, place: last ?? place, done: !more };
    const done = record.done();
    await record.advance({ ...done, tables: { ...done.tables, [partOf(table)]: next } }, async (sql) => {
      if (table.replaces && place === null) await run(sql, `DELETE FROM ${table.table}`);
      await writeRows(sql, insert, [], rows.map(table.rowOf ?? asItIs).map(fitting(insert)));
    });
  }

  async function finish(): Promise<void> {
    const done = record.done();
    await record.advance({ ...done, rooms: [...done.rooms, room.name] }, async (sql) => {
      for (const text of room.finish) await run(sql, text);
    });
  }

  return {
    what: room.name,
    rows: room.tables.reduce((sum, table) => sum + countIn(database, table), 0),
    rowsDone: () => room.tables.reduce((sum, table) => sum + progressOf(table).rows, 0),
    async next() {
      const table = room.tables.find((one) => !progressOf(one).done);
      if (table !== undefined) await copyPiece(table);
      else if (!record.done().rooms.includes(room.name)) await finish();
      else return false;
      return true;
    },
    async compare() {
      const differing: { table: string; here: number; there: number }[] = [];
      for (const table of room.tables) {
        const here = countIn(database, table);
        const [found] = await run<{ rows: number }>(connections.alone, `SELECT count(*) AS rows FROM ${table.table}`);
        if (found!.rows !== here) differing.push({ table: partOf(table), here, there: found!.rows });
      }
      return differing;
    },
    close: () => void database.close(),
  };
}

const run = <Row>(sql: Sql, text: string): Promise<Row[]> => sql.rows<Row>({ name: '', text }, []);

const asItIs = (row: MovedRow): MovedRow => row;

/** A column that a row lacks would be null, silently. */
const fitting =
  ({ columns, text }: Many) =>
  (row: MovedRow): MovedRow => {
    const missing = columns.find((column) => row[column] === undefined);
    if (missing !== undefined) throw new Error(`A row has no ${missing}: ${text}`);
    return row;
  };

const fromOf = ({ from, table }: MovedTable): string => from ?? table;

function countIn(database: Database, table: MovedTable): number {
  return database
    .prepare<[], number>(`SELECT count(*) FROM ${fromOf(table)} AS source`)
    .pluck()
    .get()!;
}

/** The rows behind a place that one transaction takes, and whether there may be more. */
function readPiece(database: Database, table: MovedTable, place: RowPlace | null) {
  const { key, beside } = table;
  const columns = ['source.*', ...(beside === undefined ? [] : [beside])];
  const after = place === null ? '' : `WHERE (${key.join(', ')}) > (${key.map(() => '?').join(', ')})`;
  const statement = database.prepare<unknown[], MovedRow>(
    `SELECT ${columns.join(', ')} FROM ${fromOf(table)} AS source ${after}
     ORDER BY ${key.join(', ')} LIMIT ${rowsPerTransaction}`,
  );
  const rows: MovedRow[] = [];
  let length = 0;
  for (const row of statement.iterate(...(place ?? []))) {
    rows.push(row);
    length += lengthOf(row);
    if (length >= lengthPerTransaction) break;
  }
  const last = rows.at(-1);
  return {
    rows,
    last: last === undefined ? null : key.map((column) => last[column] as string | number),
    more: rows.length === rowsPerTransaction || length >= lengthPerTransaction,
  };
}

const lengthOf = (row: MovedRow): number =>
  Object.values(row).reduce<number>((sum, value) => sum + (typeof value === 'string' ? value.length : 8), 0);
