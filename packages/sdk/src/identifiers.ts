import { OnymError } from './errors.ts';
import { distinctIdBytesMax } from './limits.ts';

/** An identifier. An integer stands for its digits; one beyond 2^53 must be a bigint or a text, since a number has rounded it. */
export type Id = string | number | bigint;

/**
 * The server's rules (docs/resolution.md, guard rails), so that a wrong id is told where it is written; a test compares the two. A word on
 * its own, whatever its case; the words for a missing value also after a prefix.
 */
const reserved =
  /^(\.\.?|0|-1|(anonymous|user|visitor)(_id)?|(distinct_?)?id|email|false|guest|not_authenticated|true|unknown|[{(]?0{8}(-?0{4}){3}-?0{12}[)}]?)$/;
const missing = /^(undefined|null|nil|none|nan|\[object .*\])?$/s;
const sourcePrefix = /^.*:/s;
/** Ids that are anonymous by form. */
export const anonymousPrefix = /^((anonymous|anon|visitor)[-_]|device-|\$device:)/;
const controlCharacter = /\p{Cc}/u;
const invisible = /^[\s\p{DI}\u2800]$/u;

/** Without what can't be seen around it, and without quotes, however often. */
function bare(text: string): string {
  for (;;) {
    const first = text[0]!;
    const last = text.at(-1)!;
    if (invisible.test(first)) text = text.slice(1);
    else if (invisible.test(last)) text = text.slice(0, -1);
    else if (text[1] && first === last && /["'`]/.test(first)) text = text.slice(1, -1);
    else return text;
  }
}

/** True for ids that name nobody: `null`, `guest`, `stripe:undefined`, `[object Object]`, blank, control characters, all-zero UUIDs. */
export function isReserved(id: string): boolean {
  const text = bare(id.toLowerCase());
  const value = bare(text.replace(sourcePrefix, ''));
  return controlCharacter.test(id) || reserved.test(text) || missing.test(bare(value.replace(anonymousPrefix, '')));
}

/** The text of an id; throws an OnymError for what is none. */
export function textOfId(id: unknown, field: string): string {
  const text = typeof id === 'bigint' || Number.isSafeInteger(id) ? String(id) : id;
  if (typeof text === 'string' && new TextEncoder().encode(text).length <= distinctIdBytesMax) return text;
  throw new OnymError(
    'invalid-distinct-id',
    `${field} is no exact integer and no string of 1 to ${distinctIdBytesMax} bytes.`,
  );
}

/** The same, for an id that is to name somebody. */
export function requireDistinctId(id: unknown, field: string): string {
  const text = textOfId(id, field);
  if (!isReserved(text)) return text;
  throw new OnymError(
    'reserved-distinct-id',
    `${field} ${JSON.stringify(text)} is reserved: it names nobody. Send the id of one person, or make no call.`,
  );
}

/** The text of an id that need not be there; undefined for undefined, null and ''. */
export function optionalId(id: unknown, field: string): string | undefined {
  return id === undefined || id === null || id === '' ? undefined : textOfId(id, field);
}
