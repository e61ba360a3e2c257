import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { onServers } from '../nodes/engines-under-test.ts';
import type { Json } from './client.ts';
import { onym, type Server, serve } from './processes.ts';

/** docs/resolution.md as an outsider sees it. Each group works in an environment of its own, so that none sees another's ids. */

const environments = [
  'production',
  'staging',
  'links',
  'aliases',
  'public',
  'open',
  'survivors',
  'known',
  'traits',
  'small',
  'typed',
  'tracks',
  'uuids',
  'past',
  'reserved',
  'dry',
  'apart',
  'review',
] as const;
type Environment = (typeof environments)[number];

const variables = {
  ONYM_ENVIRONMENTS: environments.join(','),
  ONYM_SETTINGS: JSON.stringify({
    open: { publicKeyMerges: 'apply' },
    known: { anonymousPatterns: ['^guest_[0-9]+$'] },
    small: { identifiersPerIdentityMax: 3 },
    review: { identifiersPerIdentityMax: 2 },
    typed: { identifiersPerTypeMax: { stripe: 1, crm: 2 } },
  }),
};

let server: Server;
beforeAll(async () => {
  server = await serve({ variables });
});

const zeroUuid = '00000000-0000-0000-0000-000000000000';
const anonymousClash = { verdict: 'refused', reason: 'anonymous-id-belongs-to-another-identity' };

/** Calls in one environment, as short as the tables of docs/resolution.md. */
function world(environment: Environment) {
  const { api, web } = server;
  const call = (path: string, item: Json) => api.posted(path, { environment, ...item });
  const world = {
    identify: (distinct_id: string, rest: Json = {}) => call('/identify', { distinct_id, ...rest }),
    link: (distinct_id: string, anonymous_id: string | null) => call('/identify', { distinct_id, anonymous_id }),
    alias: (distinct_id: string, alias_id: string, rest: Json = {}) =>
      call('/alias', { distinct_id, alias_id, ...rest }),
    publicAlias: (distinct_id: string, alias_id: string) =>
      web.posted('/alias', { environment, distinct_id, alias_id }),
    track: (item: Json) => call('/track', { event: 'seen', ...item }),
    error: async (path: string, item: Json) => {
      const { status, body } = await api.post(path, { environment, ...item });
      expect(body).toMatchObject({ ok: false, message: expect.any(String) });
      return [status, body.error_code];
    },
    profile: (id: string, query = '') =>
      api.got(`/v1/identities/${encodeURIComponent(id)}?environment=${environment}${query}`),
    members: async (id: string): Promise<string[]> =>
      (await world.profile(id)).identifiers.map((row: { distinct_id: string }) => row.distinct_id),
    knownOnes: async (id: string): Promise<string[]> =>
      (await world.profile(id)).identifiers
        .filter((row: { known: boolean }) => row.known)
        .map((row: { distinct_id: string }) => row.distinct_id),
    canonical: async (id: string) => (await api.canonicals([id], environment)).get(id),
    explain: (a: string, b: string) => api.got(`/v1/explain?${new URLSearchParams({ environment, a, b })}`),
    history: async (id: string, key: string) =>
      (await api.got(`/v1/identities/${encodeURIComponent(id)}/traits/${key}?environment=${environment}`)).values,
    ledger: () => api.ledger(environment),
    head: async () => (await api.ledger(environment)).length,
    rows: (sql: string) => api.rows(sql, environment),
  };
  return world;
}

