import type { Link, TraitWrite } from '@onym/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TimelineEvent } from '../../src/events/types.ts';
import { limits } from '../../src/limits.ts';
import { nodeId } from '../../src/node-id.ts';
import type { At, IdentityName, IdentityPage, IdentityView } from '../../src/people/types.ts';
import { get, now, post, type TestApp, testApp } from './support.ts';

let t: TestApp;
beforeEach(() => {
  t = testApp();
});
afterEach(() => t.app.close());

const source = { key: 'web', lib: null, batch: null, public: true };

const link = (seq: number): Link => ({
  seq,
  kind: 'alias',
  rule: 'alias',
  primary: 'a',
  secondary: `b${seq}`,
  time: now,
  effectiveTime: now - 1,
  source,
  waived: [],
  approves: null,
  verdict: 'applied',
  redundant: false,
  status: 'active',
  reason: null,
  statusSeq: null,
});

const wireLink = (seq: number) => ({
  seq,
  kind: 'alias',
  primary_id: 'a',
  secondary_id: `b${seq}`,
  status: 'active',
  reason: null,
  verdict: 'applied',
  redundant: false,
  time: '2026-11-03T12:00:00.000Z',
  effective_time: '2026-11-03T11:59:59.999Z',
  status_seq: null,
  approves: null,
  waived: [],
  source,
});

const write = (seq: number, key: string, value: string): TraitWrite & { distinctId: string } => ({
  seq,
  key,
  value,
  kind: 'plain',
  time: now,
  effectiveTime: now,
  timestamp: null,
  source,
  revokedSeq: null,
  distinctId: 'a',
});

const oddIds = [
  'a/b',
  'a:b',
  '50%',
  '%2F',
  '%252F',
  'ü 👩‍🚀',
  '?q=1#f',
  '../..',
  '+ +',
  ' ',
  'a'.repeat(512),
  '👍'.repeat(128),
  '\\',
];

describe('POST /v1/resolve', () => {
  it('answers for every id', async () => {
    let asked: unknown;
    t.services.people.resolve = async (environment, ids, at) => {
      asked = { environment, ids, at };
      return new Map(ids.map((id) => [id, { canonicalId: 'user_1', components: [], known: true }]));
    };
    const body = { environment: 'staging', distinct_ids: ['a', '__proto__', 'null'], as_of: '2026-11-03T12:00:00Z' };
    const response = await post(t.app, '/v1/resolve', body);
    expect(asked).toEqual({
      environment: 'staging',
      ids: body.distinct_ids,
      at: { asOf: now, asOfSeq: null },
    });
    const identity = { identity_id: nodeId('staging', 'user_1'), canonical_id: 'user_1', known: true };
    expect(Object.entries(response.json().identities)).toEqual(body.distinct_ids.map((id) => [id, identity]));
  });

  it('answers JSON whatever an id holds, each once however often it is asked', async () => {
    const odd = ['"', '\\', '\n\t\u0001', '\u2028', '😀', '},"a":{', ''];
    t.services.people.resolve = async (_, ids) =>
      new Map(ids.map((id) => [id, { canonicalId: `of ${id}`, known: false }]));
    const response = await post(t.app, '/v1/resolve', { environment: 'staging', distinct_ids: [...odd, ...odd] });
    expect(response.headers['content-type']).toBe('application/json; charset=utf-8');
    const { identities } = response.json();
    const identity = (id: string) => ({ identity_id: nodeId('staging', id), canonical_id: id, known: false });
    expect(Object.entries(identities)).toEqual(odd.map((id) => [id, identity(`of ${id}`)]));
    expect(response.body.match(/"canonical_id"/g)).toHaveLength(odd.length);
    t.services.people.resolve = async () => new Map();
    const nobody = await post(t.app, '/v1/resolve', { environment: 'staging', distinct_ids: [] });
    expect(nobody.json()).toEqual({ identities: {} });
  });

  it('checks its input', async () => {
    const code = async (body: object) => (await post(t.app, '/v1/resolve', body)).json().error_code ?? 'ok';
    const ids = new Array(limits.resolveIdsMax).fill('a');
    expect(await code({ distinct_ids: ids })).toBe('ok');
    expect(await code({ distinct_ids: [] })).toBe('ok');
    expect(await code({ distinct_ids: [...ids, 'b'] })).toBe('payload-too-large');
    expect(await code({ distinct_ids: ['a', 'a\u0000'] })).toBe('invalid-distinct-id');
    expect(await code({ distinct_ids: ['a'.repeat(513)] })).toBe('invalid-distinct-id');
    expect(await code({ distinct_ids: [], as_of: 'then' })).toBe('invalid-timestamp');
    expect(await code({ distinct_ids: [], as_of: 1_762_171_200 })).toBe('ok');
    expect(await code({ distinct_ids: [], as_of: '2026-11-03', as_of_seq: 1 })).toBe('invalid-payload');
    expect(await code({ distinct_ids: [], environment: 'nowhere' })).toBe('environment-not-found');
  });
});

