import type { Server as HttpServer } from 'node:http';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { eventually, type Json } from '../../packages/server/test/system/client.ts';
import { type Server, secretKey, serve, writeKey } from '../../packages/server/test/system/processes.ts';
import { launchChromium } from '../../test-support/chromium.ts';
import { listening } from '../../test-support/listening.ts';
import { expectReadmeToHold } from '../readme.ts';
import { createPageServer } from './page-server.js';

/** The sign-up page as visitors use it, in a real Chromium, and what a real server knows of them afterwards. */

let chromium: Browser | null = null;
let onym: Server;
let site: HttpServer;
let siteUrl: string;
let contexts: BrowserContext[] = [];
/** What a page complained of. */
let complaints: string[] = [];
/** Requests of all pages to Onym. */
let sent: string[] = [];

beforeAll(async () => {
  chromium = await launchChromium();
  if (chromium === null) return;
  onym = await serve();
  site = createPageServer({ onymUrl: onym.url, writeKey, conditions: ['onym-source'] });
  siteUrl = `http://127.0.0.1:${await listening(site)}`;
});
afterAll(async () => {
  await chromium?.close();
  site?.close();
});
beforeEach((context) => {
  if (chromium === null) context.skip('there is no Chromium');
  sent = [];
  complaints = [];
});
afterEach(async () => {
  for (const context of contexts) await context.close();
  contexts = [];
  expect(complaints).toEqual([]);
});

/** A browser that has never been here. */
async function visitor(options: Parameters<Browser['newContext']>[0] = {}): Promise<Page> {
  const context = await chromium!.newContext(options);
  contexts.push(context);
  const page = await context.newPage();
  page.on('request', (request) => {
    if (request.url().startsWith(onym.url)) sent.push(request.url());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  return page;
}

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name });
const question = (page: Page) => page.getByRole('region', { name: 'May we record what you do here?' });

async function answerFirstSteps(page: Page, name = 'Ada'): Promise<void> {
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('E-mail').fill(`${name.toLowerCase()}@example.com`);
  await button(page, 'Continue').click();
  await page.getByLabel('Company').fill('Engines');
  await page.getByLabel('Password').fill('a long password');
  await button(page, 'Continue').click();
}

async function signUp(page: Page, name = 'Ada'): Promise<void> {
  await answerFirstSteps(page, name);
  await page.getByRole('radio', { name: 'Team' }).check();
  await button(page, 'Sign up').click();
  await heading(page, `Welcome, ${name}`).waitFor();
}

/** An entry of the panel. */
const shown = (page: Page, term: string) =>
  page.evaluate((name) => {
    const terms = [...document.querySelectorAll('dt')];
    return terms.find(({ textContent }) => textContent === name)!.nextElementSibling!.textContent!.split(' ')[0]!;
  }, term);

/** The calls that the panel shows, once `last` is among them. */
async function callsUntil(page: Page, last: string): Promise<string[]> {
  const calls = page.getByRole('log').getByRole('listitem');
  await calls.filter({ hasText: last }).last().waitFor();
  return (await calls.allInnerTexts()).map((text) => text.replace(/\s+/g, ' ').trim());
}

const stepsOf = (userId: string) => [
  'track $pageview: / applied',
  'track Step Viewed: personal-info applied',
  'track Personal Info Completed applied',
  'track $pageview: /account applied',
  'track Step Viewed: account applied',
  'track Account Setup Completed applied',
  'track $pageview: /plan applied',
  'track Step Viewed: plan applied',
  'track Plan Selected applied',
  `identify ${userId} applied`,
  'track Form Submitted applied',
  'track $pageview: /welcome applied',
  'track Step Viewed: welcome applied',
];

interface StoredEvent {
  readonly event: string;
  readonly name: string;
  readonly url: string;
  readonly distinct_id: string;
  readonly session_id: string;
  readonly at: number;
}

const events = (identityId: string): Promise<StoredEvent[]> =>
  onym.api.rows(`
    SELECT event, properties.name::String AS name, properties.\`$url\`::String AS url, distinct_id, session_id,
      toUnixTimestamp64Milli(timestamp)::Float64 AS at
    FROM events WHERE identity_id = '${identityId}'`);

const identityOf = (id: string) => onym.api.got(`/v1/identities/${encodeURIComponent(id)}`);

const idsOf = ({ identifiers }: Json) => identifiers.map(({ distinct_id }: Json) => distinct_id).sort();

const pathsOf = (stored: readonly StoredEvent[]) =>
  stored
    .filter(({ event }) => event === '$pageview')
    .map(({ url }) => new URL(url).pathname)
    .sort();

/** All that Onym holds, of anybody. */
async function held(): Promise<object> {
  const [{ n }] = await onym.api.rows('SELECT count()::Float64 AS n FROM events');
  return { events: n, ledger: (await onym.api.ledger()).length };
}

