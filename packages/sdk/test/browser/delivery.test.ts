import { type ApiError, createOnym, NetworkError } from '@onym/sdk';
import { describe, expect, it } from 'vitest';
import { settled, startOfTime } from '../support/clock.ts';
import { apiKey, baseUrl, device } from '../support/device.ts';
import { json, noConnection, overloaded, type SentRequest } from '../support/fake-server.ts';

const eventsOf = ({ payloads }: SentRequest) => payloads.map(({ event }) => event);

describe('requests', () => {
  it('collects events for a second, and sends them as one array', async () => {
    const { client, init, clock, server } = device();
    init();
    client.track('one');
    client.track('two');
    await clock.advance(999);
    expect(server.requests).toEqual([]);
    await clock.advance(1);
    expect(server.requests.map(eventsOf)).toEqual([['one', 'two']]);
  });

  it('sends the key in the query string and the body as text, which needs no preflight', async () => {
    const { client, init, server } = device();
    init();
    client.track('one');
    await client.flush();
    const [{ url, init: request } = { url: null, init: {} }] = server.requests;
    expect(String(url)).toBe(`${baseUrl}/track?apiKey=${apiKey}`);
    expect(request).toMatchObject({ method: 'POST', headers: { 'content-type': 'text/plain' }, keepalive: true });
  });

  it.each([
    ['https://example.com/onym/', 'https://example.com/onym/track?'],
    ['127.0.0.1:7700', 'http://127.0.0.1:7700/track?'],
  ])('sends to %s', async (address, url) => {
    const { client, init, server } = device();
    init({ baseUrl: address });
    client.track('one');
    await client.flush();
    expect(String(server.requests[0]?.url)).toContain(url);
  });

  it('sends identify and alias without waiting, and keeps the order over routes', async () => {
    const { client, init, clock, server } = device();
    init();
    client.track('one');
    client.identify('user_1');
    client.alias('stripe:cus_1');
    client.track('two');
    await clock.advance(0);
    expect(server.requests.map(({ route }) => route)).toEqual(['track', 'identify', 'alias', 'track']);
  });

  it('sends at most 100 calls in a request', async () => {
    const { client, init, server } = device();
    init();
    for (let i = 0; i < 250; i++) client.track(`event ${i}`);
    await client.flush();
    expect(server.requests.map(({ payloads }) => payloads.length)).toEqual([100, 100, 50]);
    expect(server.accepted.map(({ payload }) => payload.event)).toEqual(
      Array.from({ length: 250 }, (_, i) => `event ${i}`),
    );
  });

  it('lets no request outlive the page that a browser would refuse for its size', async () => {
    const { client, init, server } = device();
    init();
    client.track('large', { text: 'ü'.repeat(20_000) });
    client.track('small');
    await client.flush();
    expect(server.requests.map(({ init: { keepalive, body } }) => [keepalive, String(body).length < 20_000])).toEqual([
      [false, false],
    ]);
  });

  it('sends properties as they were when the call was made', async () => {
    const { client, init, server } = device();
    init();
    const properties = { step: 1 };
    client.track('one', properties);
    properties.step = 2;
    await client.flush();
    expect(server.accepted[0]?.payload.properties.step).toBe(1);
  });

  it('tells each verdict', async () => {
    const { client, init, server, verdicts } = device();
    init();
    server.next(() =>
      json(200, {
        ok: true,
        accepted: 1,
        rejected: [],
        results: [{ ok: true, verdict: 'held', reason: 'needs-secret-key', seq: 4 }],
      }),
    );
    client.alias('user_2');
    await client.flush();
    expect(verdicts).toMatchObject([
      {
        call: { route: 'alias', payload: { alias_id: 'user_2' } },
        answer: { verdict: 'held', reason: 'needs-secret-key', seq: 4 },
      },
    ]);
  });
});

