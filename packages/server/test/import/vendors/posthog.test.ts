import { describe, expect, test } from 'vitest';
import { ndjson, read } from '../reading.ts';

const created_at = '2024-03-04T05:06:07.890000Z';
const timestamp = '2024-03-04T05:06:07.890Z';
const visitor = '0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b';
const properties = { email: 'ann@example.com', plan: 'pro', gone: null };
const traits = { email: 'ann@example.com', plan: 'pro' };

const ann = [
  { call: 'identify', item: { distinct_id: 'user_1', traits, timestamp } },
  { call: 'alias', item: { distinct_id: 'user_1', alias_id: visitor, timestamp } },
  { call: 'alias', item: { distinct_id: 'user_1', alias_id: 'ann@example.com', timestamp } },
];
const ids = ['user_1', visitor, 'ann@example.com'];

describe('a persons export: a row is one person, the first id names it', () => {
  const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
  const csv = (distinctIds: string): string =>
    `distinct_ids,properties,created_at\n${quoted(distinctIds)},${quoted(JSON.stringify(properties))},${created_at}\n`;

  test.each<[string, string]>([
    ['JSON lines', ndjson({ distinct_ids: ids, properties, created_at })],
    [
      'JSON lines with texts',
      ndjson({ distinct_ids: JSON.stringify(ids), properties: JSON.stringify(properties), created_at }),
    ],
    ['a list', JSON.stringify([{ distinct_ids: ids, properties, created_at }], null, 2)],
    [
      'a page of the API',
      JSON.stringify({ next: null, previous: null, results: [{ id: 7, distinct_ids: ids, properties, created_at }] }),
    ],
    ['CSV with a JSON list', csv(JSON.stringify(ids))],
    ['CSV with an array of PostgreSQL', csv(`{user_1,"${visitor}",ann@example.com,NULL}`)],
    ['CSV with ids by commas', csv(`user_1, ${visitor},ann@example.com`)],
    ['CSV with an array of ClickHouse', csv(`['user_1', '${visitor}', 'ann@example.com']`)],
    [
      'CSV with a column for each id and property',
      `created_at,distinct_ids.0,distinct_ids.1,distinct_ids.2,distinct_ids.3,properties.email,properties.plan,properties.gone\n${created_at},user_1,${visitor},ann@example.com,,ann@example.com,pro,\n`,
    ],
    [
      'columns of ids in any order',
      `distinct_ids.2,distinct_ids.10,distinct_ids.0,distinct_ids.1,properties,created_at\nann@example.com,,user_1,${visitor},${quoted(JSON.stringify(properties))},${created_at}\n`,
    ],
  ])('%s', async (_, file) => {
    const answer = await read(file);
    expect(answer.sentence).toMatch(/^PostHog persons export, (CSV|JSON lines|JSON): 1 row\.$/);
    expect(answer.invalid).toEqual([]);
    expect(answer.rows).toEqual([ann]);
  });

  test('empty cells are no ids, and their row is not invalid; one without any is', async () => {
    const answer = await read(`distinct_ids.0,distinct_ids.1,properties.plan\nuser_1,,pro\n,user_2,free\n,,x\n`);
    expect(answer.rows.map(([call]) => call!.item)).toEqual([
      { distinct_id: 'user_1', traits: { plan: 'pro' } },
      { distinct_id: 'user_2', traits: { plan: 'free' } },
    ]);
    expect(answer.invalid).toMatchObject([{ line: 4, error_code: 'invalid-payload' }]);
  });

  test.each(['null', 'undefined', '\\N', '1.23457E+15', '0'])(
    'an id %s among them makes the row invalid',
    async (id) => {
      const { rows, invalid } = await read(ndjson({ distinct_ids: ['user_1', id], properties: {}, created_at }));
      expect(rows).toEqual([]);
      expect(invalid).toHaveLength(1);
    },
  );

  test('ids as numbers are their digits', async () => {
    const [calls] = (await read(ndjson({ distinct_ids: [42, 'a'], properties: {}, created_at }))).rows;
    expect(calls!.map(({ item }) => item)).toEqual([
      { distinct_id: '42', timestamp },
      { distinct_id: '42', alias_id: 'a', timestamp },
    ]);
  });

  test('a visitor who has not logged in gets the traits and is not made known', async () => {
    const answer = await read(
      ndjson(
        { distinct_ids: [visitor], properties: { plan: 'none' }, created_at },
        { distinct_ids: [visitor], properties: {}, created_at },
        { distinct_ids: [visitor], properties: { plan: 'pro' }, created_at, is_identified: true },
      ),
    );
    expect(answer.rows).toEqual([
      [{ call: 'identify', item: { anonymous_id: visitor, traits: { plan: 'none' }, timestamp } }],
      [],
      [{ call: 'identify', item: { distinct_id: visitor, traits: { plan: 'pro' }, timestamp } }],
    ]);
  });

  test('what is not used is named; --traits takes it', async () => {
    const file = `id,name,distinct_ids.0,properties.plan,created_at,type\n7,Ann,user_1,pro,${created_at},person\n`;
    expect((await read(file)).ignored).toEqual(['id', 'name', 'type']);
    const all = await read(file, { traits: ['*'] });
    expect(all.ignored).toEqual([]);
    expect(all.rows[0]![0]!.item.traits).toEqual({ plan: 'pro', id: '7', name: 'Ann', type: 'person' });
    const one = await read(file, { traits: ['name=full_name'] });
    expect(one.rows[0]![0]!.item.traits).toEqual({ plan: 'pro', full_name: 'Ann' });
  });

  test('the batch export has a row for each id', async () => {
    const person = (distinct_id: string, person_id: string, more = {}) => ({
      team_id: 1,
      distinct_id,
      person_id,
      properties: JSON.stringify({ plan: 'pro' }),
      created_at,
      is_deleted: 0,
      ...more,
    });
    const answer = await read(
      ndjson(
        person(visitor, 'p1'),
        person('user_1', 'p1'),
        person('user_1b', 'p1'),
        person('user_2', 'p2'),
        person('user_3', 'p3', { is_deleted: 1 }),
      ),
    );
    expect(answer.sentence).toBe('PostHog persons export with a row for each id, JSON lines: 5 rows.');
    expect(
      answer.rows.map((calls) =>
        calls.map(({ call, item }) => [call, item.distinct_id ?? null, item.anonymous_id ?? item.alias_id ?? null]),
      ),
    ).toEqual([
      [['identify', null, visitor]],
      [['alias', 'user_1', visitor]],
      [['alias', 'user_1', 'user_1b']],
      [['identify', 'user_2', null]],
      [],
    ]);
  });
});

