import { describe, expect, it } from 'vitest';
import { type Body, keys, steeredServer } from './support.ts';

/** Issue of trust: previewed, explained, undone, reviewed; over HTTP, with both engines. Each test has an environment of its own. */

const worldOf = steeredServer([
  { identifiersPerIdentityMax: 3 },
  { identifiersPerIdentityMax: 3, identifiersPerTypeMax: { stripe: 1 } },
  { identifiersPerIdentityMax: 20_000 },
]);

function world(name?: string) {
  const base = worldOf(name);
  const { post, get } = base;
  return {
    ...base,
    identify: (distinct_id: string, anonymous_id?: string, rest: object = {}) =>
      post('/identify', { distinct_id, anonymous_id, ...rest }),
    alias: (distinct_id: string, alias_id: string, rest: object = {}) =>
      post('/alias', { distinct_id, alias_id, ...rest }),
    track: (distinct_id: string, event = 'page') => post('/track', { distinct_id, event }),
    ledgerLength: async () => (await get('/v1/ledger?limit=1000')).rows.length as number,
  };
}

/** What a person can see of an identity, without the times at which it was learnt. */
const seen = ({ identity_id, canonical_id, known, identifiers, traits, event_count }: Body) => ({
  identity_id,
  canonical_id,
  known,
  identifiers: identifiers?.map(({ distinct_id, known: isKnown }: Body) => ({ distinct_id, known: isKnown })),
  traits,
  event_count,
});

describe('POST /v1/split', () => {
  it('gives both sides back exactly as if they had never been merged, in the very next query', async () => {
    const { identify, alias, track, post, rows, identity } = world();
    await track('anonymous-1', 'browse');
    await identify('user_1', 'anonymous-1', { traits: { plan: 'free', city: 'Oslo' } });
    await identify('user_2', undefined, { traits: { plan: 'pro' } });
    await track('user_2', 'buy');
    const before = [seen(await identity('user_1')), seen(await identity('user_2'))];
    const merge = await alias('user_1', 'user_2');
    expect(merge).toMatchObject({ verdict: 'applied', canonical_id: 'user_1' });
    expect(await rows('SELECT uniqExact(identity_id) AS people FROM events')).toEqual([{ people: 1 }]);
    const split = await post('/v1/split', { link: merge.seq });
    expect(split).toMatchObject({
      verdict: 'applied',
      revoked: [merge.seq],
      separations: [{ a: 'user_1', b: 'user_2' }],
      still_connected: false,
    });
    expect(await rows('SELECT uniqExact(identity_id) AS people FROM events')).toEqual([{ people: 2 }]);
    expect([seen(await identity('user_1')), seen(await identity('user_2'))]).toEqual(before);
  });

  it('survives the same evidence, sent again, by any route', async () => {
    const { identify, alias, post } = world();
    await identify('user_1', 'anonymous-1');
    await post('/v1/split', { distinct_id: 'user_1', from: 'anonymous-1' });
    expect(await identify('user_1', 'anonymous-1')).toMatchObject({ verdict: 'refused', reason: 'separated' });
    expect(await alias('anonymous-1', 'user_1')).toMatchObject({ verdict: 'refused', reason: 'separated' });
    await alias('user_1', 'device-9');
    expect(await alias('device-9', 'anonymous-1')).toMatchObject({ verdict: 'refused', reason: 'separated' });
    const track = await post('/track', { event: 'x', distinct_id: 'user_1', anonymous_id: 'anonymous-1' });
    expect(track).toMatchObject({ verdict: 'applied', link: { verdict: 'refused', reason: 'separated' } });
  });

  it('says when other evidence still connects the two, and by which path', async () => {
    const { alias, post } = world();
    const direct = await alias('user_1', 'crm:1');
    await alias('user_1', 'stripe:1');
    await alias('stripe:1', 'crm:1');
    const split = await post('/v1/split', { link: direct.seq });
    expect(split.still_connected).toBe(true);
    expect(split.path.map(({ primary_id, secondary_id }: Body) => [primary_id, secondary_id])).toEqual([
      ['user_1', 'stripe:1'],
      ['stripe:1', 'crm:1'],
    ]);
  });

  it('cuts at the smallest set of pairs, the newest evidence first', async () => {
    const { alias, post, get } = world();
    await alias('a', 'b');
    const newest = await alias('b', 'c');
    expect(await post('/v1/split', { distinct_id: 'a', from: 'c' })).toMatchObject({ revoked: [newest.seq] });
    expect((await get('/v1/explain?a=a&b=b')).same).toBe(true);
  });

  it('answers unchanged when it is done already, 404 for an unknown link, 400 for neither form', async () => {
    const { alias, post, call, environment, ledgerLength } = world();
    const { seq } = await alias('user_1', 'crm:1');
    await post('/v1/split', { link: seq });
    const rows = await ledgerLength();
    expect(await post('/v1/split', { link: seq })).toMatchObject({ verdict: 'unchanged', revoked: [] });
    expect(await post('/v1/split', { distinct_id: 'user_1', from: 'crm:1' })).toMatchObject({ verdict: 'unchanged' });
    expect(await ledgerLength()).toBe(rows);
    const unknown = await call('POST', '/v1/split', { environment, link: 4_711 });
    expect(unknown).toMatchObject({ status: 404, body: { error_code: 'not-found' } });
    expect(unknown.body.message).toContain('4711');
    expect((await call('POST', '/v1/split', { environment, distinct_id: 'a' })).status).toBe(400);
  });

  it('takes apart an identity of ten thousand identifiers', async () => {
    const { call, post, environment, rows } = world('env2');
    for (let start = 0; start < 10_000; start += 1_000) {
      const items = Array.from({ length: 1_000 }, (_, index) => ({
        environment,
        distinct_id: 'hub',
        alias_id: `crm:${start + index}`,
      }));
      const { body } = await call('POST', '/alias', items);
      expect(body).toMatchObject({ ok: true, accepted: 1_000 });
    }
    expect(await post('/v1/split', { distinct_id: 'hub', from: 'crm:5000' })).toMatchObject({ verdict: 'applied' });
    // What was split off has nothing of its own left: it is as if nobody had ever heard of it.
    expect(await rows('SELECT length(identifiers) AS size FROM identities')).toEqual([{ size: 10_000 }]);
  });
});

