import { OnymError } from '../../errors.ts';
import { limits } from '../../limits.ts';
import type { RowBatch, SourceRow } from '../types.ts';
import { guessDelimiter, lineEndOf, separatorOf, trimmed } from './csv-dialect.ts';
import { type Dialect, quotedRow } from './csv-quotes.ts';

const wholeFields = (fields: readonly string[]): boolean => fields.every((field) => !field.includes('\uFFFD'));
const isEmpty = (fields: readonly string[]): boolean => fields[0] === '' && fields.every((field) => field === '');

export interface CsvOptions {
  readonly delimiter?: string;
  readonly rowBytesMax: number;
  /** False when the file holds bytes that are no UTF-8: the rows with them are refused. */
  readonly isUtf8: boolean;
}

/**
 * RFC 4180 with LF, CRLF or CR, a BOM or none, `sep=;` first or not. Blanks around cells are no part of them; rows without a value
 * are left out. A bad row costs its neighbours nothing: after a quote that is never closed, or a row with too many or too few cells,
 * reading goes on at the line after the one where the row began. (csv-parse, tried first, loses the rows up to the next quote.)
 */
export async function* readCsv(chunks: AsyncIterable<Buffer>, options: CsvOptions): AsyncGenerator<RowBatch> {
  const decoder = new TextDecoder('utf-8');
  const table = csvTable(options);
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    const rows = table.rowsOf(decoder.decode(chunk, { stream: true }), false);
    if (rows.length > 0) yield { rows, bytes };
  }
  const rows = table.rowsOf(decoder.decode(), true);
  if (!table.hasHeader())
    throw new OnymError('invalid-payload', 'The CSV file is empty. Its first line names the columns.');
  if (rows.length > 0) yield { rows, bytes };
}

