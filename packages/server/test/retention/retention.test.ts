import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ConfigError, readConfig } from '../../src/config.ts';
import { createServer, type Server } from '../../src/server.ts';
import { clientOf, differencesOf } from '../people/support.ts';
import { dataDirectory, onym } from '../system/processes.ts';

const dataDir = dataDirectory();
const dayMs = 86_400_000;
const daysAgo = (days: number) => new Date(Date.now() - days * dayMs).toISOString();

const configOf = (retention?: string) =>
  readConfig({
    ONYM_DATA_DIR: dataDir,
    ONYM_ENVIRONMENTS: 'production,staging',
    ONYM_INITIAL_SECRET_KEY: 'sk_erasure_test_0123456789',
    ONYM_RETENTION_DAYS: retention,
  });

let server: Server;
let api: ReturnType<typeof clientOf>;

async function restart(retention?: string): Promise<void> {
  await server?.stop();
  server = await createServer({ config: configOf(retention) });
  api = clientOf(server);
}

const names = async (environment = 'production') =>
  (await api.post('/v1/query', { environment, sql: 'SELECT event FROM events ORDER BY timestamp' })).data.map(
    ({ event }: { event: string }) => event,
  );
const run = (body: object, query = '') => api.post(`/v1/retention${query}`, body);

const old = { event: 'six years ago', distinct_id: 'user_1', uuid: '00000000-0000-4000-8000-000000000001' };

beforeAll(async () => {
  await restart();
  await api.identify('user_1', 'anonymous-1', { plan: 'pro' });
  await api.post('/track', [
    { ...old, timestamp: daysAgo(6 * 366) },
    { event: 'four years ago', distinct_id: 'anonymous-1', timestamp: daysAgo(4 * 366) },
    { event: '41 days ago', distinct_id: 'user_1', timestamp: daysAgo(41) },
    { event: '39 days ago', distinct_id: 'user_1', timestamp: daysAgo(39) },
    { event: 'now', distinct_id: 'user_1' },
  ]);
  await api.post('/track', { ...old, environment: 'staging', timestamp: daysAgo(6 * 366) });
});
afterAll(() => server.stop());

test('says what would go, and removes nothing', async () => {
  const answer = await run({ days: 40 }, '?dry_run=true');
  expect(answer).toMatchObject({ ok: true, dry_run: true, days: 40, events: 3 });
  expect(answer.years.filter(({ whole }: { whole: boolean }) => whole)).toHaveLength(
    // 41 days ago may lie in the year before.
    answer.years.length - (new Date(Date.now() - 40 * dayMs).getUTCFullYear() === answer.years.at(-1).year ? 1 : 0),
  );
  expect(await names()).toHaveLength(5);
  expect(await run({})).toMatchObject({ ok: false, error_code: 'invalid-payload' });
  expect((await run({})).message).toContain('ONYM_RETENTION_DAYS');
  expect((await api.call('POST', '/v1/retention', { days: 0 })).status).toBe(400);
});

test('a start removes what is older than an environment keeps it, there alone, and people stay', async () => {
  await restart('production=2000');
  for (let left = 200; (await names()).length === 5 && left > 0; left--) await sleep(20);
  expect(await names()).toEqual(['four years ago', '41 days ago', '39 days ago', 'now']);
  expect(await names('staging')).toEqual(['six years ago']);
  expect(await run({ days: 40 })).toMatchObject({ dry_run: false, events: 2 });
  expect(await names()).toEqual(['39 days ago', 'now']);
  expect(await run({ days: 40 })).toMatchObject({ events: 0, years: [] });
  expect(await api.identity('anonymous-1')).toMatchObject({
    canonical_id: 'user_1',
    event_count: 2,
    traits: { plan: 'pro' },
  });
  expect(await differencesOf(server)).toEqual([]);
});

test('an event that comes late goes with the next run; one that was sent before counts once, or goes with it too', async () => {
  await api.post('/track', { ...old, timestamp: daysAgo(6 * 366) });
  // Its uuid is remembered still.
  expect(await names()).toEqual(['39 days ago', 'now']);
  await restart('production=2000');
  await api.post('/track', [
    { ...old, timestamp: daysAgo(6 * 366) },
    { event: 'late', distinct_id: 'user_1', timestamp: daysAgo(50) },
  ]);
  expect(await run({ days: 40 })).toMatchObject({ events: 2 });
  expect(await names()).toEqual(['39 days ago', 'now']);
});

test('the next start misses nothing of what was removed', async () => {
  const log: string[] = [];
  await server.stop();
  const stream = { write: (line: string) => void log.push(line) };
  server = await createServer({ config: configOf(), logger: { level: 'warn', stream } });
  api = clientOf(server);
  expect(log).toEqual([]);
});

test('onym retention, on a directory at rest', async () => {
  await server.stop();
  try {
    const asked = (...args: string[]) => onym(['retention', ...args], { ONYM_DATA_DIR: dataDir });
    expect(await asked('--days', '20', '--dry-run')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^Would go: 1 events of before \S+\.\n/),
    });
    const removed = await asked('--days', '20', '--json');
    expect(JSON.parse(removed.stdout)).toMatchObject({ events: 1, dry_run: false });
    expect(await asked('--days', 'x')).toMatchObject({ code: 2, stderr: expect.stringContaining('no number of days') });
    expect(await asked()).toMatchObject({ code: 2, stderr: expect.stringContaining('No retention is set') });
  } finally {
    server = await createServer({ config: configOf() });
    api = clientOf(server);
  }
  expect(await names()).toEqual(['now']);
}, 60_000);

test.each([
  ['730', { production: 730, staging: 730 }],
  ['production=730', { production: 730 }],
  [' staging=30 , 730', { production: 730, staging: 730 }],
  ['730,staging=30', { production: 730, staging: 30 }],
  ['', {}],
  [undefined, {}],
])('ONYM_RETENTION_DAYS %j', (text, days) => {
  expect(configOf(text).retentionDays).toEqual(days);
});

test.each(['0', '-1', '1.5', 'production', 'production=', 'x=1', 'production=0', '100000'])(
  'ONYM_RETENTION_DAYS %j is refused',
  (text) => {
    expect(() => configOf(text)).toThrow(ConfigError);
  },
);
