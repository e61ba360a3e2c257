import { randomUUID } from 'node:crypto';
import { cpSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadShop } from '../../src/cli/demo/load-shop.ts';
import { type Engines, startEngines } from '../nodes/engines.ts';
import { type Client, clientOf, type Json } from '../system/client.ts';
import { dataDirectory, onym, type Server, secretKey, serve, startOnym, startServe } from '../system/processes.ts';

/** A data directory is moved to servers; the move is stopped and killed on the way, and what arrives is what was there. */

const shopEvents = 30_000;
const killsMax = 1;
const killAfterMaxMs = 3_000;
const longId = `legacy:${'ü'.repeat(252)}x`;
const oddIds = [longId, `it's \\ "odd"`, '👩‍👧 中文', 'a%2Eb', "'; DROP TABLE ledger; --"];

let engines: Engines;
let source: Server;
let dataDir: string;
/** Made beside the first keys. */
let madeKey: string;
let before: Json;
/** Acknowledged right before the server died. */
const lastIds = ['last-1', 'last-2', 'last-3'];

/** Too soon to have copied all. */
const firstKillMaxMs = 1_500;

const migrate = () => startOnym(['migrate', '--data-dir', dataDir, '--json'], engines.variables);

async function killed(afterMs: number): Promise<void> {
  const run = migrate();
  await Promise.race([sleep(afterMs), run.ended]);
  run.child.kill('SIGKILL');
  await run.ended;
}

beforeAll(async () => {
  dataDir = dataDirectory();
  [engines, source] = await Promise.all([startEngines(), serve({ dataDir })]);
  await fill(source);
  before = await answersOf(source.api);
});
afterAll(() => engines?.stop());

async function fill({ url, api, web }: Server): Promise<void> {
  await loadShop({
    url,
    secretKey,
    events: shopEvents,
    signal: new AbortController().signal,
    progress: () => undefined,
  });
  // Links of each fate, and ids of each kind.
  for (const id of oddIds) {
    await api.posted('/alias', { distinct_id: `odd ${oddIds.indexOf(id)}`, alias_id: id, properties: { $lib: 'odd' } });
    await api.posted('/identify', {
      distinct_id: id,
      traits: { big: 9_007_199_254_740_991, 'a\n"key"': [null, { x: id }] },
    });
    await api.posted('/track', {
      event: `${id.slice(0, 40)}!`,
      distinct_id: id,
      properties: { 'a.b': 1, a: { b: 2 }, no: null },
    });
  }
  await api.request('POST', '/track', {
    body: '{"event":"large","distinct_id":"user_1","properties":{"n":123456789012345678901234567890,"m":9007199254740993,"f":1e300}}',
  });
  // Refused, then held.
  await api.posted('/identify', { distinct_id: 'user_1', anonymous_id: 'user_2' });
  await web.posted('/alias', { distinct_id: 'user_1', alias_id: 'user_2' });
  const { seq } = await api.posted('/alias', { distinct_id: 'user_1', alias_id: 'split_1' });
  await api.posted('/v1/split', { link: seq });
  await api.posted('/v1/separations', { a: 'apart_1', b: 'apart_2' });
  await api.posted('/identify', { distinct_id: 'gone_1', anonymous_id: 'anonymous-gone', traits: { name: 'Gone' } });
  await api.posted('/track', { event: 'gone', distinct_id: 'gone_1' });
  await api.request('DELETE', '/v1/identities/gone_1');
  await api.posted('/identify', { environment: 'staging', distinct_id: 'user_1', traits: { plan: 'staging' } });
  await api.post('/alias', { distinct_id: 'user_1', alias_id: 'guest', note: 'half \ud800 and nul \u0000' });
  await api.posted('/v1/queries', {
    name: 'Odd ünï',
    sql: "SELECT '\n\t', 1",
    chart: { kind: 'bar', x: 'a', y: ['b'] },
  });
  const file = join(dataDirectory(), 'ids.csv');
  writeFileSync(file, 'old_id,new_id\nold_1,user_10\nold_2,user_11\n');
  expect((await onym(['import', file, '--batch', 'old ids', '--data-dir', dataDir])).code).toBe(0);
  const keys = await onym(['keys', 'create', 'made', '--secret', '-e', 'production', '--json', '--data-dir', dataDir]);
  madeKey = (JSON.parse(keys.stdout) as { secret: string }).secret;
}