describe('GET /v1/identities/:id', () => {
  const view: IdentityView = {
    profile: {
      canonicalId: 'a',
      known: true,
      createdAt: now,
      size: 2,
      identifiers: [
        { distinctId: 'a', known: true, firstSeen: now },
        { distinctId: 'b', known: false, firstSeen: now },
      ],
      traits: { plan: write(3, 'plan', 'pro') },
      links: [link(1)],
    },
    counts: { event_count: 5, first_seen: now - 1_000, last_seen: null },
  };

  it('shows the profile', async () => {
    let asked: unknown;
    t.services.people.identity = async (environment, name, page) => {
      asked = { environment, name, page };
      return view;
    };
    const response = await get(t.app, '/v1/identities/b?by=distinct_id&as_of_seq=9&limit=50');
    expect(asked).toEqual({
      environment: 'production',
      name: { id: 'b', by: 'distinct_id' },
      page: { asOf: null, asOfSeq: 9, identifiersAfter: null, linksAfter: 0, limit: 51 },
    });
    expect(response.json()).toEqual({
      identity_id: nodeId('production', 'a'),
      canonical_id: 'a',
      known: true,
      created_at: '2026-11-03T12:00:00.000Z',
      identifier_count: 2,
      identifiers: [
        { distinct_id: 'a', known: true, first_seen: '2026-11-03T12:00:00.000Z' },
        { distinct_id: 'b', known: false, first_seen: '2026-11-03T12:00:00.000Z' },
      ],
      traits: { plan: 'pro' },
      trait_origins: { plan: { distinct_id: 'a', time: '2026-11-03T12:00:00.000Z', seq: 3, once: false } },
      links: [wireLink(1)],
      event_count: 5,
      first_seen: '2026-11-03T11:59:59.000Z',
      last_seen: null,
      next: null,
    });
  });

  it('pages identifiers and links together, each to its end', async () => {
    const ids = ['a', 'b', 'c', 'd', 'e'];
    const seqs = [1, 2];
    t.services.people.identity = async (
      _environment,
      _name,
      { identifiersAfter, linksAfter, limit }: IdentityPage,
    ) => ({
      ...view,
      profile: {
        ...view.profile,
        identifiers: ids
          .filter((id) => identifiersAfter === null || id > identifiersAfter)
          .slice(0, limit)
          .map((distinctId) => ({ distinctId, known: true, firstSeen: now })),
        links: seqs
          .filter((seq) => seq > linksAfter)
          .slice(0, limit)
          .map(link),
      },
    });
    const pages: string[] = [];
    let next: string | null = '';
    while (next !== null) {
      const page = (await get(t.app, `/v1/identities/a?limit=2${next && `&next=${next}`}`)).json();
      const shownIds = page.identifiers.map((identifier: { distinct_id: string }) => identifier.distinct_id);
      pages.push(`${shownIds} ${page.links.map(({ seq }: { seq: number }) => seq)}`);
      next = page.next as string | null;
    }
    expect(pages).toEqual(['a,b 1,2', 'c,d ', 'e ']);
  });

  it.each(oddIds)('takes the id %j', async (id) => {
    let asked: IdentityName | undefined;
    t.services.people.identity = async (_environment, name) => {
      asked = name;
      return view;
    };
    const encoded = encodeURIComponent(id);
    await get(t.app, `/v1/identities/${encoded}`);
    expect(asked).toEqual({ id, by: null });
    let key: string | undefined;
    t.services.people.traitHistory = async (_environment, name, asked) => {
      key = asked;
      return name.id === id ? [] : null;
    };
    expect((await get(t.app, `/v1/identities/${encoded}/traits/${encoded}`)).statusCode).toBe(200);
    expect(key).toBe(id);
  });

  it('answers 404 to strangers and 422 to what is no id', async () => {
    for (const path of ['', '/events', '/traits/plan']) {
      expect((await get(t.app, `/v1/identities/nobody${path}`)).json()).toMatchObject({ error_code: 'not-found' });
      for (const id of ['a%00b', 'a'.repeat(513), encodeURIComponent('👍'.repeat(129))]) {
        const response = await get(t.app, `/v1/identities/${id}${path}`);
        expect([response.statusCode, response.json().error_code]).toEqual([422, 'invalid-distinct-id']);
      }
    }
  });
});

