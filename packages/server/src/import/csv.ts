import { OnymError } from '../errors.ts';
import type { RowBatch, SourceRow } from './types.ts';

/** Enough of a bad row to find it by. */
const shownMax = 500;
const delimiters = [',', ';', '\t', '|'];
const wholeFields = (fields: readonly string[]): boolean => fields.every((field) => !field.includes('\uFFFD'));

interface CsvRecord {
  readonly fields: readonly string[];
  /** Where the next row begins. */
  readonly end: number;
}

export interface CsvOptions {
  readonly delimiter?: string;
  readonly rowBytesMax: number;
  /** False when the file holds bytes that are no UTF-8: the rows with them are refused. */
  readonly isUtf8: boolean;
}

/**
 * RFC 4180 with LF or CRLF, a BOM or none, blank lines left out. A bad row costs its neighbours nothing: after a quote that is
 * never closed, or a row with too many or too few cells, reading goes on at the line after the one where the row began.
 * (csv-parse, tried first, loses the rows up to the next quote.)
 */
export async function* readCsv(chunks: AsyncIterable<Buffer>, options: CsvOptions): AsyncGenerator<RowBatch> {
  const decoder = new TextDecoder('utf-8');
  let text = '';
  let at = 0;
  let line = 1;
  let ended = false;
  let skipping = false;
  let delimiter = options.delimiter ?? null;
  let columns: string[] | null = null;

  const problem = (problemText: string, to: number): SourceRow => ({
    line,
    problem: problemText,
    text: text.slice(at, Math.min(to, at + shownMax)),
  });

  /** The row at `at`, or null when more of the file is needed. Moves on. */
  function next(): SourceRow | 'blank' | null {
    const newline = text.indexOf('\n', at);
    const lineEnd = newline === -1 ? text.length : newline;
    if (newline === -1 && !ended) return tooLong() ? cutLine() : null;
    if (delimiter === null) delimiter = guessDelimiter(text.slice(at, lineEnd));
    const quote = text.indexOf('"', at);
    if (quote === -1 || quote >= lineEnd) return plain(lineEnd);
    const read = quoted(text, at, delimiter, ended);
    // However much of the file is at hand: the same rows come of the same file.
    const record = typeof read === 'object' && read.end - at > options.rowBytesMax ? 'open' : read;
    if (record === 'open') {
      if (!ended && !tooLong()) return null;
      const end = tooLong() ? `within ${options.rowBytesMax} bytes` : 'before the file ends';
      return moveTo(lineEnd, problem(`A quote that opens in this row is not closed ${end}.`, lineEnd));
    }
    if (record === 'stray') {
      return moveTo(
        lineEnd,
        problem('After a closing quote there is neither a delimiter nor the end of the row.', lineEnd),
      );
    }
    const isOneLine = record.end <= lineEnd + 1;
    if (columns !== null && record.fields.length !== columns.length && !isOneLine) {
      return moveTo(lineEnd, problem(cellsMessage(record.fields.length, columns.length), lineEnd));
    }
    const row = rowOf(record.fields, record.end);
    let lines = 0;
    for (let i = text.indexOf('\n', at); i !== -1 && i < record.end; i = text.indexOf('\n', i + 1)) lines++;
    line += lines;
    at = record.end;
    return row;
  }

  const tooLongMessage = `The row is longer than ${options.rowBytesMax} bytes.`;
  const tooLong = (): boolean => text.length - at > options.rowBytesMax;

  function plain(lineEnd: number): SourceRow | 'blank' {
    if (lineEnd - at > options.rowBytesMax) return moveTo(lineEnd, problem(tooLongMessage, lineEnd));
    const end = lineEnd > at && text.charCodeAt(lineEnd - 1) === 13 ? lineEnd - 1 : lineEnd;
    if (end === at) return moveTo(lineEnd, 'blank');
    return moveTo(lineEnd, rowOf(text.slice(at, end).split(delimiter!), end));
  }

  function moveTo<T>(lineEnd: number, result: T): T {
    at = Math.min(lineEnd + 1, text.length);
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

  function rowOf(fields: readonly string[], end: number): SourceRow {
    if (columns === null) {
      columns = columnsOf(fields);
      return { line, cells: {} };
    }
    if (fields.length !== columns.length) return problem(cellsMessage(fields.length, columns.length), end);
    if (!options.isUtf8 && !wholeFields(fields))
      return problem('The row is not UTF-8. Convert the file to UTF-8.', end);
    const cells: Record<string, unknown> = {};
    for (let i = 0; i < fields.length; i++) cells[columns[i]!] = fields[i] === '' ? null : fields[i];
    return { line, cells };
  }

  function* drain(): Generator<SourceRow> {
    for (;;) {
      if (skipping) {
        const newline = text.indexOf('\n', at);
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

  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    text = text.slice(at) + decoder.decode(chunk, { stream: true });
    at = 0;
    const rows = [...drain()];
    if (rows.length > 0) yield { rows, bytes };
  }
  text = text.slice(at) + decoder.decode();
  at = 0;
  ended = true;
  const rows = [...drain()];
  if (columns === null)
    throw new OnymError('invalid-payload', 'The CSV file is empty. Its first line names the columns.');
  if (rows.length > 0) yield { rows, bytes };
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

function guessDelimiter(header: string): string {
  const plain = header.replace(/"(?:[^"]|"")*"/g, '');
  const counted = delimiters.map((delimiter) => ({ delimiter, count: plain.split(delimiter).length }));
  return counted.reduce((best, next) => (next.count > best.count ? next : best)).delimiter;
}

/** Reads one row with quotes in it. `open`: it goes on beyond the text. A quote within an unquoted cell is a character like others. */
function quoted(text: string, from: number, delimiter: string, ended: boolean): CsvRecord | 'open' | 'stray' {
  const fields: string[] = [];
  let at = from;
  for (;;) {
    if (text[at] === '"') {
      let field = '';
      let start = at + 1;
      for (;;) {
        const close = text.indexOf('"', start);
        if (close === -1) return 'open';
        field += text.slice(start, close);
        at = close + 1;
        // What follows decides what this quote is.
        if (at + 1 >= text.length && !ended) return 'open';
        if (text[at] !== '"') break;
        field += '"';
        start = at + 1;
      }
      fields.push(field);
      if (text[at] === '\r' && text[at + 1] === '\n') at++;
      if (at >= text.length) return { fields, end: text.length };
      if (text[at] === '\n') return { fields, end: at + 1 };
      if (text[at] !== delimiter) return 'stray';
      at++;
      continue;
    }
    const comma = text.indexOf(delimiter, at);
    const newline = text.indexOf('\n', at);
    if (comma !== -1 && (newline === -1 || comma < newline)) {
      fields.push(text.slice(at, comma));
      at = comma + 1;
      continue;
    }
    if (newline === -1 && !ended) return 'open';
    const end = newline === -1 ? text.length : newline;
    fields.push(text.slice(at, text[end - 1] === '\r' && end > at ? end - 1 : end));
    return { fields, end: newline === -1 ? text.length : newline + 1 };
  }
}