describe('an events export: every row stays an event, and means what it means there', () => {
  const at = '2024-03-04T05:06:07.890Z';
  const event = (name: string, own: object = {}, more: object = {}) => ({
    uuid: '018e0000-0000-7000-8000-000000000001',
    event: name,
    distinct_id: 'user_1',
    properties: own,
    timestamp: '2024-03-04 05:06:07.890000+00:00',
    ...more,
  });
  const calls = async (...rows: object[]) => {
    const answer = await read(ndjson(...rows), { from: 'posthog' });
    expect(answer.invalid).toEqual([]);
    return answer.rows.map((row) => row.map(({ call, item }) => ({ call, ...item })));
  };

  test('$identify joins the visitor and sets what $set and $set_once say', async () => {
    const own = {
      $anon_distinct_id: visitor,
      $set: { plan: 'pro' },
      $set_once: { first: '/a' },
      $lib: 'web',
      $session_id: 's1',
      $device_id: 'd1',
    };
    expect(await calls(event('$identify', own))).toEqual([
      [
        {
          call: 'identify',
          distinct_id: 'user_1',
          anonymous_id: visitor,
          traits: { plan: 'pro' },
          traits_once: { first: '/a' },
          timestamp: at,
        },
        {
          call: 'track',
          event: '$identify',
          distinct_id: 'user_1',
          device_id: 'd1',
          session_id: 's1',
          properties: own,
          timestamp: at,
          uuid: '018e0000-0000-7000-8000-000000000001',
        },
      ],
    ]);
  });

  test('$create_alias joins whom PostHog joins: nobody who is identified', async () => {
    const [[first], [second]] = (await calls(
      event('$create_alias', { alias: 'user_1-old' }),
      event('$create_alias', { alias: 'user_2' }, { distinct_id: visitor }),
    )) as [[object, object], [object, object]];
    expect(first).toEqual({ call: 'identify', distinct_id: 'user_1', anonymous_id: 'user_1-old', timestamp: at });
    // Whoever comes first, the user names the person.
    expect(second).toEqual({ call: 'identify', distinct_id: 'user_2', anonymous_id: visitor, timestamp: at });
  });

  test('$merge_dangerously joins two people', async () => {
    const [[first]] = (await calls(event('$merge_dangerously', { alias: 'user_2' }))) as [[object]];
    expect(first).toEqual({ call: 'alias', distinct_id: 'user_1', alias_id: 'user_2', timestamp: at });
  });

  test.each([
    ['$set in the properties', event('visit', { $set: { plan: 'pro' } }), { traits: { plan: 'pro' } }],
    ['$set beside them', event('visit', {}, { $set: { plan: 'pro' } }), { traits: { plan: 'pro' } }],
    [
      'set of a batch export',
      event('visit', {}, { set: '{"plan":"pro"}', set_once: '{"a":1}' }),
      { traits: { plan: 'pro' }, traits_once: { a: 1 } },
    ],
    ['$set_once', event('$set', { $set_once: { a: 1 } }), { traits_once: { a: 1 } }],
    ['$unset as a list', event('visit', { $unset: ['plan', 'a'] }), { traits: { plan: null, a: null } }],
    ['$unset as an object', event('visit', { $unset: { plan: '' } }), { traits: { plan: null } }],
    ['$set and $unset', event('visit', { $set: { a: 1 }, $unset: ['b'] }), { traits: { a: 1, b: null } }],
  ])('%s sets traits, and makes nobody known', async (_, row, said) => {
    const [[first, second]] = (await calls(row)) as [[object, object]];
    expect(first).toEqual({ call: 'identify', anonymous_id: 'user_1', ...said, timestamp: at });
    expect(second).toMatchObject({ call: 'track' });
  });

  test.each([['x'], [['a', 'b']], [15], [{ a: 1 }]])(
    'an alias of %j among the properties of another event is a property',
    async (alias) => {
      expect(await calls(event('visit', { alias }))).toMatchObject([[{ call: 'track', properties: { alias } }]]);
    },
  );

  test('a personless event sets nothing', async () => {
    expect(await calls(event('visit', { $set: { a: 1 }, $process_person_profile: false }))).toMatchObject([
      [{ call: 'track' }],
    ]);
  });

  test('traits that every event repeats are said once, and again when they differ', async () => {
    const page = (plan: string, minute: number) =>
      event('$pageview', { $set: { plan }, $set_once: { first: '/a' } }, { timestamp: `2024-03-04T05:0${minute}:00Z` });
    const rows = await calls(page('free', 0), page('free', 1), page('pro', 2), page('pro', 3), page('free', 4));
    expect(
      rows.map((row) =>
        row.filter(({ call }) => call === 'identify').map((one) => (one as { traits?: unknown }).traits),
      ),
    ).toEqual([[{ plan: 'free' }], [], [{ plan: 'pro' }], [], [{ plan: 'free' }]]);
  });

  test('an event of somebody who is nobody is kept', async () => {
    const rows = await calls(event('visit', { $set: { a: 1 } }, { distinct_id: 'null' }));
    expect(rows[0]!.at(-1)).toMatchObject({ call: 'track', distinct_id: 'null' });
  });

  test.each([
    [event('$identify', { $anon_distinct_id: 'a' })],
    [event('$create_alias', { alias: 'a' })],
    [event('visit', { $set: { a: 1 } })],
    [event('visit', { $lib: 'web', $lib_version: '1' })],
    [event('visit', {}, { person_properties: '{}', person_id: 'p' })],
    [{ event: 'visit', properties: { distinct_id: 'user_1', $set_once: { a: 1 } }, timestamp: at }],
  ])('%j is known by its shape', async (row) => {
    const answer = await read(ndjson(row));
    expect(answer.sentence).toBe('PostHog events export, JSON lines: 1 row.');
    expect(answer.rows[0]!.at(-1)!.item).toMatchObject({ distinct_id: 'user_1', timestamp: at });
  });

  test('CSV with properties as JSON', async () => {
    const answer = await read(
      `uuid,event,properties,timestamp,distinct_id,elements_chain\n018e0000-0000-7000-8000-000000000001,$identify,"{""$anon_distinct_id"":""${visitor}""}",2024-03-04 05:06:07.890000+00:00,user_1,\n`,
    );
    expect(answer.rows[0]![0]).toEqual({
      call: 'identify',
      item: { distinct_id: 'user_1', anonymous_id: visitor, timestamp: at },
    });
    expect(answer.ignored).toEqual(['elements_chain']);
  });

  test.each([
    [{ event: 'visit', distinct_id: 'u', timestamp: at, properties: { plan: 'pro' } }],
    [
      {
        event: '$pageview',
        distinct_id: 'u',
        anonymous_id: 'anonymous-1',
        session_id: 's',
        timestamp: at,
        properties: { $lib: 'altertable-js' },
      },
    ],
    [
      {
        uuid: 'x',
        timestamp: at,
        received_at: at,
        event: '$identify',
        properties: {},
        distinct_id: 'u',
        identity_id: 'i',
      },
    ],
  ])('%j is no export of PostHog’s', async (row) => {
    expect((await read(ndjson(row))).sentence).toBe('Events, JSON lines: 1 row.');
  });
});
