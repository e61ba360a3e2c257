import { describe, expect, test } from 'vitest';
import { ndjson, read } from '../reading.ts';

const timestamp = '2026-01-02T03:04:05.678Z';
const base = {
  event_type: 'Order Completed',
  user_id: 'user_1',
  device_id: 'dev-1R',
  event_time: '2026-01-02 03:04:05.678000',
  client_event_time: '2026-01-02 03:04:01.000000',
  server_received_time: '2026-01-02 03:04:09.000000',
  event_properties: { total: 9.5 },
  user_properties: { plan: 'pro' },
  session_id: 1_767_323_000_000,
  $insert_id: 'i1',
  uuid: 'e7f6',
  city: 'Ulm',
};
const calls = async (...rows: object[]) => {
  const answer = await read(ndjson(...rows));
  expect(answer.invalid).toEqual([]);
  return answer.rows.map((row) => row.map(({ call, item }) => ({ call, ...item })));
};

test('an event: its ids, its time, and the user’s properties as traits', async () => {
  expect(await calls(base)).toEqual([
    [
      { call: 'identify', distinct_id: 'user_1', traits: { plan: 'pro' }, timestamp },
      {
        call: 'track',
        event: 'Order Completed',
        distinct_id: 'user_1',
        anonymous_id: 'dev-1R',
        device_id: 'dev-1R',
        session_id: '1767323000000',
        properties: { total: 9.5 },
        timestamp,
        uuid: 'i1',
      },
    ],
  ]);
});

test('before login the device has the traits, and nobody is known', async () => {
  const [row] = await calls({ ...base, user_id: null, session_id: -1, $insert_id: null });
  expect(row).toEqual([
    { call: 'identify', anonymous_id: 'dev-1R', traits: { plan: 'pro' }, timestamp },
    {
      call: 'track',
      event: 'Order Completed',
      anonymous_id: 'dev-1R',
      device_id: 'dev-1R',
      properties: { total: 9.5 },
      timestamp,
      uuid: 'e7f6',
    },
  ]);
});

test('properties that every event repeats are said once', async () => {
  const rows = await calls(
    base,
    { ...base, $insert_id: 'i2' },
    { ...base, $insert_id: 'i3', user_properties: { plan: 'free' } },
  );
  expect(rows.map((row) => row.length)).toEqual([2, 1, 2]);
});

test('$identify sets traits by operations and is no event', async () => {
  const user_properties = {
    $set: { plan: 'pro' },
    $setOnce: { first: '/a' },
    $unset: { old: '-' },
    $add: { visits: 1 },
  };
  const answer = await read(ndjson({ ...base, event_type: '$identify', user_properties }));
  expect(answer.rows).toEqual([
    [
      {
        call: 'identify',
        item: {
          distinct_id: 'user_1',
          anonymous_id: 'dev-1R',
          traits: { plan: 'pro', old: null },
          traits_once: { first: '/a' },
          timestamp,
        },
      },
    ],
  ]);
  expect(answer.ignored).toContain('user_properties.$add');
});

test('$groupidentify costs itself alone', async () => {
  const { rows, invalid } = await read(ndjson(base, { ...base, event_type: '$groupidentify' }));
  expect([rows.length, invalid.length]).toEqual([1, 1]);
});

describe('is known by its shape', () => {
  test('JSON lines; unused columns are named, and taken when asked for', async () => {
    const answer = await read(ndjson(base));
    expect(answer.sentence).toBe('Amplitude events export, JSON lines: 1 row.');
    expect(answer.ignored).toEqual(['city']);
    const all = await read(ndjson(base), { traits: ['*'] });
    expect(all.rows[0]!.at(-1)!.item.properties).toEqual({ total: 9.5, city: 'Ulm' });
  });

  test('CSV of a warehouse', async () => {
    const file = `EVENT_TYPE,USER_ID,DEVICE_ID,EVENT_TIME,EVENT_PROPERTIES,USER_PROPERTIES\nvisit,user_1,d1,2026-01-02 03:04:05.678,"{""a"":1}","{""plan"":""pro""}"\n`;
    const answer = await read(file);
    expect(answer.sentence).toBe('Amplitude events export, CSV: 1 row.');
    expect(answer.rows[0]!.at(-1)!.item).toMatchObject({
      event: 'visit',
      distinct_id: 'user_1',
      properties: { a: 1 },
      timestamp,
    });
  });

  test('events as they are sent', async () => {
    const row = {
      event_type: 'visit',
      user_id: 'u',
      time: Date.parse(timestamp),
      event_properties: {},
      insert_id: 'i',
    };
    expect((await read(JSON.stringify({ api_key: 'k', events: [row] }))).rows[0]![0]!.item).toMatchObject({
      timestamp,
      uuid: 'i',
    });
  });
});
