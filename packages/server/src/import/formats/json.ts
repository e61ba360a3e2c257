import type { RowBatch, SourceRow } from '../types.ts';
import { badRow, jsonRow, tooLongRow } from './json-text.ts';

const quote = 0x22;
const backslash = 0x5c;
const openList = 0x5b;
const closeList = 0x5d;
const openObject = 0x7b;
const closeObject = 0x7d;
const comma = 0x2c;
const newline = 0x0a;

export interface JsonOptions {
  readonly rowBytesMax: number;
  /** The rows are in a list within an object, as APIs page them: `{"next": …, "results": [{…}, {…}]}`. */
  readonly isWrapped: boolean;
}

/**
 * JSON objects however they are strung together: a list of them, over as many lines as it likes, or one after the other. Rows are
 * counted from 1, since many may stand on one line. What is in memory is one chunk and one row.
 */
export async function* readJson(chunks: AsyncIterable<Buffer>, options: JsonOptions): AsyncGenerator<RowBatch> {
  const scanner = createScanner(options);
  let rest: Buffer = Buffer.alloc(0);
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    const { rows, kept } = scanner.scan(rest.length === 0 ? chunk : Buffer.concat([rest, chunk]), rest.length);
    rest = kept;
    if (rows.length > 0) yield { rows, bytes };
  }
  const last = scanner.end(rest);
  if (last !== null) yield { rows: [last], bytes };
}

/** Finds where rows begin and end by brackets and quotes alone; whether they are JSON is for the parser to say. */
function createScanner({ rowBytesMax, isWrapped }: JsonOptions) {
  let line = 0;
  /** Of what is open: brackets of the row, and of all that encloses rows. */
  let depth = 0;
  let lists = 0;
  let wrappers = 0;
  /** Objects of a wrapper that hold no rows. */
  let aside = 0;
  let kind: 'between' | 'row' | 'scrap' | 'lost' = 'between';
  /** Of what was lost: only blanks since the last line end. */
  let isLineStart = false;
  let inString = false;
  let isEscaped = false;

  const isBetween = (byte: number): boolean =>
    byte <= 0x20 || byte === comma || byte === 0xef || byte === 0xbb || byte === 0xbf;
  const holdsRows = (): boolean => !isWrapped || (wrappers > 0 && lists > 0);

  /** Of what stands around rows. True where a row or something that is none begins. */
  function enters(byte: number): boolean {
    if (isWrapped && wrappers > 0 && lists === 0) {
      skipInWrapper(byte);
      return false;
    }
    if (byte === openList) lists++;
    else if (byte === closeList) lists = Math.max(0, lists - 1);
    else if (byte === openObject && !holdsRows()) wrappers++;
    else return !isBetween(byte);
    return false;
  }

  function skipInWrapper(byte: number): void {
    if (inString) {
      if (isEscaped) isEscaped = false;
      else if (byte === backslash) isEscaped = true;
      else if (byte === quote) inString = false;
    } else if (byte === quote) inString = true;
    else if (byte === openObject) aside++;
    else if (byte === closeObject) {
      if (aside > 0) aside--;
      else wrappers--;
    } else if (byte === openList && aside === 0) lists++;
  }

  /** True at the last byte of the row. */
  function closes(byte: number): boolean {
    if (inString) {
      if (isEscaped) isEscaped = false;
      else if (byte === backslash) isEscaped = true;
      else if (byte === quote) inString = false;
      return false;
    }
    if (byte === quote) inString = true;
    else if (byte === openObject || byte === openList) depth++;
    else if (byte === closeObject || byte === closeList) depth--;
    return depth === 0;
  }

  return {
    /** The first `known` bytes were seen before. */
    scan(all: Buffer, known: number): { rows: SourceRow[]; kept: Buffer } {
      const rows: SourceRow[] = [];
      let start = 0;
      for (let at = known; at < all.length; at++) {
        const byte = all[at]!;
        if (kind === 'between') {
          if (!enters(byte)) continue;
          start = at;
          kind = byte === openObject ? 'row' : 'scrap';
          if (kind === 'row') depth = 1;
        } else if (kind === 'row') {
          if (at - start >= rowBytesMax) {
            rows.push(tooLongRow(all.subarray(start, at), ++line, rowBytesMax));
            kind = 'lost';
            isLineStart = false;
            inString = false;
            isEscaped = false;
          } else if (closes(byte)) {
            rows.push(jsonRow(all.subarray(start, at + 1), ++line));
            kind = 'between';
          }
        } else if (kind === 'scrap') {
          // A number, a word or a text where a row should be.
          if (byte !== comma && byte !== newline && byte !== closeList && at - start < rowBytesMax) continue;
          rows.push(badRow(all.subarray(start, at), ++line, 'The row is not a JSON object.'));
          kind = 'between';
          enters(byte);
        } else if (byte === openObject && isLineStart) {
          // Where a row too long to be one began to make sense again.
          start = at;
          kind = 'row';
          depth = 1;
        } else isLineStart = byte === newline || (isLineStart && isBetween(byte));
      }
      const isKept = kind === 'row' || kind === 'scrap';
      return { rows, kept: isKept ? all.subarray(start) : Buffer.alloc(0) };
    },

    /** What is left open when the file ends. */
    end(rest: Buffer): SourceRow | null {
      if (kind === 'row') return jsonRow(rest, ++line, false);
      if (kind === 'scrap') return badRow(rest, ++line, 'The row is not a JSON object.');
      if (lists === 0 && wrappers === 0) return null;
      return badRow(
        rest,
        ++line,
        'The file ends before its list of rows does: it may have been cut off. Get it whole.',
      );
    },
  };
}