/** All that this browser keeps for the page. */
async function kept(page: Page): Promise<Record<string, string>> {
  const cookies = await page.context().cookies();
  const stores = await page.evaluate(() => ({ ...localStorage, ...sessionStorage }));
  return { ...stores, ...Object.fromEntries(cookies.map(({ name, value }) => [`cookie ${name}`, value])) };
}

describe('a sign-up', () => {
  it('is one identity with both ids, all events once and in order, and the traits', async () => {
    const page = await visitor();
    await page.goto(siteUrl);
    const anonymousId = await shown(page, 'distinct_id');
    const sessionId = await shown(page, 'session_id');
    await button(page, 'Allow').click();
    await signUp(page);
    const calls = await callsUntil(page, 'Step Viewed: welcome');
    const userId = await shown(page, 'distinct_id');
    expect(calls).toEqual(stepsOf(userId));
    expect(await shown(page, 'anonymous_id')).toBe(anonymousId);

    const identity = await identityOf(userId);
    expect(identity).toMatchObject({
      canonical_id: userId,
      known: true,
      traits: { name: 'Ada', email: 'ada@example.com', company: 'Engines', plan: 'team' },
      event_count: 12,
    });
    expect(idsOf(identity)).toEqual([anonymousId, userId].sort());
    expect((await identityOf(anonymousId)).identity_id).toBe(identity.identity_id);

    // Several may share a millisecond: in order is what is not earlier than the one before.
    const stored = await events(identity.identity_id);
    const inOrder = stepsOf(userId)
      .filter((call) => call.startsWith('track'))
      .map((call) => {
        const found = stored.filter(({ event, name, url }) => {
          const about = event === '$pageview' ? new URL(url).pathname : name;
          return call === `track ${event}${about ? `: ${about}` : ''} applied`;
        });
        expect(found, call).toHaveLength(1);
        return found[0]!;
      });
    expect(stored).toHaveLength(inOrder.length);
    expect(inOrder.map(({ at }) => at)).toEqual(inOrder.map(({ at }) => at).sort((a, b) => a - b));
    expect(inOrder.map(({ distinct_id }) => distinct_id)).toEqual(
      inOrder.map((_, i) => (i < 9 ? anonymousId : userId)),
    );
    expect(new Set(inOrder.map(({ session_id }) => session_id))).toEqual(new Set([sessionId]));
    const timeline = await onym.api.got(`/v1/identities/${userId}/events`);
    expect(JSON.stringify(timeline)).not.toContain('a long password');
  });

  it('can be done by keyboard alone, and each step begins at its heading', async () => {
    const page = await visitor();
    await page.goto(siteUrl);
    const focused = () => page.evaluate(() => document.activeElement?.textContent?.trim());
    await page.keyboard.press('Tab');
    expect(await focused()).toBe('Don’t allow');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    await page.keyboard.type('Ada');
    await page.keyboard.press('Tab');
    await page.keyboard.type('ada@example.com');
    await page.keyboard.press('Enter');
    await heading(page, 'Your account').waitFor();
    expect(await focused()).toBe('Your account');
    await page.keyboard.press('Tab');
    await page.keyboard.type('Engines');
    await page.keyboard.press('Tab');
    await page.keyboard.type('a long password');
    await page.keyboard.press('Enter');
    await heading(page, 'Choose a plan').waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await heading(page, 'Welcome, Ada').waitFor();
    expect(await focused()).toBe('Welcome, Ada');
    expect(new URL(page.url()).pathname).toBe('/welcome');
  });

  it('goes back and forth with the browser’s buttons, and stays done when the page is loaded again', async () => {
    const page = await visitor();
    await page.goto(siteUrl);
    await answerFirstSteps(page);
    await button(page, 'Back').click();
    await heading(page, 'Your account').waitFor();
    await page.goForward();
    await heading(page, 'Choose a plan').waitFor();
    // What was typed is gone with the page.
    await page.reload();
    await heading(page, 'Who are you?').waitFor();
    expect(new URL(page.url()).pathname).toBe('/');
    await signUp(page);
    await page.reload();
    await heading(page, 'Welcome, Ada').waitFor();
    expect((await fetch(`${siteUrl}/nowhere`)).status).toBe(404);
  });

  it('fits a phone', async () => {
    const page = await visitor({ viewport: { width: 390, height: 844 } });
    await page.goto(siteUrl);
    const overflow = () => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(await overflow()).toBe(0);
    await button(page, 'Allow').click();
    await signUp(page, 'Wolfeschlegelsteinhausenbergerdorff');
    await callsUntil(page, 'Step Viewed: welcome');
    expect(await overflow()).toBe(0);
  });
});

