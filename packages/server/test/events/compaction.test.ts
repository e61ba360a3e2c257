import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodeEvents } from '../../src/events/rows.ts';
import type { EventStore } from '../../src/events/types.ts';
import { environment, event, insert, mapRow, node, openTemporaryStore, projection, rows } from './fixtures.ts';

let store: EventStore;
let remove: () => Promise<void>;

beforeAll(async () => {
  ({ store, remove } = await openTemporaryStore());
});
afterAll(() => remove());

/** distinct_id → identity_id as users see it. */
async function attribution(prefix: string): Promise<Record<string, string[]>> {
  const seen = await rows<{ distinct_id: string; ids: string[] }>(
    store,
    `SELECT distinct_id, groupUniqArray(identity_id) AS ids FROM events WHERE startsWith(distinct_id, '${prefix}')
     GROUP BY distinct_id`,
  );
  return Object.fromEntries(seen.map(({ distinct_id, ids }) => [distinct_id, ids.sort()]));
}

describe('compaction', () => {
  test('changes nothing that a query sees', async () => {
    await insert(store, [event('c1-a'), event('c1-b'), event('c1-c'), event('c1-b', { timestamp: 0 })]);
    await store.project(
      environment,
      projection(10, { identifiers: [mapRow('c1-a', 'c1-a', 10), mapRow('c1-b', 'c1-a', 10)] }),
    );
    const before = await attribution('c1');
    expect(before).toEqual({ 'c1-a': [node('c1-a')], 'c1-b': [node('c1-a')], 'c1-c': [node('c1-c')] });
    expect(await store.compact(environment, 10)).toBe(2);
    expect(await attribution('c1')).toEqual(before);
    expect(await store.compact(environment, 10)).toBe(0);
    expect(await attribution('c1')).toEqual(before);
  });

  test('stops at the seq it is given', async () => {
    await insert(store, [event('c2-a'), event('c2-b')]);
    await store.project(environment, projection(20, { identifiers: [mapRow('c2-a', 'c2-x', 20)] }));
    await store.project(environment, projection(21, { identifiers: [mapRow('c2-b', 'c2-x', 21)] }));
    expect(await store.compact(environment, 20)).toBe(1);
    expect(await attribution('c2')).toEqual({ 'c2-a': [node('c2-x')], 'c2-b': [node('c2-x')] });
    expect(await store.compact(environment, 1_000)).toBe(1);
    expect(await attribution('c2')).toEqual({ 'c2-a': [node('c2-x')], 'c2-b': [node('c2-x')] });
  });

  test('leaves an identifier pending that has a newer row', async () => {
    await insert(store, [event('c3')]);
    await store.project(environment, projection(30, { identifiers: [mapRow('c3', 'c3-old', 30)] }));
    await store.project(environment, projection(31, { identifiers: [mapRow('c3', 'c3-new', 31)] }));
    expect(await store.compact(environment, 30)).toBe(0);
    expect(await attribution('c3')).toEqual({ c3: [node('c3-new')] });
    expect(await store.compact(environment, 31)).toBe(1);
    expect(await attribution('c3')).toEqual({ c3: [node('c3-new')] });
  });

  test('an event drained late, with what the map said at the safe seq, stays right', async () => {
    await store.project(environment, projection(40, { identifiers: [mapRow('c4', 'c4-first', 40)] }));
    await store.project(environment, projection(41, { identifiers: [mapRow('c4', 'c4-second', 41)] }));
    // A drain that read the map at 40 is under way: only 40 may be folded.
    await store.compact(environment, 40);
    await store.insertEvents(
      environment,
      encodeEvents(environment, [event('c4')], () => node('c4-first')),
      'late',
    );
    expect(await attribution('c4')).toEqual({ c4: [node('c4-second')] });
    await store.compact(environment, 41);
    expect(await attribution('c4')).toEqual({ c4: [node('c4-second')] });
  });

  test('an old projection written again does not come back over what was folded', async () => {
    await insert(store, [event('c5')]);
    const old = projection(50, { identifiers: [mapRow('c5', 'c5-old', 50)] });
    await store.project(environment, old);
    await store.project(environment, projection(51, { identifiers: [mapRow('c5', 'c5-new', 51)] }));
    await store.compact(environment, 51);
    await store.project(environment, old);
    expect(await attribution('c5')).toEqual({ c5: [node('c5-new')] });
    expect(await store.projectedSeq(environment)).toBe(51);
    expect((await store.readMap(environment, null, 1_000)).find((row) => row.distinct_id === 'c5')).toEqual(
      mapRow('c5', 'c5-new', 51),
    );
  });

  test('a split after a fold gives the events back', async () => {
    await insert(store, [event('c6')]);
    await store.project(environment, projection(60, { identifiers: [mapRow('c6', 'c6-x', 60)] }));
    await store.compact(environment, 60);
    await store.project(environment, projection(61, { identifiers: [mapRow('c6', 'c6', 61)] }));
    expect(await attribution('c6')).toEqual({ c6: [node('c6')] });
    await store.compact(environment, 61);
    expect(await attribution('c6')).toEqual({ c6: [node('c6')] });
  });

  test('beyond twenty thousand pending identifiers all is found as well', async () => {
    const many = Array.from({ length: 30_000 }, (_, index) => `c7-${index}`);
    await insert(store, [event('c7-0'), event('c7-15000'), event('c7-29999'), event('c7-stranger')]);
    await store.project(environment, projection(70, { identifiers: many.map((id) => mapRow(id, 'c7-x', 70)) }));
    const expected = {
      'c7-0': [node('c7-x')],
      'c7-15000': [node('c7-x')],
      'c7-29999': [node('c7-x')],
      'c7-stranger': [node('c7-stranger')],
    };
    expect(await attribution('c7')).toEqual(expected);
    expect(await store.compact(environment, 70)).toBe(30_000);
    expect(await attribution('c7')).toEqual(expected);
    await store.project(environment, projection(71, { identifiers: [mapRow('c7-0', 'c7-y', 71)] }));
    expect(await attribution('c7')).toEqual({ ...expected, 'c7-0': [node('c7-y')] });
  });
});

