import { createServer, type Server as HttpServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { launchChromium } from '../../../../test-support/chromium.ts';
import { listening } from '../../../../test-support/listening.ts';
import { eventually, type Json } from '../../../server/test/system/client.ts';
import { type Server, serve, writeKey } from '../../../server/test/system/processes.ts';
import type { Shown } from './app.ts';

/** The provider and the hook in a real React, as it is in development: that is where it mounts everything twice. */

let chromium: Browser | null = null;
let onym: Server;
let site: HttpServer;
let siteUrl: string;
let contexts: BrowserContext[] = [];
let complaints: string[] = [];

beforeAll(async () => {
  chromium = await launchChromium();
  if (chromium === null) return;
  onym = await serve();
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('app.ts', import.meta.url))],
    bundle: true,
    write: false,
    conditions: ['onym-source'],
    define: { 'process.env.NODE_ENV': '"development"' },
  });
  const html = `<!doctype html><title>App</title><link rel="icon" href="data:,"><div id="root"></div><script>${outputFiles[0]!.text.replaceAll(
    '</script',
    '<\\/script',
  )}</script>`;
  site = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html; charset=utf-8').end(html);
  });
  siteUrl = `http://127.0.0.1:${await listening(site)}`;
});
afterAll(async () => {
  await chromium?.close();
  site?.close();
});
beforeEach((context) => {
  if (chromium === null) context.skip('there is no Chromium');
  complaints = [];
});
afterEach(async () => {
  for (const context of contexts) await context.close();
  contexts = [];
  expect(complaints).toEqual([]);
});

async function open(path = '/'): Promise<Page> {
  const context = await chromium!.newContext();
  contexts.push(context);
  const page = await context.newPage();
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  await page.goto(siteUrl + path);
  return page;
}

async function show(page: Page, shown: Partial<Omit<Shown, 'options'>> & { options?: Partial<Shown['options']> } = {}) {
  const options = { baseUrl: onym.url, flushIntervalMs: 50, ...shown.options };
  await page.evaluate((all) => window.app.show(all), { apiKey: writeKey, ...shown, options });
}

/** What `onVerdict` heard, once it has heard `count` calls. */
async function verdicts(page: Page, count: number): Promise<string[]> {
  await page.waitForFunction((n) => window.app.verdicts.length >= n, count);
  await page.evaluate(() => window.app.client!.flush());
  return page.evaluate(() => window.app.verdicts);
}

const track = (page: Page, event: string) => page.evaluate((name) => window.app.client!.track(name), event);
const idOf = (page: Page) => page.evaluate(() => window.app.client!.getDistinctId());

/** Events of the person behind an id, with the id each came with. */
async function eventsOf(id: string, environment = 'production'): Promise<[event: string, distinctId: string][]> {
  const { identities } = await onym.api.posted('/v1/resolve', { environment, distinct_ids: [id] });
  const rows = await onym.api.rows(
    `SELECT event, distinct_id FROM events WHERE identity_id = '${identities[id].identity_id}' ORDER BY timestamp, event`,
    environment,
  );
  return rows.map(({ event, distinct_id }: Json) => [event, distinct_id]);
}

const started = async (page: Page): Promise<string> => {
  await page.waitForFunction(() => window.app.client?.getDistinctId());
  return (await idOf(page))!;
};

describe('in StrictMode', () => {
  it('there is one page view, and no call is lost, out of order, or another visitor’s', async () => {
    const page = await open('/pricing');
    await show(page, { strict: true, tracks: true });
    const anonymousId = await started(page);
    // React runs the effects of the form twice; those of the provider have run once by then.
    const mounted = ['In Layout Effect', 'In Effect', '$pageview', 'In Layout Effect', 'In Effect'];
    expect(await verdicts(page, 5)).toEqual(mounted.map((event) => `track ${event} applied`));

    await page.getByRole('button', { name: 'Log in' }).click();
    expect((await verdicts(page, 7)).slice(5)).toEqual(['identify applied', 'track Logged In applied']);
    const identity = await onym.api.got('/v1/identities/user_of_react');
    expect(identity).toMatchObject({ canonical_id: 'user_of_react', traits: { plan: 'pro' }, event_count: 6 });
    expect(identity.identifiers.map(({ distinct_id }: Json) => distinct_id).sort()).toEqual(
      [anonymousId, 'user_of_react'].sort(),
    );
    expect(await page.evaluate(() => window.app.errors)).toEqual([]);
  });

  it.each([{ persistence: 'memory' } as const, { trackingConsent: 'pending' } as const])(
    'a client that only the page remembers stays the same visitor: %o',
    async (options) => {
      const page = await open('/pricing');
      await show(page, { strict: true, tracks: true, options });
      const id = await started(page);
      await page.evaluate(() => window.app.client!.configure({ trackingConsent: 'granted' }));
      await verdicts(page, 5);
      const events = await eventsOf(id);
      expect(events.map(([event]) => event).sort()).toEqual([
        '$pageview',
        'In Effect',
        'In Effect',
        'In Layout Effect',
        'In Layout Effect',
      ]);
      expect(new Set(events.map(([, distinctId]) => distinctId))).toEqual(new Set([id]));
    },
  );
});

