import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { allowsOrigin, originsFrom } from '../../src/keys/origins.ts';
import { get, post, type TestApp, testApp } from '../http/support.ts';

describe('origins of a key', () => {
  it('are written as browsers write them, each once', () => {
    const asked = [
      'https://Shop.example/',
      'https://shop.example',
      'http://localhost:3000',
      'HTTPS://*.Shop.example:443',
    ];
    expect(originsFrom('publishable', asked)).toEqual([
      'https://shop.example',
      'http://localhost:3000',
      'https://*.shop.example',
    ]);
  });

  it.each([
    'shop.example',
    'https://shop.example/cart',
    'https://shop.example?a',
    'ftp://shop.example',
    '*',
    'https://*',
    'null',
    '',
  ])('%j is none', (text) => {
    expect(() => originsFrom('publishable', [text])).toThrow('is no origin. Give the scheme and the host');
  });

  it('are for publishable keys', () => {
    expect(() => originsFrom('secret', ['https://shop.example'])).toThrow('a secret key belongs in no page');
    expect(() => originsFrom('publishable', [])).toThrow('No origin is given');
  });

  it.each([
    ['https://shop.example', true],
    ['https://www.shop.example', true],
    ['https://a.b.shop.example', true],
    ['http://shop.example', false],
    ['https://shop.example:8443', false],
    ['https://evilshop.example', false],
    ['https://shop.example.evil.example', false],
    ['https://.shop.example', false],
    ['null', false],
    ['', false],
  ])('of pages at %j: %j', (origin, allowed) => {
    expect(allowsOrigin(['https://shop.example', 'https://*.shop.example'], origin)).toBe(allowed);
  });
});

describe('a call with a key that has origins', () => {
  let t: TestApp;
  beforeEach(() => {
    t = testApp();
  });
  afterEach(() => t.app.close());

  const event = { event: 'e', distinct_id: 'a' };
  const send = (origin: string | null) =>
    post(t.app, '/track', event, { 'x-api-key': 'pk_shop', ...(origin === null ? {} : { origin }) });

  it('passes from its pages, and from what is no page', async () => {
    for (const origin of ['https://shop.example', 'https://www.shop.example', null]) {
      expect((await send(origin)).statusCode).toBe(200);
    }
  });

  it('is refused from others before its body is read, in a way that their scripts can read', async () => {
    for (const origin of ['https://evil.example', 'null']) {
      const answer = await send(origin);
      expect([answer.statusCode, answer.json().error_code]).toEqual([403, 'forbidden']);
      expect(answer.json().message).toContain(`is not for pages of ${JSON.stringify(origin)}`);
      expect(answer.headers['access-control-allow-origin']).toBe(origin);
    }
    expect([t.services.tracked, t.services.letters]).toEqual([[], []]);
  });

  it('may be asked for by a preflight from anywhere: that names no key', async () => {
    const answer = await t.app.inject({
      method: 'OPTIONS',
      url: '/track',
      headers: { origin: 'https://evil.example', 'access-control-request-method': 'POST' },
    });
    expect(answer.statusCode).toBe(204);
  });

  it('with a key that has none passes from everywhere', async () => {
    const answer = await post(t.app, '/track', event, { 'x-api-key': 'pk_test', origin: 'https://evil.example' });
    expect(answer.statusCode).toBe(200);
    expect((await get(t.app, '/v1/lint', { 'x-api-key': 'sk_test', origin: 'https://evil.example' })).statusCode).toBe(
      200,
    );
  });
});