describe('POST /v1/links', () => {
  it('joins two by hand, as an alias does, previewed first, and refuses reserved ids', async () => {
    const { alias, post, identity, call, environment, get } = world();
    await alias('user_1', 'crm:1');
    const body = { distinct_id: 'user_1', alias_id: 'user_2' };
    const dry = (await call('POST', '/v1/links?dry_run=true', { environment, ...body })).body;
    expect(dry).toMatchObject({ verdict: 'applied', blast_radius: { identities: { before: 2, after: 1 } } });
    expect((await identity('user_1')).identifiers).toHaveLength(2);
    const joined = await post('/v1/links', body);
    expect(joined).toMatchObject({ verdict: 'applied', canonical_id: 'user_1' });
    expect((await identity('user_2')).links).toContainEqual(
      expect.objectContaining({ seq: joined.seq, kind: 'manual', source: expect.objectContaining({ public: false }) }),
    );
    expect(await post('/v1/links', body)).toMatchObject({ verdict: 'unchanged', seq: joined.seq });
    await post('/v1/split', { link: joined.seq });
    expect(await post('/v1/links', body)).toMatchObject({ verdict: 'refused', reason: 'separated' });
    for (const [wrong, code] of [
      [{ distinct_id: 'user_1', alias_id: 'guest' }, 'reserved-distinct-id'],
      [{ distinct_id: 'user_1' }, 'invalid-payload'],
      [{ distinct_id: 'user_1', alias_id: 'b', link: 1 }, 'invalid-payload'],
      [{ link: 999 }, 'not-found'],
    ] as const) {
      expect((await post('/v1/links', wrong)).error_code).toBe(code);
    }
    expect((await get('/v1/ledger?limit=1000')).rows.at(-1)).toMatchObject({ op: 'alias', verdict: 'refused' });
  });

  it('makes a link again that a split revoked: whom it made known, and whom it did not, are as before', async () => {
    const { identify, post, identity, call, environment } = world();
    const login = await identify('ana', 'device-less-7f3e');
    await identify('ana', 'anonymous-1');
    const before = await identity('ana');
    await post('/v1/split', { link: login.seq });
    expect(await post('/v1/links', { link: login.seq })).toMatchObject({ verdict: 'refused', reason: 'separated' });
    await call('DELETE', '/v1/separations', { environment, a: 'ana', b: 'device-less-7f3e' });
    expect(await post('/v1/links', { link: login.seq })).toMatchObject({ verdict: 'applied', canonical_id: 'ana' });
    expect(seen(await identity('ana'))).toEqual(seen(before));
    expect((await post('/v1/links', { link: login.seq + 1 })).message).toContain('nothing to make again');
  });

  it('brings a rejected link back to the queue, once its separation is lifted', async () => {
    const { alias, post, call, environment, get } = world('env1');
    await alias('rail_1', 'stripe:r1');
    const held = await alias('rail_1', 'stripe:r2');
    await post(`/v1/links/${held.seq}/reject`, {});
    await call('DELETE', `/v1/separations?environment=${environment}&a=rail_1&b=stripe:r2`);
    const again = await post('/v1/links', { link: held.seq });
    expect(again).toMatchObject({ verdict: 'held', reason: 'too-many-of-type' });
    const { held: waiting } = await get('/v1/review?blast_radius=false');
    expect(waiting[0].link).toMatchObject({ seq: again.seq, kind: 'manual', status: 'held' });
    expect(waiting[0]).not.toHaveProperty('blast_radius');
    await post(`/v1/links/${again.seq}/reject`, {});
  });
});

