import { type Mapping, mappingInWords, mappingOf } from './mapping.ts';
import { type RowContext, readRow } from './read-row.ts';
import type { Skipped } from './tables/items.ts';
import { skippedLink } from './tables/links.ts';
import { createTableReader } from './tables/reader.ts';
import { hasColumnsOf, type TableMapping, tableInWords, tableMappingOf } from './tables/tables.ts';
import type { AppliedItem } from './target.ts';
import type { Cells, ColumnFlags } from './types.ts';

/** A table that Onym wrote, or a file whose columns are told or guessed. */
export type AnyMapping = Mapping | TableMapping;

const isTable = (mapping: AnyMapping): mapping is TableMapping => 'columns' in mapping;

export const mappingOfFile = (columns: readonly string[], flags: ColumnFlags): AnyMapping =>
  tableMappingOf(columns, flags) ?? mappingOf(columns, flags);

/** Of a table of ours that has no rows, as its CSV names them; null for any other file. Nothing is as good a table as something. */
export function columnsOfEmptyTable(head: Buffer): string[] | null {
  const columns = head.toString('utf8').trim().split(',');
  return tableMappingOf(columns, {}) === null ? null : columns;
}

export const inWords = (mapping: AnyMapping): Record<string, string> =>
  isTable(mapping) ? tableInWords(mapping) : mappingInWords(mapping);

/** Reads the rows of one file, in their order. */
export interface Reader {
  /** Throws the row's OnymError. */
  read(cells: Cells, line: number): AppliedItem | Skipped;
  /** What is left to be said after the last row. */
  rest(): Iterable<AppliedItem>;
}

export function readerOf(
  mapping: AnyMapping,
  columns: readonly string[],
  context: RowContext,
  options: { readonly guarded: boolean },
): Reader {
  if (isTable(mapping)) return createTableReader(mapping.kind, context, options);
  const skipped = mapping.kind === 'alias' && hasColumnsOf('links', columns) ? skippedLink : () => null;
  return { read: (cells, line) => skipped(cells) ?? readRow(mapping, cells, line, context), rest: () => [] };
}
