import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { consoleIn } from '../../src/console.ts';
import { get, type TestApp, testApp } from './support.ts';

/** As a build leaves it: the console's own page, and assets of which some were compressed. */
const folder = mkdtempSync(join(tmpdir(), 'onym-console-'));
const index = readFileSync(new URL('../../../console/index.html', import.meta.url), 'utf8');
const script = `console.log('${'x'.repeat(2_000)}');`;
const html = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

let t: TestApp;
beforeAll(() => {
  mkdirSync(join(folder, 'assets'));
  writeFileSync(join(folder, 'index.html'), index);
  writeFileSync(join(folder, 'secret.txt'), 'not an asset');
  writeFileSync(join(folder, 'assets', 'index-1a2b.js'), script);
  writeFileSync(join(folder, 'assets', 'index-1a2b.js.br'), brotliCompressSync(script));
  writeFileSync(join(folder, 'assets', 'index-1a2b.js.gz'), gzipSync(script));
  writeFileSync(join(folder, 'assets', 'index-3c4d.css'), 'body{}');
  t = testApp({ console: consoleIn(folder) });
});
afterAll(async () => {
  await t.app.close();
  rmSync(folder, { recursive: true });
});

describe("the console's page", () => {
  it.each([
    ['/', './'],
    ['/sign-in', './'],
    ['/sign-in?next=%2Fe%2Fproduction', './'],
    ['/e/production', '../'],
    ['/e/production/', '../../'],
    ['/e/production/people', '../../'],
    ['/e/production/people/user_1?tab=graph&at=/a/b', '../../../'],
    ['/e/production/people/https%3A%2F%2Fa.b%2Fc', '../../../'],
    ['/e//people', '../../'],
  ])('%s has the base %s', async (path, base) => {
    const { statusCode, body } = await get(t.app, path, html);
    expect([statusCode, /<base href="([^"]*)"/.exec(body)?.[1]]).toEqual([200, base]);
    // As a browser resolves it, whatever path a proxy has put before.
    for (const prefix of ['', '/tools/onym'])
      expect(new URL(base, `https://a.b${prefix}${path}`).href).toBe(`https://a.b${prefix}/`);
  });

  it('leaves nothing to others', async () => {
    const { headers, body } = await get(t.app, '/e/production/people', html);
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-cache',
      vary: 'accept',
      'content-security-policy':
        "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'",
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
    });
    expect(headers['set-cookie']).toBeUndefined();
    expect(body).not.toMatch(/<style|<script(?![^>]*\bsrc=)|https?:/);
  });

  it('takes an id of any length', async () => {
    const path = `/e/production/people/${'%F0%9F%94%91'.repeat(128)}`;
    expect((await get(t.app, path, html)).statusCode).toBe(200);
  });

  it('is for browsers: others are told so', async () => {
    for (const path of ['/e/production/people', '/sign-in']) {
      const { statusCode, headers, body } = await get(t.app, path, { accept: 'application/json' });
      expect([statusCode, headers.vary, JSON.parse(body).error_code]).toEqual([404, 'accept', 'not-found']);
    }
    expect((await get(t.app, '/', {})).json()).toMatchObject({ name: 'Onym' });
  });

  it('is missing, and says how to make it, while there is no build', async () => {
    const gone = join(folder, 'index.html.gone');
    renameSync(join(folder, 'index.html'), gone);
    const without = testApp();
    for (const { app } of [t, without]) {
      const welcome = await get(app, '/', html);
      expect(welcome.body).toContain('<h1>Onym 0.0.0</h1>');
      expect(welcome.body).toContain('<code>npm run build</code>');
      const page = await get(app, '/e/production', html);
      expect([page.statusCode, page.json().message]).toEqual([404, expect.stringContaining('`npm run build`')]);
    }
    await without.app.close();
    renameSync(gone, join(folder, 'index.html'));
    expect((await get(t.app, '/e/production', html)).statusCode).toBe(200);
  });
});

describe('an asset', () => {
  const asset = '/assets/index-1a2b.js';

  it('is kept for good, whatever it is compressed by', async () => {
    for (const [accepted, encoding, plain] of [
      ['br, gzip', 'br', brotliCompressSync(script)],
      ['gzip', 'gzip', gzipSync(script)],
      ['identity', undefined, Buffer.from(script)],
    ] as const) {
      const { headers, rawPayload } = await get(t.app, asset, { 'accept-encoding': accepted });
      expect(headers).toMatchObject({
        'content-type': expect.stringMatching(/^(?:text|application)\/javascript; charset=utf-8$/),
        'cache-control': 'public, max-age=31536000, immutable',
        vary: expect.stringMatching(/accept-encoding/i),
        'x-content-type-options': 'nosniff',
      });
      expect([headers['content-encoding'], rawPayload.equals(plain)]).toEqual([encoding, true]);
    }
  });

  it('that was not compressed comes as it is', async () => {
    const { headers, body } = await get(t.app, '/assets/index-3c4d.css', { 'accept-encoding': 'br, gzip' });
    expect([headers['content-encoding'], headers['content-type'], body]).toEqual([
      undefined,
      'text/css; charset=utf-8',
      'body{}',
    ]);
  });

  it('is not sent again to who has it', async () => {
    const { headers } = await get(t.app, asset, {});
    const again = await get(t.app, asset, { 'if-none-match': String(headers.etag) });
    expect([again.statusCode, again.body]).toEqual([304, '']);
  });

  it.each([
    '/assets/nowhere.js',
    '/assets/',
    '/assets/../secret.txt',
    '/assets/%2e%2e/secret.txt',
    '/assets/..%2fsecret.txt',
    '/assets/%2e%2e%2fsecret.txt',
    '/assets/..%5csecret.txt',
    '/assets/%00',
    `/assets/${encodeURIComponent(join(folder, 'secret.txt'))}`,
    '/secret.txt',
  ])('%s is none', async (path) => {
    const { statusCode, headers, body } = await get(t.app, path, {});
    expect(statusCode).toBeGreaterThanOrEqual(400);
    expect(statusCode).toBeLessThan(500);
    expect(JSON.parse(body)).toMatchObject({ ok: false });
    expect(headers['cache-control'] ?? '').not.toContain('immutable');
    expect(body).not.toContain('not an asset');
  });
});