const people = ['user_1', 'user_2', 'stripe:cus_3', 'old_1', 'split_1', 'apart_1', 'gone_1', ...oddIds];
const pairs = [
  ['user_1', 'split_1'],
  ['old_1', 'user_10'],
  ['odd 0', longId],
];
const queries = [
  'SELECT count(), uniqExact(identity_id), uniqExact(distinct_id) FROM events',
  'SELECT event, count() FROM events GROUP BY event ORDER BY event',
  'SELECT identity_id, count() FROM events GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 100',
  'SELECT round(sum(properties.amount::Nullable(Float64)), 2), count(properties.order_id) FROM events',
  'SELECT * FROM identifiers ORDER BY distinct_id LIMIT 1000',
  'SELECT * FROM identities ORDER BY canonical_id LIMIT 200',
  'SELECT * FROM links ORDER BY seq LIMIT 1000',
];

/** All that a server says of what it holds. Events that only one side has are left out. */
async function answersOf(api: Client): Promise<Json> {
  const sql = (statement: string) =>
    statement.replace('FROM events', "FROM (SELECT * FROM events WHERE event != 'last')");
  const at = (path: string) => api.get(path).then(({ status, body }) => ({ status, body: withoutRequestId(body) }));
  const rows = await Promise.all(queries.map((statement) => api.rows(sql(statement))));
  const profiles = await Promise.all(
    people.map((id) => at(`/v1/identities/${encodeURIComponent(id)}?environment=production`)),
  );
  const timelines = await Promise.all(
    people.map((id) => at(`/v1/identities/${encodeURIComponent(id)}/events?limit=1000`)),
  );
  const explained = await Promise.all(
    pairs.map(([a, b]) => at(`/v1/explain?a=${encodeURIComponent(a!)}&b=${encodeURIComponent(b!)}`)),
  );
  const lists = await Promise.all(['/v1/review', '/v1/conflicts', '/v1/dead-letters', '/v1/queries'].map(at));
  const { findings } = await api.got('/v1/lint');
  const ledgers = { production: await api.ledger(), staging: await api.ledger('staging') };
  return { rows, profiles, timelines, explained, lists, findings, ledgers };
}

const withoutRequestId = ({ request_id: _, ...body }: Json): Json => body;

