import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Server, secretKey, serve } from '../system/processes.ts';
import { ndjson } from './reading.ts';

/** Bringing history along, over HTTP, into a server that is in use. Each test has ids of its own. */

// biome-ignore lint/suspicious/noExplicitAny: answers of the wire
type Json = any;

let server: Server;
beforeAll(async () => {
  server = await serve();
});
afterAll(() => server.stop());

async function send(
  body: string | Buffer,
  query: Record<string, string> = {},
): Promise<{ status: number; body: Json }> {
  const response = await fetch(`${server.url}/v1/import?${new URLSearchParams(query)}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${secretKey}`,
      'content-type': 'application/octet-stream',
      accept: 'application/json',
    },
    body,
  });
  return { status: response.status, body: await response.json() };
}

const person = (id: string): Promise<Json> => server.api.got(`/v1/identities/${encodeURIComponent(id)}?by=distinct_id`);
const timeline = async (id: string): Promise<Json[]> =>
  (await server.api.got(`/v1/identities/${encodeURIComponent(id)}/events?by=distinct_id`)).events;
const ids = async (id: string): Promise<string[]> => (await person(id)).identifiers.map((one: Json) => one.distinct_id);

describe('when it happened', () => {
  test.each([
    ['updated_at', '2021-05-06', { plan: 'enterprise' }],
    ['updatedAt', '2021-05-06T07:08:09Z', { plan: 'enterprise' }],
    ['created_at', '1620284889', { plan: 'enterprise' }],
  ])('a row with %s %s is older than what the application says', async (column, time, traits) => {
    const id = `live_${column}`;
    await server.api.posted('/identify', { distinct_id: id, traits });
    const { body } = await send(`user_id,traits.plan,traits.city,${column}\n${id},trial,Ulm,${time}\n`);
    expect(body.counts).toMatchObject({ applied: 1 });
    const { traits: shown, created_at } = await person(id);
    expect(shown).toEqual({ plan: 'enterprise', city: 'Ulm' });
    expect(created_at).toContain('2021-05-06');
  });

  test('events without a time are refused as a file; nothing is dated today in silence', async () => {
    const file = 'event,distinct_id\nvisit,timeless\n';
    const { status, body } = await send(file);
    expect([status, body.error_code, body.message]).toEqual([
      400,
      'invalid-payload',
      expect.stringContaining('--timestamp now'),
    ]);
    expect((await send(file, { timestamp: 'now' })).body.counts).toMatchObject({ applied: 1 });
    expect(Date.now() - Date.parse((await timeline('timeless'))[0].timestamp)).toBeLessThan(600_000);
  });

  test('Spreadsheet days, microseconds and a client’s time before a server’s arrive as what they are', async () => {
    const { body } = await send(
      'event,distinct_id,received_at,originalTimestamp\na,timed,2026-01-02T09:00:00Z,45964.5\nb,timed,2026-01-02T09:00:00Z,1767323045678000\nc,timed,2026-01-02T09:00:00Z,\n',
    );
    expect(body.recognised).toContain('Times are day numbers of a spreadsheet');
    expect((await timeline('timed')).map(({ event, timestamp }) => [event, timestamp])).toEqual([
      ['c', '2026-01-02T09:00:00.000Z'],
      ['b', '2026-01-02T03:04:05.678Z'],
      ['a', '2025-11-03T12:00:00.000Z'],
    ]);
  });
});