function csvTable(options: CsvOptions) {
  let text = '';
  let at = 0;
  let line = 1;
  let ended = false;
  let skipping = false;
  let lineEnd: '\n' | '\r' | null = null;
  let delimiter = options.delimiter ?? null;
  let columns: string[] | null = null;

  const problem = (problemText: string, to: number): SourceRow => ({
    line,
    problem: problemText,
    text: text.slice(at, Math.min(to, at + limits.importBadRowLengthMax)),
  });

  /** The row at `at`, or null when more of the file is needed. Moves on. */
  function next(): SourceRow | 'blank' | null {
    lineEnd ??= lineEndOf(text.slice(at), ended || tooLong());
    const newline = lineEnd === null ? -1 : text.indexOf(lineEnd, at);
    const rowEnd = newline === -1 ? text.length : newline;
    if (newline === -1 && !ended) return tooLong() ? cutLine() : null;
    if (columns === null && line === 1) {
      const separator = separatorOf(text.slice(at, rowEnd));
      if (separator !== null) {
        delimiter = options.delimiter ?? separator;
        return moveTo(rowEnd, 'blank');
      }
    }
    const dialect = { delimiter: delimiter ?? guessDelimiter(text.slice(at, rowEnd)), lineEnd: lineEnd! };
    const quote = text.indexOf('"', at);
    const row = quote === -1 || quote >= rowEnd ? plain(rowEnd, dialect) : quoted(rowEnd, dialect);
    if (columns !== null) delimiter ??= dialect.delimiter;
    return row;
  }

  function quoted(rowEnd: number, dialect: Dialect): SourceRow | 'blank' | null {
    const read = quotedRow(text, at, dialect, ended);
    // However much of the file is at hand: the same rows come of the same file.
    const record = typeof read === 'object' && read.end - at > options.rowBytesMax ? 'open' : read;
    if (record === 'open') {
      if (!ended && !tooLong()) return null;
      const end = tooLong() ? `within ${options.rowBytesMax} bytes` : 'before the file ends';
      return moveTo(rowEnd, problem(`A quote that opens in this row is not closed ${end}.`, rowEnd));
    }
    if (record === 'stray') {
      const message = 'After a closing quote there is neither a delimiter nor the end of the row.';
      return moveTo(rowEnd, problem(message, rowEnd));
    }
    const { fields, end } = record;
    if (columns !== null && !hasAllCells(fields, columns) && end > rowEnd + 1) {
      return moveTo(rowEnd, problem(cellsMessage(fields.length, columns.length), rowEnd));
    }
    const row = rowOf(fields, end);
    let lines = 0;
    for (let i = text.indexOf(dialect.lineEnd, at); i !== -1 && i < end; i = text.indexOf(dialect.lineEnd, i + 1))
      lines++;
    line += lines;
    at = end;
    return row;
  }

  const tooLongMessage = `The row is longer than ${options.rowBytesMax} bytes.`;
  const tooLong = (): boolean => text.length - at > options.rowBytesMax;

  function plain(rowEnd: number, { delimiter }: Dialect): SourceRow | 'blank' {
    if (rowEnd - at > options.rowBytesMax) return moveTo(rowEnd, problem(tooLongMessage, rowEnd));
    const fields = text.slice(at, rowEnd).split(delimiter);
    for (let i = 0; i < fields.length; i++) fields[i] = trimmed(fields[i]!);
    return moveTo(rowEnd, rowOf(fields, rowEnd));
  }

  function moveTo<T>(rowEnd: number, result: T): T {
    at = Math.min(rowEnd + 1, text.length);
    line++;
    return result;
  }

  /** A line beyond the limit is let pass without being kept. */
  function cutLine(): SourceRow {
    const row = problem(tooLongMessage, text.length);
    at = text.length;
    skipping = true;
    return row;
  }

  function rowOf(fields: readonly string[], end: number): SourceRow | 'blank' {
    if (isEmpty(fields)) return 'blank';
    if (columns === null) {
      columns = columnsOf(fields);
      return { line, cells: {} };
    }
    if (!hasAllCells(fields, columns)) return problem(cellsMessage(fields.length, columns.length), end);
    if (!options.isUtf8 && !wholeFields(fields))
      return problem('The row is not UTF-8. Convert the file to UTF-8.', end);
    const cells: Record<string, unknown> = {};
    for (let i = 0; i < columns.length; i++) cells[columns[i]!] = fields[i] === '' ? null : fields[i];
    return { line, cells };
  }

  function* drain(): Generator<SourceRow> {
    for (;;) {
      if (skipping) {
        const newline = text.indexOf(lineEnd!, at);
        at = newline === -1 ? text.length : newline + 1;
        if (newline === -1) return;
        skipping = false;
        line++;
      }
      if (at >= text.length) return;
      const wasHeader = columns === null;
      const row = next();
      if (row === null) return;
      if (row !== 'blank' && !(wasHeader && 'cells' in row)) yield row;
      if (row !== 'blank' && wasHeader && 'problem' in row) {
        throw new OnymError('invalid-payload', `The header of the CSV file can not be read. ${row.problem}`);
      }
    }
  }

  return {
    rowsOf(more: string, isLast: boolean): SourceRow[] {
      text = text.slice(at) + more;
      at = 0;
      ended = isLast;
      return [...drain()];
    },
    hasHeader: () => columns !== null,
  };
}

/** Empty cells behind the last column are what a spreadsheet leaves there. */
function hasAllCells(fields: readonly string[], columns: readonly string[]): boolean {
  if (fields.length === columns.length) return true;
  return fields.length > columns.length && fields.slice(columns.length).every((field) => field === '');
}

const cellsMessage = (found: number, wanted: number): string =>
  `The row has ${found} ${found === 1 ? 'cell' : 'cells'}, the header ${wanted}.`;

function columnsOf(fields: readonly string[]): string[] {
  const columns = fields.map((field) => field.trim());
  const repeated = columns.find((name, index) => name !== '' && columns.indexOf(name) !== index);
  if (repeated !== undefined) {
    throw new OnymError(
      'invalid-payload',
      `The CSV header names the column ${JSON.stringify(repeated)} twice. Rename one.`,
    );
  }
  return columns.map((name, index) => (name === '' ? `column ${index + 1}` : name));
}
