import { bytesPerUnitMax } from '../characters.ts';

const bytesPerLine = 256;

/**
 * Rows as lines of UTF-8. Each is written to where it stays at once: all of them as strings beside each other would outlive several
 * collections of garbage, which costs more than the encoding.
 */
export function linesOf<Row>(rows: readonly Row[], encode: (row: Row) => string): Buffer {
  let bytes = Buffer.allocUnsafe(rows.length * bytesPerLine);
  let length = 0;
  for (const row of rows) {
    const line = `${encode(row)}\n`;
    const needed = length + line.length * bytesPerUnitMax;
    if (needed > bytes.length) {
      const larger = Buffer.allocUnsafe(2 * needed);
      bytes.copy(larger, 0, 0, length);
      bytes = larger;
    }
    length += bytes.write(line, length, 'utf8');
  }
  return bytes.subarray(0, length);
}