describe('identify ', () => {
  test('without an anonymous id: applied once, then unchanged with the seq of the row that said it', async () => {
    const { identify, head } = world('links');
    const first = await identify('i:1', { traits: { plan: 'pro' } });
    expect(first).toMatchObject({ ok: true, verdict: 'applied', canonical_id: 'i:1', seq: expect.any(Number) });
    for (const anonymous_id of [null, 'i:1', undefined]) {
      const again = await identify('i:1', { traits: { plan: 'pro' }, anonymous_id });
      expect(again).toEqual({ ...first, verdict: 'unchanged' });
    }
    expect(await head()).toBe(first.seq);
  });

  test('joins an anonymous id; a repeat is unchanged and writes nothing', async () => {
    const { link, head, canonical, members } = world('links');
    const first = await link('user_1', 'anonymous-1');
    expect(first).toMatchObject({ verdict: 'applied', canonical_id: 'user_1' });
    expect(first).not.toHaveProperty('reason');
    expect(await link('user_1', 'anonymous-1')).toEqual({ ...first, verdict: 'unchanged' });
    expect(await head()).toBe(first.seq);
    expect(await canonical('anonymous-1')).toBe('user_1');
    expect(await members('anonymous-1')).toEqual(['anonymous-1', 'user_1']);
  });

  test('a reserved anonymous id, blank included: the link is refused; known-ness and traits stand', async () => {
    const { identify, profile } = world('links');
    for (const [n, anonymous_id] of [
      'null',
      ' "Guest" ',
      '   ',
      '0',
      '-1',
      zeroUuid,
      '[object Object]',
      'a\u0007b',
    ].entries()) {
      const answer = await identify(`r:${n}`, { anonymous_id, traits: { n } });
      expect(answer).toMatchObject({ verdict: 'refused', reason: 'reserved-distinct-id', canonical_id: `r:${n}` });
      expect(await profile(`r:${n}`)).toMatchObject({ known: true, traits: { n }, identifier_count: 1 });
    }
  });

  test('an empty anonymous id asks for no link, as none does', async () => {
    const { identify, profile } = world('links');
    const answer = await identify('r:empty', { anonymous_id: '', traits: { n: 1 } });
    expect(answer).toMatchObject({ verdict: 'applied', canonical_id: 'r:empty' });
    expect(answer).not.toHaveProperty('reason');
    expect(await profile('r:empty')).toMatchObject({ known: true, traits: { n: 1 }, identifier_count: 1 });
  });

  test('an anonymous id of a known person: refused, also when the distinct_id was never seen; the rest stands', async () => {
    const { identify, link, canonical, profile, explain } = world('links');
    await link('known_1', 'anonymous-k1');
    await identify('known_2');
    expect(await link('known_2', 'anonymous-k1')).toMatchObject({ ...anonymousClash, canonical_id: 'known_2' });
    const fresh = await identify('never_seen', { anonymous_id: 'anonymous-k1', traits: { a: 1 } });
    expect(fresh).toMatchObject(anonymousClash);
    expect(await profile('never_seen')).toMatchObject({ known: true, traits: { a: 1 }, identifier_count: 1 });
    expect(await canonical('anonymous-k1')).toBe('known_1');
    expect(await explain('never_seen', 'anonymous-k1')).toMatchObject({
      same: false,
      path: [],
      refused: [{ seq: fresh.seq, status: 'refused', reason: anonymousClash.reason }],
    });
    // Repeats of what was refused are only counted, and name the row that refused.
    expect(await link('never_seen', 'anonymous-k1')).toMatchObject({ ...anonymousClash, seq: fresh.seq });
  });

  test('a new pair within one identity is unchanged and recorded: it holds the identity together', async () => {
    const { link, alias, head, explain } = world('links');
    await link('red_1', 'anonymous-r1');
    const last = await alias('red_1', 'crm:r1');
    const redundant = await link('crm:r1', 'anonymous-r1');
    expect(redundant).toMatchObject({ verdict: 'unchanged', canonical_id: 'red_1', seq: last.seq + 1 });
    expect(await head()).toBe(redundant.seq);
    expect((await explain('crm:r1', 'anonymous-r1')).path).toMatchObject([{ seq: redundant.seq, redundant: true }]);
  });

  test('a reserved, malformed or missing distinct_id is an error', async () => {
    const { error } = world('links');
    expect(await error('/identify', { distinct_id: 'undefined' })).toEqual([422, 'reserved-distinct-id']);
    expect(await error('/identify', { distinct_id: '' })).toEqual([422, 'reserved-distinct-id']);
    expect(await error('/identify', { distinct_id: 7.5 })).toEqual([422, 'invalid-distinct-id']);
    expect(await error('/identify', { distinct_id: 'x'.repeat(513) })).toEqual([422, 'invalid-distinct-id']);
    expect(await error('/identify', { distinct_id: 'é'.repeat(257) })).toEqual([422, 'invalid-distinct-id']);
    expect(await error('/identify', { distinct_id: 'a\u0000b' })).toEqual([422, 'invalid-distinct-id']);
    expect(await error('/identify', {})).toEqual([400, 'invalid-payload']);
    expect(await error('/identify', { distinct_id: 'x', timestamp: 'yesterday' })).toEqual([422, 'invalid-timestamp']);
  });
});

describe('alias ', () => {
  test('applied, then unchanged; new_user_id is a synonym; equal ids are unchanged', async () => {
    const { alias, head } = world('aliases');
    const first = await alias('user_1', 'stripe:1');
    expect(first).toMatchObject({ verdict: 'applied', canonical_id: 'user_1' });
    expect(await alias('user_1', 'stripe:1')).toEqual({ ...first, verdict: 'unchanged' });
    // The pair is what counts, not its direction.
    expect(await alias('stripe:1', 'user_1')).toEqual({ ...first, verdict: 'unchanged' });
    const { api } = server;
    const synonym = { environment: 'aliases', distinct_id: 'user_1', new_user_id: 'stripe:1' };
    expect(await api.posted('/alias', synonym)).toEqual({ ...first, verdict: 'unchanged' });
    expect(await api.posted('/alias', { ...synonym, alias_id: 'stripe:1' })).toEqual({
      ...first,
      verdict: 'unchanged',
    });
    expect(await api.post('/alias', { ...synonym, alias_id: 'stripe:2' })).toMatchObject({
      status: 400,
      body: { error_code: 'invalid-payload' },
    });
    expect(await alias('self', 'self')).toMatchObject({ verdict: 'unchanged', canonical_id: 'self', seq: null });
    expect(await head()).toBe(first.seq);
  });

  test('a repeat is answered by what is true now', async () => {
    const { alias, identify, link, profile } = world('aliases');
    const first = await alias('now_1', 'crm:now');
    await alias('now_1', 'crm:now');
    expect((await alias('now_0', 'now_1')).canonical_id).toBe('now_0');
    expect(await alias('now_1', 'crm:now')).toMatchObject({
      verdict: 'unchanged',
      canonical_id: 'now_0',
      seq: first.seq,
    });

    await link('now_2', 'anonymous-now');
    for (let i = 0; i < 3; i++) expect(await link('now_3', 'anonymous-now')).toMatchObject(anonymousClash);
    await alias('now_2', 'now_3');
    expect(await link('now_3', 'anonymous-now')).toMatchObject({ verdict: 'unchanged', canonical_id: 'now_2' });

    for (const plan of ['a', 'a', 'b', 'a', 'a']) await identify('now_4', { traits: { plan } });
    expect((await profile('now_4')).traits).toEqual({ plan: 'a' });
  });

  test('two known people, by secret key: applied, and the first keeps its name', async () => {
    const { identify, alias, members, knownOnes } = world('aliases');
    await identify('ann', { anonymous_id: 'anonymous-ann' });
    await identify('anna', { anonymous_id: 'anonymous-anna' });
    expect(await alias('ann', 'anna')).toMatchObject({ verdict: 'applied', canonical_id: 'ann' });
    expect(await members('anonymous-anna')).toEqual(['ann', 'anna', 'anonymous-ann', 'anonymous-anna']);
    expect(await knownOnes('ann')).toEqual(['ann', 'anna']);
  });

  test('a reserved or malformed side is an error and leaves nothing but a dead letter', async () => {
    const { error, head } = world('aliases');
    const before = await head();
    const buried = async () =>
      Number(/^onym_dead_letters_total (\d+)$/m.exec((await server.api.get('/metrics')).text)![1]);
    const lettersBefore = await buried();
    const wrong: [Json, number, string][] = [
      [{ distinct_id: 'user_1', alias_id: 'NULL' }, 422, 'reserved-distinct-id'],
      [{ distinct_id: ' guest', alias_id: 'user_1' }, 422, 'reserved-distinct-id'],
      [{ distinct_id: 'user_1', alias_id: '' }, 422, 'reserved-distinct-id'],
      [{ distinct_id: 'user_1', alias_id: zeroUuid }, 422, 'reserved-distinct-id'],
      [{ distinct_id: 'user_1', alias_id: { id: 1 } }, 422, 'invalid-distinct-id'],
      [{ distinct_id: 'user_1' }, 400, 'invalid-payload'],
    ];
    for (const [item, status, code] of wrong) expect(await error('/alias', item)).toEqual([status, code]);
    expect(await head()).toBe(before);
    expect(await buried()).toBe(lettersBefore + wrong.length);
  });
});

