import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { limits } from '../../src/limits.ts';
import { asSecret, now, pk, post, sk, type TestApp, testApp } from './support.ts';

let t: TestApp;
let time = now;
beforeEach(() => {
  time = now;
  t = testApp({ now: () => time });
});
afterEach(() => t.app.close());

const fromConsole = { 'x-onym-console': '1', 'sec-fetch-site': 'same-origin' };

const signIn = (body: object, headers: Record<string, string> = {}) =>
  post(t.app, '/v1/session', body, { ...fromConsole, ...headers });

const cookieOf = (response: { headers: Record<string, unknown> }): string =>
  String(response.headers['set-cookie']).split(';')[0]!;

const signedIn = async (secret = sk): Promise<string> => cookieOf(await signIn({ key: secret }));

const ask = (
  method: 'GET' | 'POST' | 'DELETE',
  url: string,
  cookie: string,
  headers: Record<string, string> = fromConsole,
) => t.app.inject({ method, url, headers: { cookie, ...headers } });

const codeOf = (response: { statusCode: number; json(): { error_code?: string } }) => [
  response.statusCode,
  response.json().error_code,
];

const lift = '/v1/separations?a=a&b=b';

describe('signing in', () => {
  it('gives a cookie for a secret key, and nothing else that holds it', async () => {
    const response = await signIn({ key: 'sk_staging' });
    expect(response.json()).toEqual({
      ok: true,
      key: { name: 'staging', scopes: expect.arrayContaining(['read', 'steer']), environments: ['staging'] },
      expires_at: new Date(now + limits.sessionMaxMs).toISOString(),
    });
    expect(response.headers['set-cookie']).toMatch(
      new RegExp(`^onym_session=[\\w-]{43}; Max-Age=${limits.sessionMaxMs / 1_000}; HttpOnly; SameSite=Strict$`),
    );
    expect(response.headers['cache-control']).toBe('no-store');
    expect(response.body).not.toContain(cookieOf(response).split('=')[1]);
  });

  it.each<[string, object, number, string, RegExp]>([
    ['an unknown key', { key: 'sk_unknown' }, 401, 'invalid-api-key', /unknown or revoked/],
    ['a publishable key', { key: pk }, 403, 'forbidden', /secret key \(sk_…\); the one sent is publishable/],
    ['an unknown token', { token: 'x'.repeat(43) }, 401, 'not-signed-in', /`onym console`/],
    ['neither', {}, 400, 'invalid-payload', /either/],
    ['both', { key: sk, token: 'x' }, 400, 'invalid-payload', /either/],
    ['a number for a key', { key: 7 }, 400, 'invalid-payload', /\/key/],
    ['an unknown field', { key: sk, remember: true }, 400, 'invalid-payload', /remember/],
    ['more than a key needs', { key: 'sk_'.padEnd(limits.signInBytesMax, 'x') }, 413, 'payload-too-large', /4096/],
  ])('refuses %s', async (_what, body, status, code, message) => {
    const response = await signIn(body);
    expect([...codeOf(response), response.headers['set-cookie']]).toEqual([status, code, undefined]);
    expect(response.json().message).toMatch(message);
    expect(response.body).not.toMatch(/sk_unknown|sk_test|x{43}/);
  });

  it('is Secure behind TLS, as far as the proxy is trusted', async () => {
    const secure = async (trustedProxies: readonly string[]) => {
      const { app } = testApp({ trustedProxies });
      const response = await post(app, '/v1/session', { key: sk }, { ...fromConsole, 'x-forwarded-proto': 'https' });
      await app.close();
      return String(response.headers['set-cookie']).endsWith('; Secure');
    };
    expect([await secure(['loopback']), await secure([])]).toEqual([true, false]);
  });

  it('ends the session that was there before', async () => {
    const before = await signedIn();
    const after = cookieOf(await signIn({ key: 'sk_staging' }, { cookie: before }));
    expect(codeOf(await ask('GET', '/v1/session', before))).toEqual([401, 'not-signed-in']);
    expect((await ask('GET', '/v1/session', after)).json()).toMatchObject({ key: { name: 'staging' } });
  });

  it('keeps the newest sessions of a key alone', async () => {
    const first = await signedIn();
    const other = await signedIn('sk_staging');
    for (let i = 1; i < limits.sessionsPerKeyMax; i++) await signedIn();
    expect((await ask('GET', '/v1/session', first)).statusCode).toBe(200);
    await signedIn();
    expect(codeOf(await ask('GET', '/v1/session', first))).toEqual([401, 'not-signed-in']);
    expect((await ask('GET', '/v1/session', other)).statusCode).toBe(200);
  });
});

