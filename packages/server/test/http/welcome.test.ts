import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { get, post, type TestApp, testApp } from './support.ts';

let t: TestApp;
beforeEach(() => {
  t = testApp();
});
afterEach(() => t.app.close());

describe('GET /', () => {
  it('answers a browser with a page that needs nothing but itself', async () => {
    const page = await get(t.app, '/', { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' });
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(page.body).toContain('<h1>Onym 0.0.0</h1>');
    expect(page.body).not.toMatch(/<script|https?:|production/);
    expect(page.body).toContain('color-scheme:light dark');
    const [, style = ''] = /<style>([\s\S]*)<\/style>/.exec(page.body)!;
    const hash = createHash('sha256').update(style).digest('base64');
    expect(page.headers['content-security-policy']).toContain(`default-src 'none'; style-src 'sha256-${hash}'`);
    const links = [...page.body.matchAll(/href="([^"]+)"/g)].map((match) => match[1]!);
    expect(links.length).toBeGreaterThan(3);
    for (const link of links) expect([link, (await get(t.app, `/${link}`, {})).statusCode]).toEqual([link, 200]);
  });

  it('answers others with the same facts, every one of which leads somewhere', async () => {
    const { headers, body } = await get(t.app, '/', {});
    expect([headers['content-type'], headers.vary]).toEqual(['application/json; charset=utf-8', 'accept']);
    const facts = JSON.parse(body) as Record<string, string>;
    expect(facts).toMatchObject({ name: 'Onym', version: '0.0.0' });
    const paths = Object.values(facts).filter((value) => value.startsWith('/'));
    expect(paths.length).toBeGreaterThan(3);
    for (const path of paths) expect([path, (await get(t.app, path, {})).statusCode]).toEqual([path, 200]);
  });
});

describe('an answer', () => {
  it.each([
    ['of a call', () => post(t.app, '/track', { event: 'e', distinct_id: 'a' })],
    ['of an array', () => post(t.app, '/track', [{ event: 'e', distinct_id: 'a' }])],
    ['that is an error', () => post(t.app, '/track', {})],
    ['that there is no such route', () => get(t.app, '/nowhere')],
    ['that the path is no path', () => get(t.app, '/v1/identities/%ff')],
    ['of a reading route', () => get(t.app, '/v1/ledger')],
    ['without a key', () => get(t.app, '/healthz', {})],
  ])('%s is one line that ends', async (_what, ask) => {
    const { body, headers } = await ask();
    expect(body).toMatch(/^\{.*\}\n$/);
    expect(Number(headers['content-length'])).toBe(Buffer.byteLength(body));
  });
});
