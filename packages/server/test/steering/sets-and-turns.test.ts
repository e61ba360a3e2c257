import { describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { type Body, keys, steeredServer } from './support.ts';

/** Sets taken out, traits removed, ids that are nobody's by pattern, and answers that follow what stands now; over HTTP, with both engines. */

const worldOf = steeredServer([
  { reservedPatterns: ['^@https?://', '^noreply@'], anonymousPatterns: ['^guest-'] },
  { identifiersPerIdentityMax: 3 },
]);

function world(name?: string) {
  const base = worldOf(name);
  const { environment, call, post, identity } = base;
  const items = (rows: object[]) => rows.map((row) => ({ environment, ...row }));
  return {
    ...base,
    identifyAll: async (rows: object[]) => (await call('POST', '/identify', items(rows))).body,
    aliasAll: async (rows: object[]) => (await call('POST', '/alias', items(rows))).body,
    alias: (distinct_id: string, alias_id: string, key?: string) => post('/alias', { distinct_id, alias_id }, key),
    identify: (item: object, key?: string) => post('/identify', item, key),
    members: async (id: string) => (await identity(id)).identifiers.map((row: Body) => row.distinct_id),
  };
}

describe('split of a set', () => {
  it('takes ids out of a large identity as they hang together, events and traits with them, previewed first', async () => {
    const w = world();
    await w.aliasAll(Array.from({ length: 40 }, (_, index) => ({ distinct_id: 'hub', alias_id: `id:${index}` })));
    await w.alias('id:1', 'id:1b');
    await w.identify({ distinct_id: 'id:1b', traits: { plan: 'pro' } });
    await w.post('/track', { event: 'e', distinct_id: 'id:1' });
    await w.post('/track', { event: 'e', distinct_id: 'hub' });
    const set = { distinct_ids: ['id:1', 'id:1b', 'id:2', 'never-seen'] };
    const dry = (await w.call('POST', '/v1/split?dry_run=true', { environment: w.environment, ...set })).body;
    expect(dry).toMatchObject({ verdict: 'applied', still_connected: false, blast_radius: { events: 1 } });
    expect(dry.blast_radius.identities).toEqual({ before: 2, after: 4 });
    expect(dry.blast_radius.identifiers.moved).toBe(3);
    expect(await w.members('hub')).toHaveLength(42);

    const done = await w.post('/v1/split', set);
    expect(done).toMatchObject({
      ok: true,
      verdict: 'applied',
      canonical_id: 'id:1',
      still_connected: false,
      path: [],
    });
    expect(done.separations).toEqual([
      { a: 'hub', b: 'id:1' },
      { a: 'hub', b: 'id:2' },
    ]);
    expect(await w.members('id:1b')).toEqual(['id:1', 'id:1b']);
    expect(await w.members('id:2')).toEqual(['id:2']);
    expect(await w.members('hub')).toHaveLength(39);
    expect(await w.identity('id:1b')).toMatchObject({ traits: { plan: 'pro' }, event_count: 1 });
    expect(
      await w.rows(
        "SELECT count() AS n FROM identifiers WHERE distinct_id IN ('id:1', 'id:1b') AND identity_id = toUUID('" +
          done.identity_id +
          "')",
      ),
    ).toEqual([{ n: 2 }]);
    expect(await w.alias('id:7', 'id:1b')).toMatchObject({ verdict: 'refused', reason: 'separated' });
    expect(await w.post('/v1/split', set)).toMatchObject({ verdict: 'unchanged', seq: null, revoked: [] });
    const { rows } = await w.get('/v1/ledger?limit=1000');
    expect(rows.find((row: Body) => row.op === 'split')).toMatchObject({ distinct_ids: ['id:1', 'id:1b', 'id:2'] });
  });

  it('is asked for in one way at a time, with ids', async () => {
    const w = world();
    for (const body of [
      { distinct_ids: [] },
      { distinct_ids: ['a'], link: 1 },
      { distinct_ids: ['a'], from: 'b' },
      { distinct_id: 'a' },
      { distinct_ids: [`${'x'.repeat(513)}`] },
      {},
    ]) {
      const { status, body: answer } = await w.call('POST', '/v1/split', { environment: w.environment, ...body });
      expect([status, answer.ok], JSON.stringify(body)).toEqual([expect.any(Number), false]);
      expect([400, 422]).toContain(status);
    }
  });
});

describe('traits that are removed', () => {
  it('are gone from profiles, SQL and exports, stay in the history, and come back when set again', async () => {
    const w = world();
    await w.identify({ distinct_id: 'u', traits: { plan: 'pro', nested: { a: null } } });
    expect(await w.identify({ distinct_id: 'u', traits: { plan: null } })).toMatchObject({ verdict: 'applied' });
    expect(await w.identify({ distinct_id: 'u', traits: { plan: null } })).toMatchObject({ verdict: 'unchanged' });
    expect(Object.keys((await w.identity('u')).traits)).toEqual(['nested']);
    expect((await w.identity('u')).traits.nested).toEqual({ a: null });
    expect(await w.rows('SELECT traits.plan::Nullable(String) AS plan FROM identities')).toEqual([{ plan: null }]);
    const history = await w.get('/v1/identities/u/traits/plan?by=distinct_id');
    expect(history.values.map(({ value }: Body) => value)).toEqual([null, 'pro']);
    const dry = (
      await w.call('POST', '/identify?dry_run=true', {
        environment: w.environment,
        distinct_id: 'u',
        traits: { plan: 'team' },
      })
    ).body;
    expect(dry.blast_radius.traits.listed).toEqual([{ canonical_id: 'u', key: 'plan', to: 'team' }]);
    await w.identify({ distinct_id: 'u', traits: { plan: 'team' } });
    expect((await w.identity('u')).traits.plan).toBe('team');
  });

  it('one said once and null is no trait', async () => {
    const w = world();
    expect(await w.identify({ distinct_id: 'u', traits_once: { via: null } })).toMatchObject({ verdict: 'applied' });
    await w.identify({ distinct_id: 'u', traits_once: { via: 'ad' } });
    expect((await w.identity('u')).traits.via).toBe('ad');
  });
});

describe('identify with an anonymous id alone', () => {
  it('sets its traits, makes nobody known, and the next login joins', async () => {
    const w = world();
    const visitor = '0a4f7a0e-visitor';
    for (const distinct_id of [undefined, null, '']) {
      const answer = await w.identify({ distinct_id, anonymous_id: visitor, traits: { plan: 'free' } });
      expect(answer).toMatchObject({ ok: true, canonical_id: visitor });
    }
    expect(await w.identity(visitor)).toMatchObject({ known: false, traits: { plan: 'free' } });
    expect(await w.identify({ distinct_id: 'user_1', anonymous_id: visitor })).toMatchObject({ verdict: 'applied' });
    expect(await w.identity(visitor)).toMatchObject({ canonical_id: 'user_1', traits: { plan: 'free' } });
    const { status, body } = await w.call('POST', '/identify', {
      environment: w.environment,
      anonymous_id: 'null',
      traits: {},
    });
    expect([status, body.error_code]).toEqual([422, 'reserved-distinct-id']);
  });

  it('an id that is anonymous by form is not known by an identify, whatever the client', async () => {
    const w = world();
    for (const id of ['anonymous-1', 'visitor-5b1c', '$device:9', 'anon_3']) {
      await w.identify({ distinct_id: id, traits: { seen: true } }, keys.web);
      expect(await w.identity(id)).toMatchObject({ known: false });
      expect(await w.identify({ distinct_id: `user of ${id}`, anonymous_id: id }, keys.web)).toMatchObject({
        verdict: 'applied',
      });
    }
  });
});

describe('a page says who somebody is', () => {
  it('a stranger joins the known person, who keeps the name', async () => {
    const w = world();
    await w.identify({ distinct_id: 'user_1' });
    expect(await w.alias('never-seen', 'user_1', keys.web)).toMatchObject({ verdict: 'applied' });
    expect(await w.identity('never-seen')).toMatchObject({ canonical_id: 'user_1', known: true });
    const body = { distinct_id: 'also-never-seen', new_user_id: 'user_1' };
    expect(await w.post('/alias', body, keys.web)).toMatchObject({ verdict: 'applied' });
    await w.identify({ distinct_id: 'user_2' });
    expect(await w.alias('user_2', 'user_1', keys.web)).toMatchObject({ verdict: 'held', reason: 'needs-secret-key' });
  });
});

describe('reserved patterns', () => {
  it('name nobody in this environment, and somebody in others', async () => {
    const w = world('env0');
    const junk = '@https://shop.example/1';
    for (const path of ['/identify', '/alias']) {
      const item = { environment: 'env0', distinct_id: junk, alias_id: 'a', anonymous_id: 'b' };
      const { status, body } = await w.call(
        'POST',
        path,
        path === '/alias' ? { ...item, anonymous_id: undefined } : item,
      );
      expect([status, body.error_code]).toEqual([422, 'reserved-distinct-id']);
    }
    expect(await w.identify({ distinct_id: 'u', anonymous_id: 'noreply@shop' })).toMatchObject({
      verdict: 'refused',
      reason: 'reserved-distinct-id',
    });
    expect(await w.post('/track', { event: 'e', distinct_id: junk, anonymous_id: 'anonymous-7' })).toMatchObject({
      ok: true,
    });
    expect(await w.get(`/v1/explain?a=${encodeURIComponent(junk)}&b=anonymous-7`)).toMatchObject({ same: false });
    await w.identify({ distinct_id: 'guest-1', traits: { a: 1 } });
    expect(await w.identity('guest-1')).toMatchObject({ known: false });
    expect(await world().identify({ distinct_id: junk })).toMatchObject({ verdict: 'applied' });
  });

  it.each([
    ['anonymousPatterns', '^(?=a)', 'linear time'],
    ['reservedPatterns', '(a)\\1', 'linear time'],
    ['reservedPatterns', '', 'is empty'],
    ['reservedPatterns', '[', 'linear time'],
    ['anonymousPatterns', 'x'.repeat(1_001), 'longer than'],
  ])('%s: %j is refused when it is configured', (setting, pattern, reason) => {
    const settings = { production: { [setting]: [pattern] } };
    expect(() => readConfig({ ONYM_SETTINGS: JSON.stringify(settings) })).toThrow(reason);
  });

  it('no id makes a pattern take long', async () => {
    const config = readConfig({ ONYM_SETTINGS: JSON.stringify({ production: { anonymousPatterns: ['^(a+)+$'] } }) });
    const { formsFor } = await import('../../src/patterns.ts');
    const forms = formsFor(config.settings.production!);
    expect(forms.isAnonymous('a'.repeat(512))).toBe(true);
    expect(forms.isAnonymous(`${'a'.repeat(511)}!`)).toBe(false);
  });
});

describe('repeats that are none', () => {
  it('an array is judged item by item, though all of it is received at once', async () => {
    const w = world();
    const plan = (value: string) => ({ distinct_id: 'u', traits: { plan: value } });
    const { results } = await w.identifyAll([plan('free'), plan('pro'), plan('free')]);
    expect(results.map(({ verdict }: Body) => verdict)).toEqual(['applied', 'applied', 'applied']);
    expect((await w.identity('u')).traits.plan).toBe('free');
    for (let n = 0; n < 3; n++) await w.identify(plan('free'));
    await w.identifyAll([plan('pro'), plan('free')]);
    expect((await w.identity('u')).traits.plan).toBe('free');
  });

  it('what is remembered is told under the name as of then', async () => {
    const w = world();
    await w.alias('u', 'a');
    await w.alias('u', 'a');
    const pair = (distinct_id: string, alias_id: string) => ({ distinct_id, alias_id });
    const { results } = await w.aliasAll([pair('b', 'u'), pair('u', 'a')]);
    expect(results[1]).toMatchObject({ verdict: 'unchanged', canonical_id: 'b' });
  });

  it('a link that a refold turned down is answered by what stands now', async () => {
    const w = world();
    await w.identify({ distinct_id: 'u2' });
    await w.alias('u1', 'hub');
    const { seq } = await w.alias('hub', 'u2');
    expect(await w.alias('u1', 'u2', keys.web)).toMatchObject({ verdict: 'unchanged' });
    await w.post('/v1/split', { link: seq });
    expect(await w.alias('u1', 'u2', keys.web)).toMatchObject({ verdict: 'refused', reason: 'separated' });
  });

  it('a split that only leaves a separation says so', async () => {
    const w = world();
    expect(await w.post('/v1/split', { distinct_id: 'a', from: 'b' })).toMatchObject({
      verdict: 'applied',
      revoked: [],
    });
    expect(await w.post('/v1/split', { distinct_id: 'a', from: 'b' })).toMatchObject({ verdict: 'unchanged' });
  });

  it('a revert takes back what was under way when it was asked for', async () => {
    const w = world();
    const batch = 'import-7';
    await w.post('/alias', { distinct_id: 'a', alias_id: 'b', batch });
    const underWay = w.aliasAll([{ distinct_id: 'c', alias_id: 'd', batch }]);
    const [, reverted] = await Promise.all([underWay, w.post('/v1/revert', { batch })]);
    expect(reverted).toMatchObject({ verdict: 'applied', revoked: 2 });
    expect(await w.members('c')).toEqual(['c']);
  });

  it('a held link leaves the queue while its sides are one by other evidence, and is back when they are not', async () => {
    const w = world('env1');
    await w.alias('a', 'b');
    await w.alias('c', 'd');
    const held = await w.alias('a', 'c');
    expect(held).toMatchObject({ verdict: 'held', reason: 'identity-too-large' });
    const queue = async () => (await w.get('/v1/review')).held.map(({ link }: Body) => link.seq);
    expect(await queue()).toEqual([held.seq]);
    const other = await w.alias('b', 'd');
    const approved = (await w.call('POST', `/v1/links/${other.seq}/approve?environment=env1`)).body;
    expect(approved).toMatchObject({ verdict: 'applied' });
    expect(await queue()).toEqual([]);
    await w.post('/v1/split', { link: approved.seq });
    expect(await queue()).toEqual([held.seq]);
  });
});