describe('separations (4.1, 4.6)', () => {
  const separated = { verdict: 'refused', reason: 'separated' };

  test('refuse the pair, and any pair across the two identities, on all three calls; until they are lifted', async () => {
    const { alias, identify, link, track, canonical, explain } = world('apart');
    const { api } = server;
    await alias('s1', 'crm:s1');
    await link('s2', 'anonymous-s2');
    const pair = { environment: 'apart', a: 'crm:s1', b: 'anonymous-s2' };
    expect(await api.posted('/v1/separations', pair)).toMatchObject({ verdict: 'applied' });
    expect(await api.posted('/v1/separations', pair)).toMatchObject({ verdict: 'unchanged' });
    expect(await alias('crm:s1', 'anonymous-s2')).toMatchObject(separated);
    expect(await alias('s1', 's2')).toMatchObject({ ...separated, canonical_id: 's1' });
    expect(await link('s1', 'anonymous-s2')).toMatchObject(separated);
    expect(await track({ distinct_id: 's1', anonymous_id: 'anonymous-s2' })).toMatchObject({ link: separated });
    // By way of a third as well.
    await alias('s1', 's3');
    expect(await alias('s3', 's2')).toMatchObject(separated);
    expect(await explain('s1', 's2')).toMatchObject({ same: false, separations: [{ a: 'anonymous-s2', b: 'crm:s1' }] });
    // The separation goes before everything else, known-ness and traits stand.
    expect(await identify('s2', { anonymous_id: 's3', traits: { a: 1 } })).toMatchObject(separated);

    const lifted = await api.request('DELETE', '/v1/separations', { body: pair });
    expect(lifted).toMatchObject({ status: 200, body: { verdict: 'applied' } });
    expect(await canonical('s2')).toBe('s2');
    expect(await alias('s1', 's2')).toMatchObject({ verdict: 'applied', canonical_id: 's1' });
    expect((await api.request('DELETE', '/v1/separations', { body: pair })).status).toBe(404);
  });

  test('a split gives each side its own back, events too; the same evidence, sent again, is refused', async () => {
    const { identify, alias, link, track, canonical, profile, rows } = world('apart');
    const { api } = server;
    await identify('m1', { anonymous_id: 'anonymous-m1', traits: { plan: 'a' }, timestamp: '2024-02-01T00:00:00Z' });
    await identify('m2', { traits: { plan: 'b', theme: 'dark' }, timestamp: '2024-01-01T00:00:00Z' });
    await track({ event: 'apart', distinct_id: 'm1' });
    await track({ event: 'apart', distinct_id: 'm2' });
    const before = await Promise.all([profile('m1'), profile('m2')]);
    const people = () =>
      rows("SELECT toString(identity_id) AS id, count() AS n FROM events WHERE event = 'apart' GROUP BY 1 ORDER BY 1");
    const peopleBefore = await people();
    const merge = await alias('m1', 'm2');
    await alias('m1', 'm2');
    expect(await profile('m2')).toMatchObject({ traits: { plan: 'a', theme: 'dark' }, event_count: 2 });
    expect(await people()).toHaveLength(1);

    const split = await api.posted('/v1/split', { environment: 'apart', link: merge.seq });
    expect(split).toMatchObject({ verdict: 'applied', revoked: [merge.seq], still_connected: false });
    expect(await people()).toEqual(peopleBefore);
    const after = await Promise.all([profile('m1'), profile('m2')]);
    for (const [i, side] of after.entries()) {
      expect({ ...side, links: [] }).toEqual({ ...before[i], links: [] });
    }
    expect(await alias('m1', 'm2')).toMatchObject(separated);
    expect(await alias('m2', 'm1')).toMatchObject(separated);
    expect(await link('m2', 'anonymous-m1')).toMatchObject(separated);
    // What never was in question goes on as before.
    expect(await link('m1', 'anonymous-m1')).toMatchObject({ verdict: 'unchanged' });
    expect(await canonical('m2')).toBe('m2');
  });

  test('a batch is taken back as a whole, and may be sent again', async () => {
    const { identify, alias, canonical, profile } = world('apart');
    const { api } = server;
    await identify('b1', { traits: { plan: 'live' } });
    await alias('b1', 'crm:b1', { batch: 'import-1' });
    await identify('b1', { traits: { plan: 'imported' }, batch: 'import-1' });
    const reverted = await api.posted('/v1/revert', { environment: 'apart', batch: 'import-1' });
    expect(reverted).toMatchObject({ verdict: 'applied' });
    expect(await canonical('crm:b1')).toBe('crm:b1');
    expect((await profile('b1')).traits).toEqual({ plan: 'live' });
    expect(await alias('b1', 'crm:b1', { batch: 'import-2' })).toMatchObject({ verdict: 'applied' });
  });

  test('what is held waits in the review queue: approved it joins, rejected it stays apart', async () => {
    const { alias, members, canonical } = world('review');
    const { api } = server;
    const environment = 'review';
    await alias('q1', 'crm:q1');
    const held = await alias('q1', 'stripe:q1');
    const other = await alias('q1', 'legacy:q1');
    expect([held, other]).toMatchObject([{ verdict: 'held' }, { verdict: 'held' }]);
    expect((await api.got(`/v1/review?environment=${environment}`)).held).toHaveLength(2);
    const approved = await api.posted(`/v1/links/${held.seq}/approve?environment=${environment}`, {});
    expect(approved).toMatchObject({ verdict: 'applied', canonical_id: 'q1', seq: other.seq + 1 });
    expect(await members('stripe:q1')).toEqual(['crm:q1', 'q1', 'stripe:q1']);
    await api.posted(`/v1/links/${other.seq}/reject?environment=${environment}`, {});
    expect(await alias('q1', 'legacy:q1')).toMatchObject(separated);
    expect(await canonical('legacy:q1')).toBe('legacy:q1');
    expect((await api.got(`/v1/review?environment=${environment}`)).held).toEqual([]);
  });
});

