import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { databasesOf } from '../../src/events/databases.ts';
import { openEngine } from '../../src/events/engine/open-engine.ts';
import { createEventStore } from '../../src/events/event-store.ts';
import { environment, event, insert, node, projection, rows, T0, text } from './fixtures.ts';

const path = await mkdtemp(join(tmpdir(), 'onym-migrations-'));
afterAll(() => rm(path, { recursive: true, force: true }));

const profile = (canonicalId: string, traits: string, version: number) => ({
  identity_id: node(canonicalId),
  canonical_id: canonicalId,
  known: true,
  traits,
  identifiers: [canonicalId],
  created_at: T0,
  version,
  deleted: false,
});

/** As the first version left it: without the columns that the second migration adds. */
async function leaveAsFirstVersion(): Promise<void> {
  const first = await createEventStore({ path });
  await first.prepare(environment);
  await insert(first, [
    event('old', { properties: { plan: 'pro', 'a.b': 1 } }),
    event('old', { properties: { n: 2 } }),
  ]);
  await first.project(environment, projection(1, { identities: [profile('old', '{"plan":"pro"}', 1)] }));
  await first.close();
  const engine = await openEngine({ path });
  const { data, open } = databasesOf(environment);
  await engine.command(`DROP VIEW ${open}.events`);
  await engine.command(`DROP VIEW ${open}.identities`);
  await engine.command(`ALTER TABLE ${data}.events DROP COLUMN client_timestamp`);
  await engine.command(`ALTER TABLE ${data}.identities DROP COLUMN traits_raw`);
  await engine.command(`ALTER TABLE ${data}.migrations DELETE WHERE id > 1 SETTINGS mutations_sync = 2`);
  await engine.close();
}

test('data of the first version is read, written beside and exported', async () => {
  await leaveAsFirstVersion();
  const store = await createEventStore({ path });
  await Promise.all([store.prepare(environment), store.prepare(environment)]);

  const old = await store.timeline(environment, [node('old')], { before: null, limit: 10 });
  const byLength = (a: string, b: string) => b.length - a.length;
  expect(old.map(({ properties }) => properties).sort(byLength)).toEqual(['{"plan":"pro","a.b":1}', '{"n":2}']);
  expect(old.map((each) => each.client_timestamp)).toEqual([null, null]);

  const ahead = Date.UTC(2999, 0, 1);
  await insert(store, [event('new', { client_timestamp: ahead })]);
  await store.project(environment, projection(2, { identities: [profile('new', '{"a.b":1,"a":{"b":2}}', 2)] }));
  const [seen] = await store.timeline(environment, [node('new')], { before: null, limit: 1 });
  expect(seen).toMatchObject({ timestamp: T0, client_timestamp: ahead });
  expect(await rows(store, `SELECT client_timestamp, count() AS n FROM events GROUP BY 1 ORDER BY n`)).toEqual([
    { client_timestamp: '2999-01-01T00:00:00.000Z', n: 1 },
    { client_timestamp: null, n: 2 },
  ]);
  expect((await text(store, 'SELECT traits FROM identities ORDER BY canonical_id')).trim()).toBe(
    '{"traits":{"a%2Eb":1,"a":{"b":2}}}\n{"traits":{"plan":"pro"}}',
  );
  const exported: Uint8Array[] = [];
  for await (const chunk of await store.exportTable(environment, 'identities', 'ndjson')) exported.push(chunk);
  const traits = Buffer.concat(exported)
    .toString('utf8')
    .match(/"traits":.*?,"identifiers"/g);
  expect(traits?.sort()).toEqual([
    '"traits":{"a.b":1,"a":{"b":2}},"identifiers"',
    '"traits":{"plan":"pro"},"identifiers"',
  ]);
  await store.close();
});
