import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { clientOf, eventually } from '../system/client.ts';
import { dataDirectory, onym, type Server, serve } from '../system/processes.ts';
import { type Engines, startEngines } from './engines.ts';

/** Two servers on one PostgreSQL and one ClickHouse are one Onym. */

let engines: Engines;
let one: Server;
let other: Server;
beforeAll(async () => {
  engines = await startEngines();
  [one, other] = await Promise.all([serve({ variables: engines.variables }), serve({ variables: engines.variables })]);
});
afterAll(async () => {
  await Promise.all([one?.stop(), other?.stop()]);
  await engines?.stop();
});

it('what one links, the other resolves', async () => {
  const linked = await one.api.post('/alias', { distinct_id: 'user_1', alias_id: 'stripe:cus_1' });
  expect(linked.body).toMatchObject({ verdict: 'applied', canonical_id: 'user_1' });
  const { body } = await other.api.post('/v1/resolve', { environment: 'production', distinct_ids: ['stripe:cus_1'] });
  expect(body).toMatchObject({ identities: { 'stripe:cus_1': { canonical_id: 'user_1' } } });
});

it('who signs in at one is signed in at the other, until he signs out there', async () => {
  const headers = { 'x-onym-console': '1' };
  const ask = (server: Server, method: string, more: RequestInit = {}) =>
    fetch(`${server.url}/v1/session`, { method, headers, ...more });
  const { stdout } = await onym(['console', '--data-dir', one.dataDir]);
  const body = JSON.stringify({ token: /#token=(\S+)/.exec(stdout)![1] });
  const signedIn = await ask(other, 'POST', { body });
  expect([signedIn.status, (await ask(one, 'POST', { body })).status]).toEqual([200, 401]);
  const cookie = signedIn.headers.get('set-cookie')!.split(';')[0]!;
  const withCookie = { headers: { ...headers, cookie } };
  expect((await ask(one, 'GET', withCookie)).status).toBe(200);
  expect((await ask(other, 'DELETE', withCookie)).status).toBe(200);
  expect((await ask(one, 'GET', withCookie)).status).toBe(401);
});

it('what both were sent wrongly, either reports', async () => {
  const mistake = { environment: 'staging', properties: { $lib: 'shop' } };
  await one.api.posted('/alias', { ...mistake, distinct_id: 'user_1', alias_id: 'anonymous-1' });
  await one.api.get('/v1/lint?environment=staging');
  await other.api.posted('/alias', { ...mistake, distinct_id: 'user_2', alias_id: 'anonymous-2' });
  const { body } = await other.api.get('/v1/lint?environment=staging');
  const { findings } = body as { findings: { rule: string; examples: { distinct_id: string }[] }[] };
  const users = findings.flatMap(({ rule, examples }) => (rule === 'alias-at-login' ? examples : []));
  expect(users.map(({ distinct_id }) => distinct_id).sort()).toEqual(['user_1', 'user_2']);
});

it('what one rejects, the other lists and discards', async () => {
  await one.api.post('/alias', { distinct_id: 'user_2', alias_id: 'guest' });
  await one.api.got('/v1/dead-letters');
  const { dead_letters: letters } = await other.api.got('/v1/dead-letters?error_code=reserved-distinct-id');
  expect(letters).toMatchObject([{ call: 'alias', item: '{"distinct_id":"user_2","alias_id":"guest"}' }]);
  const replays = await Promise.all(
    [one, other].map(({ api }) => api.posted('/v1/dead-letters/replay', { ids: [letters[0].id] })),
  );
  expect(replays).toMatchObject([{ failed: 1 }, { failed: 1 }]);
  expect(await other.api.posted('/v1/dead-letters/discard', { all: true })).toEqual({ ok: true, discarded: 1 });
  expect(await one.api.got('/v1/dead-letters')).toMatchObject({ dead_letters: [] });
});

it('a file imported at one is known at the other, and taken back there', async () => {
  const file = join(dataDirectory(), 'ids.csv');
  writeFileSync(file, 'old_id,new_id\nold_1,user_10\nold_2,user_11\n');
  const flags = (server: Server) => ['import', file, '--batch', 'move', '--json', '--data-dir', server.dataDir];
  const { stdout, stderr } = await onym(flags(one));
  expect(stderr).not.toContain('onym:');
  expect(JSON.parse(stdout)).toMatchObject({ finished_before: false, counts: { applied: 2 } });
  expect(JSON.parse((await onym(flags(other))).stdout)).toMatchObject({
    finished_before: true,
    counts: { applied: 2 },
  });
  expect(await other.api.posted('/v1/revert', { batch: 'move' })).toMatchObject({ revoked: 2 });
  expect(JSON.parse((await onym(flags(one))).stdout)).toMatchObject({ finished_before: false });
  expect((await other.api.post('/v1/revert', { batch: 'a\u0000b' })).body).toMatchObject({
    error_code: 'invalid-payload',
  });
});

it('neither copies what is not its own', async () => {
  const { code, stderr } = await onym(['backup', join(dataDirectory(), 'copy'), '--data-dir', one.dataDir]);
  expect(code).toBe(2);
  expect(stderr).toContain('docs/operating.md, "Backups of nodes"');
});

it('a key that is made from a third machine works at both, and revoked at neither', async () => {
  const { ONYM_POSTGRES_URL } = engines.variables;
  const keys = (...args: string[]) => onym(['keys', ...args], { ONYM_POSTGRES_URL });
  const made = await keys('create', 'elsewhere', '--secret', '-e', 'production', '--json');
  const { secret } = JSON.parse(made.stdout);
  const statuses = () =>
    Promise.all([one, other].map(async ({ url }) => (await clientOf(url, secret).get('/v1/ledger')).status));
  await eventually(async () => (await statuses()).every((status) => status === 200), 'both know it');
  expect((await keys('revoke', 'elsewhere')).code).toBe(0);
  await eventually(async () => (await statuses()).every((status) => status === 401), 'both refuse it');
});

it('a key that one makes over HTTP works at the other, which revokes it for both', async () => {
  const { secret } = await one.api.posted('/v1/keys', { name: 'by http', kind: 'secret', scopes: ['read', 'keys'] });
  const refused = await one.api.post('/v1/keys', { name: 'by http', kind: 'secret' });
  expect([refused.status, refused.body.message]).toEqual([400, expect.stringContaining('is or was in use')]);
  const at = (server: Server) => clientOf(server.url, secret);
  await eventually(async () => (await at(other).get('/v1/ledger')).status === 200, 'the other knows it');
  expect((await at(other).post('/v1/keys', { name: 'more', kind: 'secret', scopes: ['erase'] })).status).toBe(403);
  const { keys: listed } = await other.api.got('/v1/keys');
  expect(listed).toContainEqual(expect.objectContaining({ name: 'by http', created_by: 'ONYM_INITIAL_SECRET_KEY' }));
  await other.api.posted('/v1/keys/revoke', { name: 'by http' });
  expect((await at(other).get('/v1/ledger')).status).toBe(401);
  await eventually(async () => (await at(one).get('/v1/ledger')).status === 401, 'the one refuses it as well');
});

it('a query saved at one is changed at the other, and not overwritten by who has not seen it', async () => {
  const { query } = await one.api.posted('/v1/queries', { name: 'ones', sql: 'SELECT 1' });
  const change = (server: Server, sql: string) =>
    server.api.request('PUT', `/v1/queries/${query.id}`, { body: { name: 'ones', sql, version: 1 } });
  expect((await change(other, 'SELECT 2')).body).toMatchObject({ query: { sql: 'SELECT 2', version: 2 } });
  const late = await change(one, 'SELECT 3');
  expect([late.status, late.body.error_code]).toEqual([409, 'version-conflict']);
  expect((await one.api.got('/v1/queries')).queries).toMatchObject([{ id: query.id, sql: 'SELECT 2' }]);
});

it('either says what is its own, and what is of both', async () => {
  const [own, others] = await Promise.all([one, other].map(({ api }) => api.got('/v1/status')));
  expect(own.node.id).not.toBe(others.node.id);
  expect(own.all).toMatchObject({ dead_letters: expect.any(Number) });
  for (const { all, environment } of [own, others]) {
    expect(all.nodes.map(({ id, away }: { id: string; away: boolean }) => [id, away]).sort()).toEqual(
      [own, others].map(({ node }) => [node.id, false]).sort(),
    );
    expect(environment.ledger_head).toBe(own.environment.ledger_head);
  }
  // Each answered other calls.
  expect(own.node.rejected).toEqual({ alias: { 'reserved-distinct-id': 1 } });
  expect(others.node.rejected).toEqual({});
});

it('with PostgreSQL or ClickHouse away, each says what it knows, and the rest is null', async () => {
  await engines.front.become({ away: true });
  const { environment, node } = await one.api.got('/v1/status');
  await engines.front.become({});
  expect(environment).toMatchObject({ events: null, pending_rows: null, ledger_head: expect.any(Number) });
  expect(node.keeps).toEqual({ calls: true, events: true, obstacles: [] });
});

it('a node that starts again finds its keys where they were', async () => {
  const { dataDir } = other;
  expect((await other.stop()).code).toBe(0);
  other = await serve({ dataDir, variables: engines.variables });
  expect((await other.api.get('/v1/ledger')).status).toBe(200);
});

it('what one is told the SQL of the other shows, merged and parted again', async () => {
  for (const distinct_id of ['anonymous-2', 'user_2']) {
    expect((await one.api.post('/track?sync=true', { event: 'seen', distinct_id })).body).toMatchObject({ ok: true });
  }
  const people = async (server: Server) => {
    const sql = `SELECT uniqExact(identity_id) AS n FROM events WHERE event = 'seen'`;
    const { body } = await server.api.post('/v1/query', { environment: 'production', sql, format: 'json' });
    return body.data;
  };
  expect(await people(other)).toEqual([{ n: 2 }]);
  await one.api.post('/identify', { distinct_id: 'user_2', anonymous_id: 'anonymous-2' });
  expect(await Promise.all([people(other), people(one)])).toEqual([[{ n: 1 }], [{ n: 1 }]]);
  await other.api.post('/v1/split', { distinct_id: 'anonymous-2', from: 'user_2' });
  expect(await Promise.all([people(one), people(other)])).toEqual([[{ n: 2 }], [{ n: 2 }]]);
});
