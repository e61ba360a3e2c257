import { cpSync, existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { listening } from '../../../../test-support/listening.ts';
import { eventually } from '../system/client.ts';
import { missing, newSent, sendAgain, startLoad } from '../system/load.ts';
import { dataDirectory, onym, onymOnTerminal, type Server, serve, startOnym, startServe } from '../system/processes.ts';
import { type Engines, startEngines } from './engines.ts';

/** What becomes of acknowledged events where nodes share their engines, and one of them, or an engine, goes. */

let engines: Engines;
let variables: Record<string, string | undefined>;
beforeAll(async () => {
  engines = await startEngines();
  variables = { ...engines.variables, ONYM_ENVIRONMENTS: 'production' };
});
afterEach(() => engines.front.become({}));
afterAll(() => engines?.stop());

const lookups = 'AS e PREWHERE';
const inserts = '^INSERT INTO onym_production_data\\.events ';
const straight = () => ({ ...variables, ONYM_ACKNOWLEDGE: 'event-store' });

const named = (name: string, count: number) =>
  Array.from({ length: count }, (_, n) => ({
    event: name,
    distinct_id: `${name}-${n % 7}`,
    uuid: `00000000-0000-4000-8000-${Buffer.from(`${name}${n}`).toString('hex').slice(-12).padStart(12, '0')}`,
    // Of every other one the client says no time.
    ...(n % 2 === 0 ? { timestamp: '2026-03-01T10:00:00.123Z' } : {}),
  }));
const countOf = async ({ api }: Server, name: string) =>
  api.rows(`SELECT toUInt32(count()) AS n, toUInt32(uniqExact(uuid)) AS uuids FROM events WHERE event = '${name}'`);

test('nodes without a disk: what they acknowledged survives kill -9, and what is sent again to another counts once', async () => {
  const sent = newSent();
  for (const requests of [20, 60]) {
    const node = await serve({ variables: straight() });
    const load = startLoad(node.api, node.web, sent);
    await eventually(async () => load.acknowledged() >= requests, `${requests} requests answered`, 60_000);
    await node.kill();
    await load.stop();
    expect(load.failures).toEqual([]);
    expect(existsSync(`${node.dataDir}/journal/journal.sqlite`)).toBe(false);
  }
  const node = await serve({ variables: straight() });
  expect(sent.named.size).toBeGreaterThan(100);
  expect(await missing(node.api, sent)).toEqual([]);
  await sendAgain(node.api, sent);
  expect(await missing(node.api, sent)).toEqual([]);
  expect(await node.stop()).toMatchObject({ code: 0, stderr: '' });
});

test('a node without a disk whose event store is away is not ready, and is again by itself: a call that waited is answered', async () => {
  const node = await serve({ variables: straight() });
  await engines.front.become({ away: true });
  const waiting = node.web.posted('/track', named('later', 3));
  await eventually(async () => (await node.api.get('/readyz')).status === 503, 'not ready');
  expect(await node.api.get('/readyz')).toMatchObject({
    body: { message: expect.stringContaining('the event store') },
  });
  expect(await node.web.posted('/alias', { distinct_id: 'user_later', alias_id: 'crm:later' })).toMatchObject({
    verdict: 'applied',
  });
  await engines.front.become({});
  await waiting;
  await eventually(async () => (await node.api.get('/readyz')).status === 200, 'ready again');
  await node.api.posted('/track', named('later', 4));
  expect(await countOf(node, 'later')).toEqual([{ n: 4, uuids: 4 }]);
  await node.stop();
});

test('an event that is sent again to another node counts once', async () => {
  const [one, other] = await Promise.all([serve({ variables }), serve({ variables })]);
  await one.api.posted('/track?sync=true', named('again', 20));
  await other.api.posted('/track?sync=true', named('again', 30));
  expect(await countOf(other, 'again')).toEqual([{ n: 30, uuids: 30 }]);
  expect((await other.api.get('/metrics')).text).toContain('onym_events_repeated_total 20\n');
  await Promise.all([one.stop(), other.stop()]);
});

describe('while ClickHouse is away', () => {
  test('a node that has served starts, acknowledges into its journal, and brings all of it once it is back', async () => {
    const before = await serve({ variables });
    await before.api.posted('/alias', { distinct_id: 'user_away', alias_id: 'crm:away' });
    await before.stop();
    await engines.front.become({ away: true });
    const node = await serve({ dataDir: before.dataDir, variables });
    expect(node.output()).toContain('does not answer');
    await node.api.posted('/track', named('away', 10));
    expect(await node.api.get('/readyz')).toMatchObject({ status: 200 });
    expect(await node.api.post('/v1/query', { environment: 'production', sql: 'SELECT 1' })).toMatchObject({
      status: 503,
      body: { error_code: 'event-store-unavailable' },
    });
    expect(await node.api.get('/metrics')).toMatchObject({
      status: 200,
      text: expect.stringContaining('onym_journal_bytes'),
    });
    await engines.front.become({});
    await eventually(async () => (await countOf(node, 'away').catch(() => []))[0]?.n === 10, 'the events are there');
    expect(await countOf(node, 'away')).toEqual([{ n: 10, uuids: 10 }]);
    expect(await node.stop()).toMatchObject({ code: 0, stderr: '' });
  });

  test('a first start says what is missing, in one line, and ends', async () => {
    await engines.front.become({ away: true });
    const { ended } = startServe({
      dataDir: dataDirectory(),
      variables: { ...variables, ONYM_POSTGRES_SCHEMA: 'fresh' },
    });
    expect(await ended).toMatchObject({
      code: 75,
      stderr: expect.stringMatching(/^onym: ONYM_CLICKHOUSE_URL \S+ does not answer [^\n]*\n$/),
    });
  });
});

test('a start while PostgreSQL is away says so in one line, and ends', async () => {
  const probe = createServer();
  const port = await listening(probe);
  await new Promise((resolve) => probe.close(resolve));
  const { ended } = startServe({
    dataDir: dataDirectory(),
    variables: { ...variables, ONYM_POSTGRES_URL: `postgres://onym:secret@127.0.0.1:${port}/postgres` },
  });
  const { code, stderr } = await ended;
  expect({ code, stderr }).toEqual({
    code: 75,
    stderr: expect.stringMatching(
      /^onym: ONYM_POSTGRES_URL \(postgres:\/\/onym@127.*\) does not answer \(.*ECONNREFUSED.*Is PostgreSQL up.*\n$/,
    ),
  });
});

describe('onym drain', () => {
  const count = 500;
  let node: Server;
  /** Copies of the data directory of a node that was killed with `count` events in its journal alone. */
  let copies: string[];
  beforeAll(async () => {
    const killed = await serve({ variables });
    await engines.front.become({ away: true });
    await killed.api.posted('/track', named('adopted', count));
    await killed.kill();
    await engines.front.become({});
    copies = Array.from({ length: 3 }, () => {
      const copy = dataDirectory();
      cpSync(killed.dataDir, copy, { recursive: true });
      return copy;
    });
    node = await serve({ variables });
  });
  afterAll(() => node?.stop());

  const drain = (dataDir: string, ...more: string[]) => onym(['drain', dataDir, ...more], variables);

  test('while the event store is away it says so, and may be run again', async () => {
    await engines.front.become({ away: true });
    expect(await drain(copies[0]!)).toMatchObject({
      code: 75,
      stdout: '',
      stderr: expect.stringMatching(/^onym: ONYM_CLICKHOUSE_URL \S+ does not answer [^\n]*\n$/),
    });
  });

  test('told to stop, it stops after what is under way, and says how it goes on', async () => {
    await engines.front.become({ lose: { matching: lookups, times: Number.MAX_SAFE_INTEGER } });
    await engines.front.ran();
    const { child, ended } = startOnym(['drain', copies[0]!], variables);
    await untilRun(lookups);
    child.kill('SIGINT');
    expect(await ended).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(
        /onym: Stopped before its end\. Run the same command again: it goes on from here\.\n$/,
      ),
    });
  });

  test('killed when its insert had arrived, and run again: every acknowledged event is there once', async () => {
    await engines.front.become({ lose: { matching: inserts, times: Number.MAX_SAFE_INTEGER } });
    await engines.front.ran();
    const first = startOnym(['drain', copies[0]!], variables);
    await untilRun(inserts);
    first.child.kill('SIGKILL');
    await first.ended;

    await engines.front.become({});
    const second = await drain(copies[0]!, '--json');
    expect(second).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(second.stdout)).toEqual({
      data_dir: copies[0],
      journal: expect.stringMatching(/^[0-9a-f-]{36}$/),
      drained: 0,
      repeated: count,
      quarantined: 0,
    });
    expect(await countOf(node, 'adopted')).toEqual([{ n: count, uuids: count }]);
    expect(await drain(copies[0]!)).toMatchObject({
      code: 0,
      stderr: '',
      stdout: `The journal of ${copies[0]} is empty: 0 events brought to the event store.\n`,
    });
  });

  test('a copy of a journal brings nothing twice, and a client that sends again elsewhere is counted once', async () => {
    await node.api.posted('/track?sync=true', named('adopted', count + 1));
    expect(await onymOnTerminal(['drain', copies[1]!], variables)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(`0 events brought to the event store. ${count} events had come there before.`),
    });
    expect(await countOf(node, 'adopted')).toEqual([{ n: count + 1, uuids: count + 1 }]);
  });

  test('refuses what is no journal of a node that is gone', async () => {
    expect(await drain(node.dataDir)).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(
        /^onym: Another Onym process uses the data directory .* onym drain is for a node that is gone\.\n$/,
      ),
    });
    const nowhere = `${dataDirectory()}/nowhere`;
    expect(await drain(nowhere)).toMatchObject({
      code: 2,
      stderr: `onym: There is no journal in ${nowhere}. Give the data directory of the node that is gone.\n`,
    });
    expect(existsSync(nowhere)).toBe(false);
    expect(await onym(['drain', copies[2]!])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('set ONYM_POSTGRES_URL and ONYM_CLICKHOUSE_URL'),
    });
    expect(await onym(['drain', copies[2]!], { ...variables, ONYM_POSTGRES_SCHEMA: 'another' })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('events of the environment production, which is not at ONYM_POSTGRES_URL'),
    });
    expect(await onym(['drain'], variables)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("missing required argument 'directory'"),
    });
  });

  const untilRun = (statement: string) =>
    eventually(
      async () => (await engines.front.ran()).some(({ sql }) => new RegExp(statement).test(sql)),
      `the statement ${statement} was run`,
    );
});
