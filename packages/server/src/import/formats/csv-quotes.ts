import { afterBlanks, trimmed } from './csv-dialect.ts';

export interface CsvRecord {
  readonly fields: readonly string[];
  /** Where the next row begins. */
  readonly end: number;
}

export interface Dialect {
  readonly delimiter: string;
  readonly lineEnd: string;
}

/**
 * Reads one row with quotes in it. `open`: it goes on beyond the text. `stray`: something stands between a closing quote and the end
 * of its cell. Blanks around quotes are no part of the cell; a quote within an unquoted cell is a character like others.
 */
export function quotedRow(text: string, from: number, dialect: Dialect, ended: boolean): CsvRecord | 'open' | 'stray' {
  const { delimiter, lineEnd } = dialect;
  const fields: string[] = [];
  let at = from;
  for (;;) {
    const start = afterBlanks(text, at, delimiter, lineEnd);
    if (start === text.length && !ended) return 'open';
    if (text[start] === '"') {
      const read = quotedCell(text, start + 1, ended);
      if (read === null) return 'open';
      fields.push(read.cell);
      at = afterBlanks(text, read.end, delimiter, lineEnd);
      if (at === text.length) return ended ? { fields, end: at } : 'open';
      if (text[at] === lineEnd) return { fields, end: at + 1 };
      if (text[at] !== delimiter) return 'stray';
      at++;
      continue;
    }
    const next = text.indexOf(delimiter, at);
    const newline = text.indexOf(lineEnd, at);
    if (next !== -1 && (newline === -1 || next < newline)) {
      fields.push(trimmed(text.slice(at, next)));
      at = next + 1;
      continue;
    }
    if (newline === -1 && !ended) return 'open';
    fields.push(trimmed(text.slice(at, newline === -1 ? text.length : newline)));
    return { fields, end: newline === -1 ? text.length : newline + 1 };
  }
}

/** From behind the opening quote to behind the closing one; null where the text ends before that is known. */
function quotedCell(text: string, from: number, ended: boolean): { cell: string; end: number } | null {
  let cell = '';
  let start = from;
  for (;;) {
    const close = text.indexOf('"', start);
    if (close === -1) return null;
    cell += text.slice(start, close);
    const end = close + 1;
    // What follows decides what this quote is.
    if (end === text.length && !ended) return null;
    if (text[end] !== '"') return { cell, end };
    cell += '"';
    start = end + 1;
  }
}
