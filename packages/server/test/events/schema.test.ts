import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeSchema } from '../../src/events/schema.ts';
import type { EventStore } from '../../src/events/types.ts';
import { isViewName, viewColumns, viewNames } from '../../src/events/view-columns.ts';
import { environment, event, insert, openTemporaryStore, projection, rows, T0 } from './fixtures.ts';

let store: EventStore;
let remove: () => Promise<void>;

beforeAll(async () => {
  ({ store, remove } = await openTemporaryStore());
});
afterAll(() => remove());

test('of an empty environment there are the views', async () => {
  const schema = await describeSchema(store, environment, {});
  expect(schema.views.map(({ name }) => name)).toEqual(['events', 'identities', 'identifiers', 'links']);
  expect(schema).toMatchObject({ events: [], properties: { sampled: 0, keys: [] }, traits: { sampled: 0, keys: [] } });
});

test('the columns are those that the engine has', async () => {
  for (const view of viewNames) {
    const columns = viewColumns[view].columns.map(({ name }) => name);
    const [types] = await rows(
      store,
      `SELECT ${columns.map((name) => `any(toTypeName(${name})) AS ${name}`).join(', ')} FROM ${view}`,
    );
    expect({ view, ...types }).toEqual({
      view,
      ...Object.fromEntries(viewColumns[view].columns.map(({ name }) => [name, ''])),
    });
  }
});

test.each([
  ['SHOW TABLES', 4],
  ['show tables;', 4],
  ['DESCRIBE events', viewColumns.events.columns.length],
  ['DESC TABLE `onym_production`.links', viewColumns.links.columns.length],
  ['SHOW COLUMNS FROM identities', viewColumns.identities.columns.length],
])('%s', async (sql, count) => {
  const found = await rows<{ name: string; comment: string }>(store, sql);
  expect(found).toHaveLength(count);
  for (const { name, comment } of found) expect([name, comment]).toEqual([name, expect.stringMatching(/\w/)]);
  if (count === 4) expect(found.every(({ name }) => isViewName(name))).toBe(true);
});

test.each([
  'DESCRIBE system.one',
  'DESCRIBE onym_staging.events',
  'DESCRIBE onym_production_data.events',
  'SHOW TABLES FROM system',
  `SHOW TABLES LIKE '%'`,
  'DESCRIBE (SELECT 1)',
  "DESCRIBE file('x')",
  'SHOW CREATE TABLE events',
])('%s is refused', async (sql) => {
  await expect(rows(store, sql)).rejects.toMatchObject({
    code: 'query-refused',
    message: expect.stringContaining('DESCRIBE'),
  });
});

test('keys of properties and traits have their types, an example, and SQL that reads them', async () => {
  const properties = {
    plan: 'pro',
    price: 5,
    $current_url: 'https://example.com/a/b',
    utm: { source: 'mail' },
    'a b': true,
    "it's `odd` \\": 1,
    tags: ['x', 'y'],
    items: [{ price: 1 }, { price: 2 }],
    long: 'x'.repeat(1_000),
    huge: null,
  };
  await insert(store, [
    event('ada', { properties }),
    event('bob', { event: 'bought', properties: { price: 2.5, plan: 7 } }),
    event('bob', { properties: { price: 3, text: 'y'.repeat(10_000) } }),
  ]);
  await store.project(
    environment,
    projection(1, {
      identities: [
        {
          identity_id: '00000000-0000-0000-0000-000000000001',
          canonical_id: 'ada',
          known: true,
          traits: '{"plan":"pro","address":{"city":"Basel"}}',
          trait_origins: '{}',
          other_traits: '[]',
          identifiers: ['ada'],
          known_identifiers: ['ada'],
          created_at: T0,
          version: 1,
          deleted: false,
        },
      ],
    }),
  );
  const schema = await describeSchema(store, environment, {});
  expect(schema.events).toEqual([
    { event: 'visited', count: 2 },
    { event: 'bought', count: 1 },
  ]);
  expect(schema.properties.sampled).toBe(3);
  const keys = Object.fromEntries(schema.properties.keys.map(({ key, ...rest }) => [key, rest]));
  expect(keys).toMatchObject({
    price: { types: ['Float64', 'Int64'], count: 3, example: 2.5, sql: 'properties.price::Nullable(Float64)' },
    plan: { types: ['Int64', 'String'], count: 2, example: 7, sql: 'properties.plan::Nullable(String)' },
    $current_url: {
      types: ['String'],
      example: 'https://example.com/a/b',
      sql: 'properties.`$current_url`::Nullable(String)',
    },
    'utm.source': { example: 'mail', sql: 'properties.utm.source::Nullable(String)' },
    'a b': { types: ['Bool'], example: true, sql: 'properties.`a b`::Nullable(Bool)' },
    tags: { example: ['x', 'y'], sql: 'properties.tags::Array(Nullable(String))' },
    items: { types: ['Array(JSON)'], sql: 'properties.items[]' },
    long: { example: `${'x'.repeat(80)}…` },
    // Of a row too large to be looked at.
    text: { example: null },
  });
  expect(schema.properties.keys[0]!.key).toBe('price');
  expect(schema.traits).toMatchObject({
    sampled: 1,
    keys: [
      { key: 'address.city', example: 'Basel', sql: 'traits.address.city::Nullable(String)' },
      { key: 'plan', example: 'pro', sql: 'traits.plan::Nullable(String)' },
    ],
  });
  for (const { sql, count } of schema.properties.keys) {
    const [row] = await rows(
      store,
      `SELECT countIf(notEmpty(toString(ifNull(toString(${sql}), ''))) AND toString(${sql}) != '[]') AS n FROM events`,
    );
    expect([sql, row]).toEqual([sql, { n: count }]);
  }
  for (const { sql } of schema.traits.keys) await rows(store, `SELECT max(${sql}) FROM identities`);
});
