import { expect, test } from 'vitest';
import { clientOf, streamed } from './client.ts';
import { secretKey, serve, writeKey } from './processes.ts';

/** The tour of the README, call by call, with what each answers, before and after a restart. */

const members = ['anonymous-1', 'stripe:cus_abc123', 'user_123'];

test('track, identify, alias: one person, whole history, after a restart too', async () => {
  let { api, web, stop, dataDir } = await serve();

  expect(await api.posted('/track', { event: 'pricing_viewed', distinct_id: 'anonymous-1' })).toEqual({
    ok: true,
    verdict: 'applied',
    seq: null,
  });
  const [{ identity_id: visitor }] = await api.rows('SELECT identity_id FROM events');
  const identified = await api.posted('/identify', {
    distinct_id: 'user_123',
    anonymous_id: 'anonymous-1',
    traits: { plan: 'pro' },
  });
  expect(identified).toMatchObject({ ok: true, verdict: 'applied', canonical_id: 'user_123', seq: 1 });
  expect(identified.identity_id).not.toBe(visitor);
  await api.posted('/track', { event: 'signed_up', distinct_id: 'user_123' });
  const aliased = await api.posted('/alias', { distinct_id: 'user_123', alias_id: 'stripe:cus_abc123' });
  expect(aliased).toEqual({
    ok: true,
    verdict: 'applied',
    identity_id: identified.identity_id,
    canonical_id: 'user_123',
    seq: 2,
  });
  await web.posted('/track', { event: 'invoice_paid', distinct_id: 'stripe:cus_abc123' });

  const check = async () => {
    const profile = await api.got('/v1/identities/stripe:cus_abc123?environment=production');
    expect(profile).toMatchObject({
      identity_id: identified.identity_id,
      canonical_id: 'user_123',
      known: true,
      identifier_count: 3,
      traits: { plan: 'pro' },
      event_count: 3,
      next: null,
    });
    expect(profile.identifiers.map((row: { distinct_id: string }) => row.distinct_id)).toEqual(members);
    expect(profile.links).toMatchObject([
      { seq: 1, kind: 'identify', primary_id: 'user_123', secondary_id: 'anonymous-1', status: 'active' },
      { seq: 2, kind: 'alias', primary_id: 'user_123', secondary_id: 'stripe:cus_abc123', status: 'active' },
    ]);
    expect(profile.first_seen <= profile.last_seen).toBe(true);

    // The name it had before it was identified still finds it.
    expect((await api.got(`/v1/identities/${visitor}`)).canonical_id).toBe('user_123');

    const newest = await api.got('/v1/identities/anonymous-1/events?limit=2');
    expect(newest.events.map((row: { event: string }) => row.event)).toEqual(['invoice_paid', 'signed_up']);
    const oldest = await api.got(`/v1/identities/user_123/events?limit=2&before=${newest.next}`);
    expect(oldest).toMatchObject({ events: [{ event: 'pricing_viewed', distinct_id: 'anonymous-1' }], next: null });
    for (const event of [...newest.events, ...oldest.events]) expect(event.identity_id).toBe(identified.identity_id);

    const counted = await api.rows('SELECT identity_id, count() AS n FROM events GROUP BY 1');
    expect(counted.map(({ identity_id, n }) => [identity_id, Number(n)])).toEqual([[identified.identity_id, 3]]);
    expect(await api.rows('SELECT canonical_id, known, arraySort(identifiers) AS ids, traits FROM identities')).toEqual(
      [{ canonical_id: 'user_123', known: true, ids: members, traits: { plan: 'pro' } }],
    );
    expect(await api.rows('SELECT distinct_id, identity_id FROM identifiers ORDER BY 1')).toEqual(
      members.map((distinct_id) => ({ distinct_id, identity_id: identified.identity_id })),
    );
    const links = await api.rows('SELECT seq, kind, primary_id, secondary_id, status FROM links ORDER BY seq');
    expect(links.map((row) => ({ ...row, seq: Number(row.seq) }))).toEqual([
      { seq: 1, kind: 'identify', primary_id: 'user_123', secondary_id: 'anonymous-1', status: 'active' },
      { seq: 2, kind: 'alias', primary_id: 'user_123', secondary_id: 'stripe:cus_abc123', status: 'active' },
    ]);
    expect(await api.got('/v1/explain?a=anonymous-1&b=stripe:cus_abc123')).toMatchObject({
      same: true,
      path: [{ seq: 1 }, { seq: 2 }],
      refused: [],
      held: [],
      separations: [],
    });
    expect(await api.ledger()).toMatchObject([
      { seq: 1, op: 'identify', verdict: 'applied', identified: 'user_123', traits: [{ key: 'plan', value: 'pro' }] },
      { seq: 2, op: 'alias', verdict: 'applied' },
    ]);
  };
  await check();
  expect(await stop()).toMatchObject({ code: 0, signal: null });
  ({ api, web, stop } = await serve({ dataDir }));
  await check();
  // The person goes on where it was.
  expect(await api.posted('/alias', { distinct_id: 'user_123', alias_id: 'crm:7' })).toMatchObject({ seq: 3 });
  await stop();
});

