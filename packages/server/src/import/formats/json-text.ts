import { randomUUID } from 'node:crypto';
import { OnymError } from '../../errors.ts';
import { isObject, type JsonObject } from '../../ingest/json-values.ts';
import { parseJson } from '../../ingest/parse-json.ts';
import { limits } from '../../limits.ts';
import type { SourceRow } from '../types.ts';

/** All JSON of files is read here: rows, and cells that hold it as text. Throws OnymError. */
export function parseFileJson(bytes: Buffer): unknown {
  const value = parseJson(bytes);
  return holdsNumberForId(value) ? withOddIds(value, bytes.toString('utf8')) : value;
}

/** A number in the place of an id that was not written as an integer: `1.0`, or `1.2E+15`. Nothing but refusing it is right. */
export interface OddNumber {
  readonly written: string;
}

/** Nothing else that is read is frozen. */
export const isOddNumber = (value: unknown): value is OddNumber =>
  isObject(value) && Object.isFrozen(value) && typeof value.written === 'string';

const oddNumberOf = (written: string): OddNumber => Object.freeze({ written, toJSON: () => Number(written) });

const idKey = /(?:^|_)(?:ids?|alias|primary|secondary)$|Ids?$/;
/** Of vendors that say in an event's properties who it is of. */
const idProperty =
  /^(?:distinct_id|alias|\$user_id|\$device_id|\$insert_id|\$anon_distinct_id|\$anon_id|\$identified_id|\$distinct_id\w*)$/;
const text = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

function holdsNumberForId(value: unknown): boolean {
  if (!isObject(value)) return false;
  const isNumber = (one: unknown): boolean =>
    typeof one === 'number' || (Array.isArray(one) && one.some((entry) => typeof entry === 'number'));
  for (const key in value) if (idKey.test(key) && isNumber(value[key])) return true;
  const { properties } = value;
  if (isObject(properties))
    for (const key in properties) if (idProperty.test(key) && isNumber(properties[key])) return true;
  return false;
}

/** Read, `1.0` and `1e3` can't be told from integers: the text is read once more, with a mark on each. */
function withOddIds(value: unknown, json: string): unknown {
  const mark = `#${randomUUID()}#`;
  const isOdd = (token: string): boolean => !token.startsWith('"') && /[.eE]/.test(token);
  const marked = parseJson(Buffer.from(json.replace(text, (token) => (isOdd(token) ? `"${mark}${token}"` : token))));
  const oddIn = (own: unknown, other: unknown): unknown => {
    if (typeof other === 'string' && other.startsWith(mark)) return oddNumberOf(other.slice(mark.length));
    return Array.isArray(own) ? own.map((entry, index) => oddIn(entry, (other as unknown[])[index])) : own;
  };
  const row = value as JsonObject;
  const other = marked as JsonObject;
  for (const key in row) if (idKey.test(key)) row[key] = oddIn(row[key], other[key]);
  const { properties } = row;
  if (isObject(properties) && isObject(other.properties)) {
    for (const key in properties) {
      if (idProperty.test(key)) properties[key] = oddIn(properties[key], other.properties[key]);
    }
  }
  return row;
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
  text: bytes.subarray(0, limits.importBadRowLengthMax).toString('utf8'),
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
