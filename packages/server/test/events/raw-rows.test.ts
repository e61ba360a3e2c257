import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { EventStore, RawPlace } from '../../src/events/types.ts';
import { parseExact } from '../../src/exact-json/parse.ts';
import { environment, event, insert, node, openTemporaryStore, T0, text } from './fixtures.ts';
import { odd } from './odd-properties.ts';

/** Rows that are read raw and inserted again are the same rows. */

const copy = 'copy';
let store: EventStore;
let remove: () => Promise<void>;

beforeAll(async () => {
  ({ store, remove } = await openTemporaryStore());
  await store.prepare(copy);
});
afterAll(() => remove());

/** As they were sent, whatever the column keeps of them. */
async function exported(where: string): Promise<string[]> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of await store.exportTable(where, 'events', 'ndjson')) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8').split('\n').sort();
}

/** What SQL sees of the properties. Of an array the engine makes what goes with the other rows of an insert. */
const columns = `SELECT uuid, arraySort(arrayMap((key, type) -> (key, if(type LIKE 'Array%', 'Array', type)),
  mapKeys(JSONAllPathsWithTypes(properties)), mapValues(JSONAllPathsWithTypes(properties)))) AS paths
  FROM events ORDER BY uuid`;

it('every column, in chunks that end anywhere, whatever the properties are', async () => {
  const twice = event('twice', { timestamp: T0 - 86_400_000 });
  const events = [
    ...Object.entries(odd).map(([name, json]) => event(`odd ${name}`, { properties: parseExact(json) })),
    event(`quotes ' " \\ \t \n`, {
      event: `it's\\new\tline\n`,
      anonymous_id: 'anon\\',
      device_id: `d'`,
      session_id: '\t',
    }),
    event('ahead', { client_timestamp: T0 + 1e12, timestamp: Date.UTC(2299, 11, 31), received_at: T0 }),
    event('before there was time', { timestamp: Date.UTC(1900, 0, 1) }),
    event('x'.repeat(512), { properties: { a: [1, 2.5], b: [true, null], c: 0.1 + 0.2, d: 1e-9, e: -1.5 } }),
    ...Array.from({ length: 25 }, () => event('same moment', { event: 'same' })),
    ...Array.from({ length: 12 }, () => twice),
  ];
  // Two parts in one year, and a lone row that the engine refuses, which then has its properties as text alone.
  await insert(store, events.slice(0, 20));
  await insert(store, events.slice(20));
  const bare = `{"uuid":"${randomUUID()}","timestamp":${T0},"received_at":${T0},"event":"bare","properties":{"a":${'9'.repeat(30)}},"distinct_id":"bare","node_id":"${node('bare')}","identity_id":"${node('bare')}"}\n`;
  await store.insertEvents(environment, Buffer.from(bare), 'bare');

  let after: RawPlace | null = null;
  let chunks = 0;
  for (;;) {
    const range = { after, rowsMax: 7, bytesMax: 100_000 };
    const chunk = await store.rawRows(environment, { ...range, upTo: null });
    if (chunk === null) break;
    // A chunk that is named by where it ends is the same again.
    const again = await store.rawRows(environment, { ...range, upTo: chunk.last });
    expect(again!.rows).toBe(chunk.rows);
    await store.insertEvents(copy, again!.ndjson, `copy-${chunks++}`);
    await store.insertEvents(copy, chunk.ndjson, `copy-${chunks - 1}`);
    after = chunk.last;
  }
  expect(chunks).toBeGreaterThan(10);
  expect(await store.tally(copy)).toEqual(await store.tally(environment));
  expect(await store.eventCount(copy)).toBe(events.length + 1);
  expect(await exported(copy)).toEqual(await exported(environment));
  expect(await text(store, columns, 'JSONEachRow', copy)).toBe(await text(store, columns));
});

it('an empty environment has none', async () => {
  await store.prepare('empty');
  expect(await store.rawRows('empty', { after: null, upTo: null, rowsMax: 10, bytesMax: 10 })).toBeNull();
  expect(await store.tally('empty')).toMatchObject({ events: 0 });
});
