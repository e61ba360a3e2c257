import type { FastifyRequest } from 'fastify';
import type { Path } from '../exact-json/parse.ts';
import { idText } from '../ingest/distinct-ids.ts';

/** Applications with integer keys send numbers as ids. An id is the text that was sent, so the literal counts and not its value: `1` is one, `1.0` is none. */

const idFields: ReadonlySet<string | number> = new Set([
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
]);
const idList = 'distinct_ids';

/** Whether an id stands there in a body: a field of the item, or of an item of an array, or an entry of a list of ids. */
export function isIdPath(path: Path): boolean {
  const [field, entry, ...deeper] = typeof path[0] === 'number' ? path.slice(1) : path;
  if (field === undefined || deeper.length > 0) return false;
  return entry === undefined ? idFields.has(field) : field === idList && typeof entry === 'number';
}

/** Each takes time linear in the text. False alarms only cost a slower parser. */
const oddField = /(?:id|[{,]\s*"(?:a|b|from))"\s*:\s*-?\d+[.eE]/;
const oddEntry = /[[,]\s*-?\d+[.eE]/;

/** Whether a number that is no plain integer may stand in the place of an id. */
export function mayHoldOddId(text: string): boolean {
  return oddField.test(text) || (text.includes(idList) && oddEntry.test(text));
}

/** A hook that turns the numbers of these fields, and of lists of ids in them, into their digits before the schema sees the body. */
export function withTextIds(...fields: readonly string[]) {
  return async ({ body }: FastifyRequest): Promise<void> => {
    if (typeof body !== 'object' || body === null) return;
    const item = body as Record<string, unknown>;
    for (const field of fields) {
      const value = item[field];
      if (Array.isArray(value)) {
        for (let i = 0; i < value.length; i++) value[i] = idText(value[i]);
      } else if (value !== undefined) item[field] = idText(value);
    }
  };
}
