import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { asPublic, get, pk, post, sk, type TestApp, testApp } from './support.ts';

let t: TestApp;
beforeEach(() => {
  t = testApp();
});
afterEach(() => t.app.close());

const event = { event: 'e', distinct_id: 'a' };

describe('the API key', () => {
  it.each<[string, string, Record<string, string>]>([
    ['Authorization', '/track', { authorization: `Bearer ${pk}` }],
    ['Authorization in lower case', '/track', { authorization: `bearer ${pk}` }],
    ['X-API-Key', '/track', { 'x-api-key': pk }],
    ['the query string', `/track?apiKey=${pk}`, {}],
    ['X-API-Key beside another scheme', '/track', { authorization: 'Basic dTpw', 'x-api-key': pk }],
  ])('is taken from %s', async (_name, url, headers) => {
    expect((await post(t.app, url, event, headers)).statusCode).toBe(200);
  });

  it.each<[string, string, Record<string, string>]>([
    ['none', '/track', {}],
    ['an unknown one', '/track', { authorization: 'Bearer pk_unknown' }],
    ['an empty one', '/track', { authorization: 'Bearer ', 'x-api-key': '' }],
    ['an unknown one before a good one', `/track?apiKey=${pk}`, { authorization: 'Bearer pk_unknown' }],
    ['a repeated one', `/track?apiKey=${pk}&apiKey=${pk}`, {}],
    ['none', '/v1/resolve', {}],
  ])('%s is invalid-api-key', async (_name, url, headers) => {
    const response = await post(t.app, url, event, headers);
    expect([response.statusCode, response.json().error_code]).toEqual([401, 'invalid-api-key']);
    expect(response.headers['www-authenticate']).toBe('Bearer');
    expect(response.body).not.toContain('pk_unknown');
  });

  it('is checked before the body is read', async () => {
    expect((await post(t.app, '/track', 'nonsense', {})).statusCode).toBe(401);
  });
});

describe('scopes', () => {
  it('limit publishable keys', async () => {
    const headers = { 'x-api-key': 'pk_track_only' };
    expect((await post(t.app, '/track', event, headers)).statusCode).toBe(200);
    const refused = await post(t.app, '/alias', { distinct_id: 'a', alias_id: 'b' }, headers);
    expect([refused.statusCode, refused.json().error_code]).toEqual([403, 'forbidden']);
    expect(refused.json().message).toContain('scope alias');
  });

  it.each([
    '/v1/identities/a',
    '/v1/identities/a/events',
    '/v1/identities/a/traits/k',
    '/v1/explain?a=a&b=b',
    '/v1/ledger',
  ])('GET %s needs a secret key', async (url) => {
    expect((await get(t.app, url, asPublic)).json()).toMatchObject({ error_code: 'forbidden' });
    expect((await get(t.app, url, {})).json()).toMatchObject({ error_code: 'invalid-api-key' });
  });

  it.each(['/v1/resolve', '/v1/query'])('POST %s needs a secret key', async (url) => {
    expect((await post(t.app, url, {}, asPublic)).json()).toMatchObject({ error_code: 'forbidden' });
  });
});

describe('environments', () => {
  it('limit every key', async () => {
    const headers = { 'x-api-key': 'sk_staging' };
    const code = async (environment: string) =>
      (await get(t.app, `/v1/explain?a=a&b=b&environment=${environment}`, headers)).json().error_code ?? 'ok';
    expect(await code('staging')).toBe('ok');
    expect(await code('production')).toBe('forbidden');
    expect(await code('nowhere')).toBe('environment-not-found');
    expect((await post(t.app, '/track', event, headers)).json()).toMatchObject({ error_code: 'forbidden' });
    const resolved = await post(t.app, '/v1/resolve', { distinct_ids: ['a'], environment: 'production' }, headers);
    expect(resolved.json()).toMatchObject({ error_code: 'forbidden' });
  });
});

describe('the log', () => {
  it('holds no key', async () => {
    const lines: string[] = [];
    const stream = { write: (line: string) => void lines.push(line) };
    const logged = testApp({ logger: { level: 'trace', stream } });
    logged.services.explain = async () => {
      throw new Error('broken');
    };
    logged.services.ingest.track = async () => {
      throw new Error('broken');
    };
    for (const key of [pk, sk]) {
      await post(logged.app, `/track?apiKey=${key}`, event, {});
      await get(logged.app, `/v1/explain?a=a&b=b&apiKey=${key}`, { authorization: `Bearer ${key}`, 'x-api-key': key });
      await get(logged.app, `/nowhere?apiKey=${key}`, {});
    }
    await logged.app.close();
    const log = lines.join('');
    expect(log).toContain('broken');
    expect(log).toContain('"route":"/v1/explain"');
    expect(log).not.toContain(pk);
    expect(log).not.toContain(sk);
  });

  it('has no line per ingestion call', async () => {
    const lines: string[] = [];
    const stream = { write: (line: string) => void lines.push(line) };
    const logged = testApp({ logger: { level: 'info', stream } });
    await post(logged.app, '/track', event);
    await logged.app.close();
    expect(lines).toEqual([]);
  });
});
