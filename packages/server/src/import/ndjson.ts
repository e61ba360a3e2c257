import { OnymError } from '../errors.ts';
import { parseJson } from '../http/body.ts';
import { isObject } from '../ingest/json-values.ts';
import type { RowBatch, SourceRow } from './types.ts';

const shownMax = 500;
const NEWLINE = 0x0a;
const RETURN = 0x0d;
const bom = Buffer.from([0xef, 0xbb, 0xbf]);

/** One JSON object a line; blank lines are left out. A line beyond `rowBytesMax` is passed over without being kept. */
export async function* readNdjson(chunks: AsyncIterable<Buffer>, rowBytesMax: number): AsyncGenerator<RowBatch> {
  let rest: Buffer = Buffer.alloc(0);
  let line = 0;
  let bytes = 0;
  let skipping = false;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    const all = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const rows: SourceRow[] = [];
    let at = 0;
    for (let end = all.indexOf(NEWLINE, at); end !== -1; end = all.indexOf(NEWLINE, at)) {
      line++;
      const row = skipping
        ? tooLong(all.subarray(at, end), line, rowBytesMax)
        : rowOf(all.subarray(at, end), line, rowBytesMax);
      if (row !== null) rows.push(row);
      skipping = false;
      at = end + 1;
    }
    rest = all.subarray(at);
    if (rest.length > rowBytesMax) {
      skipping = true;
      rest = Buffer.alloc(0);
    }
    if (rows.length > 0) yield { rows, bytes };
  }
  if (rest.length === 0 && !skipping) return;
  const last = skipping ? tooLong(rest, line + 1, rowBytesMax) : rowOf(rest, line + 1, rowBytesMax);
  if (last !== null) yield { rows: [last], bytes };
}

function tooLong(bytes: Buffer, line: number, rowBytesMax: number): SourceRow {
  return { line, problem: `The line is longer than ${rowBytesMax} bytes.`, text: shown(bytes) };
}

const shown = (bytes: Buffer): string => bytes.subarray(0, shownMax).toString('utf8');

function rowOf(bytes: Buffer, line: number, rowBytesMax: number): SourceRow | null {
  if (bytes.length > rowBytesMax) return tooLong(bytes, line, rowBytesMax);
  let trimmed = bytes.at(-1) === RETURN ? bytes.subarray(0, -1) : bytes;
  if (line === 1 && trimmed.subarray(0, bom.length).equals(bom)) trimmed = trimmed.subarray(bom.length);
  if (trimmed.length === 0) return null;
  try {
    const value = parseJson(trimmed);
    if (isObject(value)) return { line, cells: value };
    return { line, problem: 'The line is not a JSON object.', text: shown(bytes) };
  } catch (error) {
    if (!(error instanceof OnymError)) throw error;
    return { line, problem: reasonOf(error), text: shown(bytes) };
  }
}

function reasonOf({ message }: OnymError): string {
  if (message.includes('UTF-8')) return 'The line is not UTF-8.';
  if (message.includes('nested')) return 'The line is nested too deeply.';
  return 'The line is not valid JSON, or the file ends in the middle of it.';
}
