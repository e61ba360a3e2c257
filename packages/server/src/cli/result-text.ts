import { parseExact } from '../exact-json/parse.ts';
import { stringifyExact } from '../exact-json/stringify.ts';
import { shown } from './print.ts';
import { fittedTable } from './terminal-table.ts';

export type TextFormat = 'table' | 'markdown';

/** The JSON answer of a query as text; a table fits a terminal of so many columns (null: nothing is cut). */
export function resultText(answer: string, format: TextFormat, width: number | null): string {
  const { meta, data } = parseExact(answer) as { meta: { name: string }[]; data: Record<string, unknown>[] };
  const columns = meta.map(({ name }) => name);
  const rows = data.map((row) => columns.map((column) => cell(row[column])));
  if (format === 'markdown') return markdown(columns, rows);
  return `${fittedTable(columns, rows, width)}\n(${rows.length === 1 ? '1 row' : `${rows.length} rows`})`;
}

function cell(value: unknown): string {
  return typeof value === 'object' && value !== null ? stringifyExact(value) : String(value ?? '');
}

function markdown(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((text) => shown(text).replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(columns), `|${columns.map(() => '---|').join('')}`, ...rows.map(line)].join('\n');
}