test('queries beside drains, projections and compactions never see a state that was not', async () => {
  // Every identifier moves from identity to identity, always all of them at once: at any time the events of both are one person's.
  let version = 1_000;
  let projected = version;
  let done = false;
  let drained = 0;
  /** The map seq that the drain under way has read, as a journal registers it. */
  let registered: number | null = null;
  await store.project(
    environment,
    projection(version, { identifiers: [mapRow('race-a', 'race-0', version), mapRow('race-b', 'race-0', version)] }),
  );
  const drain = async () => {
    while (!done) {
      registered = projected;
      const identityId = node(`race-${registered % 2}`);
      const body = encodeEvents(environment, [event('race-a'), event('race-b')], () => identityId);
      await store.insertEvents(environment, body, `race-${drained}`);
      registered = null;
      drained += 1;
    }
  };
  const projecting = async () => {
    for (let round = 0; round < 40; round += 1) {
      version += 1;
      const canonical = `race-${version % 2}`;
      await store.project(
        environment,
        projection(version, {
          identifiers: [mapRow('race-a', canonical, version), mapRow('race-b', canonical, version)],
        }),
      );
      projected = version;
    }
    done = true;
  };
  const compacting = async () => {
    while (!done) {
      await store.compact(environment, registered ?? projected);
      // With nothing to fold it does no I/O: without a turn for the others this loop would be alone.
      await nextTurn();
    }
  };
  const strangers = new Set<string>();
  const reading = async () => {
    while (!done) {
      const seen = await rows<{ ids: string[] }>(
        store,
        `SELECT groupUniqArray(identity_id) AS ids FROM events WHERE distinct_id IN ('race-a', 'race-b')`,
      );
      for (const id of seen.flatMap(({ ids }) => ids)) {
        if (id !== node('race-0') && id !== node('race-1')) strangers.add(id);
      }
    }
  };
  await Promise.all([drain(), projecting(), compacting(), reading(), reading()]);
  expect([...strangers]).toEqual([]);
  expect(drained).toBeGreaterThan(0);

  const last = node(`race-${version % 2}`);
  expect(await attribution('race')).toEqual({ 'race-a': [last], 'race-b': [last] });
  await store.compact(environment, version);
  expect(await attribution('race')).toEqual({ 'race-a': [last], 'race-b': [last] });
  expect((await store.counts(environment, [node('race-a')])).event_count).toBe(drained);
});