describe('separations', () => {
  it('are stated, hold, and are lifted', async () => {
    const { alias, post, call, environment } = world();
    expect(await post('/v1/separations', { a: 'x', b: 'y' })).toMatchObject({ ok: true, verdict: 'applied' });
    expect(await post('/v1/separations', { a: 'y', b: 'x' })).toMatchObject({ verdict: 'unchanged' });
    expect(await alias('x', 'y')).toMatchObject({ verdict: 'refused', reason: 'separated' });
    const lifted = await call('DELETE', `/v1/separations?environment=${environment}&a=y&b=x`);
    expect(lifted.body).toMatchObject({ verdict: 'applied' });
    expect(await alias('x', 'y')).toMatchObject({ verdict: 'applied' });
    expect((await call('DELETE', '/v1/separations', { environment, a: 'x', b: 'y' })).status).toBe(404);
  });
});

describe('POST /v1/revert', () => {
  it('takes back all that a batch recorded, and nothing else', async () => {
    const { identify, alias, post, identity } = world();
    await identify('user_1', 'anonymous-1', { traits: { plan: 'free' } });
    const before = seen(await identity('user_1'));
    const batch = 'import-2026';
    await identify('user_1', undefined, { batch, traits: { plan: 'pro', vip: true } });
    await alias('user_1', 'legacy:1', { batch });
    await identify('user_9', undefined, { batch });
    const preview = await post('/v1/revert?dry_run=true', { batch });
    expect(preview).toMatchObject({ verdict: 'applied', revoked: 3, blast_radius: { identifiers: { moved: 1 } } });
    expect(await post('/v1/revert', { batch })).toMatchObject({ verdict: 'applied', revoked: 3, separations: 0 });
    expect(seen(await identity('user_1'))).toEqual(before);
    expect((await identity('user_9')).known).toBe(false);
    expect(await post('/v1/revert', { batch })).toMatchObject({ verdict: 'unchanged', revoked: 0 });
    expect(await alias('user_1', 'legacy:1', { batch: 'import-corrected' })).toMatchObject({ verdict: 'applied' });
  });

  it('keeps what a live call said too', async () => {
    const { alias, identify, post, get, identity } = world();
    const batch = 'b';
    await alias('user_1', 'legacy:1', { batch });
    await identify('user_1', undefined, { batch, traits: { plan: 'pro' } });
    await alias('user_1', 'legacy:1');
    await identify('user_1', undefined, { traits: { plan: 'pro' } });
    await post('/v1/revert', { batch });
    expect((await get('/v1/explain?a=user_1&b=legacy:1')).same).toBe(true);
    expect(await identity('user_1')).toMatchObject({ known: true, traits: { plan: 'pro' } });
  });

  it('takes back what one key sent in a span of time, and leaves separations when asked', async () => {
    const { alias, post } = world();
    const from = new Date(Date.now() - 60_000).toISOString();
    await alias('user_1', 'crm:1');
    const scope = { key: 'ONYM_INITIAL_SECRET_KEY', from, to: new Date(Date.now() + 60_000).toISOString() };
    expect(await post('/v1/revert', { ...scope, separate: true })).toMatchObject({ revoked: 1, separations: 1 });
    expect(await alias('user_1', 'crm:1')).toMatchObject({ verdict: 'refused', reason: 'separated' });
  });

  it('answers 404 for a batch that never was, and 400 for half a span', async () => {
    const { call, environment } = world();
    const unknown = await call('POST', '/v1/revert', { environment, batch: 'never' });
    expect(unknown).toMatchObject({ status: 404, body: { error_code: 'not-found' } });
    expect(unknown.body.message).toContain('never');
    expect((await call('POST', '/v1/revert', { environment, key: 'k' })).status).toBe(400);
  });
});