describe('GET /v1/identities/:id/events', () => {
  const event = (timestamp: number): TimelineEvent => ({
    uuid: `00000000-0000-4000-8000-00000000000${timestamp}`,
    timestamp,
    client_timestamp: null,
    received_at: now,
    event: 'e',
    properties: '{}',
    distinct_id: 'b',
    anonymous_id: null,
    device_id: null,
    session_id: null,
  });

  it('pages the timeline', async () => {
    t.services.people.timeline = async (_environment, _name, { before, limit, event: named }) => ({
      canonicalId: 'a',
      components: [],
      events: [5, 4, 3, 2, 1]
        .filter((time) => (before === null || time < before.timestamp) && (named === undefined || named === `${time}`))
        .slice(0, limit)
        .map(event),
    });
    const first = (await get(t.app, '/v1/identities/b/events?limit=3')).json();
    expect(first.events.map((e: { timestamp: string }) => e.timestamp)).toEqual([
      '1970-01-01T00:00:00.005Z',
      '1970-01-01T00:00:00.004Z',
      '1970-01-01T00:00:00.003Z',
    ]);
    expect(first.events[0]).toMatchObject({ distinct_id: 'b', identity_id: nodeId('production', 'a') });
    const second = (await get(t.app, `/v1/identities/b/events?limit=3&before=${first.next}`)).json();
    expect([second.events.length, second.next]).toEqual([2, null]);
    const since = (await get(t.app, '/v1/identities/b/events?before=1970-01-01T00:00:00.002Z')).json();
    expect(since.events).toHaveLength(1);
    expect((await get(t.app, '/v1/identities/b/events?event=4')).json().events).toHaveLength(1);
    expect((await get(t.app, '/v1/identities/b/events?before=soon')).json()).toMatchObject({
      error_code: 'invalid-payload',
    });
  });
});

describe('GET /v1/identities/:id/traits/:key', () => {
  it('shows every value with where it came from', async () => {
    t.services.people.traitHistory = async (_environment, _name, key, { after, limit }) =>
      [3, 2, 1]
        .filter((seq) => after === null || seq < after.seq)
        .slice(0, limit)
        .map((seq) => write(seq, key, `v${seq}`));
    const first = (await get(t.app, '/v1/identities/a/traits/plan?limit=2')).json();
    expect(first).toMatchObject({ key: 'plan', values: [{ value: 'v3' }, { value: 'v2' }] });
    expect(first.values[0]).toEqual({
      value: 'v3',
      once: false,
      distinct_id: 'a',
      time: '2026-11-03T12:00:00.000Z',
      effective_time: '2026-11-03T12:00:00.000Z',
      seq: 3,
      revoked_seq: null,
      source,
    });
    const second = (await get(t.app, `/v1/identities/a/traits/plan?limit=2&next=${first.next}`)).json();
    expect(second).toMatchObject({ values: [{ value: 'v1' }], next: null });
  });
});

describe('cursors', () => {
  it('of another list, or changed, are invalid-payload', async () => {
    t.services.people.traitHistory = async () => [write(2, 'k', 'v'), write(1, 'k', 'v')];
    const { next } = (await get(t.app, '/v1/identities/a/traits/k?limit=1')).json();
    const encoded = (content: unknown) => Buffer.from(JSON.stringify(content)).toString('base64url');
    const wrong = [
      next,
      '!!!',
      encoded(null),
      encoded(['identity']),
      encoded(['identity', { identifier: 1, link: 0 }]),
      encoded(['identity', { identifier: 'a', link: -1 }]),
      encoded(['identity', { identifier: 'a', link: '1 OR 1' }]),
    ];
    for (const cursor of wrong) {
      const response = await get(t.app, `/v1/identities/a?next=${cursor}`);
      expect([response.statusCode, response.json().error_code]).toEqual([400, 'invalid-payload']);
    }
  });
});

describe('GET /v1/explain', () => {
  it('shows the evidence', async () => {
    const asked: unknown[] = [];
    t.services.people.explain = async (...args) => {
      asked.push(args);
      return {
        same: true,
        path: [link(1)],
        refused: [link(2)],
        held: [],
        separations: [{ pair: ['a', 'b'], seq: 9 }],
        neighbour: { canonicalId: 'c', path: [link(3)] },
      };
    };
    const response = await get(t.app, '/v1/explain?environment=staging&a=x%2F&b=b%20c');
    expect(asked).toEqual([['staging', 'x/', 'b c']]);
    expect(response.json()).toEqual({
      same: true,
      path: [wireLink(1)],
      refused: [wireLink(2)],
      held: [],
      separations: [{ a: 'a', b: 'b', seq: 9 }],
      neighbour: { canonical_id: 'c', path: [wireLink(3)] },
    });
    expect((await get(t.app, '/v1/explain?a=a')).json()).toMatchObject({ error_code: 'invalid-payload' });
    expect((await get(t.app, '/v1/explain?a=a&b=b%00')).json()).toMatchObject({ error_code: 'invalid-distinct-id' });
    expect((await get(t.app, '/v1/explain?a=a&a=b&b=c')).json()).toMatchObject({ error_code: 'invalid-payload' });
  });
});

describe('as_of', () => {
  it('is a received time or a seq', async () => {
    const asked: At[] = [];
    t.services.people.identity = async (_environment, _name, { asOf, asOfSeq }) => {
      asked.push({ asOf, asOfSeq });
      return null;
    };
    await get(t.app, '/v1/identities/a');
    await get(t.app, '/v1/identities/a?as_of=2026-11-03T12:00:00Z');
    await get(t.app, '/v1/identities/a?as_of_seq=0');
    expect(asked).toEqual([
      { asOf: null, asOfSeq: null },
      { asOf: now, asOfSeq: null },
      { asOf: null, asOfSeq: 0 },
    ]);
    expect((await get(t.app, '/v1/identities/a?as_of=then')).json()).toMatchObject({ error_code: 'invalid-timestamp' });
  });
});
