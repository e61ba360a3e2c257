import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { databasesOf } from '../../src/events/databases.ts';
import { openEngine } from '../../src/events/engine/open-engine.ts';
import { createEventStore } from '../../src/events/event-store.ts';
import { environment, event, insert, mapRow, node, projection, rows, T0, text } from './fixtures.ts';

const path = await mkdtemp(join(tmpdir(), 'onym-migrations-'));
afterAll(() => rm(path, { recursive: true, force: true }));

const profile = (canonicalId: string, traits: string, version: number) => ({
  identity_id: node(canonicalId),
  canonical_id: canonicalId,
  known: true,
  traits,
  trait_origins: '{}',
  other_traits: '[]',
  known_identifiers: [],
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
  // The projection is made anew.
  const identities = [profile('old', '{"plan":"pro"}', 1), profile('new', '{"a.b":1,"a":{"b":2}}', 2)];
  await store.project(environment, projection(2, { identities }));
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

test('an event store of the second schema is projected anew, and keeps what is folded into its events', async () => {
  const path = await mkdtemp(join(tmpdir(), 'onym-migrations-'));
  const { data } = databasesOf(environment);
  try {
    const before = await createEventStore({ path });
    await before.prepare(environment);
    await insert(before, [event('phone'), event('web')]);
    await before.project(
      environment,
      projection(5, { identifiers: [mapRow('phone', 'web', 5), mapRow('web', 'web', 5)] }),
    );
    expect(await before.compact(environment, 5)).toBe(2);
    await before.close();

    const engine = await openEngine({ path });
    for (const statement of [
      `DROP TABLE ${data}.separations`,
      `ALTER TABLE ${data}.identifiers DROP COLUMN canonical_id, DROP COLUMN identified_seq`,
      `ALTER TABLE ${data}.identities DROP COLUMN trait_origins, DROP COLUMN other_traits, DROP COLUMN known_identifiers`,
      `ALTER TABLE ${data}.links DROP COLUMN rule, DROP COLUMN effective_time, DROP COLUMN waived, DROP COLUMN public`,
      `ALTER TABLE ${data}.migrations DELETE WHERE id > 2 SETTINGS mutations_sync = 2`,
    ]) {
      await engine.command(statement);
    }
    await engine.close();

    const after = await createEventStore({ path });
    await after.prepare(environment);
    expect(await after.projectedSeq(environment)).toBe(0);
    const who = () => rows(after, 'SELECT distinct_id, identity_id FROM events ORDER BY distinct_id');
    const folded = ['phone', 'web'].map((distinct_id) => ({ distinct_id, identity_id: node('web') }));
    expect(await who()).toEqual(folded);
    // In smaller steps than before: the rows' versions are lower, and they count all the same.
    await after.project(
      environment,
      projection(3, { identifiers: [mapRow('phone', 'web', 3), mapRow('web', 'web', 3)] }),
    );
    expect(await who()).toEqual(folded);
    const map = await after.readMap(environment, null, 10);
    expect(map.map(({ distinct_id, canonical_id }) => [distinct_id, canonical_id]).sort()).toEqual([
      ['phone', 'web'],
      ['web', 'web'],
    ]);
    await after.close();
  } finally {
    await rm(path, { recursive: true, force: true });
  }
});
