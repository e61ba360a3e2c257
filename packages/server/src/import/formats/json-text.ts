import { OnymError } from '../../errors.ts';
import { parseJson } from '../../http/body.ts';
import { isObject } from '../../ingest/json-values.ts';
import type { SourceRow } from '../types.ts';

/** Enough of a bad row to find it by. */
const shownMax = 500;

/** All JSON of files is read here: rows, and cells that hold it as text. Throws OnymError. */
export function parseFileJson(bytes: Buffer): unknown {
  return parseJson(bytes);
}

/** The row that a piece of JSON stands for. */
export function jsonRow(bytes: Buffer, line: number, isWhole = true): SourceRow {
  try {
    const value = parseFileJson(bytes);
    if (isObject(value)) return { line, cells: value };
    return badRow(bytes, line, 'The row is not a JSON object.');
  } catch (error) {
    if (!(error instanceof OnymError)) throw error;
    return badRow(bytes, line, reasonOf(error, isWhole));
  }
}

export const badRow = (bytes: Buffer, line: number, problem: string): SourceRow => ({
  line,
  problem,
  text: bytes.subarray(0, shownMax).toString('utf8'),
});

export function tooLongRow(bytes: Buffer, line: number, rowBytesMax: number): SourceRow {
  return badRow(bytes, line, `The row is longer than ${rowBytesMax} bytes.`);
}

function reasonOf({ message }: OnymError, isWhole: boolean): string {
  if (message.includes('UTF-8')) return 'The row is not UTF-8.';
  if (message.includes('nested')) return 'The row is nested too deeply.';
  return isWhole
    ? 'The row is not valid JSON, or the file ends in the middle of it.'
    : 'The file ends in the middle of this row.';
}
