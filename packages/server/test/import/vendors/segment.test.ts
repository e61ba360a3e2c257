import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { ndjson, read } from '../reading.ts';

const timestamp = '2026-01-02T03:04:05.678Z';
const base = {
  anonymousId: 'anon-1',
  userId: 'user_1',
  messageId: 'ajs-1',
  timestamp,
  originalTimestamp: '2026-01-02T03:04:01.000Z',
  sentAt: '2026-01-02T03:04:06.000Z',
  receivedAt: '2026-01-02T03:04:07.000Z',
  context: { library: { name: 'analytics.js', version: '4' }, traits: { email: 'ann@example.com' }, ip: '1.2.3.4' },
  integrations: {},
  projectId: 'p',
  version: 2,
};
const calls = async (...rows: object[]) => {
  const answer = await read(gzipSync(ndjson(...rows)));
  expect(answer.invalid).toEqual([]);
  return answer.rows.map((row) => row.map(({ call, item }) => ({ call, ...item })));
};

describe('an archive: type says what each row is', () => {
  test('identify', async () => {
    expect(await calls({ ...base, type: 'identify', traits: { plan: 'pro' } })).toEqual([
      [
        {
          call: 'identify',
          distinct_id: 'user_1',
          anonymous_id: 'anon-1',
          traits: { email: 'ann@example.com', plan: 'pro' },
          timestamp,
        },
      ],
    ]);
  });

  test('identify before login sets traits on the visitor', async () => {
    for (const userId of [null, '', undefined]) {
      expect(await calls({ ...base, userId, type: 'identify', traits: { plan: 'pro' }, context: {} })).toEqual([
        [{ call: 'identify', anonymous_id: 'anon-1', traits: { plan: 'pro' }, timestamp }],
      ]);
    }
  });

  test('track, with the ids, the message id and the time of the client', async () => {
    expect(await calls({ ...base, type: 'track', event: 'Order Completed', properties: { total: 9.5 } })).toEqual([
      [
        { call: 'identify', distinct_id: 'user_1', traits: { email: 'ann@example.com' }, timestamp },
        {
          call: 'track',
          event: 'Order Completed',
          distinct_id: 'user_1',
          anonymous_id: 'anon-1',
          properties: { total: 9.5 },
          timestamp,
          uuid: 'ajs-1',
        },
      ],
    ]);
  });

  test('page, screen and group', async () => {
    const plain = { ...base, context: {} };
    const rows = await calls(
      { ...plain, type: 'page', name: 'Home', category: 'Docs', properties: { url: 'https://x/y' } },
      { ...plain, type: 'screen', name: 'Settings' },
      { ...plain, type: 'group', groupId: 'acme', traits: { seats: 5 } },
    );
    expect(rows.map(([call]) => call)).toMatchObject([
      { event: '$pageview', properties: { url: 'https://x/y', name: 'Home', category: 'Docs' } },
      { event: '$screen', properties: { name: 'Settings' } },
      { event: '$group', properties: { group_id: 'acme', seats: 5 } },
    ]);
  });

  test('alias joins the previous id', async () => {
    const rows = await calls(
      { ...base, type: 'alias', previousId: 'old_1' },
      { ...base, type: 'alias', previousId: null },
    );
    expect(rows).toEqual([
      [{ call: 'alias', distinct_id: 'user_1', alias_id: 'old_1', timestamp }],
      [{ call: 'alias', distinct_id: 'user_1', alias_id: 'anon-1', timestamp }],
    ]);
  });

  test('the original timestamp counts where there is no other, then when it was sent and received', async () => {
    const { timestamp: _, ...rest } = { ...base, type: 'track', event: 'x', context: {} };
    const { originalTimestamp: __, ...sent } = rest;
    const { sentAt: ___, ...received } = sent;
    const rows = await calls(rest, sent, received);
    expect(rows.map(([call]) => (call as { timestamp?: unknown }).timestamp)).toEqual([
      base.originalTimestamp,
      base.sentAt,
      base.receivedAt,
    ]);
  });

  test('rows of other types, without ids or without a time cost themselves alone', async () => {
    const { rows, invalid } = await read(
      ndjson(
        { ...base, type: 'track', event: 'x' },
        { ...base, type: 'delete' },
        { ...base, type: 'track', event: 'x', userId: null, anonymousId: null },
        { ...base, type: 'alias', previousId: null, anonymousId: null },
        { type: 'track', event: 'x', userId: 'u' },
      ),
    );
    expect(rows).toHaveLength(1);
    expect(invalid.map(({ line, error_code }) => [line, error_code])).toEqual([
      [2, 'invalid-payload'],
      [3, 'invalid-payload'],
      [4, 'invalid-payload'],
      [5, 'invalid-timestamp'],
    ]);
  });

  test('the first line tells Segment and RudderStack apart; unused columns are named', async () => {
    const segment = await read(ndjson({ ...base, type: 'track', event: 'x' }));
    expect(segment.sentence).toBe('Segment archive, JSON lines: 1 row.');
    expect(segment.ignored).toEqual(['context', 'integrations', 'projectId', 'version']);
    const rudder = {
      ...base,
      rudderId: 'r',
      channel: 'web',
      type: 'track',
      event: 'x',
      context: { library: { name: 'RudderLabs JavaScript SDK' } },
    };
    expect((await read(ndjson(rudder))).sentence).toBe('RudderStack archive, JSON lines: 1 row.');
    expect((await read(ndjson({ ...rudder, rudderId: undefined }))).sentence).toBe(
      'RudderStack archive, JSON lines: 1 row.',
    );
    expect((await read(ndjson({ ...base, type: 'track', event: 'x' }), { from: 'rudderstack' })).sentence).toBe(
      'RudderStack archive, JSON lines: 1 row.',
    );
  });

  test('--traits takes unused columns as properties', async () => {
    const answer = await read(ndjson({ ...base, type: 'track', event: 'x', properties: { a: 1 } }), { traits: ['*'] });
    expect(answer.rows[0]!.at(-1)!.item.properties).toMatchObject({ a: 1, projectId: 'p', context: { ip: '1.2.3.4' } });
  });
});

