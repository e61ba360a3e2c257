import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { asPublic, asSecret, get, pk, post, type TestApp, testApp } from './support.ts';

/** Names that mean nothing: those that were meant to be others are errors, the rest is counted. */

let t: TestApp;
beforeEach(() => {
  t = testApp();
});
afterEach(() => t.app.close());

const items = {
  '/track': { event: 'e', distinct_id: 'user_1' },
  '/identify': { distinct_id: 'user_1', traits: { plan: 'pro' } },
  '/alias': { distinct_id: 'user_1', alias_id: 'crm:1' },
} as const;
const calls = Object.entries(items);

const counted = async () =>
  (await get(t.app, '/metrics')).body.split('\n').filter((line) => line.startsWith('onym_unknown_names_total{'));

describe('an item', () => {
  it.each(calls)('of %s with enviroment is refused, and kept as a dead letter', async (url, item) => {
    const response = await post(t.app, url, { ...item, enviroment: 'staging' });
    expect([response.statusCode, response.json()]).toEqual([
      400,
      { ok: false, error_code: 'invalid-payload', message: 'Unknown field "enviroment". Did you mean environment?' },
    ]);
    expect([t.services.tracked, t.services.identified, t.services.aliased]).toEqual([[], [], []]);
    expect(t.services.letters).toMatchObject([{ call: url.slice(1), errorCode: 'invalid-payload' }]);
  });

  it.each(calls)('of an array to %s costs its neighbours nothing', async (url, item) => {
    const response = await post(t.app, url, [item, { ...item, distinctId: 'user_2' }, item]);
    expect(response.statusCode).toBe(200);
    expect(response.json()).toMatchObject({
      accepted: 2,
      rejected: [{ index: 1, error_code: 'invalid-payload', message: expect.stringContaining('distinct_id') }],
      results: [{ ok: true }, null, { ok: true }],
    });
    expect((await post(t.app, url, [{ ...item, enviroment: 'staging' }])).statusCode).toBe(422);
  });

  it.each(calls)('of %s with a field of its own is taken, counted, and shown to lint', async (url, item) => {
    const call = url.slice(1);
    const own = { ...item, sent_at: 'now', type: call, environment: 'staging', context: { library: { name: 'shop' } } };
    expect((await post(t.app, url, own, asPublic)).json()).toMatchObject({ ok: true, verdict: 'applied' });
    expect((await post(t.app, url, [item, { ...item, $set: {} }], asPublic)).json()).toMatchObject({ accepted: 2 });
    expect(await counted()).toEqual([`onym_unknown_names_total{route="${url}",place="body"} 3`]);
    const site = (lib: string | null) => ({ key: 'web', lib });
    expect(t.services.unknown).toMatchObject([
      { environment: 'staging', call, fields: ['sent_at', 'type'], site: site('shop') },
      { environment: 'production', call, fields: ['$set'], site: site(null) },
    ]);
  });

  it('with nothing unknown leaves no trace', async () => {
    for (const [url, item] of calls) {
      const usual = {
        ...item,
        device_id: 'd',
        session_id: 's',
        anonymous_id: null,
        timestamp: 1,
        batch: 'b',
        context: {},
      };
      expect((await post(t.app, `${url}?apiKey=${pk}`, usual, {})).statusCode).toBe(200);
    }
    expect(await counted()).toEqual([]);
    expect(t.services.unknown).toEqual([]);
  });

  it('of a dry run is not shown to lint, and its slips are errors all the same', async () => {
    expect((await post(t.app, '/identify?dry_run=true', { ...items['/identify'], sent_at: 1 })).statusCode).toBe(200);
    expect(t.services.unknown).toEqual([]);
    expect((await post(t.app, '/identify?dry_run=true', { ...items['/identify'], trait: {} })).statusCode).toBe(400);
    expect(t.services.letters).toEqual([]);
  });

  it('that asks for a dry run in its body changes nothing', async () => {
    const response = await post(t.app, '/alias', { ...items['/alias'], dry_run: true });
    expect(response.json().message).toContain('?dry_run=true');
    expect(t.services.aliased).toEqual([]);
  });
});

