import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { launchChromium } from '../../../../test-support/chromium.ts';
import { listening } from '../../../../test-support/listening.ts';
import { consoleIn } from '../../src/console.ts';
import { sk, type TestApp, testApp } from './support.ts';

/**
 * A session in a real Chromium, below a path of a proxy: only a browser shows where it sends a cookie without a path, and what it lets pages of
 * others do.
 */

const below = '/tools/onym';
const folder = mkdtempSync(join(tmpdir(), 'onym-console-'));
let chromium: Browser | null = null;
let onym: TestApp;
let proxy: Server;
/** With the path of the proxy. */
let url: string;
/** Cookies that arrived at paths of the server, newest last. */
let arrived: [path: string, cookie: string | undefined][] = [];
/** Of the same site: another port of the same host. */
let neighbour: Server;
let neighbourUrl: string;
let context: BrowserContext;

beforeAll(async () => {
  chromium = await launchChromium();
  if (chromium === null) return;
  mkdirSync(join(folder, 'assets'));
  writeFileSync(join(folder, 'assets', 'index-1.js'), "document.title = 'runs'; document.body.style.margin = '3px';");
  writeFileSync(
    join(folder, 'index.html'),
    `<!doctype html><html><head><base href="./" /><link rel="icon" href="data:," /><title>none</title></head><body><script>document.title = 'inline'</script>
     <script type="module" src="./assets/index-1.js"></script></body></html>`,
  );
  onym = testApp({ console: consoleIn(folder) });
  const target = await onym.app.listen({ port: 0, host: '127.0.0.1' });
  proxy = createServer((incoming, answer) => {
    const path = incoming.url!.slice(below.length);
    arrived.push([path, incoming.headers.cookie]);
    const { method, headers } = incoming;
    const passed = request(new URL(path, target), { method, headers }, (response) => {
      answer.writeHead(response.statusCode!, response.headers);
      response.pipe(answer);
    });
    incoming.pipe(passed);
  });
  url = `http://127.0.0.1:${await listening(proxy)}${below}`;
  neighbour = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html').end('<!doctype html><title>A neighbour</title>');
  });
  neighbourUrl = `http://127.0.0.1:${await listening(neighbour)}/`;
  context = await chromium.newContext();
});

afterAll(async () => {
  await chromium?.close();
  proxy?.closeAllConnections();
  proxy?.close();
  neighbour?.close();
  await onym?.app.close();
  rmSync(folder, { recursive: true });
});

beforeEach((test) => {
  arrived = [];
  if (chromium === null) test.skip('there is no Chromium');
});

async function on<T>(address: string, use: (page: Page) => Promise<T>): Promise<T> {
  const page = await context.newPage();
  await page.goto(address);
  return use(page).finally(() => page.close());
}

/** Of a request that the page makes: its status, or what the browser says of it. */
async function ask(page: Page, to: string, init: RequestInit): Promise<number | string> {
  const address = new URL(to, await page.evaluate<string>('document.baseURI')).href;
  return page.evaluate(
    ([url, options]) =>
      fetch(url, { credentials: 'include', ...options }).then(
        ({ status, type }) => (type === 'opaque' ? 'opaque' : status),
        (error) => String(error),
      ),
    [address, init] as const,
  );
}

const headers = { 'x-onym-console': '1' };

it('is given to the console, and sent to the API alone', async () => {
  await on(`${url}/e/production/people/user_1`, async (page) => {
    await page.waitForFunction("document.title === 'runs'");
    const signIn = { method: 'POST', headers, body: JSON.stringify({ key: sk }) };
    expect(await ask(page, 'v1/session', signIn)).toBe(200);
    expect(await page.evaluate('document.cookie')).toBe('');
    expect(await context.cookies()).toMatchObject([
      { name: 'onym_session', path: `${below}/v1`, httpOnly: true, sameSite: 'Strict', secure: false },
    ]);
    arrived = [];
    expect(await ask(page, 'v1/ledger', {})).toBe(200);
    expect(await ask(page, 'track', { method: 'POST', headers, body: '{"event":"e","distinct_id":"a"}' })).toBe(401);
    expect(arrived).toEqual([
      ['/v1/ledger', expect.stringMatching(/^onym_session=/)],
      ['/track', undefined],
    ]);
  });
});

it('is of no use to a page of the same site', async () => {
  await on(neighbourUrl, async (page) => {
    for (const init of [
      { method: 'DELETE', headers },
      { method: 'POST', headers, body: '{}' },
      { method: 'POST', body: '{}', mode: 'cors' as const },
      { method: 'GET' },
    ])
      expect(await ask(page, `${url}/v1/session`, init)).toBe('TypeError: Failed to fetch');
    arrived = [];
    // What needs no permission arrives with the cookie, since a port makes no other site, and is refused.
    expect(await ask(page, `${url}/v1/split`, { method: 'POST', body: '{"link":1}', mode: 'no-cors' })).toBe('opaque');
    expect(arrived).toEqual([['/v1/split', expect.stringMatching(/^onym_session=/)]]);
  });
  // No steering was asked for, which would have thrown, and the session stands.
  await on(`${url}/`, async (page) => {
    expect(await ask(page, 'v1/session', {})).toBe(200);
    expect(await ask(page, 'v1/split', { method: 'POST', body: '{"link":1}' })).toBe(403);
  });
});

it('is over in the browser too once it is signed out of', async () => {
  await on(`${url}/sign-in`, async (page) => {
    expect(await ask(page, 'v1/session', { method: 'DELETE', headers })).toBe(200);
    expect(await context.cookies()).toEqual([]);
    expect(await ask(page, 'v1/session', { headers })).toBe(401);
  });
});

it("no page may have the console's in a frame", async () => {
  await on(neighbourUrl, async (page) => {
    const blocked = page.waitForEvent('console', (message) => /frame/i.test(message.text()));
    await page.evaluate(`document.body.append(Object.assign(document.createElement('iframe'), { src: '${url}/' }))`);
    expect((await blocked).text()).toMatch(/X-Frame-Options|frame-ancestors/i);
  });
});