describe('what fails', () => {
  it('is sent again, with the uuid it had, after a delay that doubles', async () => {
    const { client, init, clock, server, errors, accepted } = device();
    init();
    server.always(noConnection);
    client.track('one');
    await clock.advance(1_000);
    expect(server.requests).toHaveLength(1);
    // 0.75 of 1, 2 and 4 seconds: the jitter is between 0.5 and 1, and random is 0.5.
    for (const [delayMs, attempts] of [
      [749, 1],
      [1, 2],
      [1_499, 2],
      [1, 3],
      [2_999, 3],
      [1, 4],
    ] as const) {
      await clock.advance(delayMs);
      expect(server.requests).toHaveLength(attempts);
    }
    server.always(null);
    await clock.advance(6_000);
    expect(accepted()).toEqual(['one']);
    expect(new Set(server.requests.map(({ payloads }) => payloads[0].uuid)).size).toBe(1);
    expect(errors).toHaveLength(1);
    expect(errors[0]).toBeInstanceOf(NetworkError);
    expect(clock.pending()).toBe(0);
  });

  it('waits no longer than a minute, and never gives up', async () => {
    const { client, init, clock, server, accepted } = device();
    init();
    server.always(noConnection);
    client.track('one');
    await clock.advance(24 * 60 * 60 * 1_000);
    expect(server.requests.length).toBeGreaterThan(24 * 60);
    server.always(null);
    await clock.advance(60_000);
    expect(accepted()).toEqual(['one']);
  });

  it('waits as long as the server asks', async () => {
    const { client, init, clock, server, accepted, errors } = device();
    init();
    server.next(overloaded(30));
    client.track('one');
    await clock.advance(1_000);
    client.track('two');
    await clock.advance(29_999);
    expect(server.requests).toHaveLength(1);
    await clock.advance(1);
    expect(accepted()).toEqual(['one', 'two']);
    expect(errors).toMatchObject([{ status: 503, code: 'overloaded', retryAfterMs: 30_000 }]);
  });

  it.each([408, 429, 500, 502, 503, 504])('is sent again after %i', async (status) => {
    const { client, init, clock, server, accepted } = device();
    init();
    server.next(() => new Response('', { status }));
    client.track('one');
    await clock.advance(10_000);
    expect(accepted()).toEqual(['one']);
    expect(server.requests).toHaveLength(2);
  });

  it.each([
    [400, 'invalid-json'],
    [401, 'invalid-api-key'],
    [403, 'forbidden'],
    [413, 'payload-too-large'],
  ])('is reported and not sent again after %i', async (status, code) => {
    const { client, init, clock, server, errors } = device();
    init();
    server.next(() => json(status, { ok: false, error_code: code, message: 'Do this next.' }));
    client.track('one');
    await clock.advance(600_000);
    expect(server.requests).toHaveLength(1);
    expect(errors).toMatchObject([{ name: 'ApiError', status, code, message: 'Do this next.' }]);
  });

  it('is sent again when a 200 is not Onym’s: a hotel’s login page, or an answer cut short', async () => {
    const { client, init, clock, server, errors, accepted } = device();
    init();
    server.next(
      () => new Response('<html>Welcome to the hotel</html>'),
      () => new Response('{"ok":true,"acc'),
    );
    client.track('one');
    await clock.advance(60_000);
    expect(accepted()).toEqual(['one']);
    expect(new Set(server.requests.map(({ payloads }) => payloads[0].uuid)).size).toBe(1);
    expect(errors).toMatchObject([{ code: 'http-200', message: '200, and not from Onym. Check baseUrl.' }]);
  });

  it('waits ten minutes at most, whatever a server asks for', async () => {
    const { client, init, clock, server, accepted } = device();
    init();
    server.next(overloaded(3_000_000_000));
    client.track('one');
    await clock.advance(600_000);
    expect(server.requests).toHaveLength(1);
    await clock.advance(1_000);
    expect(accepted()).toEqual(['one']);
  });

  it('is told when it is not Onym that answers', async () => {
    const { client, init, clock, server, errors } = device();
    init();
    server.next(() => new Response('<html>Not found</html>', { status: 404 }));
    client.track('one');
    await clock.advance(1_000);
    expect(errors).toMatchObject([
      { name: 'ApiError', status: 404, code: 'http-404', message: '404, and not from Onym. Check baseUrl.' },
    ]);
  });

  it('costs its neighbours nothing: a rejected call is reported, the others are through', async () => {
    const { client, init, clock, server, errors, verdicts } = device();
    init();
    server.next(() =>
      json(200, {
        ok: true,
        accepted: 2,
        rejected: [{ index: 1, error_code: 'invalid-timestamp', message: 'timestamp is not a moment.' }],
        results: [{ ok: true, verdict: 'applied', seq: null }, null, { ok: true, verdict: 'applied', seq: null }],
      }),
    );
    client.track('one');
    client.track('two', {}, { timestamp: 'tomorrow' });
    client.track('three');
    await clock.advance(600_000);
    expect(verdicts.map(({ call }) => call.payload.event)).toEqual(['one', 'three']);
    expect(errors).toMatchObject([{ name: 'ApiError', status: 422, code: 'invalid-timestamp' }]);
    expect(server.requests).toHaveLength(1);
  });

  it('without one good call is reported call by call, and not sent again', async () => {
    const { client, init, clock, server, errors } = device();
    init();
    const rejected = [0, 1].map((index) => ({ index, error_code: 'environment-not-found', message: 'There is none.' }));
    server.next(() =>
      json(422, {
        ok: false,
        error_code: 'environment-not-found',
        message: 'There is none.',
        accepted: 0,
        rejected,
        results: [null, null],
      }),
    );
    client.track('one');
    client.track('two');
    await clock.advance(600_000);
    expect(errors.map((error) => [(error as ApiError).status, error.code])).toEqual([
      [422, 'environment-not-found'],
      [422, 'environment-not-found'],
    ]);
    expect(server.requests).toHaveLength(1);
  });

  it('is tried again when the network is back, at once', async () => {
    const { client, init, browser, clock, server, accepted } = device();
    init();
    browser.setOnline(false);
    client.track('one');
    await clock.advance(600_000);
    expect(server.requests).toHaveLength(0);
    browser.setOnline(true);
    await clock.advance(0);
    expect(accepted()).toEqual(['one']);
  });
});

