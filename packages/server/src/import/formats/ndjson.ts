import type { RowBatch, SourceRow } from '../types.ts';
import { jsonRow, tooLongRow } from './json-text.ts';

const newline = 0x0a;
const bom = Buffer.from([0xef, 0xbb, 0xbf]);

/** One JSON object a line; lines of blanks are left out. A line beyond `rowBytesMax` is passed over without being kept. */
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
    for (let end = all.indexOf(newline, at); end !== -1; end = all.indexOf(newline, at)) {
      line++;
      const row = skipping
        ? tooLongRow(all.subarray(at, end), line, rowBytesMax)
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
  const last = skipping ? tooLongRow(rest, line + 1, rowBytesMax) : rowOf(rest, line + 1, rowBytesMax);
  if (last !== null) yield { rows: [last], bytes };
}

function rowOf(bytes: Buffer, line: number, rowBytesMax: number): SourceRow | null {
  if (bytes.length > rowBytesMax) return tooLongRow(bytes, line, rowBytesMax);
  const row = line === 1 && bytes.subarray(0, bom.length).equals(bom) ? bytes.subarray(bom.length) : bytes;
  return isBlank(row) ? null : jsonRow(row, line);
}

function isBlank(bytes: Buffer): boolean {
  for (const byte of bytes) if (byte !== 0x20 && byte !== 0x09 && byte !== 0x0d) return false;
  return true;
}
