import { rmSync } from 'node:fs';
import { inTransaction, openDatabase } from '../../disk/sqlite.ts';
import type { RowBatch, SourceRow } from '../types.ts';

const rowsPerBatch = 1_000;

/**
 * The rows in the order of a column of whole numbers, however the file has them; first those that have none there. By way of a file, for a
 * table may be larger than the memory.
 */
export async function* inOrderOf(
  column: string,
  batches: AsyncIterable<RowBatch>,
  file: string,
): AsyncGenerator<RowBatch> {
  const database = openDatabase(file, { scratch: true });
  try {
    database.exec('CREATE TABLE row (place INTEGER PRIMARY KEY, number INTEGER NOT NULL, row TEXT NOT NULL)');
    const add = database.prepare('INSERT INTO row (number, row) VALUES (?, ?)');
    let bytes = 0;
    for await (const batch of batches) {
      bytes = batch.bytes;
      inTransaction(database, () => {
        for (const row of batch.rows) add.run(numberOf(row, column), JSON.stringify(row, plain));
      });
    }
    database.exec('CREATE INDEX row_number ON row (number, place)');
    const page = database.prepare(
      'SELECT number, place, row FROM row WHERE (number, place) > (?, ?) ORDER BY number, place LIMIT ?',
    );
    let order = 0;
    for (let last = { number: -1, place: 0 }; ; ) {
      const found = page.all(last.number, last.place, rowsPerBatch) as { number: number; place: number; row: string }[];
      if (found.length === 0) return;
      last = found.at(-1)!;
      yield { rows: found.map(({ row }): SourceRow => ({ ...JSON.parse(row), order: ++order })), bytes };
    }
  } finally {
    database.close();
    rmSync(file, { force: true });
  }
}

function numberOf(row: SourceRow, column: string): number {
  const number = 'cells' in row ? Number(row.cells[column]) : 0;
  return Number.isSafeInteger(number) && number > 0 ? number : 0;
}

/** Dates become text by themselves. */
const plain = (_key: string, value: unknown): unknown => (typeof value === 'bigint' ? Number(value) : value);
