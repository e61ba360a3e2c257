import type { BrowserClient, BrowserOptions } from '@onym/sdk';
import { Onym } from '@onym/sdk';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { launchChromium } from '../../../../test-support/chromium.ts';
import { eventually } from '../../../server/test/system/client.ts';
import { type Server, secretKey, serve, writeKey } from '../../../server/test/system/processes.ts';
import { type Site, startSite } from './site.ts';

/** The built SDK in a real Chromium, against a real server, over a way that tests make bad. */

declare global {
  interface Window {
    onym: BrowserClient;
  }
}

let chromium: Browser | null = null;
let server: Server;
let site: Site;
let reader: Onym;
let contexts: BrowserContext[] = [];
let person = 0;

beforeAll(async () => {
  chromium = await launchChromium();
  if (chromium === null) return;
  server = await serve();
  site = await startSite(server.url);
  reader = new Onym({ apiKey: secretKey, baseUrl: server.url });
});
afterAll(async () => {
  await chromium?.close();
  site?.close();
});
beforeEach((context) => {
  if (chromium === null) context.skip('there is no Chromium');
  site.weather = 'fair';
  site.requests.length = 0;
  person++;
});
afterEach(async () => {
  for (const context of contexts) await context.close();
  contexts = [];
});

/** A browser of its own: no storage, no cookies. */
async function device(): Promise<BrowserContext> {
  const context = await chromium!.newContext();
  contexts.push(context);
  return context;
}

async function open(context: BrowserContext, path = '/', options: Partial<BrowserOptions> = {}): Promise<Page> {
  const page = await context.newPage();
  await load(page, path, options);
  return page;
}

async function load(page: Page, path: string, options: Partial<BrowserOptions> = {}): Promise<void> {
  await page.goto(site.url + path);
  await page.waitForFunction(() => window.onym !== undefined);
  await page.evaluate(([key, more]) => void window.onym.init(key, more), [
    writeKey,
    // Retries after milliseconds are for unit tests; here the network is real, and so is the wait.
    { baseUrl: site.onymUrl, autoPageViews: false, flushIntervalMs: 100, requestTimeoutMs: 2_000, ...options },
  ] as const);
}

const track = (page: Page, ...events: string[]) =>
  page.evaluate((names) => {
    for (const name of names) window.onym.track(name);
  }, events);
const idOf = (page: Page) => page.evaluate(() => window.onym.getDistinctId()!);
const flush = (page: Page) => page.evaluate(() => window.onym.flush());

/** All events of the identity that `id` belongs to, in order of time; of one millisecond, by name. */
async function eventsOf(id: string): Promise<string[]> {
  const [who] = (await reader.resolve([id])).values();
  const { rows } = await reader.query<{ event: string }>(
    `SELECT event FROM events WHERE identity_id = '${who!.identityId}' ORDER BY timestamp, event`,
  );
  return rows.map(({ event }) => event);
}

async function expectEvents(id: string, events: string[]): Promise<void> {
  let found: string[] = [];
  await eventually(
    async () => {
      found = await eventsOf(id);
      return found.length >= events.length;
    },
    `the events ${events.join(', ')}`,
  ).catch(() => {});
  expect(found).toEqual(events);
}

describe('identities', () => {
  it('anonymous browsing on two devices, then identify on both: one history', async () => {
    const user = `user_${person}`;
    const laptop = await open(await device());
    const phone = await open(await device());
    await track(laptop, 'laptop-1');
    await track(phone, 'phone-1');
    const ids = [await idOf(laptop), await idOf(phone)];
    expect(ids[0]).not.toBe(ids[1]);
    await laptop.evaluate((id) => window.onym.identify(id, { plan: 'pro' }), user);
    await track(laptop, 'laptop-2');
    await phone.evaluate((id) => window.onym.identify(id, { seen: 'phone' }), user);
    await track(phone, 'phone-2');
    await Promise.all([flush(laptop), flush(phone)]);

    expect((await eventsOf(user)).sort()).toEqual(['laptop-1', 'laptop-2', 'phone-1', 'phone-2']);
    const identity = await reader.identity(user);
    expect(identity).toMatchObject({ canonicalId: user, known: true, traits: { plan: 'pro', seen: 'phone' } });
    expect(identity!.identifiers.map(({ distinctId }) => distinctId).sort()).toEqual([...ids, user].sort());
  });

  it('a shared device: after a reset the next user is another person', async () => {
    const page = await open(await device());
    await page.evaluate((id) => window.onym.identify(id), `ana_${person}`);
    await track(page, 'of Ana');
    await page.evaluate(() => window.onym.reset());
    await track(page, 'of nobody yet');
    await page.evaluate((id) => window.onym.identify(id), `ben_${person}`);
    await track(page, 'of Ben');
    await flush(page);
    expect(await eventsOf(`ana_${person}`)).toEqual(['of Ana']);
    expect((await eventsOf(`ben_${person}`)).sort()).toEqual(['of Ben', 'of nobody yet']);
  });

  it('a shared device without the reset: the client resets first, and the two stay apart', async () => {
    const page = await open(await device());
    await page.evaluate((id) => window.onym.identify(id), `ana_${person}`);
    await track(page, 'of Ana');
    await page.evaluate((id) => window.onym.identify(id), `ben_${person}`);
    await track(page, 'of Ben');
    await flush(page);
    expect(await eventsOf(`ana_${person}`)).toEqual(['of Ana']);
    expect(await eventsOf(`ben_${person}`)).toEqual(['of Ben']);
  });

  it('a lost identify heals with the next event', async () => {
    const page = await open(await device());
    const id = await idOf(page);
    await track(page, 'before');
    await flush(page);
    // Dropped on the way, as by a blocker that knows the path.
    await page.route('**/identify*', (route) =>
      route.fulfill({ status: 400, json: { ok: false, error_code: 'x', message: 'x' } }),
    );
    await page.evaluate((user) => window.onym.identify(user), `user_${person}`);
    await track(page, 'after');
    await flush(page);
    expect((await eventsOf(id)).sort()).toEqual(['after', 'before']);
    expect((await reader.identity(id))?.canonicalId).toBe(`user_${person}`);
  });
});