describe('a session', () => {
  it('may do what its key may, and no more', async () => {
    const cookie = await signedIn('sk_only_read');
    expect((await ask('GET', '/v1/ledger', cookie)).statusCode).toBe(200);
    expect((await ask('GET', '/v1/session', cookie)).json()).toMatchObject({
      key: { name: 'only read', scopes: ['read'] },
      expires_at: new Date(now + limits.sessionMaxMs).toISOString(),
    });
    const steering = await ask('DELETE', lift, cookie);
    expect([...codeOf(steering), steering.json().message]).toEqual([
      403,
      'forbidden',
      expect.stringContaining('lacks the scope steer'),
    ]);
    const elsewhere = await ask('GET', '/v1/ledger?environment=production', await signedIn('sk_staging'));
    expect(codeOf(elsewhere)).toEqual([403, 'forbidden']);
  });

  it('acts under the name of its key, and the ledger tells that it was the console', async () => {
    const asked: unknown[] = [];
    Object.assign(t.services.steering, {
      run: async (_environment: string, { source }: { source: unknown }) => {
        asked.push(source);
        return {
          answer: { verdict: 'applied', reason: null, seq: 1, canonicalId: 'a' },
          blastRadius: null,
        };
      },
    });
    const cookie = await signedIn();
    expect((await ask('DELETE', lift, cookie)).json()).toMatchObject({ ok: true, seq: 1 });
    await ask('DELETE', lift, cookie, asSecret);
    const source = { key: 'backend', batch: null, public: false };
    expect(asked).toEqual([
      { ...source, lib: 'onym-console' },
      { ...source, lib: null },
    ]);
  });

  it('gives way to a key that is sent beside it', async () => {
    const cookie = await signedIn();
    const both = await ask('GET', '/v1/session', cookie, { authorization: 'Bearer sk_staging' });
    expect(both.json()).toMatchObject({ key: { name: 'staging' }, expires_at: null });
    const wrong = await ask('GET', '/v1/session', cookie, { authorization: 'Bearer sk_unknown' });
    expect(codeOf(wrong)).toEqual([401, 'invalid-api-key']);
  });

  it('ends with its time, however much it is used', async () => {
    const cookie = await signedIn();
    time += limits.sessionMaxMs - 1;
    expect((await ask('GET', '/v1/ledger', cookie)).statusCode).toBe(200);
    time += 1;
    const ended = await ask('GET', '/v1/ledger', cookie);
    expect([...codeOf(ended), ended.headers['www-authenticate']]).toEqual([401, 'not-signed-in', 'Bearer']);
  });

  it('ends with its key', async () => {
    const cookie = await signedIn();
    t.keys.revoked.add('backend');
    expect(codeOf(await ask('GET', '/v1/ledger', cookie))).toEqual([401, 'not-signed-in']);
  });

  it('follows its key when that is restricted', async () => {
    const cookie = await signedIn();
    t.keys.restricted.set('backend', { scopes: ['query'] });
    expect(codeOf(await ask('GET', '/v1/ledger', cookie))).toEqual([403, 'forbidden']);
  });

  it('is over once it is signed out of', async () => {
    const cookie = await signedIn();
    const out = await ask('DELETE', '/v1/session', cookie);
    expect([out.json(), out.headers['set-cookie']]).toEqual([
      { ok: true },
      'onym_session=; Max-Age=0; HttpOnly; SameSite=Strict',
    ]);
    expect(codeOf(await ask('GET', '/v1/ledger', cookie))).toEqual([401, 'not-signed-in']);
    expect((await ask('DELETE', '/v1/session', cookie)).statusCode).toBe(200);
  });

  it('ends the live streams that it has open', async () => {
    const live = testApp({ now: () => time, heartbeatIntervalMs: 20 });
    const response = await post(live.app, '/v1/session', { key: sk }, fromConsole);
    const cookie = cookieOf(response);
    const stream = await live.app.inject({
      url: '/v1/ledger',
      headers: { cookie, accept: 'text/event-stream' },
      payloadAsStream: true,
    });
    await live.app.inject({ method: 'DELETE', url: '/v1/session', headers: { cookie, ...fromConsole } });
    let text = '';
    for await (const chunk of stream.stream()) text += chunk;
    expect([stream.statusCode, text]).toEqual([200, expect.stringContaining('retry: ')]);
    await live.app.close();
  });

  it.each([['/track'], ['/identify'], ['/alias']])('is worth nothing at %s', async (url) => {
    const cookie = await signedIn();
    const call = { event: 'e', distinct_id: 'a', alias_id: 'b' };
    const response = await post(t.app, url, call, { cookie, ...fromConsole });
    expect(codeOf(response)).toEqual([401, 'invalid-api-key']);
    expect([t.services.tracked, t.services.identified, t.services.aliased]).toEqual([[], [], []]);
  });

  it.each([
    ['/metrics', 'GET', 'invalid-api-key'],
    ['/v1/backup', 'POST', 'invalid-api-key'],
    ['/v1/session/tokens', 'POST', 'invalid-api-key'],
  ] as const)('does not open %s', async (url, method, code) => {
    expect(codeOf(await ask(method, url, await signedIn()))).toEqual([401, code]);
  });
});

