import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../packages/server/test/system/client.ts';
import { launchChromium } from '../test-support/chromium.ts';
import { listening } from '../test-support/listening.ts';
import { root } from './commands.ts';
import type { Serving } from './serving.ts';

interface Event {
  readonly event: string;
  readonly timestamp: string;
  readonly properties: { readonly $url?: string; readonly n?: number };
}

/** The three lines that `onym snippet` prints, in pages of another origin. */
export function pageScriptTests(served: () => Serving, snippet: (...flags: string[]) => Promise<string>): void {
  describe('the script of a page without a bundler, in Chromium', () => {
    let chromium: Browser | null;
    beforeAll(async () => {
      chromium = await launchChromium();
    });
    afterAll(() => chromium?.close());

    const linesOf = (...flags: string[]) => snippet('--url', served().url, '--write-key', served().writeKey, ...flags);

    /** Opens a page of these lines, and this script between the second and the third. */
    async function open(
      lines: string,
      script: string,
      {
        headers = {},
        before,
      }: { headers?: Record<string, string>; before?: (browser: BrowserContext) => Promise<void> } = {},
    ): Promise<{ page: Page; close(): Promise<void> }> {
      const [first, second, third] = lines.trim().split('\n');
      const site = createServer((_, response) => {
        response.writeHead(200, { 'content-type': 'text/html', ...headers });
        response.end(`<!doctype html>${first}\n${second}\n<script>${script}</script>\n${third}`);
      });
      const port = await listening(site);
      const context = await chromium!.newContext();
      await before?.(context);
      const page = await context.newPage();
      await page.goto(`http://localhost:${port}/start`, { waitUntil: 'commit' });
      return {
        page,
        async close() {
          await context.close();
          site.close();
        },
      };
    }

    const loaded = (page: Page) => page.waitForFunction('window.onym?.getDistinctId');
    const evaluate = (page: Page, script: string) => page.evaluate(script) as Promise<string>;

    it('is brought in by the lines that docs/sdk.md shows', async () => {
      const page = readFileSync(join(root, 'docs/sdk.md'), 'utf8');
      expect(page).toContain(`\n\`\`\`html\n${await snippet()}\`\`\`\n`);
    });

    it('makes the calls of before, in order, with their time and place', async (context) => {
      if (chromium === null) return context.skip('there is no Chromium');
      let release = () => {};
      const held = new Promise<void>((resolve) => {
        release = resolve;
      });
      const { page, close } = await open(
        await linesOf(),
        `const { track } = onym;
        window.captured = track;
        track('first', { n: 1 });
        onym.track('second', { n: 2 });
        onym.identify('user_script', { plan: 'pro' });
        history.pushState({}, '', '/later');
        onym.track('third', { n: 3 });
        window.waiting = onym.q.length;`,
        {
          async before(browser) {
            await browser.route('**/onym.js', (route) => void held.then(() => route.continue()));
          },
        },
      );
      expect(await evaluate(page, 'window.waiting')).toBe(5);
      const early = Date.now();
      release();
      await loaded(page);
      expect(await evaluate(page, 'onym.getDistinctId()')).toBe('user_script');
      // What was taken from the snippet goes on to work.
      await evaluate(page, `captured('fourth', { n: 4 }); onym.flush()`);

      let events: Event[] = [];
      await eventually(async () => {
        const { status, body } = await served().api.get('/v1/identities/user_script/events?limit=100');
        events = status === 200 ? (body.events as Event[]).toReversed() : [];
        return events.some(({ event }) => event === 'fourth');
      }, 'the page has sent all');
      const tracked = events.filter(({ event }) => event !== '$pageview');
      expect(tracked.map(({ event, properties }) => [event, properties.n])).toEqual([
        ['first', 1],
        ['second', 2],
        ['third', 3],
        ['fourth', 4],
      ]);
      expect(tracked.map(({ properties }) => new URL(properties.$url!).pathname)).toEqual([
        '/start',
        '/start',
        '/later',
        '/later',
      ]);
      expect(tracked.slice(0, 3).filter(({ timestamp }) => Date.parse(timestamp) > early)).toEqual([]);
      expect(
        events.filter(({ event }) => event === '$pageview').map(({ properties }) => new URL(properties.$url!).pathname),
      ).toContain('/start');
      expect((await served().api.got('/v1/identities/user_script')).traits).toEqual({ plan: 'pro' });
      await close();
    });

    it('is the client also without the first line, and once if it is loaded twice', async (context) => {
      if (chromium === null) return context.skip('there is no Chromium');
      const script = `<script src="${served().url}/onym.js"></script>`;
      const init = `onym.init('${served().writeKey}', { baseUrl: '${served().url}' });`;
      const { page, close } = await open(`${script}\n<script>${init} window.one = onym;</script>\n${script}`, '');
      await page.waitForLoadState();
      expect(await evaluate(page, 'onym === one && onym.getDistinctId()')).toMatch(/^anonymous-/);
      await close();
    });

    it('pinned, is loaded as `integrity` says, also by a page that takes nothing from elsewhere unasked', async (context) => {
      if (chromium === null) return context.skip('there is no Chromium');
      const headers = { 'cross-origin-embedder-policy': 'require-corp', 'cross-origin-opener-policy': 'same-origin' };
      const pinned = await linesOf('--pin');
      expect(pinned).toMatch(/ src="\S+\/onym\/[0-9a-f]{16}\.js" integrity="sha384-\S{64}" crossorigin>/);
      for (const lines of [pinned, await linesOf()]) {
        const { page, close } = await open(lines, '', { headers });
        await loaded(page);
        expect(await evaluate(page, 'crossOriginIsolated && onym.getDistinctId()')).toMatch(/^anonymous-/);
        await close();
      }
    });

    it('pinned, is not run where somebody has changed it', async (context) => {
      if (chromium === null) return context.skip('there is no Chromium');
      const changed = 'window.changed = true;';
      const errors: string[] = [];
      const { page, close } = await open(await linesOf('--pin'), '', {
        async before(browser) {
          browser.on('console', (message) => void errors.push(message.text()));
          await browser.route('**/onym/*.js', (route) =>
            route.fulfill({
              body: changed,
              contentType: 'text/javascript',
              headers: { 'access-control-allow-origin': '*' },
            }),
          );
        },
      });
      await eventually(async () => errors.some((text) => text.includes('integrity')), 'the browser says why');
      expect(await evaluate(page, 'window.changed ?? onym.q.length')).toBe(1);
      await close();
    });
  });
}
