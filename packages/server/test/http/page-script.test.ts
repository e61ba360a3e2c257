import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import type { FastifyInstance } from 'fastify';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { openPageScripts, pageScriptOf } from '../../src/page-scripts.ts';
import { get, testApp } from './support.ts';

const earlier = pageScriptOf(Buffer.from('window.onym = "earlier";'));
const script = pageScriptOf(Buffer.from(`window.onym = "${'now'.repeat(100)}";`));

function directory(): string {
  const path = mkdtempSync(join(tmpdir(), 'onym-scripts-'));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

let app: FastifyInstance | undefined;
afterEach(() => app?.close());

/** A server of the script's version, on a directory that the earlier version has served from. */
function serving(path = directory()): FastifyInstance {
  openPageScripts(path, earlier).keep();
  app = testApp({ pageScripts: openPageScripts(path, script) }).app;
  return app;
}

describe('/onym.js', () => {
  it('is the script, for pages of any origin, for a while', async () => {
    const response = await get(serving(), '/onym.js', {});
    expect(response.body).toBe(script.bytes.identity.toString());
    expect(response.headers).toMatchObject({
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': expect.stringMatching(/^public, max-age=3600\b/),
      'access-control-allow-origin': '*',
      'cross-origin-resource-policy': 'cross-origin',
      'x-content-type-options': 'nosniff',
      vary: 'Accept-Encoding',
    });
    expect(response.headers['cache-control']).not.toContain('immutable');
  });

  it.each([
    ['br', 'gzip, deflate, br, zstd', brotliDecompressSync],
    ['gzip', 'gzip, deflate', gunzipSync],
    ['gzip', 'gzip;q=0.5, br;q=0', gunzipSync],
    [undefined, 'deflate', (bytes: Buffer) => bytes],
  ])('is sent as %s to who takes %s', async (encoding, accepted, decoded) => {
    const response = await get(serving(), '/onym.js', { 'accept-encoding': accepted });
    expect(response.headers['content-encoding']).toBe(encoding);
    expect(decoded(response.rawPayload)).toEqual(script.bytes.identity);
  });

  it('is not sent again to who has it, in the same encoding', async () => {
    const { headers } = await get(serving(), '/onym.js', {});
    const again = (etag: string, more = {}) => get(app!, '/onym.js', { 'if-none-match': etag, ...more });
    const known = await again(`"other", W/${headers.etag}`);
    expect([known.statusCode, known.body]).toEqual([304, '']);
    expect(known.headers).toMatchObject({ etag: headers.etag, 'access-control-allow-origin': '*' });
    expect((await again('*')).statusCode).toBe(304);
    expect((await again(String(headers.etag), { 'accept-encoding': 'br' })).statusCode).toBe(200);
    expect((await again('"other"')).statusCode).toBe(200);
  });

  it('says how it is made where nothing was built', async () => {
    app = testApp().app;
    const response = await get(app, '/onym.js', {});
    expect([response.statusCode, response.json().error_code]).toEqual([404, 'not-found']);
    expect(response.json().message).toContain('npm run build');
  });
});

describe('/onym/<hash>.js', () => {
  it('is for ever, and what `integrity` says', async () => {
    const response = await get(serving(), `/onym/${script.hash}.js`, {});
    expect(response.headers['cache-control']).toBe('public, max-age=31536000, immutable');
    expect(`sha384-${createHash('sha384').update(response.rawPayload).digest('base64')}`).toBe(script.integrity);
  });

  it('is there for pages that pinned an earlier version', async () => {
    const response = await get(serving(), `/onym/${earlier.hash}.js`, {});
    expect(response.body).toBe(earlier.bytes.identity.toString());
  });

  it('is nothing else that lies around, and no file that was changed', async () => {
    const path = directory();
    serving(path);
    writeFileSync(join(path, `${earlier.hash}.js`), 'something else');
    for (const file of [earlier.hash, '0123456789abcdef', '..%2f..%2fidentity.db', 'onym']) {
      const response = await get(app!, `/onym/${file}.js`, {});
      expect([file, response.statusCode, response.json().error_code]).toEqual([file, 404, 'not-found']);
    }
  });
});
