import { type Database, inTransaction, openDatabase } from '../disk/sqlite.ts';
import { checkBatch } from '../journal/event-batches.ts';
import { openJournalFile } from '../journal/journal-file.ts';

export interface Salvaged {
  readonly events: number;
  /** Rows of the file that are lost. */
  readonly unreadable: number;
}

/** By what the rows of others go by first. */
const tables = ['meta', 'held', 'batches', 'drains', 'quarantine'] as const;

/**
 * Makes a new journal of what can be read of a damaged one, row by row, under its old name and ids: what had arrived in the event store is
 * known again there. null: there is none.
 */
export function salvageJournal(damaged: string | null, directory: string): Salvaged {
  const file = openJournalFile(directory);
  try {
    if (damaged === null) return { events: 0, unreadable: 0 };
    return readInto(file.database, damaged);
  } finally {
    void file.close();
  }
}

function readInto(target: Database, damaged: string): Salvaged {
  let source: Database;
  try {
    source = openDatabase(damaged);
  } catch {
    // Not even its first page can be read; how much was in it nobody knows.
    return { events: 0, unreadable: 0 };
  }
  let events = 0;
  let unreadable = 0;
  try {
    for (const table of tables) {
      for (const row of rowsOf(source, table)) {
        if (row === null) unreadable++;
        else {
          inTransaction(target, () => insert(target, table, row));
          if (table === 'batches') events += Number(row.rows);
        }
      }
    }
  } finally {
    source.close();
  }
  return { events, unreadable };
}

type Row = Readonly<Record<string, unknown>>;

/** More rows than this between the damaged places of a table are not looked for one by one. */
const gapMax = 100_000;

/** From either end up to what is damaged, and then one by one what lies between. null for each that can't be read. */
function* rowsOf(source: Database, table: string): Generator<Row | null> {
  const ids = { below: Number.NEGATIVE_INFINITY, above: Number.POSITIVE_INFINITY };
  function* from(end: keyof typeof ids, order: 'ASC' | 'DESC'): Generator<Row, boolean> {
    try {
      for (const row of source
        .prepare<[], Row>(`SELECT rowid AS ${rowId}, * FROM ${table} ORDER BY rowid ${order}`)
        .iterate()) {
        const id = Number(row[rowId]);
        if (id <= ids.below || id >= ids.above) return true;
        yield checked(table, row);
        ids[end] = id;
      }
      return true;
    } catch {
      return false;
    }
  }
  if (yield* from('below', 'ASC')) return;
  if (yield* from('above', 'DESC')) return;
  if (!(ids.above - ids.below <= gapMax)) return yield null;
  for (let id = ids.below + 1; id < ids.above; id++) {
    try {
      const row = source.prepare<[number], Row>(`SELECT rowid AS ${rowId}, * FROM ${table} WHERE rowid = ?`).get(id);
      yield row === undefined ? null : checked(table, row);
    } catch {
      yield null;
    }
  }
}

const rowId = 'salvaged_id';

/** Throws for a row of bytes that are none of ours. */
function checked(table: string, { [rowId]: _, ...row }: Row): Row {
  if (table === 'batches') checkBatch(String(row.events), Number(row.rows));
  return row;
}

function insert(target: Database, table: string, row: Row): void {
  // A new file has a row of its own.
  if (table === 'meta') target.exec('DELETE FROM meta');
  const names = Object.keys(row);
  target
    .prepare(`INSERT INTO ${table} (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`)
    .run(...names.map((name) => row[name]));
}