describe('PostHog', () => {
  const visitor = '0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b';

  test('persons and events; the next login of a visitor is taken', async () => {
    const persons = ndjson(
      { distinct_ids: ['ph_1', visitor], properties: { plan: 'pro' }, created_at: '2024-01-01T00:00:00Z' },
      {
        distinct_ids: ['0190a1b2-c3d4-7e5f-8a9b-000000000002'],
        properties: { plan: 'none' },
        created_at: '2024-01-01T00:00:00Z',
      },
    );
    const { body } = await send(persons, { dry_run: 'true' });
    expect(body).toMatchObject({ recognised: 'PostHog persons export, JSON lines: 2 rows.', counts: { applied: 2 } });
    expect((await send(persons)).body.counts).toMatchObject({ applied: 2, invalid: 0 });
    const events = ndjson(
      {
        event: '$pageview',
        distinct_id: visitor,
        properties: { $set_once: { first: '/a' } },
        timestamp: '2024-02-01T00:00:00Z',
        uuid: '018d0000-0000-7000-8000-000000000001',
      },
      {
        event: 'bought',
        distinct_id: 'ph_1',
        properties: { total: 3, $set: { plan: 'team' } },
        timestamp: '2024-02-02T00:00:00Z',
      },
    );
    expect((await send(gzipSync(events))).body).toMatchObject({
      recognised: 'PostHog events export, JSON lines: 2 rows.',
      counts: { applied: 2 },
    });
    const { canonical_id, traits, event_count, created_at } = await person(visitor);
    expect({ canonical_id, traits, event_count, created_at }).toEqual({
      canonical_id: 'ph_1',
      traits: { plan: 'team', first: '/a' },
      event_count: 2,
      created_at: '2024-01-01T00:00:00.000Z',
    });
    const login = { distinct_id: 'ph_2', anonymous_id: '0190a1b2-c3d4-7e5f-8a9b-000000000002' };
    expect((await server.api.posted('/identify', login)).verdict).toBe('applied');
    expect((await person('ph_2')).traits).toEqual({ plan: 'none' });
  });

  test('one revert takes people and traits back', async () => {
    const persons = ndjson({
      distinct_ids: ['back_1', 'back_2'],
      properties: { plan: 'pro' },
      created_at: '2024-01-01T00:00:00Z',
    });
    await send(persons, { batch: 'ph-back' });
    expect(await ids('back_2')).toEqual(['back_1', 'back_2']);
    await server.api.posted('/v1/revert', { batch: 'ph-back' });
    const { identities } = await server.api.posted('/v1/resolve', { distinct_ids: ['back_1', 'back_2'] });
    expect(identities.back_2.canonical_id).toBe('back_2');
    expect(identities.back_1.known).toBe(false);
  });
});

test('Segment: one archive, every kind of call', async () => {
  const row = (type: string, more: object) => ({
    type,
    timestamp: '2024-02-01T00:00:00Z',
    context: { library: { name: 'analytics.js' } },
    ...more,
  });
  const archive = ndjson(
    row('page', { anonymousId: 'seg-anon', messageId: 'm1', properties: { url: 'https://x/' } }),
    row('identify', { userId: 'seg_1', anonymousId: 'seg-anon', messageId: 'm2', traits: { plan: 'pro' } }),
    row('track', { userId: 'seg_1', event: 'Bought', messageId: 'm3', properties: { total: 1 } }),
    row('track', { userId: 'seg_1', event: 'Bought', messageId: 'm3', properties: { total: 1 } }),
    row('alias', { userId: 'seg_1', previousId: 'seg_old', messageId: 'm4' }),
    row('group', { userId: 'seg_1', groupId: 'acme', messageId: 'm5' }),
  );
  const { body } = await send(gzipSync(archive));
  expect(body).toMatchObject({
    recognised: 'Segment archive, JSON lines: 6 rows.',
    counts: { applied: 5, unchanged: 1 },
  });
  expect(await ids('seg_1')).toEqual(['seg-anon', 'seg_1', 'seg_old']);
  expect((await timeline('seg_old')).map(({ event }) => event).sort()).toEqual(['$group', '$pageview', 'Bought']);
});

