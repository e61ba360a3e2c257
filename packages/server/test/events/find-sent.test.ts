import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { EventStore, SentEvent, StoredEvent } from '../../src/events/types.ts';
import { environment, event, insert, openTemporaryStore, T0 } from './fixtures.ts';

/** Which events were sent before, by this node or another. */

const dayMs = 24 * 60 * 60_000;

let store: EventStore;
let remove: () => Promise<void>;
beforeAll(async () => {
  ({ store, remove } = await openTemporaryStore());
});
afterAll(() => remove());

const found = async (events: readonly SentEvent[]) =>
  (await store.findSent(environment, events)).map(({ uuid, distinct_id }) => `${uuid} ${distinct_id}`).sort();
const named = (events: readonly StoredEvent[]) => events.map((each) => `${each.uuid} ${each.distinct_id}`).sort();
/** An event whose client gave it no time. */
const untimed = (distinctId: string, at: number, over: Partial<StoredEvent> = {}) => {
  const { properties: _, lossy: __, ...others } = over;
  return event(distinctId, { timestamp: at, received_at: at, ...others });
};

test('an event with a time of its own is found however old it is, and whenever it was received', async () => {
  const events = [T0, Date.UTC(1970, 0, 1), Date.UTC(2012, 5, 1, 23, 59, 59, 999), Date.UTC(2310, 0, 1)].map(
    (timestamp) => event('timed', { timestamp }),
  );
  await insert(store, events);
  const again = events.map((each) => ({ ...each, received_at: each.received_at + 400 * dayMs }));
  expect(await found([...again, event('timed')])).toEqual(named(events));
});

test('the same uuid of another identifier is another event', async () => {
  const one = event('one');
  await insert(store, [one]);
  expect(await found([{ ...one, distinct_id: 'other' }])).toEqual([]);
  expect(await found([{ ...one, distinct_id: 'other' }, one])).toEqual(named([one]));
});

test('an event that counts by its receipt is found where the other is at most a day away, before or after', async () => {
  const first = untimed('untimed', T0 + dayMs / 2);
  await insert(store, [first]);
  const receivedAt = (at: number): StoredEvent => ({ ...first, timestamp: at, received_at: at });
  expect(await found([receivedAt(first.timestamp + dayMs - 1)])).toEqual(named([first]));
  expect(await found([receivedAt(first.timestamp - dayMs + 1)])).toEqual(named([first]));
  expect(await found([receivedAt(first.timestamp + 3 * dayMs)])).toEqual([]);
});

test('an event of a clock that ran ahead counts by its receipt too', async () => {
  const ahead = event('ahead', { timestamp: T0 + 300_000, client_timestamp: T0 + dayMs, received_at: T0 });
  await insert(store, [ahead]);
  const again = { ...ahead, timestamp: ahead.timestamp + 60_000, received_at: T0 + 60_000 };
  expect(await found([again])).toEqual(named([ahead]));
});

test('names, ids and uuids are taken as they are, and thousands at a time', async () => {
  const strange = event(`it's "\\ \u2028 ünï 👩‍🚀`, { event: `a 'name'\\ with ? {x:String}` });
  const many = Array.from({ length: 20_000 }, (_, index) =>
    event(`person ${index}`, { timestamp: T0 + index * 10_000 }),
  );
  await insert(store, [strange, ...many.slice(0, 10_000)]);
  expect(await found([strange, ...many])).toEqual(named([strange, ...many.slice(0, 10_000)]));
  expect(await found([{ ...strange, uuid: randomUUID() }])).toEqual([]);
  expect(await found([])).toEqual([]);
});