describe.sequential('onym migrate', () => {
  it('is refused without a target, and while a server uses the directory', async () => {
    const { code, stderr } = await onym(['migrate', '--data-dir', dataDir]);
    expect([code, stderr]).toEqual([
      2,
      'onym: Say where to: --to-postgres and --to-clickhouse, with --to-clickhouse-reader-url.\n',
    ]);
    const used = await migrate().ended;
    expect([used.code, used.stderr]).toMatchObject([2, expect.stringContaining('Another Onym process uses')]);
    expect(existsSync(join(dataDir, 'moved.json'))).toBe(false);
    // What is in the journal alone, when a server dies, is moved as well.
    await source.api.posted(
      '/track',
      lastIds.map((id) => ({ event: 'last', distinct_id: id })),
    );
    await source.kill();
  });

  it('stops behind a piece when it is told to; until it has ended neither side serves', async () => {
    await killed(Math.floor(Math.random() * firstKillMaxMs));
    const run = migrate();
    while (!run.stderr().includes('Copying events of production') && run.child.exitCode === null) await sleep(10);
    run.child.kill('SIGINT');
    const { code, stderr } = await run.ended;
    expect(code).toBe(2);
    expect(stderr).toContain('onym: Stopped before its end. Run the same command again: it goes on where it was.\n');

    const refusals = await Promise.all([
      startServe({ dataDir }).ended,
      onym(['explain', 'user_1', 'user_2', '--data-dir', dataDir]),
      startServe({ dataDir: dataDirectory(), variables: engines.variables }).ended,
    ]);
    for (const refused of refusals) {
      expect([refused.code, refused.stderr]).toMatchObject([
        2,
        expect.stringMatching(/^onym: A move of .* has not ended\./),
      ]);
    }
  });

  it('goes on after it was killed at any moment; says what differs, and has not ended then', async () => {
    const client = new pg.Client({ connectionString: engines.variables.ONYM_POSTGRES_URL! });
    await client.connect();
    try {
      // All rows are there by now. Without this one it can't end, whenever it is killed.
      await client.query("CREATE TABLE kept AS SELECT * FROM onym.api_key WHERE name = 'made'");
      await client.query("DELETE FROM onym.api_key WHERE name = 'made'");
      const delays = Array.from({ length: killsMax }, () => Math.floor(Math.random() * killAfterMaxMs));
      for (const delay of delays) await killed(delay);
      const { code, stdout, stderr } = await migrate().ended;
      expect(code, `killed after ${delays.join(', ')} ms: ${stderr}`).toBe(1);
      expect(JSON.parse(stdout).differences).toEqual([
        { what: 'table', name: 'keys/api_key', expected: '3 rows', found: '2 rows' },
      ]);
      await client.query('INSERT INTO onym.api_key SELECT * FROM kept');
    } finally {
      await client.end();
    }
  });

  it('ends, once, when all has arrived', async () => {
    const { code, stdout } = await migrate().ended;
    expect([code, JSON.parse(stdout)]).toMatchObject([
      0,
      {
        already: false,
        resumed: true,
        quarantined: 0,
        differences: [],
        environments: [
          { environment: 'production', events: expect.any(Number), differences: [] },
          { environment: 'staging', rows: 1, identifiers: 1, events: 0 },
          { environment: 'development', rows: 0 },
        ],
      },
    ]);
    const again = await migrate().ended;
    expect([again.code, JSON.parse(again.stdout)]).toMatchObject([0, { already: true }]);
  });

  it('is verified from any machine', async () => {
    const runs = ['production', 'staging'].map((environment) =>
      onym(['verify', '-e', environment, '--json', '--data-dir', join(dataDirectory(), 'none')], engines.variables),
    );
    for (const { code, stdout } of await Promise.all(runs)) {
      expect([code, JSON.parse(stdout)]).toMatchObject([0, { differences: [] }]);
    }
  });

  it('leaves a directory that no longer serves by itself, and takes no other one', async () => {
    const { code, stderr } = await startServe({ dataDir }).ended;
    expect([code, stderr]).toMatchObject([2, expect.stringContaining(' was moved to PostgreSQL postgres://onym@')]);
    expect(stderr).not.toContain('onym:onym');
    const other = join(dataDirectory(), 'other');
    cpSync(dataDir, other, { recursive: true });
    rmSync(join(other, 'moved.json'));
    const moved = await onym(['migrate', '--data-dir', other], engines.variables);
    const served = await startServe({ dataDir: other, variables: engines.variables }).ended;
    expect([moved.code, moved.stderr]).toMatchObject([2, expect.stringContaining('holds what was moved from another')]);
    expect([served.code, served.stderr]).toMatchObject([2, expect.stringContaining('holds a ledger of its own')]);
  });

  it('every answer is the same as before, and life goes on', async () => {
    // The directory that was moved goes on as a node's.
    const server = await serve({ dataDir, variables: engines.variables });
    const { api } = server;
    const after = await answersOf(api);
    for (const what of Object.keys(before)) expect(after[what], what).toEqual(before[what]);
    for (const id of lastIds) {
      expect(await api.got(`/v1/identities/${id}/events`)).toMatchObject({ events: [{ event: 'last' }] });
    }
    const made = clientOf(server.url, madeKey);
    const { seq } = await made.posted('/alias', { distinct_id: 'user_5', alias_id: `new_${randomUUID()}` });
    expect(seq).toBe(before.ledgers.production.at(-1).seq + 1);

    const login = before.ledgers.production.find(
      ({ op, link }: Json) =>
        op === 'identify' && link?.verdict === 'applied' && /^anonymous-\d+$/.test(link.secondary_id),
    );
    const { primary_id: user, secondary_id: visitor } = login.link;
    const split = await api.posted('/v1/split', { link: login.seq });
    expect(split).toMatchObject({ verdict: 'applied', still_connected: false });
    const [{ apart }] = await api.rows(
      `SELECT uniqExactIf(identity_id, distinct_id = '${user}') = 1 AND uniqExact(identity_id) = 2 AS apart
       FROM events WHERE distinct_id IN ('${user}', '${visitor}')`,
    );
    expect(Number(apart)).toBe(1);
    expect(await api.posted('/v1/revert', { batch: 'old ids' })).toMatchObject({ revoked: 2 });
    const { code } = await onym(['verify', '--data-dir', dataDir], engines.variables);
    expect(code).toBe(0);
    await server.stop();
  });
});
