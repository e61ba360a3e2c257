import type { Forms } from '@onym/core';
import { exceedsBytes, hasOnlyWholeCharacters } from '../characters.ts';
import { OnymError } from '../errors.ts';
import { isWrittenNumber } from '../exact-json/parse.ts';
import { limits } from '../limits.ts';

/** The digits of a whole number as it was sent; anything else as it is. */
export function idText(value: unknown): unknown {
  if (typeof value === 'bigint') return String(value);
  return Number.isSafeInteger(value) && !Object.is(value, -0) ? String(value) : value;
}

/**
 * The id as it came: never cut, trimmed or case-folded, a whole number as its digits. Throws `invalid-distinct-id` for what no
 * identifier can be; a reserved id (the empty string included) passes.
 */
export function distinctIdOf(given: unknown, field: string): string {
  const value = idText(given);
  if (typeof value !== 'string') {
    throw new OnymError(
      'invalid-distinct-id',
      `${field} is ${kindOf(value)}. An id is a string, or a whole number without point and exponent. Send it as a string.`,
    );
  }
  if (exceedsBytes(value, limits.distinctIdBytesMax)) {
    throw new OnymError(
      'invalid-distinct-id',
      `${field} is longer than ${limits.distinctIdBytesMax} bytes of UTF-8. Ids are never cut: send a shorter one.`,
    );
  }
  if (value.includes('\u0000')) {
    throw new OnymError('invalid-distinct-id', `${field} holds a NUL character. Remove it before sending.`);
  }
  if (!hasOnlyWholeCharacters(value)) {
    throw new OnymError('invalid-distinct-id', `${field} holds half a surrogate pair. Send whole characters.`);
  }
  return value;
}

function kindOf(value: unknown): string {
  if (isWrittenNumber(value)) return `the number ${value.written.slice(0, 64)}`;
  if (typeof value === 'number') return `the number ${Object.is(value, -0) ? '-0' : value}`;
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

/** As distinctIdOf; null, absent and the empty string are null. */
export function optionalDistinctIdOf(value: unknown, field: string): string | null {
  return isAbsent(value) ? null : distinctIdOf(value, field);
}

/** Applications send `""` for an optional field that they have nothing for. */
export function isAbsent(value: unknown): value is undefined | null | '' {
  return value === undefined || value === null || value === '';
}

/** As distinctIdOf, for calls where a reserved id (docs/resolution.md, "Guard rails") is an error and absence another. */
export function requiredDistinctIdOf(value: unknown, field: string, forms: Pick<Forms, 'isReserved'>): string {
  if (value === undefined || value === null) {
    throw new OnymError('invalid-payload', `${field} is missing. Send the identifier as a non-empty string.`);
  }
  const id = distinctIdOf(value, field);
  if (forms.isReserved(id)) {
    throw new OnymError(
      'reserved-distinct-id',
      `${field} ${JSON.stringify(id.slice(0, 64))} is a reserved id: it names nobody, and linking it would blend people. Send the user's own id, or make no call while there is none.`,
    );
  }
  return id;
}
