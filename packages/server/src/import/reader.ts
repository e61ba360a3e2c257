import { itemsOf, type RowContext } from './calls.ts';
import type { Reading } from './reading.ts';
import type { Skipped } from './tables/items.ts';
import { skippedLink } from './tables/links.ts';
import { createTableReader } from './tables/reader.ts';
import { hasColumnsOf } from './tables/tables.ts';
import type { AppliedItem } from './target.ts';
import type { Cells } from './types.ts';

/** Reads the rows of one file, in their order. */
export interface Reader {
  /** Throws the row's OnymError. */
  read(cells: Cells, line: number): readonly AppliedItem[] | Skipped;
  /** What is left to be said after the last row, and is nobody's row. */
  rest(): Iterable<AppliedItem>;
}

/** `guarded`: false while nothing else has spoken in the environment. */
export function readerOf(
  reading: Reading,
  columns: ReadonlySet<string>,
  context: RowContext,
  options: { readonly guarded: boolean },
): Reader {
  if (reading.table !== null) {
    const { read, rest } = createTableReader(reading.table, context, options);
    return {
      read(cells) {
        const item = read(cells);
        return 'skipped' in item ? item : [item];
      },
      rest,
    };
  }
  // However their columns are read: a link that does not stand joins nobody.
  const skipped = reading.kind === 'alias' && hasColumnsOf('links', [...columns]) ? skippedLink : () => null;
  return {
    read: (cells, line) => skipped(cells) ?? itemsOf(reading.calls(cells), line, context),
    *rest() {
      for (const call of reading.rest()) yield* itemsOf([call], 0, context);
    },
  };
}
