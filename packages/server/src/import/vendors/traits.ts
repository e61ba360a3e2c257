import { isObject, type JsonObject } from '../../ingest/json-values.ts';

/** Without members that are null or undefined. */
export function defined(item: Record<string, unknown>): JsonObject {
  const given: JsonObject = {};
  for (const key in item) if (item[key] !== null && item[key] !== undefined) given[key] = item[key];
  return given;
}

/** Later ones go before earlier ones; null where nothing is said. */
export function mergedTraits(...objects: readonly (JsonObject | null)[]): JsonObject | null {
  const merged: JsonObject = Object.assign({}, ...objects);
  return Object.keys(merged).length === 0 ? null : merged;
}

/** A list of keys, or an object with them: each is removed by a null. */
export function unsetTraits(keys: unknown): JsonObject | null {
  const list = Array.isArray(keys) ? keys : isObject(keys) ? Object.keys(keys) : [];
  return Object.fromEntries(list.filter((key) => typeof key === 'string').map((key) => [key, null]));
}

/** Of a person as they are: what is null is not there. */
export function withoutNulls(traits: JsonObject | null): JsonObject | null {
  if (traits === null) return null;
  const given = defined(traits);
  return Object.keys(given).length === 0 ? null : given;
}