describe('keys', () => {
  test('a publishable key may not rename a known person: held, until a secret key says it', async () => {
    const { identify, alias, publicAlias, canonical, explain } = world('public');
    await identify('kim');
    await identify('lee');
    const held = { ok: true, verdict: 'held', reason: 'needs-secret-key', seq: expect.any(Number) };
    // Two known people.
    const merge = await publicAlias('kim', 'lee');
    expect(merge).toEqual(held);
    expect(await publicAlias('kim', 'lee')).toEqual(merge);
    // A new name for one, of whom something was said.
    await identify('crm:kim', { traits: { since: 2020 } });
    expect(await publicAlias('crm:kim', 'kim')).toEqual(held);
    expect(await canonical('kim')).toBe('kim');
    expect(await explain('kim', 'lee')).toMatchObject({ same: false, held: [{ seq: merge.seq, status: 'held' }] });
    // A stranger, who takes that name; another name beside it, and two strangers.
    const applied = { ok: true, verdict: 'applied', seq: expect.any(Number) };
    expect(await publicAlias('crm:new', 'kim')).toEqual(applied);
    expect(await canonical('crm:new')).toBe('kim');
    expect(await publicAlias('kim', 'stripe:kim')).toEqual(applied);
    expect(await publicAlias('crm:a', 'crm:b')).toEqual(applied);
    expect(await publicAlias('anonymous-new', 'user_new')).toEqual(applied);
    expect(await alias('kim', 'lee')).toMatchObject({ verdict: 'applied', canonical_id: 'kim' });
  });

  test('unless the environment says so', async () => {
    const { identify, publicAlias, canonical } = world('open');
    await identify('kim');
    await identify('lee');
    expect(await publicAlias('kim', 'lee')).toEqual({ ok: true, verdict: 'applied', seq: 4 });
    expect(await canonical('lee')).toBe('kim');
  });

  test('answers to a publishable key tell nothing of the graph, and its key reads nothing', async () => {
    const { web } = server;
    const environment = 'public';
    const identify = { environment, distinct_id: 'pam', anonymous_id: 'anonymous-pam', traits: { plan: 'x' } };
    const answers: Json[] = [
      await web.posted('/identify', identify),
      await web.posted('/identify', { environment, distinct_id: 'pat', anonymous_id: 'anonymous-pam' }),
      await web.posted('/track', { environment, event: 'e', distinct_id: 'pam', anonymous_id: 'anonymous-pam-2' }),
      await web.posted('/track', { environment, event: 'e', distinct_id: 'pat', anonymous_id: 'anonymous-pam' }),
      ...(await web.posted('/alias', [{ environment, distinct_id: 'pam', alias_id: 'crm:pam' }])).results,
    ];
    expect(answers.map(({ verdict }) => verdict)).toEqual(['applied', 'refused', 'applied', 'applied', 'applied']);
    for (const answer of answers) {
      const fields = Object.keys(answer).filter((field) => field !== 'reason');
      expect(fields.sort()).toEqual(['ok', 'seq', 'verdict']);
    }
    expect(answers[1].reason).toBe(anonymousClash.reason);
    for (const path of ['/v1/identities/pam', '/v1/explain?a=pam&b=pat', '/v1/ledger', '/v1/identities/pam/events']) {
      expect(await web.get(path)).toMatchObject({ status: 403, body: { error_code: 'forbidden' } });
    }
    for (const [path, body] of [
      ['/v1/resolve', { distinct_ids: ['pam'] }],
      ['/v1/query', { sql: 'SELECT 1' }],
      ['/alias?dry_run=true', { environment, distinct_id: 'pam', alias_id: 'pat' }],
    ] as const) {
      expect(await web.post(path, body)).toMatchObject({ status: 403, body: { error_code: 'forbidden' } });
    }
  });
});