describe('pages that go', () => {
  it('hand what is unsent to the browser, and the next page sends it again: the uuid makes it count once', async () => {
    const { client, init, page, clock, server, tab, accepted } = device();
    init();
    client.track('one');
    client.identify('user_1');
    page.close();
    await settled();
    const sent = accepted();
    expect(sent).toEqual(['one', 'identify']);
    // Nobody heard that it was accepted.
    const next = tab();
    next.init();
    await clock.advance(10_000);
    expect(accepted()).toEqual(['one', 'identify', 'one', 'identify']);
    const uuids = server.accepted.filter(({ route }) => route === 'track').map(({ payload }) => payload.uuid);
    expect(new Set(uuids).size).toBe(1);
    const after = tab();
    after.init();
    await clock.advance(10_000);
    expect(accepted()).toHaveLength(4);
  });

  it('hand over what is under way too: the request may be cut off', async () => {
    const { client, init, page, clock, server } = device();
    init();
    server.next(() => new Promise(() => {}));
    client.track('one');
    await clock.advance(1_000);
    client.track('two');
    page.close();
    await settled();
    expect(server.requests.map(eventsOf)).toEqual([['one'], ['one', 'two']]);
  });

  it('are not kept from it by a call that is too large for a beacon', async () => {
    const { client, init, page, server } = device();
    const refusing = {
      ...page.platform,
      beacon: (url: string, body: string) => body.length < 60_000 && page.platform.beacon(url, body),
    };
    const onym = createOnym(refusing);
    init();
    onym.init(apiKey, { baseUrl, autoPageViews: false });
    client.track('large', { text: 'x'.repeat(70_000) });
    onym.track('small');
    page.close();
    await settled();
    expect(server.requests.map(eventsOf)).toContainEqual(['small']);
  });

  it('leave what they could not send to the next page', async () => {
    const { client, init, page, browser, clock, tab, accepted } = device();
    init();
    browser.setOnline(false);
    client.track('one');
    client.identify('user_1', { plan: 'pro' });
    await clock.advance(5_000);
    page.close();
    browser.setOnline(true);
    const next = tab();
    next.init();
    await clock.advance(1_000);
    expect(accepted()).toEqual(['one', 'identify']);
    expect(browser.localStorage.keys().filter((key) => key.includes('.call.'))).toEqual([]);
  });

  it('send at once when they are hidden, unless the server asked to wait', async () => {
    const { client, init, page, clock, server, accepted } = device();
    init();
    client.track('one');
    page.hide();
    await clock.advance(0);
    expect(accepted()).toEqual(['one']);
    server.next(overloaded(30));
    client.track('two');
    await clock.advance(1_000);
    page.hide();
    await clock.advance(29_000);
    expect(server.requests).toHaveLength(2);
    await clock.advance(1_000);
    expect(accepted()).toEqual(['one', 'two']);
  });
});