describe('dry runs', () => {
  it('show verdict and blast radius of every kind of call, and write nothing', async () => {
    const { identify, alias, track, post, get, ledgerLength, rows, call, environment } = world('env0');
    await track('anonymous-1');
    await track('anonymous-1');
    await identify('user_1', 'anonymous-1', { traits: { plan: 'free' } });
    await identify('user_2', undefined, { traits: { plan: 'pro' } });
    const held = await alias('user_1', 'crm:1').then(() => alias('user_1', 'crm:2'));
    expect(held).toMatchObject({ verdict: 'held', reason: 'identity-too-large' });
    const before = { rows: await ledgerLength(), events: await rows('SELECT * FROM identifiers ORDER BY distinct_id') };

    const split = await post('/v1/split?dry_run=true', { distinct_id: 'user_1', from: 'anonymous-1' });
    expect(split).toMatchObject({
      verdict: 'applied',
      blast_radius: { events: 2, identities: { before: 1, after: 2 } },
    });
    const merge = await post('/alias?dry_run=true', { distinct_id: 'user_2', alias_id: 'device-1' });
    expect(merge.blast_radius).toMatchObject({
      identities: { before: 2, after: 1 },
      identifiers: { moved: 1 },
      events: 0,
    });
    const named = await post('/identify?dry_run=true', { distinct_id: 'user_2', traits: { plan: 'max' } });
    expect(named.blast_radius.traits.listed).toEqual([{ canonical_id: 'user_2', key: 'plan', from: 'pro', to: 'max' }]);
    const approve = await post(`/v1/links/${held.seq}/approve?dry_run=true`, {});
    expect(approve).toMatchObject({ verdict: 'applied', blast_radius: { identities: { before: 2, after: 1 } } });
    const review = await get('/v1/review');
    expect(review.held[0]).toMatchObject({ link: { seq: held.seq }, blast_radius: { identifiers: { moved: 1 } } });
    expect(
      (await call('POST', '/alias?dry_run=true', { environment, distinct_id: 'a', alias_id: 'b' }, keys.web)).status,
    ).toBe(403);

    expect({
      rows: await ledgerLength(),
      events: await rows('SELECT * FROM identifiers ORDER BY distinct_id'),
    }).toEqual(before);
  });
});