describe('Parquet, with columns as databases write them', () => {
  const parquet = async (sql: string): Promise<Buffer> => {
    const response = await fetch(`${server.url}/v1/query`, {
      method: 'POST',
      headers: { authorization: `Bearer ${secretKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ sql, format: 'parquet' }),
    });
    expect(response.status).toBe(200);
    return Buffer.from(await response.arrayBuffer());
  };
  const received = "toDateTime64('2024-02-01 03:04:05.678', 3, 'UTC')";

  test('a table of a warehouse', async () => {
    const file = await parquet(
      `SELECT 'm1' AS id, 'pq-anon' AS anonymous_id, 'pq_1' AS user_id, '1.2.3.4' AS context_ip, 'pro' AS traits_plan, toInt64(5) AS traits_seats, ${received} AS received_at`,
    );
    const { body } = await send(file);
    expect(body).toMatchObject({
      recognised: 'identifies table of a Segment or RudderStack warehouse, Parquet: 1 row.',
      counts: { applied: 1 },
    });
    const { traits, created_at } = await person('pq-anon');
    expect([traits, created_at]).toEqual([{ plan: 'pro', seats: 5 }, '2024-02-01T03:04:05.678Z']);
  });

  test('persons with a list of ids, and events with integers as ids and microseconds as times', async () => {
    const persons = await parquet(
      `SELECT ['pq_2', 'pq_2b'] AS distinct_ids, '{"plan":"pro"}' AS properties, ${received} AS created_at`,
    );
    expect((await send(persons)).body).toMatchObject({ recognised: 'PostHog persons export, Parquet: 1 row.' });
    expect(await ids('pq_2b')).toEqual(['pq_2', 'pq_2b']);
    const events = await parquet(
      `SELECT 'visit' AS event, toInt64(9007199254740993) AS user_id, toInt64(1767323045678000) AS ts`,
    );
    expect((await send(events)).body.counts).toMatchObject({ applied: 1 });
    expect(await timeline('9007199254740993')).toMatchObject([{ timestamp: '2026-01-02T03:04:05.678Z' }]);
  });
});

test('Mixpanel: the device’s history is the user’s', async () => {
  const row = (event: string, properties: object) => ({ event, properties: { time: 1_700_000_000, ...properties } });
  const { body } = await send(
    ndjson(
      row('Visit', { distinct_id: '$device:mp1', $device_id: 'mp1', $insert_id: 'a' }),
      row('Signed Up', { distinct_id: 'mp_1', $user_id: 'mp_1', $device_id: 'mp1', $insert_id: 'b' }),
    ),
  );
  expect(body).toMatchObject({ recognised: 'Mixpanel events export, JSON lines: 2 rows.', links: { applied: 1 } });
  expect((await timeline('mp_1')).map(({ event }) => event).sort()).toEqual(['Signed Up', 'Visit']);
});

test('Amplitude: the device’s history is the user’s, and user properties are traits', async () => {
  const row = (event_type: string, more: object) => ({
    event_type,
    device_id: 'amp-dev',
    event_time: '2024-02-01 00:00:00.000000',
    event_properties: {},
    ...more,
  });
  const { body } = await send(
    ndjson(
      row('visit', { user_id: null, $insert_id: 'a', user_properties: {} }),
      row('buy', { user_id: 'amp_1', $insert_id: 'b', user_properties: { plan: 'pro' } }),
    ),
  );
  expect(body).toMatchObject({ recognised: 'Amplitude events export, JSON lines: 2 rows.', links: { applied: 1 } });
  expect((await timeline('amp_1')).map(({ event }) => event).sort()).toEqual(['buy', 'visit']);
  expect((await person('amp_1')).traits).toEqual({ plan: 'pro' });
});

test('a number among an event’s properties stays one, whatever it is called', async () => {
  const file =
    '{"event":"x","distinct_id":"numbers","ts":1700000000,"properties":{"alias":1.5,"product_id":1e3,"$user_id":2.0}}\n';
  expect((await send(file)).body.counts).toMatchObject({ applied: 1 });
  expect((await timeline('numbers'))[0].properties).toEqual({ alias: 1.5, product_id: 1000, $user_id: 2 });
});

describe('what is said of a file', () => {
  test('unused columns are named, and no more than anybody reads', async () => {
    const columns = Array.from({ length: 60 }, (_, i) => `extra_${i}`);
    const file = `user_id,alias_id,${columns.join(',')}\nnamed_1,named_2,${columns.map(() => 'x').join(',')}\n`;
    const { body } = await send(file);
    expect(body.ignored_columns).toEqual(columns.slice(0, 50));
    expect(body.more_ignored_columns).toBe(10);
  });

  test("--traits '*' takes them", async () => {
    await send('user_id,plan,created_at,city\nstar_1,pro,2024-01-01,Ulm\n', { traits: '*' });
    expect((await person('star_1')).traits).toEqual({ plan: 'pro', city: 'Ulm', created_at: '2024-01-01' });
    await send('event,user_id,ts,plan\nvisit,star_2,2024-01-01,pro\n', { traits: '*' });
    expect((await timeline('star_2'))[0].properties).toEqual({ plan: 'pro' });
    await send('user_id,plan,seats,city\nstar_3,pro,5,Ulm\n', { traits: 'plan,seats=chairs:number' });
    expect((await person('star_3')).traits).toEqual({ plan: 'pro', chairs: 5 });
  });

  test.each([
    [{ from: 'posthog' }, 'a,b\n1,2\n', 'does not look like anything that --from posthog reads'],
    [
      { from: 'amplitude', primary: 'b' },
      'event_type,user_id,b\n1,2,3\n',
      '--from amplitude says what the columns are, and so does --primary',
    ],
    [{ from: 'heap' }, 'a,b\n1,2\n', 'from'],
    [{ traits: '*' }, 'distinct_id,alias_id,plan\n1,2,3\n', 'alias pairs carry no traits'],
  ])('%j of %j: %s', async (query, file, message) => {
    const { status, body } = await send(file, query as Record<string, string>);
    expect([status, body.message]).toEqual([400, expect.stringContaining(message)]);
  });
});