describe('who is not signed in', () => {
  it.each<[string, Record<string, string>, string]>([
    ['without anything', {}, 'invalid-api-key'],
    ['as the console', fromConsole, 'not-signed-in'],
    ['with a cookie of nobody', { cookie: `onym_session=${'x'.repeat(43)}` }, 'not-signed-in'],
    ['with cookies of others', { cookie: 'a=b; my_onym_session=x; onym_session_2=y' }, 'invalid-api-key'],
    ['with an empty cookie', { cookie: 'onym_session=' }, 'invalid-api-key'],
  ])('%s is told so', async (_what, headers, code) => {
    for (const url of ['/v1/session', '/v1/ledger'])
      expect(codeOf(await t.app.inject({ url, headers }))).toEqual([401, code]);
  });

  it('is not taken for somebody by a publishable key', async () => {
    const response = await t.app.inject({ url: '/v1/session', headers: { 'x-api-key': pk } });
    expect(codeOf(response)).toEqual([403, 'forbidden']);
  });

  it('finds the cookie among others', async () => {
    const cookie = `theme=dark;  ${await signedIn()} ; other="a;b"`;
    expect((await ask('GET', '/v1/session', cookie)).statusCode).toBe(200);
  });
});

describe('a request of another page', () => {
  const host = 'onym.example.com';
  const own = `http://${host}`;

  it.each<[string, Record<string, string>, number]>([
    ['of the console', { 'x-onym-console': '1', 'sec-fetch-site': 'same-origin' }, 200],
    ['without the header', { 'sec-fetch-site': 'same-origin' }, 403],
    ['with another value of it', { 'x-onym-console': 'true', 'sec-fetch-site': 'same-origin' }, 403],
    ['of the same site', { 'x-onym-console': '1', 'sec-fetch-site': 'same-site' }, 403],
    ['of another site', { 'x-onym-console': '1', 'sec-fetch-site': 'cross-site' }, 403],
    ['of a browser without Sec-Fetch-Site', { 'x-onym-console': '1', origin: own }, 200],
    ['of such a browser, from elsewhere', { 'x-onym-console': '1', origin: 'http://shop.example.com' }, 403],
    ['of such a browser, from another port', { 'x-onym-console': '1', origin: `${own}:8080` }, 403],
    ['that does not name itself', { 'x-onym-console': '1', origin: 'null' }, 403],
    ['of a program', { 'x-onym-console': '1' }, 200],
    [
      'that names the site by a wrong Host',
      { 'x-onym-console': '1', 'sec-fetch-site': 'same-origin', origin: 'https://a.b' },
      200,
    ],
  ])('%s', async (_what, headers, status) => {
    const cookie = await signedIn();
    const out = { method: 'DELETE', url: '/v1/session', headers: { cookie, host, ...headers } } as const;
    const inside = { method: 'POST', url: '/v1/session', headers: { host, ...headers }, payload: { key: sk } } as const;
    const changing = { method: 'DELETE', url: lift, headers: { cookie, host, ...headers } } as const;
    Object.assign(t.services.steering, {
      run: async () => ({ answer: { verdict: 'applied', reason: null, seq: 1, canonicalId: 'a' }, blastRadius: null }),
    });
    for (const request of [changing, inside, out]) {
      const response = await t.app.inject(request);
      expect([request.url, response.statusCode, response.json().error_code]).toEqual([
        request.url,
        status,
        status === 403 ? 'forbidden' : undefined,
      ]);
    }
    expect((await ask('GET', '/v1/session', cookie)).statusCode).toBe(status === 403 ? 200 : 401);
  });

  it.each([
    ['same-origin', 200],
    ['none', 200],
    ['same-site', 403],
    ['cross-site', 403],
  ])('reads with Sec-Fetch-Site %s: %d', async (site, status) => {
    const response = await ask('GET', '/v1/ledger', await signedIn(), { 'sec-fetch-site': site });
    expect(response.statusCode).toBe(status);
  });

  it('may use a key: that is no cookie', async () => {
    const headers = { ...asSecret, 'sec-fetch-site': 'cross-site', origin: 'https://shop.example' };
    expect((await ask('GET', '/v1/ledger', await signedIn(), headers)).statusCode).toBe(200);
  });

  it('names the host as a trusted proxy does', async () => {
    const behind = testApp({ trustedProxies: ['loopback'] });
    const headers = { ...asHeader, origin: 'https://onym.example.com', 'x-forwarded-host': 'onym.example.com' };
    const response = await post(behind.app, '/v1/session', { key: sk }, { ...headers, 'x-forwarded-proto': 'https' });
    expect(response.statusCode).toBe(200);
    await behind.app.close();
  });
  const asHeader = { 'x-onym-console': '1' };
});

