import { afterAll, beforeAll, expect, test } from 'vitest';
import type { EventStore } from '../../src/events/types.ts';
import { environment, event, insert, mapRow, node, openTemporaryStore, projection, rows, T0 } from './fixtures.ts';

let store: EventStore;
let remove: () => Promise<void>;

beforeAll(async () => {
  ({ store, remove } = await openTemporaryStore());
});
afterAll(() => remove());

const identity = (canonicalId: string, version: number, deleted: boolean) => ({
  identity_id: node('eve'),
  canonical_id: canonicalId,
  known: true,
  traits: '{}',
  trait_origins: '{}',
  other_traits: '[]',
  identifiers: [canonicalId],
  known_identifiers: [canonicalId],
  created_at: T0,
  version,
  deleted,
});

const apart = (distinct_id: string, separated_from: string, lifted = false) => ({
  distinct_id,
  separated_from,
  seq: 1,
  lifted,
  version: 1,
});

/** Those in force, as the export has them. */
async function separations(): Promise<string[]> {
  let text = '';
  for await (const chunk of await store.exportTable(environment, 'separations', 'ndjson')) text += Buffer.from(chunk);
  const lines = text.split('\n').filter((line) => line !== '');
  return lines
    .map((line) => JSON.parse(line))
    .map((row) => `${row.distinct_id}/${row.separated_from}`)
    .sort();
}

/** Identifiers that hold a text. */
async function holding(text: string): Promise<string[]> {
  const { distinctIds } = await store.identifiersWith(environment, text, 10);
  return [...distinctIds].sort();
}

test('erasing takes the events, the map rows and what was replaced in the projection, and nothing else', async () => {
  await insert(store, [event('eve'), event('eve-phone'), event('eve-phone', { timestamp: 0 }), event('adam')]);
  await store.project(
    environment,
    projection(1, {
      identifiers: [mapRow('eve', 'eve', 1), mapRow('eve-phone', 'eve', 1), mapRow('adam', 'adam', 1)],
      identities: [identity('eve', 1, false)],
      separations: [apart('adam', 'eve'), apart('eve-phone', 'zoe'), apart('adam', 'zoe'), apart('adam', 'ben', true)],
    }),
  );
  expect(await separations()).toEqual(['adam/eve', 'adam/zoe', 'eve-phone/zoe']);
  expect(await holding('EVE')).toEqual(['eve', 'eve-phone']);
  expect((await store.identifiersWith(environment, 'e', 1)).isAll).toBe(false);
  await store.project(environment, projection(2, { identities: [identity('', 2, true)] }));
  const erasure = { distinctIds: ['eve', 'eve-phone'], links: [1], seq: 2, receivedUpTo: T0 + 5 };
  expect(await store.erase(environment, [erasure])).toBe(3);
  expect(await rows(store, 'SELECT distinct_id, identity_id FROM events')).toEqual([
    { distinct_id: 'adam', identity_id: node('adam') },
  ]);
  expect((await store.readMap(environment, null, 10)).map(({ distinct_id }) => distinct_id)).toEqual(['adam']);
  expect(await rows(store, 'SELECT * FROM identities')).toEqual([]);
  expect(await separations()).toEqual(['adam/zoe']);
  expect(await holding('eve')).toEqual([]);
  expect(await store.erase(environment, [erasure])).toBe(0);
  expect(await store.erase(environment, [{ ...erasure, distinctIds: [], links: [] }])).toBe(0);

  // The erased id may come back as a stranger.
  await insert(store, [event('eve')]);
  expect(await holding('eve')).toEqual(['eve']);
  expect(await rows(store, `SELECT identity_id FROM events WHERE distinct_id = 'eve'`)).toEqual([
    { identity_id: node('eve') },
  ]);
});

test('events and rows that came after the erasure stay, and others are no longer said to have had the id', async () => {
  const mine = (distinctId: string, over = {}) => event(distinctId, { anonymous_id: 'kim', device_id: 'kim', ...over });
  await insert(store, [
    event('kim'),
    event('kim', { received_at: T0 + 50 }),
    mine('lee'),
    mine('lee', { received_at: T0 + 50 }),
  ]);
  await store.project(
    environment,
    projection(9, { identifiers: [mapRow('lee', 'kim', 7), mapRow('kim', 'kim', 7), mapRow('kim', 'other', 9)] }),
  );
  await store.project(environment, projection(10, { identifiers: [mapRow('lee', 'lee', 8)] }));
  const erasure = { distinctIds: ['kim', "o'hara \\"], links: [], seq: 8, receivedUpTo: T0 + 5 };
  expect(await store.erase(environment, [erasure])).toBe(1);
  const sql = `SELECT distinct_id, anonymous_id, device_id, identity_id FROM events WHERE distinct_id IN ('kim', 'lee') ORDER BY received_at, distinct_id`;
  expect(await rows(store, sql)).toEqual([
    { distinct_id: 'lee', anonymous_id: null, device_id: null, identity_id: node('lee') },
    { distinct_id: 'kim', anonymous_id: null, device_id: null, identity_id: node('other') },
    { distinct_id: 'lee', anonymous_id: 'kim', device_id: 'kim', identity_id: node('lee') },
  ]);
});

test('takes more ids than one statement has room for, each up to its own moment', async () => {
  const ids = Array.from({ length: 12_000 }, (_, n) => `many-'\\${n}`);
  for (const id of [ids[0]!, ids[9_999]!, ids[11_999]!])
    await insert(store, [event(id), event(id, { received_at: T0 + 50 })]);
  const before = await store.size(environment);
  // Ledger rows with gaps: the moments stay apart.
  const seqOf = (n: number) => 10 + n + 1_000 * Math.floor(n / 400);
  const erasures = ids.map((id, n) => ({ distinctIds: [id], links: [n], seq: seqOf(n), receivedUpTo: T0 + 10 }));
  expect(await store.erase(environment, erasures)).toBe(3);
  expect(await store.size(environment)).toBe(before - 3);
});
