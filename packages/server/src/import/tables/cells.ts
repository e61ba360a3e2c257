import { isReserved, type Millis } from '@onym/core';
import { OnymError } from '../../errors.ts';
import { distinctIdOf, requiredDistinctIdOf } from '../../ingest/distinct-ids.ts';
import { isObject, type JsonObject } from '../../ingest/json-values.ts';
import { parseJson } from '../../ingest/parse-json.ts';
import { parseTimestamp } from '../../ingest/timestamps.ts';
import type { Cells } from '../types.ts';

/*
 * Cells of a table that Onym wrote: what NDJSON has as JSON and Parquet as a type of its own, CSV has as text. Ids are taken as they
 * are: what a stranger's file means by `N/A` was somebody's id here.
 */

const isEmpty = (value: unknown): value is null | undefined => value === null || value === undefined;

export const wrongCell = (column: string, wanted: string): OnymError =>
  new OnymError('invalid-payload', `${column} is not ${wanted}. Import the file as onym export wrote it.`);

/** An environment's own patterns are no matter: what they match now was somebody there. */
const forms = { isReserved };

const idText = (value: unknown): unknown =>
  typeof value === 'number' || typeof value === 'bigint' ? String(value) : value;

export const idOf = (cells: Cells, column: string): string =>
  requiredDistinctIdOf(idText(cells[column]), column, forms);

/** Reserved ids too: a separation may stand between somebody and a word, or a blank, which CSV has as an empty cell. */
export const anyIdOf = (cells: Cells, column: string): string => distinctIdOf(idText(cells[column] ?? ''), column);

export function idsOf(cells: Cells, column: string): string[] {
  const list = jsonOf(cells, column);
  if (!Array.isArray(list)) throw wrongCell(column, 'a list of ids');
  return list.map((id) => requiredDistinctIdOf(idText(id), column, forms));
}

export function objectOf(cells: Cells, column: string): JsonObject {
  const value = jsonOf(cells, column);
  if (!isObject(value)) throw wrongCell(column, 'an object');
  return value;
}

export function objectsOf(cells: Cells, column: string): JsonObject[] {
  const list = jsonOf(cells, column);
  if (Array.isArray(list) && list.every(isObject)) return list;
  throw wrongCell(column, 'a list of objects');
}

export function wordOf<Word extends string>(cells: Cells, column: string, words: readonly Word[]): Word {
  const found = words.find((word) => word === cells[column]);
  if (found !== undefined) return found;
  throw wrongCell(column, `one of ${words.join(', ')}`);
}

export function wordsOf<Word extends string>(cells: Cells, column: string, words: readonly Word[]): Word[] {
  const list = isEmpty(cells[column]) ? [] : jsonOf(cells, column);
  if (!Array.isArray(list)) throw wrongCell(column, `a list of ${words.join(', ')}`);
  return list.map((word) => wordOf({ [column]: word }, column, words));
}

export function isSet(cells: Cells, column: string): boolean {
  const value = cells[column];
  if (isEmpty(value) || value === false || value === 'false') return false;
  if (value === true || value === 'true') return true;
  throw wrongCell(column, 'true or false');
}

/** null for an empty cell. */
export function wholeNumberOf(cells: Cells, column: string): number | null {
  const value = cells[column];
  if (isEmpty(value)) return null;
  const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
  if (typeof number === 'bigint' && number >= 0n && number <= Number.MAX_SAFE_INTEGER) return Number(number);
  if (typeof number === 'number' && Number.isSafeInteger(number) && number >= 0) return number;
  throw wrongCell(column, 'a whole number');
}

/** null for an empty cell. */
export function timeOf(cells: Cells, column: string): Millis | null {
  const value = cells[column];
  if (isEmpty(value)) return null;
  const time = value instanceof Date ? value.getTime() : parseTimestamp(value);
  if (time !== null && Number.isFinite(time)) return time;
  throw new OnymError('invalid-timestamp', `${column} is not a time. Import the file as onym export wrote it.`);
}

function jsonOf(cells: Cells, column: string): unknown {
  const value = cells[column];
  if (typeof value !== 'string') return value;
  try {
    return parseJson(Buffer.from(value));
  } catch (error) {
    if (error instanceof OnymError) throw wrongCell(column, 'valid JSON');
    throw error;
  }
}
