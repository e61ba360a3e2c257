import { OnymError } from '../errors.ts';
import { limits } from '../limits.ts';
import { exceedsBytes, hasOnlyWholeCharacters, withWholeCharacters } from './distinct-ids.ts';

export type JsonObject = Record<string, unknown>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * An object of free JSON (properties, traits), made safe to store. Absent and null are null. In place: half surrogate pairs in
 * strings become U+FFFD (a client that cuts an emoji in two must not lose its event) and -0 becomes 0. Throws `invalid-payload` for
 * nesting beyond jsonDepthMax, counted from the item, for numbers beyond a double, and, when `measure`, beyond propertiesBytesMax.
 * `measure` may be false when the whole body is smaller than that.
 */
export function jsonObjectOf(value: unknown, field: string, measure: boolean): JsonObject | null {
  if (value === undefined || value === null) return null;
  if (!isObject(value)) {
    throw new OnymError('invalid-payload', `${field} is not an object. Send {"key": value, …} or leave it out.`);
  }
  settle(value, field, limits.jsonDepthMax - 1);
  if (measure && exceedsBytes(JSON.stringify(value), limits.propertiesBytesMax)) {
    throw new OnymError(
      'invalid-payload',
      `${field} is larger than ${limits.propertiesBytesMax} bytes of JSON. Send less of it, or a reference to it.`,
    );
  }
  return value;
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

function needsSettling(value: unknown): value is string | number {
  if (typeof value === 'string') return !hasOnlyWholeCharacters(value);
  return typeof value === 'number' && (!Number.isFinite(value) || Object.is(value, -0));
}

function settled(value: string | number, field: string): string | number {
  if (typeof value === 'string') return withWholeCharacters(value);
  if (value === 0) return 0;
  throw new OnymError('invalid-payload', `A number in ${field} is too large for a double. Send it as a string.`);
}
