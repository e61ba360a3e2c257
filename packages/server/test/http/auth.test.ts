import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OnymError } from '../../src/errors.ts';
import { asSecret, get, pk, post, sk, type TestApp, testApp } from './support.ts';

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

  it('is no wrong one where nobody can say', async () => {
    const away = new OnymError('identity-store-unavailable', 'It is away. Send it again.', { retryAfterSeconds: 7 });
    Object.assign(t.keys, {
      authenticate: () => {
        throw away;
      },
    });
    for (const url of ['/track', '/v1/resolve']) {
      const response = await post(t.app, url, event);
      expect([response.statusCode, response.headers['retry-after'], response.json()]).toEqual([
        503,
        '7',
        { ok: false, error_code: away.code, message: away.message },
      ]);
    }
    expect([t.services.tracked, t.services.letters]).toEqual([[], []]);
  });

  it('is checked before the body is read', async () => {
    expect((await post(t.app, '/track', 'nonsense', {})).statusCode).toBe(401);
  });
});

describe('a secret key in the query string', () => {
  const exposed = async (
    method: 'GET' | 'POST' | 'DELETE' | 'PUT',
    url: string,
    headers: Record<string, string> = {},
  ) => {
    const response = await t.app.inject({ method, url, headers });
    expect(response.body).not.toContain(sk);
    return [response.statusCode, response.json().error_code, response.json().message];
  };
  const refused = [401, 'invalid-api-key', expect.stringMatching(/Authorization: Bearer.*exposed; rotate it/)];

  it.each<['GET' | 'POST' | 'DELETE' | 'PUT', string]>([
    ['POST', '/track'],
    ['POST', '/identify'],
    ['POST', '/alias'],
    ['GET', '/v1/identities/u'],
    ['DELETE', '/v1/identities/u'],
    ['POST', '/v1/query'],
    ['POST', '/v1/import'],
    ['GET', '/v1/ledger'],
    ['GET', '/healthz'],
    ['GET', '/metrics'],
    ['GET', '/openapi.json'],
    ['PUT', '/track'],
    ['GET', '/nowhere'],
    ['GET', '/v1/identities/%zz'],
  ])('is refused at %s %s, also beside a good one', async (method, url) => {
    expect(await exposed(method, `${url}?apiKey=${sk}`)).toEqual(refused);
    expect(await exposed(method, `${url}?apiKey=${sk}`, asSecret)).toEqual(refused);
  });

  it.each([
    `apiKey=sk_that_nobody_has`,
    `apiKey=${pk}&apiKey=${sk}`,
    `apiKey[]=${sk}`,
    `apikey=${sk}`,
    `api_key=${sk}`,
    `X-API-Key=${sk}`,
    `token=${sk}`,
    `access_token=${sk}`,
    `authorization=Bearer%20${sk}`,
    `apiKey=%73k_test`,
    `apiKey=%20${sk}`,
    `a=x&b=y&environment=${sk}`,
  ])('is seen in ?%s', async (query) => {
    expect(await exposed('GET', `/v1/explain?${query}`, asSecret)).toEqual(refused);
    expect(await exposed('POST', `/track?${query}`, asSecret)).toEqual(refused);
  });

  it('is not seen in ids that look like one', async () => {
    expect((await get(t.app, '/v1/explain?a=sk_123&b=sk_slovakia')).statusCode).toBe(200);
  });

  it('is refused with the headers that let a page read it; the preflight passes', async () => {
    const origin = 'https://shop.example';
    const response = await post(t.app, `/track?apiKey=${sk}`, event, { origin });
    expect(response.headers).toMatchObject({ 'access-control-allow-origin': origin, 'www-authenticate': 'Bearer' });
    const preflight = await t.app.inject({ method: 'OPTIONS', url: `/track?apiKey=${sk}`, headers: { origin } });
    expect(preflight.statusCode).toBe(204);
  });

  it('leaves publishable ones, which count on the ingestion routes alone', async () => {
    expect((await post(t.app, `/track?apiKey=${pk}`, event, {})).statusCode).toBe(200);
    const { error_code, message } = (await get(t.app, `/v1/ledger?apiKey=${pk}`, {})).json();
    expect([error_code, message]).toEqual(['invalid-api-key', expect.not.stringContaining('apiKey')]);
    expect((await get(t.app, `/v1/ledger?apiKey=${pk}`)).statusCode).toBe(200);
    expect((await get(t.app, `/healthz?apiKey=${pk}`, {})).statusCode).toBe(200);
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
    logged.services.people.explain = async () => {
      throw new Error('broken');
    };
    logged.services.answering.track = async () => {
      throw new Error('broken');
    };
    for (const key of [pk, sk]) {
      await post(logged.app, `/track?apiKey=${key}`, event, {});
      await get(logged.app, `/v1/explain?a=a&b=b&apiKey=${key}`, { authorization: `Bearer ${key}`, 'x-api-key': key });
      await get(logged.app, `/nowhere?apiKey=${key}`, {});
      await get(logged.app, `/%zz?apiKey=${key}`, {});
      await get(logged.app, `/v1/export/nothing?apiKey=${key}&token=${key}`);
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
