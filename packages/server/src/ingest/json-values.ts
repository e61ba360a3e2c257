import { exceedsBytes, hasOnlyWholeCharacters, withWholeCharacters } from '../characters.ts';
import { OnymError } from '../errors.ts';
import { stringifyExact } from '../exact-json/stringify.ts';
import { limits } from '../limits.ts';
import { isAbsent } from './distinct-ids.ts';

export type JsonObject = Record<string, unknown>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * An object of free JSON (properties, traits), made safe to store. Absent, null and `""` are null; `[]` is what PHP makes of an empty
 * map. In place: half surrogate pairs in strings become U+FFFD (a client that cuts an emoji in two must not lose its event), -0 becomes
 * 0, and a whole number that JSON would write with more than 15 digits a bigint, which it is when it is read again. Throws
 * `invalid-payload` for nesting beyond jsonDepthMax, counted from the item, and for numbers beyond a double.
 */
export function jsonObjectOf(value: unknown, field: string): JsonObject | null {
  if (isAbsent(value)) return null;
  if (Array.isArray(value) && value.length === 0) return {};
  if (!isObject(value)) {
    throw new OnymError('invalid-payload', `${field} is not an object. Send {"key": value, …} or leave it out.`);
  }
  settle(value, field, limits.jsonDepthMax - 1);
  return value;
}

/** The object as JSON text. Throws `invalid-payload` beyond propertiesBytesMax. */
export function jsonTextOf(object: JsonObject, field: string): string {
  const text = stringifyExact(object);
  if (!exceedsBytes(text, limits.propertiesBytesMax)) return text;
  throw new OnymError(
    'invalid-payload',
    `${field} is larger than ${limits.propertiesBytesMax} bytes of JSON. Send less of it, or a reference to it.`,
  );
}

function settle(container: JsonObject | unknown[], field: string, levels: number): void {
  if (levels === 0) {
    throw new OnymError(
      'invalid-payload',
      `${field} is nested deeper than ${limits.jsonDepthMax} levels. Flatten it, or send the inner part as a string.`,
    );
  }
  if (Array.isArray(container)) {
    for (let i = 0; i < container.length; i++) {
      const value = container[i];
      if (typeof value === 'object') {
        if (value !== null) settle(value as JsonObject, field, levels - 1);
      } else if (needsSettling(value)) container[i] = settled(value, field);
    }
    return;
  }
  // The body's parser dropped every `__proto__`, so assigning to `container[key]` reaches own properties only.
  for (const key in container) {
    if (!hasOnlyWholeCharacters(key)) {
      throw new OnymError('invalid-payload', `A key in ${field} holds half a surrogate pair. Send whole characters.`);
    }
    const value = container[key];
    if (typeof value === 'object') {
      if (value !== null) settle(value as JsonObject, field, levels - 1);
    } else if (needsSettling(value)) container[key] = settled(value, field);
  }
}

function needsSettling(value: unknown): value is string | number | bigint {
  if (typeof value === 'string') return !hasOnlyWholeCharacters(value);
  if (typeof value === 'number') return !(Math.abs(value) <= Number.MAX_SAFE_INTEGER) || Object.is(value, -0);
  return typeof value === 'bigint';
}

/** From here on JSON.stringify writes an exponent, by which the number is told from an integer. */
const exponentFrom = 1e21;

function settled(value: string | number | bigint, field: string): string | number | bigint {
  if (typeof value === 'string') return withWholeCharacters(value);
  if (value === 0) return 0;
  if (!Number.isFinite(Number(value))) {
    throw new OnymError('invalid-payload', `A number in ${field} is too large for a double. Send it as a string.`);
  }
  return typeof value === 'number' && Math.abs(value) < exponentFrom ? BigInt(value) : value;
}
