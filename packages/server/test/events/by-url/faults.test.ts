import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { readConfig } from '../../../src/config.ts';
import { createEventStore } from '../../../src/events/event-store.ts';
import { encodeEvents } from '../../../src/events/rows.ts';
import { createServer, type Server } from '../../../src/server.ts';
import { environment, event, node, rows } from '../fixtures.ts';
import { type Front, startFront } from './front.ts';

/** A whole Onym whose events are at a ClickHouse server, of which something goes wrong. */

let path: string;
let front: Front;
let onym: Server;

beforeAll(async () => {
  path = mkdtempSync(join(tmpdir(), 'onym-faults-'));
  front = await startFront(join(path, 'front'));
  onym = await start();
});
afterEach(() => front.become({}));
afterAll(async () => {
  await onym.stop();
  await front.stop();
  rmSync(path, { recursive: true, force: true });
});

function start(): Promise<Server> {
  const config = readConfig({ ONYM_DATA_DIR: join(path, 'data'), ONYM_ENVIRONMENTS: environment });
  return createServer({ config: { ...config, clickhouse: front.server } });
}

async function call(url: string, body: object): Promise<{ status: number; body: Record<string, unknown> }> {
  const authorization = `Bearer ${onym.localSecret}`;
  const answer = await onym.app.inject({ method: 'POST', url, headers: { authorization }, payload: body });
  return { status: answer.statusCode, body: answer.json() };
}

const track = (name: string, ids: readonly string[]) =>
  call(
    '/track',
    ids.map((id) => ({ event: name, distinct_id: id, timestamp: `202${ids.indexOf(id) % 4}-05-01T00:00:00Z` })),
  );
const count = (name: string) =>
  call('/v1/query', {
    environment,
    sql: `SELECT toUInt32(count()) AS n, toUInt32(uniqExact(uuid)) AS uuids FROM events WHERE event = '${name}'`,
  });
const ids = Array.from({ length: 40 }, (_, index) => `someone-${index}`);

test.each([
  ['away', { away: true }],
  ['behind a proxy that answers for it', { proxyError: true }],
  ['losing every answer', { lose: { matching: '.', times: Number.MAX_SAFE_INTEGER } }],
] as const)(
  'a server that is %s: events are acknowledged, reads are told, and then each is there once',
  async (name, faults) => {
    await front.become(faults);
    for (let round = 0; round < 3; round++) expect((await track(name, ids)).status).toBe(200);
    expect((await call('/alias', { distinct_id: `user ${name}`, alias_id: `crm:${name}` })).body).toMatchObject({
      verdict: 'applied',
    });
    for (let round = 0; round < 2; round++) {
      const answer = await count(name);
      expect(answer).toMatchObject({ status: 503, body: { error_code: 'event-store-unavailable' } });
      expect(JSON.stringify(answer.body)).not.toContain('127.0.0.1');
    }
    await front.become({});
    await expect
      .poll(() => count(name), { timeout: 30_000 })
      .toMatchObject({ status: 200, body: { data: [{ n: 120, uuids: 120 }] } });
    expect(
      await call('/v1/query', {
        environment,
        sql: `SELECT canonical_id FROM identities WHERE has(identifiers, 'crm:${name}')`,
      }),
    ).toMatchObject({ body: { data: [{ canonical_id: `user ${name}` }] } });
  },
);

describe('an answer that is lost', () => {
  test.each([
    ['of an insert of events', '^INSERT INTO onym_production_data\\.events'],
    ['of an insert of what is projected', '^INSERT INTO onym_production_data\\.(?:identifiers|pending|links)'],
    ['of a question', '^SELECT'],
  ])('%s is asked for again, and nothing counts twice', async (name, matching) => {
    await front.become({ lose: { matching, times: 2 } });
    expect((await track(name, ids)).status).toBe(200);
    await call('/alias', { distinct_id: `other ${name}`, alias_id: `crm:other ${name}` });
    expect(await count(name)).toMatchObject({ status: 200, body: { data: [{ n: 40, uuids: 40 }] } });
    expect(
      await call('/v1/query', {
        environment,
        sql: `SELECT count() AS n FROM links WHERE secondary_id = 'crm:other ${name}'`,
      }),
    ).toMatchObject({ body: { data: [{ n: 1 }] } });
  });
});

