import Fastify from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { guardRoutes } from '../../src/http/auth.ts';
import type { Scope } from '../../src/keys/types.ts';
import { asPublic, get, pk, post, sk, type TestApp, testApp } from './support.ts';

let t: TestApp;
beforeEach(() => {
  t = testApp();
});
afterEach(() => t.app.close());

const event = { event: 'e', distinct_id: 'a' };

describe('scopes', () => {
  it('limit publishable keys', async () => {
    const headers = { 'x-api-key': 'pk_track_only' };
    expect((await post(t.app, '/track', event, headers)).statusCode).toBe(200);
    const refused = await post(t.app, '/alias', { distinct_id: 'a', alias_id: 'b' }, headers);
    expect([refused.statusCode, refused.json().error_code]).toEqual([403, 'forbidden']);
    expect(refused.json().message).toContain('scope alias');
  });

  const scopeOf: Readonly<Record<string, Scope | 'secret' | null>> = {
    'GET /': null,
    'GET /healthz': null,
    'GET /readyz': null,
    'GET /metrics': 'metrics',
    'GET /openapi.json': null,
    'GET /onym.js': null,
    'GET /onym/{file}': null,
    'POST /track': 'track',
    'POST /identify': 'identify',
    'POST /alias': 'alias',
    'POST /v1/resolve': 'read',
    'GET /v1/search': 'read',
    'GET /v1/identities': 'read',
    'GET /v1/separations': 'read',
    'GET /v1/identities/{id}': 'read',
    'GET /v1/identities/{id}/events': 'read',
    'GET /v1/identities/{id}/traits/{key}': 'read',
    'GET /v1/identities/{id}/history': 'read',
    'GET /v1/identities/{id}/export': 'read',
    'GET /v1/explain': 'read',
    'GET /v1/ledger': 'read',
    'GET /v1/ledger/{seq}': 'read',
    'GET /v1/events': 'read',
    'GET /v1/review': 'read',
    'GET /v1/conflicts': 'read',
    'GET /v1/lint': 'read',
    'GET /v1/dead-letters': 'read',
    'POST /v1/dead-letters/replay': 'steer',
    'POST /v1/dead-letters/discard': 'steer',
    'GET /v1/quarantine': 'read',
    'POST /v1/quarantine/replay': 'steer',
    'POST /v1/quarantine/discard': 'steer',
    'GET /v1/environments': 'read',
    'GET /v1/status': 'read',
    'POST /v1/query': 'query',
    'GET /v1/schema': 'query',
    'GET /v1/queries': 'query',
    'POST /v1/queries': 'query',
    'PUT /v1/queries/{id}': 'query',
    'DELETE /v1/queries/{id}': 'query',
    'GET /v1/export/{what}': 'query',
    'POST /v1/split': 'steer',
    'POST /v1/revert': 'steer',
    'POST /v1/separations': 'steer',
    'DELETE /v1/separations': 'steer',
    'POST /v1/links/{seq}/approve': 'steer',
    'POST /v1/links/{seq}/reject': 'steer',
    'DELETE /v1/identities/{id}': 'erase',
    'POST /v1/erasures': 'erase',
    'POST /v1/retention': 'erase',
    'POST /v1/import': 'import',
    'POST /v1/backup': 'keys',
    'GET /v1/keys': 'keys',
    'POST /v1/keys': 'keys',
    'POST /v1/keys/restrict': 'keys',
    'POST /v1/keys/revoke': 'keys',
    'POST /v1/session': null,
    'GET /v1/session': 'secret',
    'DELETE /v1/session': null,
    'POST /v1/session/tokens': 'secret',
  };

  /** Of those below /v1. */
  const withoutSession = ['POST /v1/backup', 'POST /v1/session/tokens'];
  const needsScope = (scope: Scope | 'secret' | null): scope is Scope => scope !== null && scope !== 'secret';

  interface Documented {
    description?: string;
    security: Record<string, string[]>[];
    'x-onym-scope'?: string;
  }
  const documented = async (): Promise<[string, Documented][]> => {
    const { paths } = (await get(t.app, '/openapi.json', {})).json();
    return Object.entries(paths as Record<string, Record<string, Documented>>).flatMap(([path, item]) =>
      Object.entries(item).map(([method, operation]): [string, Documented] => [
        `${method.toUpperCase()} ${path}`,
        operation,
      ]),
    );
  };

  it('are needed as the OpenAPI document says of each route, in each way', async () => {
    const operations = await documented();
    expect(operations.map(([name]) => name).sort()).toEqual(Object.keys(scopeOf).sort());
    for (const [name, operation] of operations) {
      const scope = scopeOf[name]!;
      const said = [operation['x-onym-scope'] ?? null, operation.security];
      const isIngest = scope === 'track' || scope === 'identify' || scope === 'alias';
      const takesSession = name.includes(' /v1/') && !withoutSession.includes(name);
      const ways = ['bearer', 'header', ...(isIngest ? ['query'] : []), ...(takesSession ? ['session'] : [])];
      const isScope = needsScope(scope);
      const security = scope === null ? [] : ways.map((way) => ({ [way]: isScope ? [scope] : [] }));
      expect([name, ...said]).toEqual([name, isScope ? scope : null, security]);
      if (scope !== null) expect(operation.description).toContain(isScope ? `\`${scope}\`` : 'Needs a secret key');
    }
  });

  it.each(Object.entries(scopeOf).flatMap(([name, scope]) => (needsScope(scope) ? [[name, scope] as const] : [])))(
    '%s needs %s, and no other',
    async (name, scope) => {
      const [method, path] = name.split(' ') as ['GET' | 'POST' | 'PUT' | 'DELETE', string];
      const url = path.replace('{id}', 'a').replace('{key}', 'k').replace('{what}', 'events').replace('{seq}', '1');
      const asked = (secret: string | null) =>
        t.app.inject({ method, url, ...(secret !== null && { headers: { 'x-api-key': secret } }) });
      const none = await asked(null);
      expect([none.statusCode, none.json().error_code]).toEqual([401, 'invalid-api-key']);
      const without = await asked(`sk_without_${scope}`);
      expect([without.statusCode, without.json().error_code]).toEqual([403, 'forbidden']);
      expect(without.json().message).toContain(`lacks the scope ${scope}.`);
      expect((await asked(`sk_only_${scope}`)).statusCode).not.toBe(403);
      expect((await asked(`sk_only_${scope}`)).statusCode).not.toBe(401);
    },
  );

  it.each(Object.entries(scopeOf).filter(([name, scope]) => name.includes('/v1/') && needsScope(scope)))(
    '%s is closed to publishable keys',
    async (name, scope) => {
      const [method, path] = name.split(' ') as ['GET' | 'POST' | 'PUT' | 'DELETE', string];
      const url = path.replace('{seq}', '1').replace('{what}', 'events');
      const { error_code, message } = (await t.app.inject({ method, url, headers: asPublic })).json();
      expect([error_code, message]).toEqual([
        'forbidden',
        `This route needs a secret key (sk_…) with the scope ${scope}; the one sent is publishable.`,
      ]);
    },
  );

  it('are stated by every route: the app does not start with one that does not', async () => {
    const app = Fastify();
    guardRoutes(app, t.keys, t.sessions);
    expect(() => app.get('/forgotten', async () => ({}))).toThrow('/forgotten does not say which scope it needs');
  });

  it('hold for HEAD too', async () => {
    const head = (secret: string) =>
      t.app.inject({ method: 'HEAD', url: '/v1/ledger', headers: { 'x-api-key': secret } });
    expect((await head('sk_only_read')).statusCode).toBe(200);
    expect((await head('sk_without_read')).statusCode).toBe(403);
  });
});