describe('the review queue', () => {
  it('approves a held link, rejects another for good, and applies a refused one after all', async () => {
    const { identify, alias, post, get, call, environment } = world('env1');
    await alias('user_1', 'stripe:1');
    const typed = await alias('user_1', 'stripe:2');
    expect(typed).toMatchObject({ verdict: 'held', reason: 'too-many-of-type' });
    expect((await get('/v1/review')).held).toHaveLength(1);
    expect(await post(`/v1/links/${typed.seq}/approve`, {})).toMatchObject({ verdict: 'applied' });
    expect((await get('/v1/review')).held).toHaveLength(0);
    expect(await post(`/v1/links/${typed.seq}/approve`, {})).toMatchObject({ verdict: 'unchanged' });

    const large = await alias('user_1', 'crm:1');
    expect(large).toMatchObject({ verdict: 'held', reason: 'identity-too-large' });
    expect(await post(`/v1/links/${large.seq}/reject`, {})).toMatchObject({ verdict: 'applied' });
    expect(await alias('user_1', 'crm:1')).toMatchObject({ verdict: 'refused', reason: 'separated' });

    await identify('anna', 'anonymous-shared');
    const refused = await identify('bert', 'anonymous-shared');
    for (let repeat = 0; repeat < 3; repeat++) await identify('bert', 'anonymous-shared');
    expect(refused).toMatchObject({ reason: 'anonymous-id-belongs-to-another-identity' });
    const why = await get('/v1/explain?a=bert&b=anna');
    expect(why).toMatchObject({ same: false, path: [], refused: [{ seq: refused.seq }] });
    const { conflicts } = await get('/v1/conflicts');
    expect(conflicts[0]).toMatchObject({
      reason: 'anonymous-id-belongs-to-another-identity',
      distinct_id: 'anonymous-shared',
      claimants: ['bert'],
      sources: [{ key: 'ONYM_INITIAL_SECRET_KEY' }],
    });
    expect(await post(`/v1/links/${refused.seq}/approve`, {})).toMatchObject({ verdict: 'applied' });
    expect((await get('/v1/explain?a=anna&b=bert')).same).toBe(true);
    expect((await call('POST', `/v1/links/999/approve?environment=${environment}`)).status).toBe(404);
  });

  it('says who nearly met: an identity that has turned-down evidence with both', async () => {
    const { identify, get } = world();
    await identify('kiosk-owner', 'anonymous-kiosk');
    await identify('anna', 'anonymous-kiosk');
    await identify('bert', 'anonymous-kiosk');
    const why = await get('/v1/explain?a=anna&b=bert');
    expect(why).toMatchObject({ same: false, refused: [], neighbour: { canonical_id: 'kiosk-owner' } });
    expect(why.neighbour.path.map(({ primary_id }: Body) => primary_id)).toEqual(['anna', 'bert']);
  });
});

describe('as of', () => {
  it('answers what was believed then, splits and merges included', async () => {
    const { identify, alias, post, get } = world();
    await identify('user_1', 'anonymous-1', { traits: { plan: 'free' } });
    const merge = await alias('user_1', 'user_2');
    await identify('user_1', undefined, { traits: { plan: 'pro' } });
    await post('/v1/split', { link: merge.seq });
    const canonical = async (as_of_seq: number) =>
      (await post('/v1/resolve', { distinct_ids: ['user_2', 'anonymous-1'], as_of_seq })).identities;
    expect(await canonical(0)).toMatchObject({
      user_2: { canonical_id: 'user_2' },
      'anonymous-1': { canonical_id: 'anonymous-1' },
    });
    expect(await canonical(merge.seq)).toMatchObject({ user_2: { canonical_id: 'user_1' } });
    expect(await canonical(merge.seq + 2)).toMatchObject({ user_2: { canonical_id: 'user_2' } });
    const then = await get(`/v1/identities/user_1?by=distinct_id&as_of_seq=${merge.seq}`);
    expect(then).toMatchObject({ traits: { plan: 'free' }, identifier_count: 3 });
  });
});
