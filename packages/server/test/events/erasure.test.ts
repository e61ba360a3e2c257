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
  identifiers: [canonicalId],
  created_at: T0,
  version,
  deleted,
});

test('erasing takes the events, the map rows and what was replaced in the projection, and nothing else', async () => {
  await insert(store, [event('eve'), event('eve-phone'), event('eve-phone', { timestamp: 0 }), event('adam')]);
  await store.project(
    environment,
    projection(1, {
      identifiers: [mapRow('eve', 'eve', 1), mapRow('eve-phone', 'eve', 1), mapRow('adam', 'adam', 1)],
      identities: [identity('eve', 1, false)],
    }),
  );
  await store.project(environment, projection(2, { identities: [identity('', 2, true)] }));
  const erasure = { distinctIds: ['eve', 'eve-phone'], links: [1], seq: 2, receivedUpTo: T0 + 5 };
  expect(await store.erase(environment, erasure)).toBe(3);
  expect(await rows(store, 'SELECT distinct_id, identity_id FROM events')).toEqual([
    { distinct_id: 'adam', identity_id: node('adam') },
  ]);
  expect((await store.readMap(environment, null, 10)).map(({ distinct_id }) => distinct_id)).toEqual(['adam']);
  expect(await rows(store, 'SELECT * FROM identities')).toEqual([]);
  expect(await store.erase(environment, erasure)).toBe(0);
  expect(await store.erase(environment, { ...erasure, distinctIds: [], links: [] })).toBe(0);

  // The erased id may come back as a stranger.
  await insert(store, [event('eve')]);
  expect(await rows(store, `SELECT identity_id FROM events WHERE distinct_id = 'eve'`)).toEqual([
    { identity_id: node('eve') },
  ]);
});
