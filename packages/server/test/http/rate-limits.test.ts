import { afterEach, expect, it, vi } from 'vitest';
import type { AppOptions } from '../../src/http/app.ts';
import { asSecret, get, pk, post, type TestApp, testApp } from './support.ts';

/** Calls of publishable keys are bounded by key and by client address; windows are ten seconds long. */

let t: TestApp;
afterEach(() => {
  vi.useRealTimers();
  return t.app.close();
});

const event = { event: 'e', distinct_id: 'a' };
const events = (count: number) => new Array(count).fill(event);

function limited(options: Partial<AppOptions>): void {
  vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'] });
  t = testApp(options);
}

interface Sent {
  readonly key?: string;
  readonly from?: string;
  readonly forwarded?: string;
}

function send(body: unknown, { key = pk, from = '192.0.2.1', forwarded }: Sent = {}) {
  return t.app.inject({
    method: 'POST',
    url: '/track',
    remoteAddress: from,
    headers: {
      'content-type': 'application/json',
      'x-api-key': key,
      ...(forwarded === undefined ? {} : { 'x-forwarded-for': forwarded }),
    },
    payload: JSON.stringify(body),
  });
}

const statuses = async (...sent: Promise<{ statusCode: number }>[]) =>
  (await Promise.all(sent)).map(({ statusCode }) => statusCode);

it('says what is left, turns away what is too much, and lets it in again', async () => {
  limited({ limits: { keyRateMax: 0, addressRateMax: 1 } });
  const first = await send(event);
  expect(first.statusCode).toBe(200);
  expect(first.headers).toMatchObject({ 'ratelimit-policy': '"address";q=10;w=10', ratelimit: '"address";r=9;t=10' });
  for (let call = 2; call <= 10; call++) expect((await send(event)).statusCode).toBe(200);
  vi.advanceTimersByTime(4_000);
  const refused = await send(event);
  expect([refused.statusCode, refused.json().error_code]).toEqual([429, 'rate-limited']);
  expect(refused.json().message).toContain('More than 10 calls in 10 s came with publishable keys from this address');
  expect(refused.headers).toMatchObject({ 'retry-after': '6', ratelimit: '"address";r=0;t=6' });
  expect(t.services.tracked).toHaveLength(10);
  expect((await get(t.app, '/metrics')).body).toContain('onym_rate_limited_requests_total{counted="address"} 1\n');
  vi.advanceTimersByTime(6_000);
  expect((await send(event)).statusCode).toBe(200);
});

it('counts the items of an array, which passes as a whole while anything is left', async () => {
  limited({ limits: { keyRateMax: 0, addressRateMax: 10 } });
  expect((await send(events(99))).headers.ratelimit).toBe('"address";r=1;t=10');
  // The last one opens the door for all of its neighbours; what it overdraws is gone.
  const last = await send(events(1_000));
  expect([last.statusCode, last.headers.ratelimit]).toEqual([200, '"address";r=0;t=10']);
  expect((await send(event)).statusCode).toBe(429);
});

it('turns away before the body is read, what is no JSON too', async () => {
  limited({ limits: { keyRateMax: 0, addressRateMax: 1 } });
  const broken = () =>
    t.app.inject({
      method: 'POST',
      url: '/track',
      headers: { 'x-api-key': pk },
      payload: '{',
      remoteAddress: '192.0.2.1',
    });
  for (let call = 1; call <= 10; call++) expect((await broken()).statusCode).toBe(400);
  expect((await broken()).statusCode).toBe(429);
});

