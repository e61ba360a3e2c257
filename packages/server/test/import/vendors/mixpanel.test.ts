import { describe, expect, test } from 'vitest';
import { ndjson, read } from '../reading.ts';

const time = 1_767_323_045;
const timestamp = '2026-01-02T03:04:05.000Z';
const calls = async (...rows: object[]) => {
  const answer = await read(ndjson(...rows));
  expect(answer.invalid).toEqual([]);
  return answer.rows.map((row) => row.map(({ call, item }) => ({ call, ...item })));
};

describe('an events export', () => {
  const event = (name: string, own: object) => ({ event: name, properties: { time, $insert_id: 'i1', ...own } });

  test('a signed-in user: the device’s events are the user’s', async () => {
    const own = { distinct_id: 'user_1', $user_id: 'user_1', $device_id: 'd1', plan: 'pro', $browser: 'Firefox' };
    expect(await calls(event('Signed Up', own))).toEqual([
      [
        {
          call: 'track',
          event: 'Signed Up',
          distinct_id: 'user_1',
          anonymous_id: '$device:d1',
          device_id: 'd1',
          properties: { $user_id: 'user_1', $device_id: 'd1', plan: 'pro', $browser: 'Firefox' },
          timestamp,
          uuid: 'i1',
        },
      ],
    ]);
  });

  test('a device nobody has signed in on', async () => {
    const [[call]] = (await calls(event('Visit', { distinct_id: '$device:d1', $device_id: 'd1' }))) as [[object]];
    expect(call).toMatchObject({ distinct_id: '$device:d1', anonymous_id: '$device:d1' });
  });

  test('projects that name visitors by the bare device id', async () => {
    const rows = await calls(
      event('Visit', { distinct_id: 'd1', $device_id: 'd1' }),
      event('Visit', { distinct_id: 'user_1', $device_id: 'd1', $user_id: 'user_1' }),
    );
    expect(rows.map(([call]) => call)).toMatchObject([
      { distinct_id: 'd1', anonymous_id: 'd1' },
      { distinct_id: 'user_1', anonymous_id: 'd1' },
    ]);
  });

  test('an event that the export names by the merged person', async () => {
    const own = { distinct_id: 'user_1', $distinct_id_before_identity: 'before_1', $device_id: 'd1' };
    const [[call]] = (await calls(event('Visit', own))) as [[object]];
    expect(call).toMatchObject({ distinct_id: 'user_1', anonymous_id: 'before_1', properties: { $device_id: 'd1' } });
  });

  test('$identify, $create_alias and $merge join ids', async () => {
    const rows = await calls(
      event('$identify', { distinct_id: 'user_1', $identified_id: 'user_1', $anon_id: 'd1' }),
      event('$create_alias', { distinct_id: 'user_1', alias: 'old_1' }),
      event('$merge', { distinct_id: 'user_1', $distinct_ids: ['user_1', 'user_1b'] }),
    );
    expect(rows.map(([call]) => call)).toEqual([
      { call: 'identify', distinct_id: 'user_1', anonymous_id: 'd1', timestamp },
      { call: 'alias', distinct_id: 'user_1', alias_id: 'old_1', timestamp },
      { call: 'alias', distinct_id: 'user_1', alias_id: 'user_1b', timestamp },
    ]);
    expect(rows.every((row) => row.at(-1)!.call === 'track')).toBe(true);
  });

  test('is known by its shape, and refused without a time', async () => {
    const row = event('Visit', { distinct_id: 'u' });
    expect((await read(ndjson(row))).sentence).toBe('Mixpanel events export, JSON lines: 1 row.');
    expect((await read(JSON.stringify([row]))).sentence).toBe('Mixpanel events export, JSON: 1 row.');
    const timeless = ndjson({ event: 'Visit', properties: { distinct_id: 'u' } });
    await expect(read(timeless, { from: 'mixpanel' })).rejects.toThrow('--timestamp now');
    expect((await read(timeless, { from: 'mixpanel', timestamp: 'now' })).rows).toHaveLength(1);
  });

  test('time in milliseconds', async () => {
    const [[call]] = (await calls(event('Visit', { distinct_id: 'u', time: time * 1_000 + 678 }))) as [[object]];
    expect(call).toMatchObject({ timestamp: '2026-01-02T03:04:05.678Z' });
  });
});

describe('a people export', () => {
  test('profiles, as of when they were last seen', async () => {
    const $properties = {
      $email: 'a@x.com',
      plan: 'pro',
      $last_seen: '2026-01-02T03:04:05',
      $created: '2025-01-01T00:00:00',
      gone: null,
    };
    const answer = await read(ndjson({ $distinct_id: 'user_1', $properties }));
    expect(answer.sentence).toBe('Mixpanel people export, JSON lines: 1 row.');
    const { gone: _, ...traits } = $properties;
    expect(answer.rows).toEqual([[{ call: 'identify', item: { distinct_id: 'user_1', traits, timestamp } }]]);
  });

  test('a page of the API', async () => {
    const page = {
      page: 0,
      page_size: 1000,
      session_id: 's',
      status: 'ok',
      total: 1,
      results: [{ $distinct_id: 'u', $properties: { a: 1 } }],
    };
    expect((await read(JSON.stringify(page))).rows).toEqual([
      [{ call: 'identify', item: { distinct_id: 'u', traits: { a: 1 } } }],
    ]);
  });

  test('updates: $set, $set_once and $unset; others are named', async () => {
    const answer = await read(
      ndjson(
        { $distinct_id: 'u', $time: time, $set: { plan: 'pro' } },
        { $distinct_id: 'u', $time: time, $set_once: { first: 1 } },
        { $distinct_id: 'u', $time: time, $unset: ['plan'] },
        { $distinct_id: 'u', $time: time, $add: { visits: 1 } },
      ),
    );
    expect(answer.rows.map(([call]) => call!.item)).toEqual([
      { distinct_id: 'u', traits: { plan: 'pro' }, timestamp },
      { distinct_id: 'u', traits_once: { first: 1 }, timestamp },
      { distinct_id: 'u', traits: { plan: null }, timestamp },
      { distinct_id: 'u', timestamp },
    ]);
    expect(answer.ignored).toEqual(['$add']);
  });

  test('a device is no user', async () => {
    const answer = await read(
      ndjson({ $distinct_id: '$device:d1', $properties: { a: 1 } }, { $distinct_id: '$device:d2', $properties: {} }),
    );
    expect(answer.rows).toEqual([[{ call: 'identify', item: { anonymous_id: '$device:d1', traits: { a: 1 } } }], []]);
  });
});
