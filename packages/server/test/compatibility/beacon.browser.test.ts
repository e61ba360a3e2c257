import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { launchChromium } from '../../../../test-support/chromium.ts';
import { listening } from '../../../../test-support/listening.ts';
import { OnymError } from '../../src/errors.ts';
import { limits } from '../../src/limits.ts';
import { type TestApp, testApp } from '../http/support.ts';
import { eventually } from '../system/client.ts';
import { type RealServer, startServer, writeKey } from './support.ts';

/**
 * What a page of another site can send, and what it can read, in a real Chromium. Only a browser shows that a beacon of JSON is a request
 * with credentials, which no answer of `Access-Control-Allow-Origin: *` lets through.
 */

let chromium: Browser | null = null;
let onym: RealServer;
/** Answers every track with 503. */
let busy: TestApp;
let busyUrl: string;
let site: HttpServer;
let siteUrl: string;

beforeAll(async () => {
  chromium = await launchChromium();
  if (chromium === null) return;
  onym = await startServer();

  busy = testApp();
  busy.services.answering.track = async () => {
    throw new OnymError('overloaded', 'Too much at a time. Send it again.', { retryAfterSeconds: 7 });
  };
  busyUrl = await busy.app.listen({ port: 0, host: '127.0.0.1' });

  site = createHttpServer((_request, response) => {
    response.setHeader('content-type', 'text/html').end('<!doctype html><title>A shop</title>');
  });
  // Another site than 127.0.0.1, not only another origin.
  siteUrl = `http://localhost:${await listening(site)}/`;
});

afterAll(async () => {
  await chromium?.close();
  site?.close();
  await busy?.app.close();
  await onym?.stop();
});

beforeEach((context) => {
  if (chromium === null) context.skip('there is no Chromium');
});

/** On a page of the shop, in a profile of its own: no preflight of another test is remembered. */
async function onPage<T>(use: (page: Page) => Promise<T>): Promise<T> {
  const profile = await chromium!.newContext();
  try {
    const page = await profile.newPage();
    await page.goto(siteUrl);
    return await use(page);
  } finally {
    await profile.close();
  }
}

const json = JSON.stringify;
const beaconOf = (url: string, body: unknown, type: string) =>
  `navigator.sendBeacon(${json(url)}, new Blob([${json(json(body))}], { type: ${json(type)} }))`;

const track = () => `${onym.url}/track?apiKey=${encodeURIComponent(writeKey)}`;
const eventOf = (name: string) => ({
  timestamp: '2026-11-03T12:00:00.000Z',
  event: name,
  environment: 'production',
  device_id: 'device-6b1e',
  distinct_id: 'anonymous-6b1e',
  anonymous_id: null,
  session_id: 'session-6b1e',
  properties: { $lib: 'a-page' },
});

const countOf = async (name: string): Promise<number> =>
  Number((await onym.api.rows(`SELECT count() AS n FROM events WHERE event = '${name}'`))[0].n);

/** Once it has arrived; the count says how often. */
async function arrivals(name: string): Promise<number> {
  await eventually(async () => (await countOf(name)) > 0, `${name} arrived`);
  return countOf(name);
}

async function preflights(): Promise<number> {
  const { text } = await onym.api.get('/metrics');
  return Number(/onym_http_requests_total\{route="\/track",status="204"\} (\d+)/.exec(text)?.[1] ?? 0);
}

describe('a page of another site', () => {
  it('sends a beacon of JSON, after a preflight', async () => {
    const before = await preflights();
    await onPage(async (page) => {
      await page.evaluate(beaconOf(track(), [eventOf('json beacon')], 'application/json'));
      expect(await arrivals('json beacon')).toBe(1);
    });
    expect(await preflights()).toBe(before + 1);
  });

  it('sends a beacon of text, without a preflight', async () => {
    const before = await preflights();
    await onPage(async (page) => {
      await page.evaluate(`navigator.sendBeacon(${json(track())}, ${json(json(eventOf('text beacon')))})`);
      expect(await arrivals('text beacon')).toBe(1);
    });
    expect(await preflights()).toBe(before);
  });

  it('sends its last beacon while it is left', async () => {
    await onPage(async (page) => {
      const last = beaconOf(track(), [eventOf('last beacon')], 'application/json');
      await page.evaluate(`addEventListener('pagehide', () => { ${last} })`);
      await page.goto('about:blank');
      expect(await arrivals('last beacon')).toBe(1);
    });
  });

  it.each(['omit', 'include'])(
    'fetches with keepalive (credentials: %s), and reads the answer',
    async (credentials) => {
      const name = `fetch ${credentials}`;
      const answer = await onPage((page) =>
        page.evaluate(`(async () => {
        const response = await fetch(${json(track())}, {
          method: 'POST',
          headers: { 'Content-Type': 'application/json' },
          body: ${json(json([eventOf(name)]))},
          keepalive: true,
          credentials: ${json(credentials)},
        });
        return [response.status, await response.json()];
      })()`),
      );
      expect(answer).toEqual([
        200,
        { ok: true, accepted: 1, rejected: [], results: [{ ok: true, verdict: 'applied', seq: null }] },
      ]);
      expect(await arrivals(name)).toBe(1);
    },
  );

  it.each([
    ['Authorization', `Bearer ${writeKey}`],
    ['X-API-Key', writeKey],
  ])('sends its key as %s', async (header, value) => {
    const name = `key in ${header}`;
    const status = await onPage((page) =>
      page.evaluate(`fetch(${json(`${onym.url}/track`)}, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', ${json(header)}: ${json(value)} },
        body: ${json(json(eventOf(name)))},
      }).then((response) => response.status)`),
    );
    expect(status).toBe(200);
    expect(await arrivals(name)).toBe(1);
  });
});

/** Status, error_code and Retry-After as a page sees them; a failed fetch is what it sees without CORS headers. */
const failureOf = (url: string, body: string, type = 'application/json') => `(async () => {
  const response = await fetch(${json(url)}, {
    method: 'POST',
    headers: { 'Content-Type': ${json(type)} },
    body: ${body},
    credentials: 'include',
  }).catch((error) => String(error));
  if (typeof response === 'string') return response;
  return [response.status, (await response.json()).error_code, response.headers.get('retry-after')];
})()`;

describe('a page reads why it was refused', () => {
  const good = () => json(json(eventOf('refused')));

  it.each<[string, () => string, [number, string, string | null]]>([
    ['a wrong key', () => failureOf(`${onym.url}/track?apiKey=pk_wrong`, good()), [401, 'invalid-api-key', null]],
    ['no key', () => failureOf(`${onym.url}/track`, good()), [401, 'invalid-api-key', null]],
    ['no JSON', () => failureOf(track(), json('{')), [400, 'invalid-json', null]],
    [
      'an unknown environment',
      () => failureOf(track(), json(json([{ ...eventOf('refused'), environment: 'nowhere' }]))),
      [422, 'environment-not-found', null],
    ],
    ['an image', () => failureOf(track(), good(), 'image/png'), [415, 'unsupported-media-type', null]],
    [
      'too many events at a time',
      () => failureOf(track(), json(json(new Array(limits.itemsPerRequestMax + 1).fill({})))),
      [413, 'payload-too-large', null],
    ],
    ['a server under pressure', () => failureOf(`${busyUrl}/track?apiKey=pk_test`, good()), [503, 'overloaded', '7']],
  ])('%s', async (_name, script, expected) => {
    expect(await onPage((page) => page.evaluate(script()))).toEqual(expected);
  });
});