describe('the question about tracking', () => {
  it('before it is answered nothing is sent and nothing kept; then all that was done goes', async () => {
    const before = await held();
    const page = await visitor();
    await page.clock.install();
    await page.goto(siteUrl);
    await answerFirstSteps(page);
    await page.clock.runFor(3_600_000);
    expect(await kept(page)).toEqual({});
    expect(sent).toEqual([]);
    expect(await held()).toEqual(before);

    const anonymousId = await shown(page, 'distinct_id');
    await button(page, 'Allow').click();
    expect(await question(page).isHidden()).toBe(true);
    await page.clock.runFor(1_000);
    const calls = await callsUntil(page, 'Step Viewed: plan');
    expect(calls).toEqual(stepsOf('').slice(0, 8));
    expect(JSON.stringify(await kept(page))).toContain(anonymousId);
  });

  it('a page that is left without an answer has sent nothing', async () => {
    const before = await held();
    const page = await visitor();
    await page.goto(siteUrl);
    await answerFirstSteps(page);
    await page.goto(`${siteUrl}/plan`);
    await page.close();
    expect(sent).toEqual([]);
    expect(await held()).toEqual(before);
  });

  it('a no is for ever: nothing is sent, nothing but the answer is kept', async () => {
    const before = await held();
    const page = await visitor();
    await page.clock.install();
    await page.goto(siteUrl);
    await button(page, 'Don’t allow').click();
    await answerFirstSteps(page);
    for (const value of Object.values(await kept(page))) {
      expect(JSON.parse(decodeURIComponent(value))).toEqual({ consent: 'denied' });
    }
    await page.getByRole('radio', { name: 'Free' }).check();
    await button(page, 'Sign up').click();
    await page.clock.runFor(3_600_000);
    await page.reload();
    await heading(page, 'Welcome, Ada').waitFor();
    expect(await question(page).isHidden()).toBe(true);
    expect(await shown(page, 'consent')).toBe('denied');
    await button(page, 'Log out').click();
    await page.clock.runFor(3_600_000);
    await page.close();
    expect(sent).toEqual([]);
    expect(await held()).toEqual(before);
  });

  it('a yes is remembered, and can be taken back', async () => {
    const page = await visitor();
    await page.goto(siteUrl);
    const anonymousId = await shown(page, 'distinct_id');
    await button(page, 'Allow').click();
    await callsUntil(page, 'Step Viewed: personal-info');
    await page.reload();
    expect(await callsUntil(page, 'Step Viewed: personal-info')).toEqual(stepsOf('').slice(0, 2));
    expect(await question(page).isHidden()).toBe(true);
    expect(await shown(page, 'distinct_id')).toBe(anonymousId);

    await button(page, 'change').click();
    expect(await question(page).isVisible()).toBe(true);
    await button(page, 'Don’t allow').click();
    expect(JSON.stringify(await kept(page))).not.toContain('anonymous-');
  });
});

describe('after logging out', () => {
  it('the next visitor is somebody else', async () => {
    const page = await visitor();
    await page.goto(siteUrl);
    await button(page, 'Allow').click();
    const people: { name: string; userId: string; anonymousId: string }[] = [];
    for (const name of ['Ada', 'Grace']) {
      const anonymousId = await shown(page, 'distinct_id');
      await signUp(page, name);
      people.push({ name, userId: await shown(page, 'distinct_id'), anonymousId });
      await button(page, 'Log out').click();
      await heading(page, 'Who are you?').waitFor();
      expect(await page.getByLabel('Name').inputValue()).toBe('');
    }
    const nextId = await shown(page, 'distinct_id');
    expect(new Set([nextId, ...people.map(({ anonymousId }) => anonymousId)]).size).toBe(3);
    expect(await shown(page, 'anonymous_id')).toBe('–');

    const next = (await onym.api.posted('/v1/resolve', { distinct_ids: [nextId] })).identities[nextId];
    expect(next.known).toBe(false);
    // Sent after all that the two did.
    await eventually(async () => (await events(next.identity_id)).length === 2, 'the events of the next visitor');
    for (const { name, userId, anonymousId } of people) {
      const identity = await identityOf(userId);
      expect(identity.traits.name).toBe(name);
      expect(idsOf(identity)).toEqual([anonymousId, userId].sort());
      // From the first page view to the last, the one that a logout brings about being the next visitor's.
      expect(pathsOf(await events(identity.identity_id))).toEqual(['/', '/account', '/plan', '/welcome']);
    }
  });
});

it('the README shows what there is to see', async () => {
  const fresh = await serve();
  const own = createPageServer({ onymUrl: fresh.url, writeKey, conditions: ['onym-source'] });
  const ownPort = await listening(own);
  try {
    const page = await visitor();
    await page.goto(`http://127.0.0.1:${ownPort}`);
    const ID = await shown(page, 'distinct_id');
    await button(page, 'Allow').click();
    await signUp(page);
    await expectReadmeToHold('browser', { ONYM_URL: fresh.url, ONYM_SECRET_KEY: secretKey, ID });
  } finally {
    own.close();
  }
});
