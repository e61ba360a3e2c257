import { isReserved } from '@onym/core';
import { OnymError } from '../errors.ts';
import { isObject, type JsonObject } from '../ingest/json-values.ts';
import { isOddNumber, parseFileJson } from './formats/json-text.ts';

/** What databases, spreadsheets and data frames write where there is no value, in lower case. */
const wordsForNothing: ReadonlySet<string> = new Set([
  '\\n',
  '\\\\n',
  'n/a',
  '#n/a',
  '#n/a n/a',
  '#na',
  '#null!',
  '#ref!',
  '#value!',
  '#name?',
  '#num!',
  '#div/0!',
  '#error!',
  '(null)',
  '<null>',
  '[null]',
  '<na>',
  'nat',
]);
/** R and pandas; in lower case it is a word. */
const nothingExactly: ReadonlySet<string> = new Set(['NA', 'N.A.']);

/** As spreadsheets and programs print a number they have rounded. `12e5` is none: it may be a piece of hexadecimal. */
const exponentForm = /^[+-]?(?:\d(?:[.,]\d+)?e[+-]?\d{1,3}|\d+(?:[.,]\d+)?e[+-]\d{1,3}|\d+[.,]\d+e\d{1,3})$/i;

const shown = (text: string): string => JSON.stringify(text.slice(0, 64));

/** The text, and what stands behind a source prefix (`legacy:\N`), without blanks and quotes around it. */
function partsOf(text: string): string[] {
  const bare = text
    .trim()
    .replace(/^(["'`])(.*)\1$/s, '$2')
    .trim();
  const colon = bare.indexOf(':');
  return colon > 0 ? [bare, bare.slice(colon + 1).trim()] : [bare];
}

export function isNothing(text: string): boolean {
  return partsOf(text).some((part) => wordsForNothing.has(part.toLowerCase()) || nothingExactly.has(part));
}

const isRounded = (text: string): boolean => partsOf(text).some((part) => exponentForm.test(part));

export function nothingError(column: string, text: string): OnymError {
  return new OnymError(
    'reserved-distinct-id',
    `${column} is ${shown(text)}, which stands for no value: it names nobody, and linking it would blend people. Leave the row out, or fill in the id.`,
  );
}

/** An id of a cell as text: digits of an integer too. Null where the cell is empty. What stands for no value is for the caller to judge. */
export function idText(value: unknown, column: string): string | null {
  if (value === null || value === undefined || value === '') return null;
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value);
  if (typeof value === 'number' || isOddNumber(value)) {
    const written = typeof value === 'number' ? String(value) : value.written.slice(0, 64);
    if (isRounded(written)) throw roundedError(column, written);
    throw new OnymError(
      'invalid-distinct-id',
      `${column} is the number ${written}, which was not written as a whole number, or is too large to be read exactly. Write the id as text.`,
    );
  }
  if (typeof value !== 'string' || isJsonList(value)) {
    throw new OnymError(
      'invalid-distinct-id',
      `${column} holds a ${Array.isArray(value) || typeof value === 'string' ? 'list' : typeof value}, not an id. Import a list of one person's ids with --from posthog, or write one id a cell.`,
    );
  }
  if (isRounded(value)) throw roundedError(column, shown(value));
  return value;
}

const roundedError = (column: string, written: string): OnymError =>
  new OnymError(
    'invalid-distinct-id',
    `${column} is ${written}, a number in exponent form: a spreadsheet has rounded it, and different ids may have become this one. Get the ids from their source as text.`,
  );

/** As idText, with what stands for no value as an error. */
export function requiredId(value: unknown, column: string): string | null {
  const id = idText(value, column);
  if (id !== null && isNothing(id)) throw nothingError(column, id);
  return id;
}

/** As idText, with what stands for no value as none. */
export function optionalId(value: unknown, column: string): string | null {
  const id = idText(value, column);
  return id === null || isNothing(id) ? null : id;
}

/** The cell is judged before the prefix is put on: `legacy:null` would be one person for all rows without an id. */
export function prefixedId(value: unknown, column: string, prefix: string): string | null {
  const id = requiredId(value, column);
  if (id === null || prefix === '') return id;
  const cell = id.startsWith(prefix) ? id.slice(prefix.length) : id;
  if (isReserved(cell)) {
    throw new OnymError(
      'reserved-distinct-id',
      `${column} ${shown(id)} is a reserved id: it names nobody, and as ${shown(prefix + cell)} it would blend people. Leave the row out, or fill in the id.`,
    );
  }
  return prefix + cell;
}

function isJsonList(text: string): boolean {
  if (!/^\s*\[.*\]\s*$/s.test(text)) return false;
  try {
    return Array.isArray(parseFileJson(Buffer.from(text)));
  } catch {
    return false;
  }
}

/** A cell that holds JSON: as text, or already read. */
export function jsonCell(value: unknown, column: string): unknown {
  if (typeof value !== 'string') return value;
  try {
    return parseFileJson(Buffer.from(value));
  } catch (error) {
    throw new OnymError('invalid-payload', `${column} is not valid JSON.`, { cause: error });
  }
}

/** An object, or JSON of one; null where the cell is empty. */
export function objectCell(value: unknown, column: string): JsonObject | null {
  if (value === null || value === undefined || value === '') return null;
  if (typeof value === 'string' && isNothing(value)) return null;
  const object = jsonCell(value, column);
  if (object === null || (Array.isArray(object) && object.length === 0)) return null;
  if (isObject(object)) return object;
  throw new OnymError('invalid-payload', `${column} is not a JSON object.`);
}