describe('tables of a warehouse', () => {
  const times = '2026-01-02 03:04:05.678 UTC,2026-01-02 03:04:09 UTC';
  const first = async (file: string, title: string) => {
    const answer = await read(file);
    expect(answer.sentence).toBe(`${title} table of a Segment or RudderStack warehouse, CSV: 1 row.`);
    expect(answer.invalid).toEqual([]);
    return { calls: answer.rows[0]!.map(({ call, item }) => ({ call, ...item })), ignored: answer.ignored };
  };

  test('identifies', async () => {
    const file = `id,anonymous_id,user_id,context_ip,context_traits_email,context_traits_plan,traits_plan,name,timestamp,received_at\nm1,anon-1,user_1,1.2.3.4,ann@example.com,old,pro,Ann,${times}\n`;
    expect(await first(file, 'identifies')).toEqual({
      calls: [
        {
          call: 'identify',
          distinct_id: 'user_1',
          anonymous_id: 'anon-1',
          traits: { email: 'ann@example.com', plan: 'pro', name: 'Ann' },
          timestamp,
        },
      ],
      ignored: ['id', 'context_ip'],
    });
  });

  test('identifies with received_at alone', async () => {
    const { calls } = await first(
      'user_id,traits_plan,received_at\nuser_1,pro,2026-01-02 03:04:05.678\n',
      'identifies',
    );
    expect(calls).toEqual([{ call: 'identify', distinct_id: 'user_1', traits: { plan: 'pro' }, timestamp }]);
  });

  test('users', async () => {
    const { calls } = await first(
      'id,context_ip,email,plan,received_at\nuser_1,1.2.3.4,a@x.com,pro,2026-01-02 03:04:05.678\n',
      'users',
    );
    expect(calls).toEqual([
      { call: 'identify', distinct_id: 'user_1', traits: { email: 'a@x.com', plan: 'pro' }, timestamp },
    ]);
  });

  test('tracks, and the tables of each event', async () => {
    const file = `id,anonymous_id,user_id,event,event_text,context_ip,total,timestamp,received_at\nm1,anon-1,user_1,order_completed,Order Completed,1.2.3.4,9,${times}\n`;
    const { calls } = await first(file, 'tracks');
    expect(calls).toEqual([
      {
        call: 'track',
        event: 'Order Completed',
        distinct_id: 'user_1',
        anonymous_id: 'anon-1',
        properties: { total: '9' },
        timestamp,
        uuid: 'm1',
      },
    ]);
  });

  test('pages, groups and aliases', async () => {
    const pages = await first(
      `id,anonymous_id,user_id,path,url,context_ip,received_at\nm1,anon-1,,/a,https://x/a,1,2026-01-02 03:04:05.678\n`,
      'pages',
    );
    expect(pages.calls).toMatchObject([
      { event: '$pageview', anonymous_id: 'anon-1', properties: { path: '/a', url: 'https://x/a' } },
    ]);
    const groups = await first(
      `id,user_id,group_id,context_ip,received_at\nm1,user_1,acme,1,2026-01-02 03:04:05.678\n`,
      'groups',
    );
    expect(groups.calls).toMatchObject([{ event: '$group', properties: { group_id: 'acme' } }]);
    const aliases = await first(
      `id,user_id,previous_id,context_ip,received_at\nm1,user_1,old_1,1,2026-01-02 03:04:05.678\n`,
      'aliases',
    );
    expect(aliases.calls).toEqual([{ call: 'alias', distinct_id: 'user_1', alias_id: 'old_1', timestamp }]);
  });

  test('a table that may be screens makes nobody a name', async () => {
    const answer = await read(
      'id,anonymous_id,user_id,name,context_ip,received_at\nm1,a,user_1,Settings,1,2026-01-02\n',
    );
    expect(answer.rows[0]).toEqual([
      { call: 'identify', item: { distinct_id: 'user_1', anonymous_id: 'a', timestamp: '2026-01-02T00:00:00.000Z' } },
    ]);
    expect(answer.ignored).toContain('name');
  });
});
