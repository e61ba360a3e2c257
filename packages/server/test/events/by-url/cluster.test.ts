import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { startZooKeeper, type ZooKeeper } from '../../../../../test-support/zookeeper.ts';
import { databasesOf } from '../../../src/events/databases.ts';
import { clusterDialect, embeddedDialect } from '../../../src/events/engine/dialects.ts';
import { openEngine } from '../../../src/events/engine/open-engine.ts';
import type { Dialect, Engine } from '../../../src/events/engine.ts';
import { createEventStore } from '../../../src/events/event-store.ts';
import { migrate } from '../../../src/events/migrations.ts';
import { replaceEventsView, replaceProjectionViews } from '../../../src/events/views.ts';
import { environment, event, insert, mapRow, projection, rows } from '../fixtures.ts';
import { startFront } from './front.ts';
import type { Ran } from './front-options.ts';

let path: string;

beforeAll(() => {
  path = mkdtempSync(join(tmpdir(), 'onym-cluster-'));
});
afterAll(() => rmSync(path, { recursive: true, force: true }));

const databases = databasesOf(environment);

/** All that is said on every node before the first event. */
async function schemaOf(dialect: Dialect): Promise<string[]> {
  const said: string[] = [];
  const engine = {
    dialect,
    exclusive: dialect === embeddedDialect,
    everywhere: async (sql: string) => void said.push(sql),
    command: async () => {},
    rows: async () => [],
  } as unknown as Engine;
  await migrate(engine, databases);
  await replaceEventsView(engine, databases, engine.exclusive ? 'small' : 'counted');
  await replaceProjectionViews(engine, databases);
  return said.map((sql) => sql.replace(/\s+/g, ' '));
}

const cluster = () => schemaOf(clusterDialect('main', { user: 'onym', password: 'secret' }));

describe('the schema', () => {
  test('of a cluster', async () => {
    await expect((await cluster()).join('\n\n')).toMatchFileSnapshot('cluster-schema.snap.sql');
  });

  test('in the process, which released versions have made', async () => {
    await expect((await schemaOf(embeddedDialect)).join('\n\n')).toMatchFileSnapshot('embedded-schema.snap.sql');
  });

  test('of a cluster needs no queue of it', async () => {
    for (const sql of await cluster()) expect(sql).not.toMatch(/ON CLUSTER/);
  });
});

let zookeeper: ZooKeeper | null = null;
try {
  zookeeper = await startZooKeeper();
} catch (error) {
  test('ZooKeeper starts', () => {
    throw error;
  });
}
afterAll(() => zookeeper?.stop());

// Without ZooKeeper, which startZooKeeper says on stderr, there is nobody to keep the replicas.
describe.skipIf(zookeeper === null)('replicated tables, kept by ZooKeeper', () => {
  test('are made as they are written, by an engine that checks each, and made again they are the same', async () => {
    const front = await startFront(join(path, 'replicated'), { cluster: 'main', zookeeper: zookeeper!.port });
    onTestFinished(() => front.stop());
    const engine = await openEngine({ path: join(path, 'replicated-store'), server: front.server });
    onTestFinished(() => engine.close());
    for (let round = 0; round < 2; round++) {
      // To be altered, and noted down, takes an active replica: there is none in this build. The cluster's suites alter plain tables.
      const made = (await schemaOf(engine.dialect)).filter((sql) => /^CREATE (?!.*\bVIEW\b)/.test(sql));
      for (const sql of made) await engine.everywhere(sql);
    }
    const tables = await engine.rows<{ name: string; engine: string; full: string }>(
      `SELECT name, engine, engine_full AS full FROM system.tables WHERE database = '${databases.data}' AND engine LIKE '%MergeTree' ORDER BY name`,
    );
    expect(tables.map(({ name, engine }) => `${name} ${engine}`)).toEqual([
      'events_local ReplicatedMergeTree',
      'identifiers ReplicatedReplacingMergeTree',
      'identities ReplicatedReplacingMergeTree',
      'links ReplicatedReplacingMergeTree',
      'migrations ReplicatedReplacingMergeTree',
      'pending ReplicatedReplacingMergeTree',
      'separations ReplicatedReplacingMergeTree',
      'state ReplicatedReplacingMergeTree',
    ]);
    const paths = await engine.rows<{ table: string; zookeeper_path: string; replica_name: string }>(
      `SELECT table, zookeeper_path, replica_name FROM system.replicas WHERE database = '${databases.data}' ORDER BY table`,
    );
    const place = `/clickhouse/tables/onym/${databases.data}`;
    expect(paths[0]).toEqual({
      table: 'events_local',
      zookeeper_path: `${place}/events_local/1`,
      replica_name: 'a',
    });
    for (const { table, ...rest } of paths.slice(1)) {
      expect(rest).toEqual({ zookeeper_path: `${place}/${table}`, replica_name: '1-a' });
    }
    expect(await zookeeper!.nodes()).toBeGreaterThan(8 * 10);
  });
});