describe('a token', () => {
  const token = async (headers: Record<string, string> = asSecret): Promise<string> =>
    (await post(t.app, '/v1/session/tokens', '', headers)).json().token;

  it('signs in as the key that it was made with, once', async () => {
    const made = await t.app.inject({
      method: 'POST',
      url: '/v1/session/tokens',
      headers: { 'x-api-key': 'sk_staging' },
    });
    expect(made.json()).toEqual({
      ok: true,
      token: expect.stringMatching(/^[\w-]{43}$/),
      key: { name: 'staging', scopes: expect.arrayContaining(['read']), environments: ['staging'] },
      expires_at: new Date(now + limits.signInTokenMaxMs).toISOString(),
    });
    const body = { token: made.json().token };
    const [one, other] = await Promise.all([signIn(body), signIn(body)]);
    const [first, second] = one.statusCode === 200 ? [one, other] : [other, one];
    expect(first.json()).toMatchObject({ key: { name: 'staging' } });
    expect(codeOf(second)).toEqual([401, 'not-signed-in']);
    expect((await ask('GET', '/v1/session', cookieOf(first))).json()).toMatchObject({ key: { name: 'staging' } });
  });

  it('is good for minutes', async () => {
    const made = await t.sessions.invite(t.keys.active('backend')!);
    time += limits.signInTokenMaxMs;
    expect(codeOf(await signIn({ token: made.token }))).toEqual([401, 'not-signed-in']);
  });

  it('ends with its key', async () => {
    const made = await t.sessions.invite(t.keys.active('backend')!);
    t.keys.revoked.add('backend');
    expect(codeOf(await signIn({ token: made.token }))).toEqual([401, 'not-signed-in']);
  });

  it('is no session, and a session is no token', async () => {
    const made = await t.sessions.invite(t.keys.active('backend')!);
    expect(codeOf(await ask('GET', '/v1/session', `onym_session=${made.token}`))).toEqual([401, 'not-signed-in']);
    const [, secret] = (await signedIn()).split('=');
    expect(codeOf(await signIn({ token: secret }))).toEqual([401, 'not-signed-in']);
  });

  it('is not for publishable keys', async () => {
    expect(await token({ 'x-api-key': pk })).toBeUndefined();
  });
});

it('no key, token or cookie reaches the log', async () => {
  const lines: string[] = [];
  const logged = testApp({
    logger: { level: 'trace', stream: { write: (line: string) => void lines.push(line) } } as never,
  });
  const { token } = await logged.sessions.invite(logged.keys.active('backend')!);
  const cookie = cookieOf(await post(logged.app, '/v1/session', { token }, fromConsole));
  await logged.app.inject({ url: '/v1/ledger', headers: { cookie } });
  await post(logged.app, '/v1/session', { key: 'sk_secret_that_is_wrong' }, fromConsole);
  await post(logged.app, '/v1/session', { key: 1, token: 'sk_secret_that_is_wrong' }, fromConsole);
  await logged.app.close();
  const text = lines.join('');
  expect(text).toContain('"key":"backend","by":"onym-console"');
  for (const secret of [token, cookie.split('=')[1]!, 'sk_secret_that_is_wrong']) expect(text).not.toContain(secret);
});