test('a form body, a beacon, and a publishable key in the query string are taken as well', async () => {
  const { api, url, stop } = await serve();
  const open = clientOf(url, null);
  const body = JSON.stringify({ distinct_id: 'user_1', alias_id: 'crm:1' });
  for (const [contentType, path] of [
    ['application/x-www-form-urlencoded', '/alias'],
    ['text/plain;charset=UTF-8', '/alias'],
  ]) {
    const headers = { 'content-type': contentType! };
    expect((await api.request('POST', path!, { body, headers })).body).toMatchObject({ ok: true, seq: 1 });
    const anonymous = await open.request('POST', `${path}?apiKey=${writeKey}`, { body, headers });
    expect(anonymous.body).toMatchObject({ ok: true, seq: 1 });
    const exposed = await open.request('POST', `${path}?apiKey=${secretKey}`, { body, headers });
    expect([exposed.status, exposed.body.message]).toEqual([401, expect.stringContaining('rotate it')]);
  }
  expect((await open.request('POST', '/alias', { body })).body).toMatchObject({
    ok: false,
    error_code: 'invalid-api-key',
  });
  await stop();
});

test('the ledger: pages without gaps, and a live stream that goes on over a restart', async () => {
  let { api, url, stop, dataDir } = await serve();
  const alias = (from: number, count: number) =>
    api.posted(
      '/alias',
      Array.from({ length: count }, (_, i) => ({ distinct_id: `user_${from + i}`, alias_id: `crm:${from + i}` })),
    );
  await alias(0, 25);
  const first = await api.got('/v1/ledger?limit=10');
  const second = await api.got(`/v1/ledger?limit=10&after=${first.next}`);
  const third = await api.got(`/v1/ledger?limit=10&after=${second.next}`);
  const seqs = [first, second, third].flatMap((page) => page.rows.map((row: { seq: number }) => row.seq));
  expect(seqs).toEqual(Array.from({ length: 25 }, (_, i) => i + 1));
  expect(third.next).toBeNull();
  expect((await api.got('/v1/ledger?after=20')).rows).toHaveLength(5);

  const live = streamed(url, secretKey, '/v1/ledger?after=20', 8);
  await alias(100, 3);
  const before = await live;
  expect(before.map(({ id }) => id)).toEqual([21, 22, 23, 24, 25, 26, 27, 28]);
  expect(before.every(({ id, event, data }) => event === 'ledger' && data.seq === id)).toBe(true);
  expect(before.map(({ data }) => data)).toEqual((await api.got('/v1/ledger?after=20')).rows);

  // An open stream does not keep the server from stopping.
  const open = streamed(url, secretKey, '/v1/ledger', 1_000).catch(() => []);
  await alias(200, 2);
  expect(await stop()).toMatchObject({ code: 0 });
  await open;

  ({ api, url, stop } = await serve({ dataDir }));
  const resumed = streamed(url, secretKey, '/v1/ledger', 4, 28);
  await alias(300, 2);
  expect((await resumed).map(({ id }) => id)).toEqual([29, 30, 31, 32]);
  await stop();
});

test('operations: health, readiness, metrics, and the description of the API', async () => {
  const { api, url, stop } = await serve();
  const open = clientOf(url, null);
  expect(await open.get('/healthz')).toMatchObject({ status: 200, body: { ok: true } });
  expect(await open.get('/readyz')).toMatchObject({ status: 200, body: { ok: true } });

  await api.posted('/alias', { distinct_id: 'user_1', alias_id: 'crm:1' });
  await api.posted('/alias', { distinct_id: 'user_1', alias_id: 'crm:1' });
  await api.posted('/track', [
    { event: 'a', distinct_id: 'guest' },
    { event: 'a', distinct_id: 'user_1' },
  ]);
  await api.post('/alias', { distinct_id: 'user_1', alias_id: 'null' });
  await api.rows('SELECT count() FROM events');
  expect((await open.get('/metrics')).status).toBe(401);
  const metrics = (await api.get('/metrics')).text;
  for (const line of [
    'onym_events_reserved_total 1',
    'onym_events_drained_total 2',
    'onym_events_quarantined 0',
    'onym_journal_bytes 0',
    'onym_dead_letters_total 1',
    'onym_projected_seq{environment="production"} 1',
  ]) {
    expect(metrics).toContain(`\n${line}\n`);
  }

  const document = (await open.get('/openapi.json')).body;
  expect(document.openapi).toMatch(/^3\.1\./);
  for (const path of [
    '/track',
    '/identify',
    '/alias',
    '/v1/resolve',
    '/v1/identities/{id}',
    '/v1/identities/{id}/events',
    '/v1/identities/{id}/traits/{key}',
    '/v1/explain',
    '/v1/ledger',
    '/v1/query',
    '/healthz',
    '/readyz',
    '/metrics',
  ]) {
    expect(document.paths).toHaveProperty([path]);
  }
  expect(await open.get('/v1/nowhere')).toMatchObject({ status: 404, body: { ok: false, error_code: 'not-found' } });
  await stop();
});