describe('on two shards of two replicas', () => {
  const nodes = [
    ['127.0.0.1', '127.0.0.2'],
    ['127.0.0.3', '127.0.0.4'],
  ];
  const statements: Ran[] = [];

  beforeAll(async () => {
    const front = await startFront(join(path, 'nodes'), { cluster: 'main', nodes });
    const store = await createEventStore({ path: join(path, 'nodes-store'), server: front.server });
    try {
      await store.prepare(environment);
      await insert(store, [event('a'), event('b')]);
      await store.project(environment, projection(1, { identifiers: [mapRow('a', 'b', 1), mapRow('b', 'b', 1)] }));
      await rows(store, 'SELECT count() FROM events');
      await store.compact(environment, 1);
      await store.erase(environment, [{ distinctIds: ['a'], links: [], seq: 2, receivedUpTo: Date.now() }]);
      statements.push(...(await front.ran()));
    } finally {
      await store.close();
      await front.stop();
    }
  });

  const hostsOf = (sql: RegExp) => [
    ...new Set(statements.filter((statement) => sql.test(statement.sql)).map(({ host }) => host)),
  ];

  test.each([
    ['databases', /^CREATE DATABASE/],
    ['tables', /^CREATE TABLE/],
    ['columns', /^ALTER TABLE \S+ ADD COLUMN/],
    ['views', /^CREATE OR REPLACE VIEW/],
    ['dictionaries', /^CREATE DICTIONARY IF NOT EXISTS/],
    ['what dictionaries hold', /^SYSTEM RELOAD DICTIONARY/],
    ['waiting for what they read', /^SYSTEM SYNC REPLICA \S+\.pending/],
  ])('each node is told of its own %s', (_, sql) => {
    expect(hostsOf(sql).sort()).toEqual(nodes.flat());
  });

  test.each([
    ['folding identities in', /^UPDATE onym_production_data\.events_local/],
    ['applying what was folded', /^ALTER TABLE onym_production_data\.events_local APPLY PATCHES/],
    ['erasing', /^ALTER TABLE onym_production_data\.events_local DELETE/],
  ])('one replica of each shard does the %s', (_, sql) => {
    expect(hostsOf(sql).sort()).toEqual(['127.0.0.1', '127.0.0.3']);
  });

  test('a node waits until it has the rows, then loads them; when all have, it is said that they are projected', () => {
    const said = (sql: RegExp) => statements.findIndex((one) => sql.test(one.sql));
    const loaded = /^SYSTEM RELOAD DICTIONARY \S+\.overlay/;
    for (const host of nodes.flat()) {
      const of = statements.filter((statement) => statement.host === host).map(({ sql }) => sql);
      const waits = of.findIndex((sql) => /^SYSTEM SYNC REPLICA \S+\.pending/.test(sql));
      const loads = of.findIndex((sql, index) => index > waits && loaded.test(sql));
      expect(waits).toBeGreaterThan(-1);
      expect(loads).toBeGreaterThan(waits);
      const load = statements.indexOf(statements.filter((statement) => statement.host === host)[loads]!);
      expect(load).toBeLessThan(said(/INSERT INTO \S+\.state VALUES \('projected'/));
    }
  });

  test('what is dropped has reached each node before a row of it is deleted', () => {
    const said = (sql: RegExp) => statements.findIndex((one) => sql.test(one.sql));
    const dropped = said(/INSERT INTO \S+\.state VALUES \('dropped'/);
    const deleted = said(/^ALTER TABLE \S+\.pending DELETE/);
    const between = statements.slice(dropped, deleted).filter(({ sql }) => /^SYSTEM SYNC REPLICA \S+\.state/.test(sql));
    expect(dropped).toBeGreaterThan(-1);
    expect(between.map(({ host }) => host).sort()).toEqual(nodes.flat());
  });

  test('inserts go through the table over the shards, and are there when they are acknowledged', () => {
    const [into] = statements.filter(({ sql }) => /^INSERT INTO \S+\.events /.test(sql));
    expect(into).toMatchObject({
      sql: 'INSERT INTO onym_production_data.events FORMAT JSONEachRow',
      settings: { distributed_foreground_insert: '1', insert_deduplication_token: expect.any(String) },
    });
  });
});