describe('survivors  and known-ness (4.3)', () => {
  test('the primary side keeps its name', async () => {
    const { alias, canonical } = world('survivors');
    expect((await alias('user_123', 'stripe:cus_1')).canonical_id).toBe('user_123');
    expect((await alias('crm:9', 'stripe:cus_1')).canonical_id).toBe('crm:9');
    expect(await canonical('user_123')).toBe('crm:9');
  });

  test('unless only the other side is known: the sign-up call', async () => {
    const { alias, identify } = world('survivors');
    expect((await alias('anonymous-x', 'user_42')).canonical_id).toBe('user_42');
    await identify('user_43');
    expect((await alias('device-y', 'user_43')).canonical_id).toBe('user_43');
    expect((await alias('device-a', 'anonymous-b')).canonical_id).toBe('device-a');
  });

  test('an identify inside an anonymous identity names it', async () => {
    const { identify, canonical } = world('survivors');
    await identify('device-1', { anonymous_id: 'cookie-2' });
    expect(await canonical('cookie-2')).toBe('device-1');
    expect((await identify('cookie-2')).canonical_id).toBe('cookie-2');
    expect(await canonical('device-1')).toBe('cookie-2');
    // Known now, it stays.
    await identify('device-1', { traits: { a: 1 } });
    expect(await canonical('device-1')).toBe('cookie-2');
  });

  test('created_at is the earliest time of what holds the identity together', async () => {
    const { identify, alias, profile } = world('survivors');
    await identify('born_2', { timestamp: '2021-02-03T04:05:06.000Z' });
    await identify('born_1', { timestamp: '2020-01-01T00:00:00.000Z' });
    expect((await profile('born_2')).created_at).toBe('2021-02-03T04:05:06.000Z');
    await alias('born_2', 'born_1');
    expect(await profile('born_1')).toMatchObject({ canonical_id: 'born_2', created_at: '2020-01-01T00:00:00.000Z' });
  });

  test('who is known: identified ids, sides of an alias, the distinct_id of a track link; not by form, nor once anonymous', async () => {
    const { identify, link, alias, track, knownOnes, profile } = world('known');
    await link('u1', 'visitor-77');
    expect(await knownOnes('u1')).toEqual(['u1']);
    // It was an anonymous_id: an alias does not make it known.
    await alias('crm:1', 'visitor-77');
    expect(await knownOnes('u1')).toEqual(['crm:1', 'u1']);
    await alias('guest_5', '$device:5');
    await alias('anonymous-5', 'guest_5');
    expect(await knownOnes('guest_5')).toEqual([]);
    await alias('guest_x', 'crm:6');
    expect(await knownOnes('guest_x')).toEqual(['crm:6', 'guest_x']);
    await track({ distinct_id: 'u7', anonymous_id: 'visitor-7' });
    expect(await knownOnes('u7')).toEqual(['u7']);
    await track({ distinct_id: 'u8' });
    expect(await profile('u8')).toMatchObject({ known: false, event_count: 1, canonical_id: 'u8' });
    // An identify does not make known what is anonymous by form.
    await identify('$device:9', { traits: { a: 1 } });
    expect(await knownOnes('$device:9')).toEqual([]);
  });
});

describe('traits ', () => {
  test('the newest effective time wins, whatever the order of arrival', async () => {
    const { identify, profile, history } = world('traits');
    await identify('t1', { traits: { plan: 'b' }, timestamp: '2024-02-01T00:00:00Z' });
    await identify('t1', { traits: { plan: 'a' }, timestamp: '2024-01-01T00:00:00Z' });
    expect((await profile('t1')).traits).toEqual({ plan: 'b' });
    await identify('t1', { traits: { plan: 'c' } });
    expect((await profile('t1')).traits).toEqual({ plan: 'c' });
    expect((await history('t1', 'plan')).map(({ value }: { value: string }) => value)).toEqual(['c', 'b', 'a']);
  });

  test('a clock in the future pins nothing', async () => {
    const { identify, profile, history } = world('traits');
    await identify('t2', { traits: { plan: 'future' }, timestamp: '2199-01-01T00:00:00Z' });
    const [{ time, effective_time }] = await history('t2', 'plan');
    expect(effective_time).toBe(time);
    await identify('t2', { traits: { plan: 'now' } });
    expect((await profile('t2')).traits).toEqual({ plan: 'now' });
  });

  test('an equal value changes nothing, unless it comes with a newer time', async () => {
    const { identify, head, history } = world('traits');
    const first = await identify('t3', { traits: { plan: 'a', n: { deep: [1, null] } }, timestamp: 1_700_000_000 });
    const again = { traits: { n: { deep: [1, null] }, plan: 'a' } };
    expect(await identify('t3', again)).toMatchObject({ verdict: 'unchanged', seq: first.seq });
    expect(await identify('t3', { ...again, timestamp: 1_700_000_000_000 })).toMatchObject({ verdict: 'unchanged' });
    expect(await identify('t3', { ...again, timestamp: 1_600_000_000 })).toMatchObject({ verdict: 'unchanged' });
    expect(await head()).toBe(first.seq);
    expect(await identify('t3', { traits: { plan: 'a' }, timestamp: 1_700_000_001 })).toMatchObject({
      verdict: 'applied',
      seq: first.seq + 1,
    });
    expect((await history('t3', 'plan')).map((row: { seq: number }) => row.seq)).toEqual([first.seq + 1, first.seq]);
  });

  test('traits_once: the earliest, and only where no plain value is', async () => {
    const { identify, alias, profile } = world('traits');
    await identify('t4', { traits_once: { source: 'ad' }, timestamp: '2024-03-01T00:00:00Z' });
    await identify('t4', { traits_once: { source: 'mail' }, timestamp: '2024-04-01T00:00:00Z' });
    expect((await profile('t4')).traits).toEqual({ source: 'ad' });
    await identify('t5', { traits_once: { source: 'first' }, timestamp: '2024-01-01T00:00:00Z' });
    await alias('t4', 't5');
    expect((await profile('t4')).traits).toEqual({ source: 'first' });
    await identify('t5', { traits: { source: 'plain' }, timestamp: '2023-01-01T00:00:00Z' });
    expect((await profile('t4')).traits).toEqual({ source: 'plain' });
  });

  test('a merge loses no value: each keeps its identifier, time, key, library and ledger row', async () => {
    const { identify, link, history, profile } = world('traits');
    const anonymous = await identify('device-t6', {
      traits: { plan: 'trial', theme: 'dark' },
      timestamp: '2024-01-01T00:00:00Z',
      properties: { $lib: 'web' },
    });
    const person = await identify('t6', { traits: { plan: 'pro' }, timestamp: '2024-06-01T00:00:00Z' });
    await link('t6', 'device-t6');
    expect((await profile('device-t6')).traits).toEqual({ plan: 'pro', theme: 'dark' });
    expect(await history('t6', 'plan')).toMatchObject([
      { value: 'pro', distinct_id: 't6', effective_time: '2024-06-01T00:00:00.000Z', seq: person.seq },
      {
        value: 'trial',
        distinct_id: 'device-t6',
        effective_time: '2024-01-01T00:00:00.000Z',
        seq: anonymous.seq,
        source: { key: 'ONYM_INITIAL_SECRET_KEY', lib: 'web', batch: null, public: false },
      },
    ]);
  });
});

