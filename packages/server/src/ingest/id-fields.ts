import type { Path } from '../exact-json/parse.ts';

/*
 * Applications with integer keys send numbers as ids. An id is the text that was sent, so the literal counts and not its value: `1` is one,
 * `1.0` is none.
 */

const idFields = [
  'distinct_id',
  'anonymous_id',
  'alias_id',
  'new_user_id',
  'device_id',
  'session_id',
  'uuid',
  'message_id',
  'a',
  'b',
  'from',
] as const;
const idList = 'distinct_ids';

/** Whether an id stands there in a body: a field of the item, or of an item of an array, or an entry of a list of ids. */
export function isIdPath(path: Path): boolean {
  const [field, entry, ...deeper] = typeof path[0] === 'number' ? path.slice(1) : path;
  if (deeper.length > 0) return false;
  if (entry !== undefined) return field === idList && typeof entry === 'number';
  return (idFields as readonly unknown[]).includes(field);
}

/** In a time that is linear in the text. */
const oddNumber = /[:[,]\s*-?\d+[.eE]/;

/** Whether one of a body's ids may be a number that was not written as an integer. Parsed, `1.0` can't be told from `1`. */
export function holdsOddId(body: unknown, text: string): boolean {
  const items = Array.isArray(body) ? body : [body];
  return items.some(hasNumberForId) && oddNumber.test(text);
}

function hasNumberForId(item: unknown): boolean {
  if (typeof item !== 'object' || item === null) return false;
  const fields = item as Record<string, unknown>;
  for (const field of idFields) if (typeof fields[field] === 'number') return true;
  const list = fields[idList];
  return Array.isArray(list) && list.some((entry) => typeof entry === 'number');
}
