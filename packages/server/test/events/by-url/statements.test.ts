import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { snippetsOf } from '../../../../../test-support/markdown.ts';
import type { EngineOptions } from '../../../src/events/engine.ts';
import { createEventStore } from '../../../src/events/event-store.ts';
import type { EventStore, QueryOptions } from '../../../src/events/types.ts';
import { environment, event, insert, mapRow, node, projection, T0, text } from '../fixtures.ts';
import { type Front, startFront } from './front.ts';

/** The same statements over the same data, on every engine. */

const beside = (file: string) => new URL(file, import.meta.url);
const own = readFileSync(beside('statements.sql'), 'utf8')
  .split(/\n\s*\n/)
  .map((paragraph) => paragraph.replace(/^--.*\n?/gm, '').trim());
const documented = snippetsOf(readFileSync(beside('../../../../../docs/sql.md'), 'utf8'))
  .filter(({ kind }) => kind === 'sql')
  .flatMap(({ code }) => code.split(/;\s*$/m))
  .map((statement) => statement.trim());
const statements = [...own, ...documented].filter(
  // Those that need values of their own are left to query-parameters.test.ts.
  (statement) => statement !== '' && !/\{\w+:\s*\w/.test(statement),
);

const engines = ['embedded', 'by URL', 'as a cluster'] as const;
const stores = {} as Record<(typeof engines)[number], EventStore>;
let path: string;
let fronts: Front[];

const uuidOf = (n: number) => `00000000-0000-4000-8000-${n.toString().padStart(12, '0')}`;

async function fill(store: EventStore): Promise<void> {
  await store.prepare(environment);
  const day = 86_400_000;
  const told: [string, string, number, object][] = [
    ['visitor-1', 'page_view', 0, { utm: { source: 'mail' }, n: 1 }],
    ['visitor-1', 'signup', day, { plan: 'pro', amount: 12.5 }],
    ['user_123', 'purchase', 2 * day, { amount: 99.5, order_id: 9007199254740993n, tags: ['a', null, 1] }],
    ['visitor-2', 'page_view', 3, { 'a.b': 1, a: { b: 2 }, 'c.d': 'x' }],
    ['user_9', 'purchase', -400 * day, { amount: 1, deep: { list: [{ x: 1 }, { y: 'z' }] } }],
    ['Zoë 漢字', 'odd', 5, { '🜁': 'it\'s "so"\n' }],
    ['alone', 'odd', 250 * 365 * day, {}],
  ];
  await insert(
    store,
    told.map(([id, name, after, properties], index) =>
      event(id, {
        event: name,
        timestamp: T0 + after,
        uuid: uuidOf(index),
        properties,
        anonymous_id: index % 2 ? null : 'anon',
      }),
    ),
  );
  const identity = (canonical: string, identifiers: string[], traits: string, version: number) => ({
    identity_id: node(canonical),
    canonical_id: canonical,
    known: true,
    traits,
    trait_origins: '{}',
    other_traits: '[]',
    identifiers,
    known_identifiers: [canonical],
    created_at: T0,
    version,
    deleted: false,
  });
  const link = (seq: number, primary_id: string, secondary_id: string) => ({
    seq,
    kind: 'identify',
    primary_id,
    secondary_id,
    status: seq === 3 ? 'held' : 'active',
    reason: seq === 3 ? 'identity-too-large' : null,
    time: T0 + seq,
    key: 'pk_1',
    lib: null,
    batch: null,
    rule: 'identify',
    effective_time: T0,
    waived: [],
    public: true,
    version: seq,
  });
  // Half is folded into the events, half is laid over them.
  await store.project(
    environment,
    projection(1, { identifiers: [mapRow('visitor-2', 'user_9', 1), mapRow('user_9', 'user_9', 1)] }),
  );
  await store.compact(environment, 1);
  await store.project(
    environment,
    projection(3, {
      identifiers: [mapRow('visitor-1', 'user_123', 3), mapRow('user_123', 'user_123', 3)],
      identities: [
        identity('user_123', ['user_123', 'visitor-1'], '{"plan":"pro","n":18446744073709551615}', 3),
        identity('user_9', ['user_9', 'visitor-2'], '{"plan":"free","nested":{"n":1}}', 2),
      ],
      links: [link(1, 'user_9', 'visitor-2'), link(2, 'user_123', 'visitor-1'), link(3, 'user_123', 'crm:1')],
    }),
  );
}

async function open(name: (typeof engines)[number], options: EngineOptions): Promise<void> {
  stores[name] = await createEventStore(options);
  await fill(stores[name]);
}

beforeAll(async () => {
  path = mkdtempSync(join(tmpdir(), 'onym-statements-'));
  fronts = await Promise.all([
    startFront(join(path, 'front')),
    startFront(join(path, 'cluster-front'), { cluster: 'one_shard' }),
  ]);
  await open('embedded', { path: join(path, 'embedded') });
  await open('by URL', { path: join(path, 'url'), server: fronts[0]!.server });
  await open('as a cluster', { path: join(path, 'cluster'), server: fronts[1]!.server });
});
afterAll(async () => {
  for (const store of Object.values(stores)) await store.close();
  for (const front of fronts) await front.stop();
  rmSync(path, { recursive: true, force: true });
});

/** What a caller gets to see, an error included. */
const answer = (store: EventStore, sql: string, format: QueryOptions['format']): Promise<unknown> =>
  text(store, sql, format).catch(({ code, message }) => ({ code, message }));

test('there are statements, of both sources', () => {
  expect(own.length).toBeGreaterThan(30);
  expect(documented.length).toBeGreaterThan(5);
});

test.each(statements)('%s', async (sql) => {
  // Whole views as files too: a file has the types of its columns.
  for (const format of sql.startsWith('SELECT * FROM ')
    ? (['JSONEachRow', 'Parquet'] as const)
    : (['JSONEachRow'] as const)) {
    const answers = await Promise.all(engines.map((engine) => answer(stores[engine], sql, format)));
    expect(Object.fromEntries(engines.map((engine, index) => [engine, answers[index]]))).toEqual(
      Object.fromEntries(engines.map((engine) => [engine, answers[0]])),
    );
  }
});

test('and the same again for a user who has the documented rights alone, asked without the guard', async () => {
  const readable = [];
  for (const sql of statements) {
    const expected = await answer(stores.embedded, sql, 'JSONEachRow');
    // What the guard makes of DESCRIBE and SHOW is Onym's.
    if (typeof expected === 'string' && /^(?:SELECT|WITH)\b/.test(sql)) readable.push({ sql, expected });
  }
  await stores['by URL'].close();
  await fronts[0]!.stop();
  const front = await startFront(join(path, 'front'), { grants: ['GRANT SELECT ON onym_production.*'] });
  fronts[0] = front;
  const { url, user, password } = front.server.reader;
  const client = createClient({
    url,
    username: user,
    password,
    database: 'onym_production',
    log: { level: ClickHouseLogLevel.OFF },
    clickhouse_settings: {
      output_format_json_quote_64bit_integers: 0,
      max_result_rows: '1000000',
      session_timezone: 'UTC',
    },
  });
  const ask = async (query: string) => (await client.query({ query, format: 'JSONEachRow' })).text();
  try {
    expect(readable.length).toBeGreaterThan(25);
    for (const { sql, expected } of readable) expect(await ask(sql), sql).toBe(expected);
    const refusals = [
      'SELECT count() FROM onym_production_data.events',
      'SELECT count() FROM onym_production_data.identifiers',
      `SELECT dictGet('onym_production_data.overlay', 'identity_id', generateUUIDv4())`,
      `SELECT * FROM url('http://127.0.0.1:1/', 'CSV', 'a String')`,
      `SELECT * FROM file('/etc/hostname', 'LineAsString')`,
      'DROP VIEW onym_production.events',
      'INSERT INTO onym_production.events (event) SELECT 1',
      'CREATE TABLE onym_production.mine (a UInt8) ENGINE = Memory',
    ];
    const codes = refusals.map((query) =>
      client.command({ query }).then(
        () => 'done',
        ({ code }) => code,
      ),
    );
    expect(await Promise.all(codes)).toEqual(refusals.map(() => '497'));
  } finally {
    await client.close();
  }
});
