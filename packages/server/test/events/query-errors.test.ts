import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { EventStore } from '../../src/events/types.ts';
import { event, insert, openTemporaryStore, text } from './fixtures.ts';

let store: EventStore;
let remove: () => Promise<void>;

beforeAll(async () => {
  ({ store, remove } = await openTemporaryStore({
    queryDurationMaxMs: 1_000,
    queryMemoryBytesMax: 64 * 1024 * 1024,
    queryRowsMax: 1_000,
  }));
  await insert(store, [event('ada', { properties: { plan: 'pro', price: 5, tags: ['x'] } })]);
});
afterAll(() => remove());

/** What the engine throws for these, in Onym's words. */
const cases: [sql: string, code: string, message: RegExp][] = [
  // names
  ['SELECT evnt FROM events', 'query-failed', /no column evnt\. Did you mean event\?/],
  ['SELECT distnct_id FROM events', 'query-failed', /Did you mean distinct_id\?/],
  [
    'SELECT e.evnt FROM events AS e JOIN identities AS i USING (identity_id)',
    'query-failed',
    /Did you mean e\.event\?/,
  ],
  ['SELECT count() AS people FROM events HAVING pepole > 1', 'query-failed', /Did you mean people\?/],
  ['SELECT plan FROM events', 'query-failed', /no column plan\..*properties\.plan::String.*onym schema/],
  ['SELECT $current_url FROM events', 'query-failed', /properties\.`\$current_url`::String/],
  ['SELECT event FROM events WHERE distinct_id = "user_1"', 'query-failed', /single quotes: 'user_1'/],
  ['SELECT onym_production.events.foo FROM onym_production.events', 'query-failed', /no column events\.foo/],
  [
    'SELECT * FROM event',
    'query-failed',
    /no table event\. Did you mean events\? Queries see events, identities, identifiers and links\./,
  ],
  ['SELECT * FROM users', 'query-failed', /no table users\. Queries see events, identities, identifiers and links\./],
  ['SELECT cont() FROM events', 'query-refused', /function cont does not exist.*Did you mean count\?/],
  ['SELECT toDte(timestamp) FROM events', 'query-refused', /Did you mean toDate\?/],
  // paths without a type
  ['SELECT sum(properties.price) FROM events', 'query-failed', /properties\.price::Nullable\(Float64\)/],
  ['SELECT max(properties.price) FROM events', 'query-failed', /properties\.price::String/],
  ['SELECT properties.plan, count() FROM events GROUP BY 1', 'query-failed', /properties\.plan::String/],
  [
    'SELECT e.properties.plan FROM events AS e ORDER BY e.properties.plan',
    'query-failed',
    /e\.properties\.plan::String/,
  ],
  ['SELECT properties.`$a b` FROM events ORDER BY 1', 'query-failed', /properties\.`\$a b`::String/],
  ['SELECT count() FROM events WHERE properties.price IN (5)', 'query-failed', /properties\.price::/],
  ['SELECT properties.a::String, sum(properties.b) FROM events GROUP BY 1', 'query-failed', /^properties\.b may hold/],
  ['SELECT traits.plan FROM identities ORDER BY traits.plan', 'query-failed', /traits\.plan::String/],
  ['SELECT arrayJoin(properties.tags) FROM events', 'query-failed', /properties\.tags::Array\(Nullable\(String\)\)/],
  [`SELECT properties['plan'] FROM events`, 'query-failed', /by path.*properties\.plan::String/],
  ['SELECT * FROM identities WHERE traits = 1', 'query-failed', /by path/],
  [`SELECT properties->>'plan' FROM events`, 'query-failed', /Syntax error.*properties\.plan::String/],
  // values
  [
    `SELECT * FROM events WHERE identity_id = 'user_1'`,
    'query-failed',
    /'user_1' is no UUID\..*WHERE distinct_id = 'user_1'/,
  ],
  [`SELECT * FROM events WHERE identity_id IN ('user_1')`, 'query-failed', /'user_1' is no UUID/],
  ['SELECT * FROM events WHERE identity_id = distinct_id', 'query-failed', /UUID meets a text/],
  ['SELECT 1 FROM events JOIN identities ON distinct_id = identities.identity_id', 'query-failed', /UUID meets a text/],
  ['SELECT event FROM events WHERE distinct_id = 5', 'query-failed', /String, UInt8\. A text stands in single quotes/],
  [`SELECT event FROM events WHERE timestamp > 'yesterday'`, 'query-failed', /'yesterday' is no time.*INTERVAL 7 DAY/],
  [`SELECT event FROM events WHERE timestamp > '2026-13-45'`, 'query-failed', /'2026-13-45' is no time/],
  ['SELECT properties.plan::Float64 FROM events', 'query-failed', /'pro' is no number.*Nullable\(Float64\)/],
  [`SELECT toUInt64('x')`, 'query-failed', /'x' is no number/],
  ['SELECT windowFunnel(10)(timestamp, 1) FROM events', 'query-failed', /toDateTime\(timestamp\)/],
  // grouping
  ['SELECT event, count() FROM events', 'query-failed', /^event is neither in GROUP BY nor in an aggregate/],
  ['SELECT * FROM events GROUP BY event', 'query-failed', /^uuid is neither/],
  ['SELECT count() FROM events WHERE count() > 1', 'query-failed', /count\(\) stands in WHERE\..*HAVING/],
  // syntax
  ['SELEC 1', 'query-failed', /Syntax error at character 7, near 1/],
  ['SELECT event FROM events GROUP event', 'query-failed', /near event\. Expected: BY/],
  ['SELECT (event FROM events', 'query-failed', /parenthesis is not closed/],
  ['SELECT event FROM events WHERE', 'query-failed', /its end/],
  // bounds
  [
    'SELECT count() FROM numbers(1000000000000) WHERE cityHash64(number) = 1',
    'query-too-expensive',
    /stopped after 1 s\. Narrow timestamp/,
  ],
  ['SELECT uniqExact(number) FROM numbers(100000000)', 'query-too-expensive', /more memory than 64 MiB\..*uniq\(\)/],
  ['SELECT number FROM numbers(1001)', 'query-too-expensive', /more than 1,000 rows\..*LIMIT/],
  // anything else
  [`SELECT throwIf(1, '${'long '.repeat(100)}')`, 'query-failed', /^long long/],
  ['SELECT event FROM events UNION ALL SELECT 1, 2', 'query-failed', /number of columns/],
];

describe('an analyst is told', () => {
  test.each(cases)('%s', async (sql, code, message) => {
    const error = await text(store, sql).catch((thrown) => thrown);
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) });
    expect(error.message.length).toBeLessThanOrEqual(200);
    // The engine's names, and its advice that leaves out values of other types.
    expect(error.message).not.toMatch(/onym_production|__table|\.:|allow_suspicious|DB::Exception|Maybe you meant/);
  });

  test('in particular what any column is called that is longer than a message', async () => {
    const error = await text(store, `SELECT ${'x'.repeat(500)} FROM events`).catch((thrown) => thrown);
    expect(error.message.length).toBeLessThanOrEqual(200);
  });
});