describe('a query parameter', () => {
  it.each<[string, string, string]>([
    ['GET', '/v1/identities/a?environmnt=staging', 'environment'],
    ['GET', '/v1/identities/a?Environment=staging', 'environment'],
    ['GET', '/v1/identities/a?env=staging', 'environment'],
    ['GET', '/v1/identities/a?asOf=2026-01-01', 'as_of'],
    ['GET', '/v1/identities/a?as_of_sequence=1&limits=1', 'limit'],
    ['GET', '/v1/identities/a/events?befor=2026-01-01', 'before'],
    ['GET', '/v1/identities/a/traits/plan?limt=1', 'limit'],
    ['GET', '/v1/identities/a/export?enviroment=staging', 'environment'],
    ['DELETE', '/v1/identities/a?by=distinct_id&dryRun=true', 'dry_run'],
    ['DELETE', '/v1/identities/a?by=distinct_id&environmnt=staging', 'environment'],
    ['GET', '/v1/explain?a=a&b=b&enviroment=staging', 'environment'],
    ['GET', '/v1/ledger?aftr=5', 'after'],
    ['GET', '/v1/lint?sinse=2026-01-01', 'since'],
    ['GET', '/v1/review?environmnt=staging', 'environment'],
    ['GET', '/v1/conflicts?environmnt=staging', 'environment'],
    ['GET', '/v1/export/events?formt=csv', 'format'],
    ['POST', '/v1/split?dryrun=true', 'dry_run'],
    ['POST', '/v1/revert?dry-run=true', 'dry_run'],
    ['POST', '/v1/separations?dryRun=1', 'dry_run'],
    ['DELETE', '/v1/separations?a=a&b=b&enviroment=staging', 'environment'],
    ['POST', '/v1/links/1/approve?environmnt=staging', 'environment'],
    ['POST', '/v1/links/1/reject?dryRun=true', 'dry_run'],
    ['POST', '/v1/import?environmnt=staging', 'environment'],
    ['POST', '/v1/import?secondaryPrefix=crm:', 'secondary_prefix'],
    ['POST', '/track?dryRun=true', 'dry_run'],
    ['POST', '/identify?dryRun=true', 'dry_run'],
    ['POST', '/alias?dry-run=true', 'dry_run'],
  ])('%s %s is an error that says what was meant', async (method, url, meant) => {
    const payload =
      method === 'POST' ? { payload: { event: 'e', distinct_id: 'a', alias_id: 'b', environment: 'staging' } } : {};
    const response = await t.app.inject({ method: method as 'GET', url, headers: asSecret, ...payload });
    expect(response.statusCode).toBe(400);
    expect(response.json()).toMatchObject({ ok: false, error_code: 'invalid-payload' });
    expect(response.json().message).toMatch(new RegExp(`^Unknown query parameter ".+"\\. Did you mean ${meant}\\?$`));
  });

  it.each(['/track', '/identify', '/alias', '/v1/resolve', '/v1/query', '/v1/split', '/v1/separations'])(
    'POST %s takes no environment there, however it is written',
    async (url) => {
      for (const name of ['environment', 'enviroment', 'environmnt', 'env']) {
        const response = await post(t.app, `${url}?${name}=staging`, { event: 'e', distinct_id: 'a', alias_id: 'b' });
        expect([name, response.statusCode]).toEqual([name, 400]);
        expect(response.json().message).toBe(`Unknown query parameter "${name}". environment goes into the body here.`);
      }
      expect([t.services.tracked, t.services.identified, t.services.aliased]).toEqual([[], [], []]);
    },
  );

  it('of its own is passed over, counted, and on the routes of applications shown to lint', async () => {
    expect((await post(t.app, '/track?_=1699&timestamp=1', items['/track'])).statusCode).toBe(200);
    expect((await get(t.app, '/v1/lint?x=1')).statusCode).toBe(200);
    expect((await get(t.app, '/healthz?verbose&environmnt=x', {})).statusCode).toBe(200);
    expect((await counted()).sort()).toEqual([
      'onym_unknown_names_total{route="/healthz",place="query"} 2',
      'onym_unknown_names_total{route="/track",place="query"} 2',
      'onym_unknown_names_total{route="/v1/lint",place="query"} 1',
    ]);
    expect(t.services.unknown).toMatchObject([{ environment: 'production', fields: ['?_', '?timestamp'] }]);
  });

  it('is looked at after the key, and a page can read the error', async () => {
    expect((await get(t.app, '/v1/identities/a?environmnt=staging', {})).statusCode).toBe(401);
    expect((await get(t.app, '/v1/identities/a?environmnt=staging', asPublic)).statusCode).toBe(403);
    const origin = 'https://shop.example';
    const refused = await post(t.app, `/track?apiKey=${pk}&environmnt=staging`, items['/track'], { origin });
    expect([refused.statusCode, refused.headers['access-control-allow-origin']]).toEqual([400, origin]);
    const preflight = await t.app.inject({ method: 'OPTIONS', url: '/track?environmnt=x', headers: { origin } });
    expect(preflight.statusCode).toBe(204);
    expect((await get(t.app, '/nowhere?environmnt=x')).statusCode).toBe(404);
  });
});

