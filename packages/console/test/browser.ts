import axeCore from 'axe-core';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, inject } from 'vitest';
import { launchChromium } from '../../../test-support/chromium.ts';

/** A real browser on the console of a real server. */

export const place = inject('console');

export const themes = ['light', 'dark'] as const;
export const sizes = {
  desktop: { width: 1280, height: 800 },
  phone: { width: 375, height: 700 },
  narrow: { width: 320, height: 640 },
} as const;

let browser: Browser | null = null;

/** Call it once in a file that opens pages. The file's tests are skipped where there is no Chromium, which says so; with CI=true they fail. */
export function withBrowser(): void {
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
  });
}

export interface OpenOptions {
  readonly theme?: (typeof themes)[number];
  readonly size?: keyof typeof sizes;
  /** With which secret key; null: nobody is signed in. */
  readonly key?: string | null;
  /** URL of the server; of the one that all tests share unless it is said. */
  readonly at?: string;
}

export interface Opened {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Errors of the page itself, and what the console of the browser complained about: Content-Security-Policy included. */
  readonly complaints: string[];
}

async function signIn(context: BrowserContext, at: string, key: string): Promise<void> {
  const answer = await context.request.post(`${at}/v1/session`, {
    headers: { 'x-onym-console': '1' },
    data: { key },
  });
  if (!answer.ok()) throw new Error(await answer.text());
}

/** A page of a fresh profile, signed in, at an address of the console (`/e/production/people`). Close its context after use. */
export async function open(
  path: string,
  { theme = 'light', size = 'desktop', key = place.secretKey, at = place.url }: OpenOptions = {},
): Promise<Opened> {
  const context = await browser!.newContext({
    viewport: sizes[size],
    colorScheme: theme,
    reducedMotion: 'reduce',
    locale: 'en-US',
    timezoneId: 'Europe/Berlin',
  });
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  if (key !== null) await signIn(context, at, key);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(`${message.text()} ${message.location().url}`);
  });
  await page.goto(at + path);
  return { page, context, complaints };
}

/** For files whose tests look at one page each: about none of them may the browser have complained, and each is closed after its test. */
export function withPage() {
  withBrowser();
  let opened: Opened | null = null;
  afterEach(async () => {
    expect(opened?.complaints ?? []).toEqual([]);
    await opened?.context.close();
    opened = null;
  });
  return {
    /** As `open`. */
    async open(path: string, options: OpenOptions = {}): Promise<Opened> {
      opened = await open(path, options);
      return opened;
    },
    now: (): Opened => opened!,
  };
}

/** What axe finds wrong with the page as it is shown now, by WCAG A and AA. */
export async function axe(page: Page): Promise<string[]> {
  await page.evaluate(axeCore.source);
  const violations = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: {
        run: (
          context: Document,
          options: object,
        ) => Promise<{
          violations: { id: string; help: string; nodes: { html: string; failureSummary?: string }[] }[];
        }>;
      };
    };
    const { violations } = await axe.run(document, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'],
    });
    return violations;
  });
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${help}\n${html}\n${failureSummary ?? ''}`),
  );
}

/** Nothing sticks out to the right of a window of this width. */
export async function expectNoSidewaysScroll(page: Page): Promise<void> {
  expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)).toBe(
    0,
  );
}

/** Asks the API with the secret key, and throws for what is no 2xx. */
export async function api<Answer = Record<string, unknown>>(
  method: string,
  path: string,
  body?: unknown,
): Promise<Answer> {
  const response = await fetch(place.url + path, {
    method,
    headers: {
      authorization: `Bearer ${place.secretKey}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as Answer;
}