describe('bad networks', () => {
  it('offline, then online: nothing lost, nothing doubled', async () => {
    const context = await device();
    const page = await open(context);
    await track(page, 'online-1');
    await flush(page);
    await context.setOffline(true);
    await track(page, 'offline-1', 'offline-2');
    await page.evaluate((id) => window.onym.identify(id), `user_${person}`);
    await flush(page);
    await track(page, 'offline-3');
    await context.setOffline(false);
    await expectEvents(`user_${person}`, ['online-1', 'offline-1', 'offline-2', 'offline-3']);
  });

  it('answers that are lost: calls are sent again and counted once', async () => {
    const page = await open(await device(), '/', { requestTimeoutMs: 300 });
    const id = await idOf(page);
    site.weather = 'answers are lost';
    await track(page, 'event-1', 'event-2');
    await flush(page);
    site.weather = 'fair';
    await track(page, 'event-3');
    await flush(page);
    await expectEvents(id, ['event-1', 'event-2', 'event-3']);
    expect(site.requests.filter((line) => line === 'POST /track').length).toBeGreaterThan(1);
    expect(await page.evaluate(() => Object.keys(localStorage).filter((key) => key.includes('.call.')))).toEqual([]);
  });

  it('a page closed in the middle of a batch: the rest travels by beacon', async () => {
    const context = await device();
    const page = await open(context, '/', { flushIntervalMs: 60_000 });
    const id = await idOf(page);
    await track(page, 'event-1', 'event-2', 'event-3');
    await page.close({ runBeforeUnload: true });
    await expectEvents(id, ['event-1', 'event-2', 'event-3']);
    // The next page of the browser sends them once more, since nobody heard the answer; they count once.
    const next = await open(context);
    await flush(next);
    await expectEvents(id, ['event-1', 'event-2', 'event-3']);
  });

  it('a page that dies while its request is under way: the next page sends it', async () => {
    const context = await device();
    const page = await open(context);
    const id = await idOf(page);
    site.weather = 'nothing arrives';
    await track(page, 'event-1', 'event-2');
    await eventually(async () => site.requests.includes('POST /track'), 'the request');
    // As when the browser is killed: no event reaches the page.
    await page.close({ runBeforeUnload: false });
    site.weather = 'fair';
    const next = await open(context, '/next');
    await track(next, 'event-3');
    await expectEvents(id, ['event-1', 'event-2', 'event-3']);
    await flush(next);
    expect(await eventsOf(id)).toEqual(['event-1', 'event-2', 'event-3']);
  });

  it('a site of many pages: each event once, in one session', async () => {
    const context = await device();
    const page = await open(context, '/page-0', { autoPageViews: true });
    const id = await idOf(page);
    for (let i = 1; i <= 5; i++) {
      await track(page, `click-${i}`);
      await load(page, `/page-${i}`, { autoPageViews: true });
    }
    await flush(page);
    const expected = ['$pageview', ...[1, 2, 3, 4, 5].flatMap((i) => [`click-${i}`, '$pageview'])];
    await expectEvents(id, expected);
    const { rows } = await reader.query<{ sessions: string; pages: string[] }>(
      `SELECT uniqExact(session_id) AS sessions, groupArray(properties.\`$url\`) AS pages FROM events WHERE distinct_id = '${id}' AND event = '$pageview'`,
    );
    expect(Number(rows[0]!.sessions)).toBe(1);
    expect([...rows[0]!.pages].sort()).toEqual([0, 1, 2, 3, 4, 5].map((i) => `${site.url}/page-${i}`));
  });

  it('a browser without locks and randomUUID, as pages without TLS have it', async () => {
    const context = await device();
    await context.addInitScript(() => {
      Object.defineProperty(navigator, 'locks', { value: undefined });
      Object.defineProperty(crypto, 'randomUUID', { value: undefined });
    });
    const [first, second] = [await open(context), await open(context)];
    const id = await idOf(first);
    expect(await idOf(second)).toBe(id);
    await track(first, 'first');
    await track(second, 'second');
    await Promise.all([flush(first), flush(second)]);
    expect((await eventsOf(id)).sort()).toEqual(['first', 'second']);
    expect(id).toMatch(/^anonymous-[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });
});

describe('tabs', () => {
  it('share one identity and one session, and send each call once', async () => {
    const context = await device();
    const tabs = [await open(context), await open(context), await open(context)];
    const id = await idOf(tabs[0]!);
    const expected: string[] = [];
    for (let round = 0; round < 5; round++) {
      await Promise.all(
        tabs.map((tab, i) => {
          expected.push(`tab-${i}-${round}`);
          return track(tab, `tab-${i}-${round}`);
        }),
      );
    }
    await Promise.all(tabs.map(flush));
    expect((await eventsOf(id)).sort()).toEqual(expected.sort());
    const sent = site.requests.filter((line) => line === 'POST /track').length;
    expect(sent).toBeLessThanOrEqual(expected.length);
    const { rows } = await reader.query<{ n: string }>(
      `SELECT uniqExact(session_id) AS n FROM events WHERE distinct_id = '${id}'`,
    );
    expect(Number(rows[0]!.n)).toBe(1);
  });

  it('an identify in one is seen by the others at once', async () => {
    const context = await device();
    const [first, second] = [await open(context), await open(context)];
    await first.evaluate((user) => window.onym.identify(user), `user_${person}`);
    expect(await idOf(second)).toBe(`user_${person}`);
    await track(second, 'in the other tab');
    await flush(second);
    expect(await eventsOf(`user_${person}`)).toEqual(['in the other tab']);
    await second.evaluate(() => window.onym.reset());
    const anonymous = await idOf(second);
    expect(anonymous).toMatch(/^anonymous-/);
    // What one tab stores reaches the process of another a moment later.
    await expect.poll(() => idOf(first)).toBe(anonymous);
  });

  it('one that closes leaves its calls to the other', async () => {
    const context = await device();
    const [first, second] = [await open(context, '/', { flushIntervalMs: 60_000 }), await open(context)];
    const id = await idOf(first);
    await track(first, 'of the first');
    await first.close({ runBeforeUnload: false });
    await track(second, 'of the second');
    await expectEvents(id, ['of the first', 'of the second']);
  });
});

describe('consent', () => {
  it('pending: nothing is sent and nothing stored; granted: all of it, once', async () => {
    const context = await device();
    const page = await open(context, '/', { trackingConsent: 'pending', autoPageViews: true });
    const id = await idOf(page);
    await track(page, 'waiting');
    await page.evaluate((user) => window.onym.identify(user), `user_${person}`);
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 300)));
    expect(site.requests).toEqual([]);
    expect(await page.evaluate(() => [JSON.stringify(localStorage), document.cookie].join())).not.toMatch(
      /anonymous-|device-|user_/,
    );
    await page.evaluate(() => window.onym.configure({ trackingConsent: 'granted' }));
    await flush(page);
    await expectEvents(id, ['$pageview', 'waiting']);
    expect((await reader.identity(id))?.canonicalId).toBe(`user_${person}`);
    const next = await open(context, '/next', { trackingConsent: 'pending' });
    expect(await next.evaluate(() => window.onym.getTrackingConsent())).toBe('granted');
    expect(await idOf(next)).toBe(`user_${person}`);
  });

  it('denied: nothing is sent, and what was stored is gone', async () => {
    const context = await device();
    const page = await open(context, '/', { trackingConsent: 'pending' });
    await track(page, 'waiting');
    await page.evaluate(() => window.onym.configure({ trackingConsent: 'denied' }));
    await track(page, 'after');
    await flush(page);
    await page.close({ runBeforeUnload: true });
    const next = await open(context, '/next', { trackingConsent: 'granted' });
    await track(next, 'later');
    await flush(next);
    expect(site.requests).toEqual([]);
    expect(await next.evaluate(() => Object.keys(localStorage).length)).toBe(1);
  });
});

describe('page views', () => {
  it('follow the URL within a page, back button included', async () => {
    const page = await open(await device(), '/start?utm_source=mail&token=secret', { autoPageViews: true });
    const id = await idOf(page);
    await page.evaluate(() => history.pushState({}, '', '/two'));
    await page.evaluate(() => history.replaceState({}, '', '/three#part'));
    await page.goBack();
    await page.waitForFunction(() => location.pathname === '/start');
    await flush(page);
    await expectEvents(id, ['$pageview', '$pageview', '$pageview', '$pageview']);
    const { rows } = await reader.query<{ properties: Record<string, unknown> }>(
      `SELECT properties FROM events WHERE distinct_id = '${id}' ORDER BY timestamp`,
    );
    expect(rows.map(({ properties }) => [properties.$url, properties.utm_source ?? null])).toEqual([
      [`${site.url}/start`, 'mail'],
      [`${site.url}/two`, null],
      [`${site.url}/three`, null],
      [`${site.url}/start`, 'mail'],
    ]);
    expect(JSON.stringify(rows)).not.toContain('secret');
  });
});