it('bounds a key over all addresses, and an address over all keys; the refused of an address cost the key nothing', async () => {
  limited({ limits: { keyRateMax: 2, addressRateMax: 1 } });
  expect((await send(events(10))).statusCode).toBe(200);
  for (let call = 1; call <= 50; call++) expect((await send(event)).statusCode).toBe(429);
  const other = await send(events(9), { from: '192.0.2.2' });
  expect([other.statusCode, other.headers.ratelimit]).toEqual([200, '"address";r=1;t=10']);
  expect((await send(event, { from: '192.0.2.3' })).headers.ratelimit).toBe('"key";r=0;t=10');
  const refused = await send(event, { from: '192.0.2.4' });
  expect([refused.statusCode, refused.headers.ratelimit]).toEqual([429, '"key";r=0;t=10']);
  expect(refused.json().message).toContain('ONYM_KEY_RATE_MAX');
  // Another key has a share of its own, but not at an address that has none left.
  expect(await statuses(send(event, { key: 'pk_shop', from: '192.0.2.5' }), send(event, { key: 'pk_shop' }))).toEqual([
    200, 429,
  ]);
});

it('lets secret keys, preflights and refusals of the key pass uncounted', async () => {
  limited({ limits: { keyRateMax: 1, addressRateMax: 1 } });
  for (let call = 1; call <= 12; call++) {
    const answer = await post(t.app, '/track', event, asSecret);
    expect([answer.statusCode, answer.headers.ratelimit]).toEqual([200, undefined]);
    expect((await send(event, { key: 'pk_unknown' })).statusCode).toBe(401);
    expect((await t.app.inject({ method: 'OPTIONS', url: '/track' })).statusCode).toBe(204);
  }
  expect((await send(event)).headers.ratelimit).toBe('"address";r=9;t=10');
});

it('has no limits and no headers where they are switched off', async () => {
  limited({ limits: { keyRateMax: 0, addressRateMax: 0 } });
  const answer = await send(events(1_000));
  expect([answer.statusCode, answer.headers['ratelimit-policy']]).toEqual([200, undefined]);
});

it('believes X-Forwarded-For of trusted proxies alone, and warns of another one once', async () => {
  const lines: string[] = [];
  const logger = { level: 'warn', stream: { write: (line: string) => void lines.push(line) } };
  limited({ limits: { keyRateMax: 0, addressRateMax: 1 }, trustedProxies: ['10.0.0.0/8'], logger });
  const proxied = (forwarded: string, from = '10.1.2.3') => send(events(10), { forwarded, from });
  expect(await statuses(proxied('192.0.2.1'), proxied('192.0.2.2'), proxied('192.0.2.1'))).toEqual([200, 200, 429]);
  // What a client writes itself stands before what the proxy adds.
  expect(await statuses(proxied('203.0.113.9, 192.0.2.1'))).toEqual([429]);
  expect(lines).toEqual([]);
  expect(await statuses(proxied('192.0.2.7', '172.18.0.2'), proxied('192.0.2.8', '172.18.0.2'))).toEqual([200, 429]);
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { remoteAddress: '172.18.0.2', msg: expect.stringContaining('ONYM_TRUSTED_PROXIES') },
  ]);
});

it('takes an IPv6 network of 64 bits, and IPv4 in whatever form, for one client', async () => {
  limited({ limits: { keyRateMax: 0, addressRateMax: 1 }, trustedProxies: ['loopback'] });
  const from = (forwarded: string) => send(events(10), { forwarded, from: '127.0.0.1' });
  const same = [
    ['2001:db8:1:2::1', '2001:db8:1:2:ffff:ffff:ffff:ffff', '2001:db8:1:3::1'],
    ['2001:db8::1', '2001:db8:0:0:9::', '2001:db8:0:1::'],
    ['192.0.2.1', '::ffff:192.0.2.1', '192.0.2.2'],
    ['192.0.2.9:5123', '192.0.2.9:5124', '192.0.2.10:1'],
    ['x'.repeat(100), `${'x'.repeat(100)}y`, 'y'],
  ];
  for (const [one, again, other] of same) {
    expect([one, await statuses(from(one!), from(again!), from(other!))]).toEqual([one, [200, 429, 200]]);
  }
});
