import { rmSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { operatedServer, secretKey, writeKey } from '../operating/support.ts';
import { describedBy } from './described.ts';

/** What the server answers is what /openapi.json says, no field more and none less: clients are generated from it. */

let t: Awaited<ReturnType<typeof operatedServer>>;
let described: ReturnType<typeof describedBy>;
const seen = new Set<string>();

beforeAll(async () => {
  t = await operatedServer({
    ONYM_SETTINGS: '{"production":{"identifiersPerTypeMax":{"stripe":1}}}',
    ONYM_KEY_RATE_MAX: '100',
  });
  described = describedBy(await t.get('/openapi.json'));
});
afterAll(async () => {
  await t.stop();
  rmSync(`${t.directory}-backup`, { recursive: true, force: true });
});

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';
interface Asked {
  readonly body?: unknown;
  readonly key?: string;
  readonly headers?: Record<string, string>;
}

/** Asks, and holds the answer against its description. Returns it: the last line, where it is several. */
async function ask(operationId: string, method: Method, url: string, asked: Asked = {}) {
  const { body, key = secretKey, headers = {} } = asked;
  const response = await t.server.app.inject({
    method,
    url,
    headers: {
      authorization: `Bearer ${key}`,
      ...(typeof body === 'object' && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { payload: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const type = String(response.headers['content-type']).split(';')[0]!;
  const problems = described.problems(operationId, { status: response.statusCode, type, body: response.body });
  expect([method, url, problems]).toEqual([method, url, []]);
  if (response.statusCode === 200) seen.add(operationId);
  return JSON.parse(type === 'application/x-ndjson' ? response.body.trim().split('\n').at(-1)! : response.body);
}

const track = (body: unknown, key?: string) => ask('track', 'POST', '/track', { body, ...(key && { key }) });
const identify = (body: object, rest = '') => ask('identify', 'POST', `/identify${rest}`, { body });
const alias = (distinct_id: string, alias_id: string, rest = '', key = secretKey) =>
  ask('alias', 'POST', `/alias${rest}`, { body: { distinct_id, alias_id }, key });

it('of calls', async () => {
  await track({ event: 'seen', distinct_id: 'user_1', anonymous_id: 'anonymous-1', properties: { a: [1, null] } });
  await track([{ event: 'seen', distinct_id: 'anonymous-2' }, { event: 'nobody' }]);
  expect(await track([{ event: 'nobody' }])).toMatchObject({ ok: false, accepted: 0 });
  await track({ event: 'seen', distinct_id: 'user_1', session_id: 's', device_id: 'd' }, writeKey);
  expect(await track({ event: 1 })).toMatchObject({ error_code: 'invalid-payload' });
  await identify({ distinct_id: 'user_1', anonymous_id: 'anonymous-1', traits: { plan: 'pro', nested: { a: 1 } } });
  await identify({ distinct_id: 'user_1', traits: { plan: null, city: 'Rome' }, traits_once: { first: 1 } });
  await identify({ distinct_id: 'user_2', traits: { plan: 'free' } });
  await alias('user_1', 'stripe:1');
  expect(await alias('user_1', 'user_2', '?dry_run=true')).toMatchObject({ blast_radius: { events: 0 } });
  await identify({ distinct_id: 'user_3', anonymous_id: 'stripe:1' });
  expect(await alias('user_1', 'stripe:2')).toMatchObject({ verdict: 'held' });
  expect(await alias('user_1', 'user_2', '', writeKey)).toMatchObject({ verdict: 'held' });
});

it('of readers', async () => {
  const { identities } = await ask('resolve', 'POST', '/v1/resolve', {
    body: { distinct_ids: ['stripe:1', 'nobody'] },
  });
  expect(Object.keys(identities)).toEqual(['stripe:1', 'nobody']);
  expect((await ask('getIdentity', 'GET', '/v1/identities/user_1')).links.length).toBeGreaterThan(1);
  await ask('getIdentity', 'GET', '/v1/identities/unknown');
  expect((await ask('getTimeline', 'GET', '/v1/identities/user_1/events')).events.length).toBeGreaterThan(1);
  expect((await ask('getTraitHistory', 'GET', '/v1/identities/user_1/traits/plan')).values).toHaveLength(2);
  expect((await ask('explain', 'GET', '/v1/explain?a=anonymous-1&b=stripe:1')).path).toHaveLength(2);
  expect((await ask('explain', 'GET', '/v1/explain?a=user_3&b=user_2')).neighbour).not.toBeNull();
  expect((await ask('getReview', 'GET', '/v1/review')).held).toHaveLength(2);
  expect((await ask('getConflicts', 'GET', '/v1/conflicts')).conflicts).toHaveLength(1);
  expect((await ask('getLint', 'GET', '/v1/lint')).findings.length).toBeGreaterThan(0);
  expect((await ask('listDeadLetters', 'GET', '/v1/dead-letters')).dead_letters.length).toBeGreaterThan(1);
  await ask('listQuarantine', 'GET', '/v1/quarantine');
  expect((await ask('listEnvironments', 'GET', '/v1/environments')).environments).toHaveLength(2);
  await ask('getStatus', 'GET', '/v1/status');
  await ask('schema', 'GET', '/v1/schema');
  for (const [sql, format] of [
    ['SELECT event, count() AS n FROM events GROUP BY event WITH TOTALS LIMIT 1', 'json'],
    ['SELECT 1 AS one', 'json'],
  ]) {
    await ask('query', 'POST', '/v1/query', { body: { sql, format } });
  }
  await ask('query', 'POST', '/v1/query', { body: { sql: 'SELEC' } });
  for (const query of ['', '?q=user']) {
    expect((await ask('listIdentities', 'GET', `/v1/identities${query}`)).identities.length).toBeGreaterThan(1);
  }
  expect((await ask('getHistory', 'GET', '/v1/identities/user_1/history')).rows.length).toBeGreaterThan(1);
  await ask('getLedgerRow', 'GET', '/v1/ledger/1');
  await ask('getLedgerRow', 'GET', '/v1/ledger/1000');
  expect((await ask('search', 'GET', '/v1/search?q=user_')).identifiers.length).toBeGreaterThan(1);
  await ask('search', 'GET', '/v1/search');
  await ask('getReadiness', 'GET', '/readyz');
  await ask('getHealth', 'GET', '/healthz');
  await ask('getWelcome', 'GET', '/');
});

it('of keys and saved queries', async () => {
  await ask('createKey', 'POST', '/v1/keys', {
    body: { name: 'page', kind: 'publishable', origins: ['https://a.example'] },
  });
  await ask('restrictKey', 'POST', '/v1/keys/restrict', { body: { name: 'page', origins: null } });
  await ask('revokeKey', 'POST', '/v1/keys/revoke', { body: { name: 'page' } });
  await ask('listKeys', 'GET', '/v1/keys');
  const body = { name: 'one', sql: 'SELECT 1 AS one', chart: { kind: 'bar', x: 'one', y: ['one'] } };
  const { query } = await ask('saveQuery', 'POST', '/v1/queries', { body });
  await ask('saveQuery', 'POST', '/v1/queries', { body });
  await ask('changeQuery', 'PUT', `/v1/queries/${query.id}`, { body: { name: 'two', sql: 'SELECT 2', version: 1 } });
  await ask('listSavedQueries', 'GET', '/v1/queries');
  await ask('deleteSavedQuery', 'DELETE', `/v1/queries/${query.id}`);
});

it('of sessions', async () => {
  const headers = { 'x-onym-console': '1' };
  await ask('beginSession', 'POST', '/v1/session', { body: { key: secretKey }, headers });
  await ask('getSession', 'GET', '/v1/session');
  const { token } = await ask('createSignInToken', 'POST', '/v1/session/tokens', { headers });
  await ask('beginSession', 'POST', '/v1/session', { body: { token }, headers });
  await ask('beginSession', 'POST', '/v1/session', { body: { token }, headers });
  await ask('endSession', 'DELETE', '/v1/session', { headers });
});

it('of imports, in lines and in one', async () => {
  const csv = 'distinct_id,alias_id\nuser_1,crm:1\nuser_1,guest\nuser_1,stripe:9\n';
  const file = { body: csv, headers: { 'content-type': 'text/csv' } };
  await ask('importFile', 'POST', '/v1/import?kind=alias&dry_run=true', file);
  const done = await ask('importFile', 'POST', '/v1/import?kind=alias&batch=one', file);
  expect(done.counts).toMatchObject({ applied: 1, held: 1, invalid: 1 });
  const json = { ...file, headers: { ...file.headers, accept: 'application/json' } };
  expect(await ask('importFile', 'POST', '/v1/import?kind=alias&batch=one', json)).toMatchObject({
    finished_before: true,
  });
  await ask('importFile', 'POST', '/v1/import?kind=event', { ...file, body: 'event\n"' });
});

it('of acts, and the ledger rows they leave', async () => {
  const { held } = await ask('getReview', 'GET', '/v1/review');
  const seqOf = (id: string) =>
    held.find(({ link }: { link: { secondary_id: string } }) => link.secondary_id === id).link.seq;
  await ask('approveLink', 'POST', `/v1/links/${seqOf('stripe:2')}/approve?dry_run=true`);
  await ask('approveLink', 'POST', `/v1/links/${seqOf('stripe:2')}/approve`);
  await ask('rejectLink', 'POST', `/v1/links/${seqOf('user_2')}/reject`);
  for (const dry of ['?dry_run=true', '']) {
    await ask('split', 'POST', `/v1/split${dry}`, { body: { distinct_id: 'user_1', from: 'stripe:2' } });
    await ask('revert', 'POST', `/v1/revert${dry}`, { body: { batch: 'one', separate: true } });
    await ask('separate', 'POST', `/v1/separations${dry}`, { body: { a: 'user_1', b: 'user_9' } });
  }
  await alias('user_4', 'crm:4');
  await ask('split', 'POST', '/v1/split', { body: { distinct_ids: ['crm:4'] } });
  const { seq } = await alias('user_4', 'crm:5');
  await ask('split', 'POST', '/v1/split', { body: { link: seq } });
  await ask('joinByHand', 'POST', '/v1/links?dry_run=true', { body: { link: seq } });
  await ask('joinByHand', 'POST', '/v1/links', { body: { distinct_id: 'user_4', alias_id: 'crm:6' } });
  await ask('revert', 'POST', '/v1/revert', {
    body: { key: 'ONYM_INITIAL_WRITE_KEY', from: '2026-01-01T00:00:00Z', to: new Date().toISOString() },
  });
  expect((await ask('listSeparations', 'GET', '/v1/separations')).separations.length).toBeGreaterThan(1);
  await ask('liftSeparation', 'DELETE', '/v1/separations?a=user_1&b=user_9');
  await ask('explain', 'GET', '/v1/explain?a=user_1&b=stripe:2');
  await ask('replayDeadLetters', 'POST', '/v1/dead-letters/replay', { body: { all: true } });
  await ask('discardDeadLetters', 'POST', '/v1/dead-letters/discard', { body: { all: true } });
  await ask('replayQuarantine', 'POST', '/v1/quarantine/replay', { body: { all: true } });
  await ask('discardQuarantine', 'POST', '/v1/quarantine/discard', { body: { all: true } });
  await ask('runRetention', 'POST', '/v1/retention?dry_run=true', { body: { days: 1 } });
  await ask('exportIdentity', 'GET', '/v1/identities/user_1/export');
  await ask('eraseIdentity', 'DELETE', '/v1/identities/user_3?by=distinct_id&dry_run=true');
  await ask('eraseIdentity', 'DELETE', '/v1/identities/user_3?by=distinct_id');
  const ids = { distinct_ids: ['user_4', 'crm:5', 'nobody', 'user_4'] };
  await ask('eraseIdentities', 'POST', '/v1/erasures', { body: ids });
  const { rows } = await ask('getLedger', 'GET', '/v1/ledger?limit=1000');
  const recorded = new Set(rows.map(({ op }: { op: string }) => op));
  const all = [
    'settings',
    'identify',
    'alias',
    'track',
    'approve',
    'split',
    'separate',
    'lift',
    'revert',
    'reject',
    'erased',
    'erase',
  ];
  expect(all.filter((op) => !recorded.has(op))).toEqual([]);
  await ask('backup', 'POST', '/v1/backup', { body: { directory: `${t.directory}-backup` } });
  await ask('backup', 'POST', '/v1/backup', {
    body: { directory: `${t.directory}-backup` },
    key: t.server.localSecret,
  });
});

it('of every operation, but those whose answers are no JSON', () => {
  const others = ['exportTable', 'getMetrics', 'getOpenApi', 'getPageScript', 'getPinnedPageScript', 'streamEvents'];
  expect(described.operations.filter((name) => !seen.has(name)).sort()).toEqual(others);
});

it('of nothing that a description leaves out', () => {
  const { problems } = describedBy({
    components: { schemas: { A: { type: 'object', required: ['a'], properties: { a: { type: 'integer' } } } } },
    paths: {
      '/': {
        get: {
          operationId: 'get',
          responses: { 200: { content: { 'application/json': { schema: { $ref: '#/components/schemas/A' } } } } },
        },
      },
    },
  });
  const found = (body: string) => problems('get', { status: 200, type: 'application/json', body }).length;
  expect([found('{"a":1}'), found('{"a":1,"b":2}'), found('{}'), found('{"a":"1"}')]).toEqual([0, 1, 1, 1]);
});