describe('answers of calls', () => {
  const alias = { distinct_id: 'a', alias_id: 'b' };
  const identified = { identity_id: expect.any(String), canonical_id: 'a' };

  it('hold nothing of the graph for a key that may not read', async () => {
    const send = async (secret: string, url: string, body: object) =>
      (await post(t.app, url, body, { 'x-api-key': secret })).json();
    expect(await send('sk_only_alias', '/alias', alias)).toEqual({ ok: true, verdict: 'applied', seq: 1 });
    expect(await send('sk_without_read', '/alias', alias)).toEqual({ ok: true, verdict: 'applied', seq: 1 });
    expect(await send('sk_only_identify', '/identify', { distinct_id: 'a' })).toEqual({
      ok: true,
      verdict: 'applied',
      seq: 1,
    });
    expect(await send('sk_without_read', '/alias', [alias] as object)).toMatchObject({
      results: [{ ok: true, verdict: 'applied', seq: 1 }],
    });
    expect(await send('sk_without_steer', '/alias', alias)).toEqual({
      ok: true,
      verdict: 'applied',
      ...identified,
      seq: 1,
    });

    const refused = { verdict: 'refused', reason: 'separated', seq: 7 } as const;
    t.services.answering.track = async () => [
      { verdict: 'applied', link: { ...refused, recorded: false, canonicalId: 'a', components: [] } },
    ];
    const tracked = { ok: true, verdict: 'applied', reason: 'separated', seq: 7 };
    expect(await send('sk_without_read', '/track', event)).toEqual(tracked);
    expect(await send(sk, '/track', event)).toEqual({ ...tracked, link: refused });
  });

  it('of a dry run tell a key that may not read the verdict alone', async () => {
    t.services.answering.submit = async (_environment, _operations, { dryRun }) => {
      expect(dryRun).toBe(true);
      const blastRadius = { events: 3 } as never;
      return [
        { verdict: 'applied', reason: null, seq: 5, recorded: true, canonicalId: 'a', components: [], blastRadius },
      ];
    };
    const preview = (secret: string) => post(t.app, '/alias?dry_run=true', alias, { 'x-api-key': secret });
    expect((await preview('sk_without_read')).json()).toEqual({ ok: true, verdict: 'applied', seq: 5 });
    expect((await preview(sk)).json()).toMatchObject({ ...identified, blast_radius: { events: 3 } });
    expect((await preview('sk_without_alias')).json()).toMatchObject({ error_code: 'forbidden' });
    expect((await preview(pk)).json()).toMatchObject({ error_code: 'forbidden' });
  });
});