describe('guard rails ', () => {
  test('a union above the size is held, on all three calls; the parts stay as they were', async () => {
    const { alias, link, track, members, explain, head } = world('small');
    await alias('a1', 'a2');
    await alias('b1', 'b2');
    const held = { verdict: 'held', reason: 'identity-too-large' };
    const first = await alias('a1', 'b1');
    expect(first).toMatchObject({ ...held, canonical_id: 'a1' });
    expect(await alias('a1', 'b1')).toEqual(first);
    expect(await head()).toBe(first.seq);
    await alias('a1', 'a3');
    expect(await link('a1', 'anonymous-4')).toMatchObject(held);
    expect(await track({ distinct_id: 'a1', anonymous_id: 'anonymous-5' })).toMatchObject({
      verdict: 'applied',
      link: held,
    });
    expect(await members('a1')).toEqual(['a1', 'a2', 'a3']);
    expect(await members('b2')).toEqual(['b1', 'b2']);
    expect((await explain('a1', 'b1')).held).toMatchObject([{ seq: first.seq }]);
  });

  test('too many of one type are held', async () => {
    const { alias, members } = world('typed');
    await alias('u1', 'stripe:1');
    const held = { verdict: 'held', reason: 'too-many-of-type' };
    expect(await alias('u1', 'stripe:2')).toMatchObject(held);
    await alias('u1', 'crm:1');
    await alias('u1', 'crm:2');
    expect(await alias('u1', 'crm:3')).toMatchObject(held);
    await alias('u2', 'stripe:3');
    expect(await alias('u1', 'u2')).toMatchObject(held);
    await alias('u1', 'other:1');
    await alias('u1', 'other:2');
    expect(await members('u1')).toEqual(['crm:1', 'crm:2', 'other:1', 'other:2', 'stripe:1', 'u1']);
  });

  test('ids are never folded, trimmed or cut', async () => {
    const { alias, members } = world('typed');
    const long = 'é'.repeat(256);
    const ids = ['Case', 'case', ' case', 'case ', long, 'a/b?c#d%25', "o'brien\\", '👩‍👩‍👧', 'prototype', '__proto__'];
    for (const id of ids) expect(await members(id).catch(() => [])).toEqual([]);
    for (const [n, id] of ids.entries()) await alias(`owner_${n}`, id);
    for (const [n, id] of ids.entries()) expect(await members(id)).toEqual([`owner_${n}`, id].sort());
    const canonicals = await server.api.canonicals(ids, 'typed');
    expect(ids.map((id) => canonicals.get(id))).toEqual(ids.map((_, n) => `owner_${n}`));
    const rows = await server.api.rows(
      "SELECT distinct_id FROM identifiers WHERE distinct_id NOT LIKE 'owner%'",
      'typed',
    );
    expect(rows.map((row) => row.distinct_id)).toEqual(expect.arrayContaining(ids));
  });

  test('events of reserved ids are accepted, never linked, and counted', async () => {
    const { track, head, rows, profile } = world('reserved');
    const counted = async () =>
      Number(/^onym_events_reserved_total (\d+)$/m.exec((await server.api.get('/metrics')).text)![1]);
    const before = await counted();
    expect(await track({ distinct_id: 'guest', anonymous_id: 'anonymous-1' })).toEqual({
      ok: true,
      verdict: 'applied',
      seq: null,
    });
    expect(await track({ distinct_id: 'user_1', anonymous_id: 'null' })).toMatchObject({
      verdict: 'applied',
      seq: null,
    });
    await track({ distinct_id: 'guest' });
    expect(await counted()).toBe(before + 3);
    expect(await head()).toBe(0);
    expect(await rows('SELECT distinct_id FROM events ORDER BY 1')).toEqual([
      { distinct_id: 'anonymous-1' },
      { distinct_id: 'guest' },
      { distinct_id: 'user_1' },
    ]);
    expect(await profile('guest')).toMatchObject({ known: false, identifier_count: 1 });
  });
});