describe('tabs', () => {
  it('send each call once, whoever made it', async () => {
    const first = device();
    const second = first.tab();
    first.init();
    second.init();
    first.client.track('one');
    second.client.track('two');
    await first.clock.advance(5_000);
    await Promise.all([first.client.flush(), second.client.flush()]);
    expect(first.accepted().sort()).toEqual(['one', 'two']);
  });

  it('without locks may send a call twice, with one uuid', async () => {
    const first = device({ locks: false });
    const second = first.tab();
    first.init();
    second.init();
    first.client.track('one');
    await Promise.all([first.client.flush(), second.client.flush()]);
    expect(new Set(first.server.accepted.map(({ payload }) => payload.uuid)).size).toBe(1);
  });

  it('are one browser: an identify, a reset and a consent in one are seen in the other', async () => {
    const first = device();
    const second = first.tab();
    first.init();
    second.init();
    expect(second.client.getDistinctId()).toBe(first.client.getDistinctId());
    expect(second.client.getSessionId()).toBe(first.client.getSessionId());
    first.client.identify('user_1');
    expect(second.client.getDistinctId()).toBe('user_1');
    second.client.reset();
    expect(first.client.getDistinctId()).toBe(second.client.getDistinctId());
    await first.clock.advance(0);
    first.client.configure({ trackingConsent: 'denied' });
    second.client.track('one');
    await first.clock.advance(5_000);
    expect(second.client.getTrackingConsent()).toBe('denied');
    expect(first.accepted()).toEqual(['identify']);
  });

  it('release what they kept when consent is given in another', async () => {
    const first = device();
    const second = first.tab();
    first.init({ trackingConsent: 'pending' });
    second.init({ trackingConsent: 'pending' });
    second.client.track('one');
    first.client.configure({ trackingConsent: 'granted' });
    await first.clock.advance(5_000);
    expect(first.accepted()).toEqual(['one']);
  });
});

