import { type Database, inTransaction, migrate, openDatabase } from '../../../packages/server/dist/disk/sqlite.js';
import { migrations } from '../../../packages/server/dist/identity/sqlite/schema.js';
import { type Names, openStored, prepareNames } from './stored-rows.ts';

/** Ledger rows of one transaction: beyond it nothing more is to be gained. */
const rowsPerTransaction = 10_000;
const cacheKiB = 65_536;

/** Tables that a ledger row adds to, and the column that says which row it was. */
const tables = [
  { name: 'ledger', seq: 'seq' },
  { name: 'identifier', seq: 'changed_seq' },
  { name: 'component', seq: 'profile_seq' },
  { name: 'link', seq: 'seq' },
] as const;
/** Small, and there from the beginning. */
const onceTables = ['environment', 'settings', 'source'] as const;

type Row = readonly unknown[];

export interface SqliteCopy {
  /** Writes what the server has added since the last call. Its reading is not timed. */
  write(): { rows: number; seconds: number };
  names(ids: readonly string[]): Names;
  close(): void;
}

/**
 * Bare SQLite, with the schema and the durability of the identity store: a row a statement, prepared once, each row in its final state. What
 * it costs to decide what to write is not in it.
 */
export function openSqliteCopy(storedFile: string, copyFile: string): SqliteCopy {
  const stored = openStored(storedFile);
  const copy = openDatabase(copyFile);
  migrate(copy, migrations);
  copy.pragma(`cache_size = -${cacheKiB}`);
  const insertInto = (table: string) => {
    const columns = columnsOf(copy, table);
    return copy.prepare(
      `INSERT OR REPLACE INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
    );
  };
  const parts = tables.map(({ name, seq }) => ({
    select: raw(stored, `SELECT ${columnsOf(copy, name).join(', ')} FROM ${name} WHERE ${seq} > ? AND ${seq} <= ?`),
    insert: insertInto(name),
  }));
  const head = stored.prepare<[], number>("SELECT head FROM environment WHERE name = 'production'").pluck();
  let written = 0;

  for (const table of onceTables) {
    const insert = insertInto(table);
    for (const row of raw(stored, `SELECT ${columnsOf(copy, table).join(', ')} FROM ${table}`).all())
      insert.run(...row);
  }

  return {
    write() {
      const upTo = head.get()!;
      let rows = 0;
      let seconds = 0;
      while (written < upTo) {
        const last = Math.min(upTo, written + rowsPerTransaction);
        const batch = parts.map(({ select, insert }) => ({ insert, rows: select.all(written, last) }));
        const start = performance.now();
        inTransaction(copy, () => {
          for (const { insert, rows } of batch) for (const row of rows) insert.run(...row);
        });
        seconds += (performance.now() - start) / 1_000;
        rows += batch.reduce((sum, part) => sum + part.rows.length, 0);
        written = last;
      }
      return { rows, seconds };
    },
    names: prepareNames(copy),
    close() {
      stored.close();
      copy.close();
    },
  };
}

const columnsOf = (database: Database, table: string): string[] =>
  (database.pragma(`table_info(${table})`) as { name: string }[]).map(({ name }) => name);

/** Rows as arrays, in the order of their columns. */
const raw = (database: Database, sql: string) =>
  (database.prepare(sql) as unknown as { raw(): ReturnType<typeof database.prepare<unknown[], Row>> }).raw();
