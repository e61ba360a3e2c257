import { buffer } from 'node:stream/consumers';
import { parseExact } from '../exact-json/parse.ts';
import { limits } from '../limits.ts';
import { literal } from './engine.ts';
import type { EventStore, QueryOptions } from './types.ts';
import { type ViewColumn, type ViewName, viewColumns, viewNames } from './view-columns.ts';

/** A key of properties or traits that was seen. */
export interface SeenKey {
  /** Its path, as SQL knows it: `utm.source`. */
  readonly key: string;
  /** The engine's types of its values. */
  readonly types: readonly string[];
  /** Rows of the sample that hold it. */
  readonly count: number;
  /** A value of it; texts are cut. */
  readonly example: unknown;
  /** How to read it, typed: ``properties.utm.`$source`::Nullable(String)``. */
  readonly sql: string;
}

/** Of the newest rows: how many these were, and the keys they have, the most frequent first. */
export interface SeenKeys {
  readonly sampled: number;
  readonly keys: readonly SeenKey[];
}

export interface Schema {
  readonly views: readonly {
    readonly name: ViewName;
    readonly comment: string;
    readonly columns: readonly ViewColumn[];
  }[];
  /** Names of the sampled events. */
  readonly events: readonly { readonly event: string; readonly count: number }[];
  readonly properties: SeenKeys;
  readonly traits: SeenKeys;
}

/** What queries of an environment can see, from the views and a bounded sample of what they hold; three queries like any user's. */
export async function describeSchema(
  reads: Pick<EventStore, 'query'>,
  environment: string,
  options: Pick<QueryOptions, 'key' | 'signal'>,
): Promise<Schema> {
  async function ask<Row>(sql: string): Promise<Row[]> {
    const result = await reads.query(environment, sql, { ...options, format: 'JSON' });
    return (parseExact((await buffer(result)).toString('utf8')) as { data: Row[] }).data;
  }
  const events = await ask<{ event: string; count: number; sampled: number }>(
    `SELECT event, count() AS count, sum(count()) OVER () AS sampled FROM (${newest('event', 'events', 'timestamp')})
     GROUP BY event ORDER BY count DESC, event LIMIT ${limits.schemaEventsMax}`,
  );
  const properties = await ask<KeyRow>(keysOf('properties', 'events', 'timestamp'));
  const traits = await ask<KeyRow>(keysOf('traits', 'identities', 'created_at'));
  return {
    views: viewNames.map((name) => ({ name, ...viewColumns[name] })),
    events: events.map(({ event, count }) => ({ event, count })),
    properties: { sampled: events[0]?.sampled ?? 0, keys: properties.map((row) => seenKey('properties', row)) },
    traits: { sampled: traits[0]?.sampled ?? 0, keys: traits.map((row) => seenKey('traits', row)) },
  };
}

const newest = (columns: string, view: ViewName, time: string): string =>
  `SELECT ${columns} FROM ${view} ORDER BY ${time} DESC LIMIT ${limits.schemaSampleRows}`;

interface KeyRow {
  readonly key: string;
  readonly types: readonly string[];
  readonly count: number;
  /** The shortest row that holds the key, as JSON; null where all are too long. */
  readonly row: string | null;
  readonly sampled: number;
}

const keysOf = (column: 'properties' | 'traits', view: ViewName, time: string): string =>
  `WITH sample AS (${newest(column, view, time)})
   SELECT key, arraySort(groupUniqArray(type)) AS types, count() AS count, argMin(text, length(text)) AS row,
     (SELECT count() FROM sample) AS sampled
   FROM (
     SELECT if(length(toString(${column})) > ${limits.schemaExampleRowBytesMax}, NULL, toString(${column})) AS text,
       JSONAllPathsWithTypes(${column}) AS paths
     FROM sample)
   ARRAY JOIN mapKeys(paths) AS key, mapValues(paths) AS type
   GROUP BY key ORDER BY count DESC, key LIMIT ${limits.schemaKeysMax}`;

function seenKey(column: string, { key, types, count, row }: KeyRow): SeenKey {
  return {
    key,
    types: types.map((type) => type.replaceAll(/JSON\([^)]*\)/g, 'JSON')),
    count,
    example: shortened(valueAt(row === null ? null : parseExact(row), key.split('.'))),
    sql: typedPath(column, key, types),
  };
}

function valueAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((at, part) => (at as Record<string, unknown> | null | undefined)?.[part], value) ?? null;
}

const shortened = (value: unknown): unknown =>
  typeof value === 'string' && value.length > limits.schemaExampleLengthMax
    ? `${value.slice(0, limits.schemaExampleLengthMax)}…`
    : value;

/** A path with the cast that gives null, and no error, where a value is missing. */
function typedPath(column: string, key: string, types: readonly string[]): string {
  const names = key.split('.');
  // Which the guard lets stand in no name.
  if (/[`\\]/.test(key)) return `JSONExtractRaw(toString(${column}), ${names.map(literal).join(', ')})`;
  const parts = names.map((part) => (/^[a-z_]\w*$/i.test(part) ? part : `\`${part}\``));
  const path = [column, ...parts].join('.');
  const all = (form: RegExp) => types.every((type) => form.test(type));
  if (all(/^Array\(JSON/)) return `${path}[]`;
  if (all(/^Array\(/)) return `${path}::Array(Nullable(String))`;
  return `${path}::Nullable(${all(/^(?:U?Int64|Float64)$/) ? 'Float64' : all(/^Bool$/) ? 'Bool' : 'String'})`;
}