describe('environments', () => {
  test('the same ids in two of them are strangers to each other', async () => {
    const production = world('production');
    const staging = world('staging');
    const one = await production.alias('same', 'crm:same', {});
    await production.identify('same', { traits: { plan: 'pro' } });
    await production.track({ distinct_id: 'same' });
    const two = await staging.identify('same');
    expect(one.seq).toBe(1);
    expect(two.seq).toBe(1);
    expect(two.identity_id).not.toBe(one.identity_id);
    expect(await production.members('same')).toEqual(['crm:same', 'same']);
    expect(await staging.members('same')).toEqual(['same']);
    expect(await staging.profile('same')).toMatchObject({ traits: {}, event_count: 0 });
    expect(await staging.canonical('crm:same')).toBe('crm:same');
    expect((await staging.rows('SELECT count() AS n FROM events')).map(({ n }) => Number(n))).toEqual([0]);
    expect(await staging.ledger()).toHaveLength(1);
    // Another environment's identity_id names nobody here.
    expect(await server.api.get(`/v1/identities/${one.identity_id}?environment=staging`)).toMatchObject({
      status: 404,
    });
  });

  test('one array may serve several; an unknown one is an error that costs its neighbours nothing', async () => {
    const items = [
      { environment: 'production', distinct_id: 'arr', alias_id: 'crm:arr' },
      { environment: 'nowhere', distinct_id: 'arr', alias_id: 'crm:arr' },
      { environment: 'staging', distinct_id: 'arr', alias_id: 'null' },
      { environment: 'staging', distinct_id: 'arr', alias_id: 'crm:arr' },
      'not an object',
    ];
    const { status, body } = await server.api.post('/alias', items);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      ok: true,
      accepted: 2,
      rejected: [
        { index: 1, error_code: 'environment-not-found', message: expect.any(String) },
        { index: 2, error_code: 'reserved-distinct-id' },
        { index: 4, error_code: 'invalid-payload' },
      ],
      results: [{ verdict: 'applied' }, null, null, { verdict: 'applied' }, null],
    });
    const none = await server.api.post('/alias', [items[1], items[2]]);
    expect(none).toMatchObject({
      status: 422,
      body: { ok: false, accepted: 0, rejected: [{}, {}], results: [null, null] },
    });
    expect(
      (await server.api.post('/track', { environment: 'nowhere', event: 'e', distinct_id: 'x' })).body,
    ).toMatchObject({
      error_code: 'environment-not-found',
    });
  });
});

describe('track ', () => {
  test('heals an identify that was lost; repeats are free', async () => {
    const { track, members, ledger, rows } = world('tracks');
    await track({ distinct_id: 'anonymous-1' });
    const healed = await track({ distinct_id: 'user_1', anonymous_id: 'anonymous-1' });
    expect(healed).toEqual({ ok: true, verdict: 'applied', seq: 1, link: { verdict: 'applied', seq: 1 } });
    for (let i = 0; i < 5; i++) {
      expect(await track({ distinct_id: 'user_1', anonymous_id: 'anonymous-1' })).toEqual({
        ...healed,
        link: { verdict: 'unchanged', seq: 1 },
      });
    }
    expect(await members('anonymous-1')).toEqual(['anonymous-1', 'user_1']);
    expect(await ledger()).toMatchObject([{ seq: 1, op: 'track' }]);
    const people = await rows('SELECT identity_id, count() AS n FROM events GROUP BY 1');
    expect(people.map(({ n }) => Number(n))).toEqual([7]);
  });

  test('by the rules of identify: never two known people; the event stands all the same', async () => {
    const { track, identify, canonical, rows } = world('tracks');
    await identify('user_2', { anonymous_id: 'anonymous-2' });
    expect(await track({ distinct_id: 'user_3', anonymous_id: 'anonymous-2', event: 'clash' })).toMatchObject({
      verdict: 'applied',
      reason: anonymousClash.reason,
      link: anonymousClash,
    });
    expect(await canonical('anonymous-2')).toBe('user_2');
    expect(await rows("SELECT distinct_id, anonymous_id FROM events WHERE event = 'clash'")).toEqual([
      { distinct_id: 'user_3', anonymous_id: 'anonymous-2' },
    ]);
  });

  test('a distinct_id that is anonymous by form, or equal ids, are no evidence', async () => {
    const { track, head } = world('tracks');
    const before = await head();
    for (const distinct_id of ['anonymous-7', 'device-7', 'visitor-8']) {
      expect(await track({ distinct_id, anonymous_id: 'visitor-8' })).toEqual({
        ok: true,
        verdict: 'applied',
        seq: null,
      });
    }
    expect(await head()).toBe(before);
  });

  test('is attributed to the first of distinct_id, anonymous_id and device_id; to nobody is an error', async () => {
    const { track, error, rows } = world('tracks');
    await track({ event: 'whose', anonymous_id: 'anonymous-9', device_id: 'device-9', session_id: 's' });
    await track({ event: 'whose', device_id: 'device-9', properties: { a: { b: [1] } } });
    expect(
      await rows(
        "SELECT distinct_id, anonymous_id, device_id, session_id FROM events WHERE event = 'whose' ORDER BY 1",
      ),
    ).toEqual([
      { distinct_id: 'anonymous-9', anonymous_id: 'anonymous-9', device_id: 'device-9', session_id: 's' },
      { distinct_id: 'device-9', anonymous_id: null, device_id: 'device-9', session_id: null },
    ]);
    expect(await error('/track', { event: 'e' })).toEqual([400, 'invalid-payload']);
  });
});

describe('dry run', () => {
  test('says what would be and writes nothing', async () => {
    const { identify, head, canonical } = world('dry');
    await identify('d1', { traits: { plan: 'a' } });
    await identify('d2');
    const before = await head();
    const { api } = server;
    const environment = 'dry';
    const alias = { environment, distinct_id: 'd1', alias_id: 'd2' };
    expect(await api.posted('/alias?dry_run=true', alias)).toMatchObject({ verdict: 'applied', canonical_id: 'd1' });
    const clash = { environment, distinct_id: 'd1', anonymous_id: 'd2', traits: { plan: 'b' } };
    expect(await api.posted('/identify?dry_run=true', clash)).toMatchObject(anonymousClash);
    expect(await head()).toBe(before);
    expect(await canonical('d2')).toBe('d2');
    expect(await api.posted('/alias', alias)).toMatchObject({ verdict: 'applied', seq: before + 1 });
  });
});