describe('limits', () => {
  it('hold over pages too', async () => {
    const first = device();
    first.browser.setOnline(false);
    for (let i = 0; i < 60; i++) {
      const page = first.tab();
      page.init();
      for (let j = 0; j < 49; j++) page.client.track('x');
      page.page.close();
    }
    expect(first.browser.localStorage.keys().filter((key) => key.includes('.call.')).length).toBeLessThan(1_100);
  });

  it('leave a site most of its storage', () => {
    const { client, init, browser, errors } = device();
    init();
    browser.setOnline(false);
    for (let i = 0; i < 100; i++) client.track(`event ${i}`, { text: 'x'.repeat(50_000) });
    const { localStorage } = browser;
    const characters = localStorage.keys().reduce((sum, key) => sum + localStorage.get(key)!.length, 0);
    expect(characters).toBeLessThan(1_100_000);
    expect(errors.every(({ code }) => code === 'queue-full' || code === 'network-error')).toBe(true);
  });

  it('keeps the newest thousand calls, and says so', async () => {
    const { client, init, browser, clock, errors, server } = device();
    init();
    browser.setOnline(false);
    for (let i = 0; i < 1_100; i++) client.track(`event ${i}`);
    expect(errors.some(({ code }) => code === 'queue-full')).toBe(true);
    browser.setOnline(true);
    await clock.advance(120_000);
    expect(server.accepted).toHaveLength(1_000);
    expect(server.accepted[0]?.payload.event).toBe('event 100');
  });

  it('keeps the newest thousand calls before init', async () => {
    const { client, init, clock, server } = device();
    for (let i = 0; i < 1_100; i++) client.track(`event ${i}`);
    init();
    await clock.advance(120_000);
    expect(server.accepted).toHaveLength(1_000);
    expect(server.accepted[0]?.payload.event).toBe('event 100');
  });
});

describe('nothing is thrown into the page', () => {
  it('whatever is passed', async () => {
    const { client, init, clock, errors, server, accepted } = device();
    init();
    const circular: Record<string, unknown> = {};
    circular.self = circular;
    // biome-ignore lint/suspicious/noExplicitAny: what a page without types might pass
    const anything = client as any;
    anything.track('circular', circular);
    anything.track('circular', { n: 1n, circular });
    anything.track(null);
    anything.track({ event: 'x' });
    anything.identify(undefined);
    anything.identify({ id: 1 });
    anything.identify(4.2);
    anything.identify(2 ** 53);
    anything.identify(true);
    anything.alias(null);
    anything.alias('x'.repeat(513));
    anything.page('http://[');
    anything.configure({ trackingConsent: 'maybe' });
    anything.updateTraits();
    anything.track('good', null, null);
    anything.track('good', undefined, undefined);
    anything.track('good', { when: new Date(startOfTime), missing: undefined, fn: () => {} });
    await clock.advance(5_000);
    expect(accepted()).toEqual(['good', 'good', 'good']);
    expect(server.accepted[2]?.payload.properties).toMatchObject({ when: '2026-11-03T12:00:00.000Z' });
    expect(errors.map(({ code }) => code)).toEqual([
      'invalid-payload',
      'invalid-payload',
      'invalid-payload',
      'invalid-payload',
      'invalid-distinct-id',
      'invalid-distinct-id',
      'invalid-distinct-id',
      'invalid-distinct-id',
      'invalid-distinct-id',
      'invalid-distinct-id',
      'invalid-distinct-id',
      'invalid-payload',
      'invalid-options',
      'not-identified',
    ]);
  });

  it('when what is thrown has no text', () => {
    const { client, init, errors } = device();
    init();
    client.track('x', {
      toJSON() {
        throw Object.create(null);
      },
    });
    expect(errors).toEqual([]);
  });

  it('when onError and onVerdict throw', async () => {
    const { client, init, clock, accepted } = device();
    const fail = () => {
      throw new Error('of the page');
    };
    init({ onError: fail, onVerdict: fail });
    client.identify('null');
    client.track('one');
    client.track('two');
    await clock.advance(5_000);
    expect(accepted()).toEqual(['one', 'two']);
    await clock.advance(600_000);
    expect(accepted()).toEqual(['one', 'two']);
  });

  it('when init is wrong', () => {
    const { client, init, errors } = device();
    const anything = client as unknown as { init(...args: unknown[]): unknown };
    expect(anything.init()).toBeTypeOf('function');
    expect(anything.init('pk_test_12345')).toBeTypeOf('function');
    expect(anything.init('', { baseUrl })).toBeTypeOf('function');
    expect(anything.init('sk_secret_12345', { baseUrl })).toBeTypeOf('function');
    expect(client.getDistinctId()).toBeNull();
    init();
    expect(client.getDistinctId()).toMatch(/^anonymous-/);
    expect(errors).toEqual([]);
  });
});