describe('the provider', () => {
  it('sees the app’s own navigation', async () => {
    const page = await open('/a');
    await show(page);
    const id = await started(page);
    await page.evaluate(() => history.pushState(null, '', '/b'));
    await verdicts(page, 2);
    expect((await eventsOf(id)).map(([event]) => event)).toEqual(['$pageview', '$pageview']);
  });

  it('ends its client when it is unmounted; calls wait for the next one', async () => {
    const page = await open('/a');
    await show(page);
    const id = await started(page);
    await page.evaluate(() => window.app.hide());
    await page.waitForFunction(() => window.app.client!.getDistinctId() === null);
    await track(page, 'Between');
    await page.evaluate(() => history.pushState(null, '', '/unseen'));
    await page.evaluate(() => history.pushState(null, '', '/b'));
    await show(page);
    expect(await verdicts(page, 3)).toEqual([
      'track $pageview applied',
      'track Between applied',
      'track $pageview applied',
    ]);
    expect(await idOf(page)).toBe(id);
  });

  it('goes on while a boundary around it waits for something else', async () => {
    const page = await open('/a');
    await show(page, { options: { persistence: 'memory' } });
    const id = await started(page);
    await page.evaluate(() => window.app.suspend());
    await page.getByText('Wait').waitFor();
    expect(await idOf(page)).toBe(id);
    await track(page, 'Meanwhile');
    expect(await verdicts(page, 2)).toEqual(['track $pageview applied', 'track Meanwhile applied']);
    await page.evaluate(() => window.app.resume());
    await page.getByRole('button', { name: 'Log in' }).waitFor();
    expect(await idOf(page)).toBe(id);
  });
});

describe('a change of its options', () => {
  it('another environment starts anew, there', async () => {
    const page = await open('/a');
    await show(page);
    const id = await started(page);
    await verdicts(page, 1);
    await show(page, { options: { environment: 'staging' } });
    await page.waitForFunction((before) => window.app.client!.getDistinctId() !== before, id);
    const stagingId = (await idOf(page))!;
    await track(page, 'In Staging');
    await eventually(
      async () => (await eventsOf(stagingId, 'staging')).some(([event]) => event === 'In Staging'),
      'the event in staging',
    );
    expect((await eventsOf(id)).map(([event]) => event)).toEqual(['$pageview']);
    expect(await page.evaluate(() => window.app.errors)).toEqual([]);
  });

  it('the same options in another object change nothing, another listener hears what comes', async () => {
    const page = await open('/a');
    await show(page, { listener: 'first' });
    const id = await started(page);
    await verdicts(page, 1);
    await show(page, { listener: 'second', options: { release: '2' } });
    await track(page, 'Later');
    expect(await verdicts(page, 2)).toEqual(['first track $pageview applied', 'second track Later applied']);
    expect(await idOf(page)).toBe(id);
    const [release] = await onym.api.rows(
      `SELECT properties.\`$release\`::String AS release FROM events WHERE event = 'Later' AND distinct_id = '${id}'`,
    );
    expect(release).toEqual({ release: '2' });
  });

  it('trackingConsent: first the default, then the user’s answer', async () => {
    const page = await open('/a');
    await show(page, { strict: true, options: { trackingConsent: 'pending' } });
    const consent = () => page.evaluate(() => window.app.client!.getTrackingConsent());
    const id = await started(page);
    expect(await consent()).toBe('pending');
    await show(page, { strict: true, options: { trackingConsent: 'granted' } });
    expect(await verdicts(page, 1)).toEqual(['track $pageview applied']);
    expect(await idOf(page)).toBe(id);
    // It is remembered, and a default does not overrule it.
    await page.reload();
    await show(page, { strict: true, options: { trackingConsent: 'pending' } });
    expect(await verdicts(page, 1)).toEqual(['track $pageview applied']);
    expect(await consent()).toBe('granted');
  });
});