test('a server that says nothing is given up in time, and what it did meanwhile is not done twice', async () => {
  const store = await createEventStore({ path: join(path, 'slow'), server: front.server, silentMaxMs: 500 });
  try {
    await store.prepare(environment);
    const body = encodeEvents(environment, [event('patient'), event('patient')], node);
    await front.ran();
    await front.become({ slow: { matching: '^INSERT INTO', ms: 1_000 } });
    await expect(store.insertEvents(environment, body, 'slow')).rejects.toMatchObject({
      code: 'event-store-unavailable',
    });
    await front.become({});
    await store.insertEvents(environment, body, 'slow');
    const sql = `SELECT count() AS n FROM events WHERE distinct_id = 'patient'`;
    expect(await rows(store, sql)).toEqual([{ n: 2 }]);
    let inserts = 0;
    const ended = async () => {
      inserts += (await front.ran()).filter(({ sql }) =>
        sql.startsWith('INSERT INTO onym_production_data.events '),
      ).length;
      return inserts;
    };
    await expect.poll(ended, { timeout: 30_000 }).toBe(2);
    expect(await rows(store, sql)).toEqual([{ n: 2 }]);
  } finally {
    await store.close();
  }
});

test('a result beyond its limit is refused, whatever the server thought of it, and leaves nothing behind', async () => {
  const large = join(path, 'large');
  const store = await createEventStore({
    path: large,
    server: front.server,
    queryLimits: { queryResultBytesMax: 1024 * 1024 },
  });
  try {
    await store.prepare(environment);
    // The engine counts a constant once, however many rows show it.
    await expect(rows(store, `SELECT repeat('x', 1000) AS s FROM numbers(50000)`)).rejects.toMatchObject({
      code: 'query-too-expensive',
      message: expect.stringContaining('1048576 bytes'),
    });
    expect(readdirSync(join(large, 'scratch'))).toEqual([]);
    expect(await rows(store, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  } finally {
    await store.close();
  }
});

test('settings go with the statement that they are for, bodies and answers are compressed, and users have a user of their own', async () => {
  await front.ran();
  await track('wire', ids);
  await count('wire');
  const statements = await front.ran();
  const insert = statements.find(({ sql }) => sql === `INSERT INTO onym_production_data.events FORMAT JSONEachRow`)!;
  expect(insert).toMatchObject({
    user: front.server.user,
    settings: { insert_deduplication_token: expect.any(String), async_insert: '0' },
    encodings: ['gzip', 'gzip'],
  });
  const asked = statements.find(({ sql }) => sql.includes('/*onym-query:'))!;
  expect(asked).toMatchObject({
    user: front.server.reader.user,
    settings: { readonly: '1', max_execution_time: '30', max_result_rows: '1000000' },
  });
  const others = statements.filter(({ sql }) => sql !== insert.sql);
  expect(others.filter(({ settings }) => 'insert_deduplication_token' in settings)).toEqual([]);
  expect(others.filter(({ user }) => user === front.server.reader.user)).toEqual([asked]);
});

test('a stop and a start while nobody is there keep what waits, and bring it once there is', async () => {
  await front.become({ away: true });
  expect((await track('across', ids)).status).toBe(200);
  await onym.stop();
  onym = await start();
  expect((await track('across', ids)).status).toBe(200);
  expect(await count('across')).toMatchObject({ status: 503, body: { error_code: 'event-store-unavailable' } });
  await front.become({});
  await expect
    .poll(() => count('across'), { timeout: 30_000 })
    .toMatchObject({ status: 200, body: { data: [{ n: 80, uuids: 80 }] } });
});

test('a start that was without it tells those who ask, where it has something else against them once it is there', async () => {
  await front.become({ away: true });
  await onym.stop();
  onym = await start();
  await front.become({ version: '24.8.4.13' });
  expect(await count('late')).toMatchObject({ status: 503, body: { error_code: 'event-store-unavailable' } });
  expect((await track('late', ids)).status).toBe(200);
  await front.become({});
  await expect.poll(() => count('late'), { timeout: 30_000 }).toMatchObject({ body: { data: [{ n: 40, uuids: 40 }] } });
});