describe('the past', () => {
  test('as_of and as_of_seq answer as it was believed then, on resolve and on identities', async () => {
    const { api } = server;
    const environment = 'past';
    const { identify, alias, ledger, profile, canonical } = world('past');
    const steps = [
      () => identify('p1', { anonymous_id: 'anonymous-p', traits: { plan: 'a' } }),
      () => identify('p2', { traits: { plan: 'b' } }),
      () => alias('p2', 'p1'),
    ];
    for (const step of steps) {
      await step();
      // The next row is of a later millisecond.
      const now = Date.now();
      while (Date.now() <= now + 1) await sleep(1);
    }
    const times = (await ledger()).map((row) => (row as Json).time as string);
    const earlier = new Date(Date.parse(times[0]!) - 1).toISOString();
    const expected: [seq: number, time: string, canonicals: string[], size: number, plan: string | undefined][] = [
      [0, earlier, ['anonymous-p', 'p1', 'p2'], 1, undefined],
      [1, times[0]!, ['p1', 'p1', 'p2'], 2, 'a'],
      [2, times[1]!, ['p1', 'p1', 'p2'], 2, 'a'],
      [3, times[2]!, ['p2', 'p2', 'p2'], 3, 'b'],
      [3, new Date().toISOString(), ['p2', 'p2', 'p2'], 3, 'b'],
    ];
    const ids = ['anonymous-p', 'p1', 'p2'];
    for (const [seq, time, canonicals, size, plan] of expected) {
      for (const at of [{ as_of: time }, { as_of_seq: seq }]) {
        const { identities } = await api.posted('/v1/resolve', { environment, distinct_ids: ids, ...at });
        expect(ids.map((id) => identities[id].canonical_id)).toEqual(canonicals);
        const query = `&${new URLSearchParams(Object.entries(at).map(([name, value]): [string, string] => [name, String(value)]))}`;
        expect(await profile('p1', query)).toMatchObject({
          canonical_id: canonicals[1],
          known: seq > 0,
          identifier_count: size,
          traits: plan === undefined ? {} : { plan },
        });
      }
    }
    expect(await canonical('p1')).toBe('p2');
    const both = { environment, distinct_ids: ids, as_of: times[0], as_of_seq: 1 };
    expect(await api.post('/v1/resolve', both)).toMatchObject({ status: 400 });
  });

  test('an id nobody met resolves to itself, and has no profile', async () => {
    const { identities } = await server.api.posted('/v1/resolve', { environment: 'past', distinct_ids: ['nobody'] });
    expect(identities).toMatchObject({ nobody: { canonical_id: 'nobody', known: false } });
    expect(await server.api.get('/v1/identities/nobody?environment=past')).toMatchObject({
      status: 404,
      body: { error_code: 'not-found' },
    });
  });
});

describe('uuids', () => {
  test('the same uuid for the same distinct_id counts once: in one array, across requests, after a drain, after a restart', async () => {
    const environment = 'uuids';
    const uuid = '0190b5f0-0000-7000-8000-0000000000aa';
    const event = (distinct_id: string, rest: Json) => ({ environment, event: 'e', distinct_id, ...rest });
    const count = async () =>
      (await server.api.rows('SELECT distinct_id, count() AS n FROM events GROUP BY 1 ORDER BY 1', environment)).map(
        ({ distinct_id, n }) => [distinct_id, Number(n)],
      );
    const once = [
      ['u1', 1],
      ['u2', 1],
      ['u3', 1],
    ];
    const { results } = await server.api.posted('/track', [
      event('u1', { uuid }),
      event('u1', { uuid: uuid.toUpperCase() }),
      event('u2', { uuid }),
      event('u3', { message_id: 'not a uuid' }),
      event('u3', { uuid: 'not a uuid' }),
    ]);
    const verdicts = (answers: Json[]) => answers.map(({ verdict }) => verdict);
    expect(verdicts(results)).toEqual(['applied', 'unchanged', 'applied', 'applied', 'unchanged']);
    const repeat = async (expected = ['unchanged']) => {
      const again = await Promise.all(
        Array.from({ length: 4 }, () => [
          server.web.posted('/track', event('u1', { uuid })),
          server.api.posted('/track', event('u2', { message_id: uuid })),
          server.api.posted('/track', event('u3', { message_id: 'not a uuid' })),
        ]).flat(),
      );
      expect([...new Set(verdicts(again))].sort()).toEqual(expected);
    };
    await repeat();
    expect(await count()).toEqual(once);
    // Drained now.
    await repeat();
    expect(await count()).toEqual(once);

    const { dataDir } = server;
    expect(await server.kill()).toMatchObject({ signal: 'SIGKILL' });
    server = await serve({ dataDir, variables });
    // A node answers by what it has taken itself since its start; in the event store an event is there once, whoever took it.
    await repeat(onServers ? ['applied', 'unchanged'] : undefined);
    expect(await count()).toEqual(once);

    // Sent at once by several, it is still one.
    const race = await Promise.all(Array.from({ length: 8 }, () => server.api.posted('/track', event('u4', { uuid }))));
    expect(verdicts(race).filter((verdict) => verdict === 'applied')).toHaveLength(1);
    expect(await count()).toEqual([...once, ['u4', 1]]);
    // Without a name, each counts.
    await server.api.posted('/track', [event('u5', {}), event('u5', {})]);
    expect(await count()).toEqual([...once, ['u4', 1], ['u5', 2]]);
  });
});

test('after all that, the ledger folds to what is stored and to what queries see', async () => {
  const { dataDir } = server;
  const verified = await Promise.all(
    (['links', 'apart', 'traits', 'review'] as const).map((name) =>
      onym(['verify', '--json', '-e', name], { ONYM_DATA_DIR: dataDir, ...variables }),
    ),
  );
  for (const { code, stdout, stderr } of verified) {
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({ differences: [], rows: expect.any(Number) });
  }
  expect(await server.stop()).toMatchObject({ code: 0, stderr: '' });
});