describe('a body under /v1', () => {
  it.each<['POST' | 'DELETE', string, object, RegExp]>([
    ['POST', '/v1/resolve', { distinct_ids: [], enviroment: 'staging' }, /Did you mean environment\?$/],
    ['POST', '/v1/resolve', { distinctIds: [] }, /Did you mean distinct_ids\?$/],
    ['POST', '/v1/resolve', { distinct_ids: [], asOf: 1 }, /Did you mean as_of\?$/],
    ['POST', '/v1/query', { sql: 'SELECT 1', formt: 'csv' }, /Did you mean format\?$/],
    ['POST', '/v1/split', { link: 1, enviroment: 'staging' }, /Did you mean environment\?$/],
    ['POST', '/v1/split', { link: 1, dry_run: true }, /dry_run goes into the query string here: \?dry_run=…$/],
    ['POST', '/v1/split', { link: 1, dryRun: true }, /dry_run goes into the query string here/],
    ['POST', '/v1/revert', { batch: 'b', seperate: true }, /Did you mean separate\?$/],
    ['POST', '/v1/separations', { a: 'a', b: 'b', enviroment: 'staging' }, /Did you mean environment\?$/],
    ['DELETE', '/v1/separations', { a: 'a', b: 'b', enviroment: 'staging' }, /Did you mean environment\?$/],
    ['POST', '/v1/links/1/approve', { enviroment: 'staging' }, /Did you mean environment\?$/],
    ['POST', '/v1/links/1/reject', { env: 'staging' }, /Did you mean environment\?$/],
    ['POST', '/v1/links/1/approve', { dry_run: true }, /dry_run goes into the query string here/],
    ['DELETE', '/v1/identities/a?by=distinct_id', { environment: 'staging' }, /environment goes into the query/],
    // What steers is refused where it is not wholly understood.
    ['POST', '/v1/split', { link: 1, note: 'x' }, /^Unknown field "note"\. This route takes environment, link, /],
    ['POST', '/v1/links/1/approve', { note: 'x' }, /^Unknown field "note"\. This route takes environment\.$/],
    ['DELETE', '/v1/identities/a?by=distinct_id', { note: 'x' }, /This route takes no body\.$/],
  ])('%s %s %j is an error', async (method, url, body, message) => {
    const response = await t.app.inject({ method, url, headers: asSecret, payload: body });
    expect(response.statusCode).toBe(400);
    expect(response.json()).toEqual({
      ok: false,
      error_code: 'invalid-payload',
      message: expect.stringMatching(message),
    });
  });

  it('may be left out where it holds nothing that is needed', async () => {
    const asked: unknown[] = [];
    t.services.people.erase = async (...call) => {
      asked.push(call);
      return null;
    };
    const response = await t.app.inject({
      method: 'DELETE',
      url: '/v1/identities/a?by=distinct_id',
      headers: asSecret,
    });
    expect([response.statusCode, asked.length]).toEqual([404, 1]);
  });
});
