import { createOnym } from '@onym/sdk';
import { describe, expect, it } from 'vitest';
import { apiKey, baseUrl, device, homeUrl } from '../support/device.ts';
import { noConnection } from '../support/fake-server.ts';

const stateKey = `onym.${apiKey}.production`;

describe('persistence', () => {
  it('keeps ids over pages', () => {
    const first = device();
    const end = first.init();
    first.client.identify('user_1');
    const ids = [first.client.getDistinctId(), first.client.getAnonymousId(), first.client.getDeviceId()];
    end();
    const next = first.tab();
    next.init();
    expect([next.client.getDistinctId(), next.client.getAnonymousId(), next.client.getDeviceId()]).toEqual(ids);
  });

  it('keeps environments and keys apart', () => {
    const first = device();
    first.init();
    const other = first.tab();
    other.init({ environment: 'staging' });
    expect(other.client.getDistinctId()).not.toBe(first.client.getDistinctId());
  });

  it('survives the loss of localStorage by the cookie', () => {
    const first = device();
    first.init();
    const id = first.client.getDistinctId();
    first.browser.localStorage.remove(stateKey);
    const next = first.tab();
    next.init();
    expect(next.client.getDistinctId()).toBe(id);
  });

  it.each([
    ['localStorage+cookie', ['localStorage']],
    ['localStorage+cookie', ['cookie']],
    ['localStorage', ['sessionStorage', 'cookie']],
    ['cookie', ['localStorage', 'sessionStorage']],
    ['cookie', ['cookie']],
  ] as const)('%s is kept over pages where %j is refused', async (persistence, refuses) => {
    const first = device({ refuses });
    first.init({ persistence });
    const next = first.tab();
    next.init({ persistence });
    expect(next.client.getDistinctId()).toBe(first.client.getDistinctId());
    next.client.track('one');
    await next.client.flush();
    expect(next.accepted()).toEqual(['one']);
  });

  it.each(['memory', 'localStorage+cookie'] as const)(
    '%s works in memory where everything is refused',
    async (persistence) => {
      const { client, init, accepted, tab, errors } = device({ refuses: ['localStorage', 'sessionStorage', 'cookie'] });
      init({ persistence });
      client.identify('user_1');
      client.track('one');
      await client.flush();
      expect(accepted()).toEqual(['identify', 'one']);
      expect(client.getDistinctId()).toBe('user_1');
      const next = tab();
      next.init({ persistence });
      expect(next.client.getDistinctId()).toMatch(/^anonymous-/);
      expect(errors).toEqual([]);
    },
  );

  it('sessionStorage is of one tab', () => {
    const first = device();
    first.init({ persistence: 'sessionStorage' });
    const other = first.tab();
    other.init({ persistence: 'sessionStorage' });
    expect(other.client.getDistinctId()).not.toBe(first.client.getDistinctId());
    expect(first.browser.localStorage.keys()).toEqual([]);
  });

  it('keeps ids by the cookie where localStorage is full', () => {
    const { browser, tab } = device();
    const page = browser.open(homeUrl);
    const full = createOnym({ ...page.platform, ...createFullStore(page.platform) });
    full.init(apiKey, { baseUrl, autoPageViews: false });
    full.identify('user_9');
    const next = tab();
    next.init();
    expect(next.client.getDistinctId()).toBe('user_9');
    full.configure({ trackingConsent: 'denied' });
    expect(next.client.getTrackingConsent()).toBe('denied');
  });

  it('goes on when the store is full', async () => {
    const { client, init, browser, accepted, errors } = device();
    const { store } = createFullStore(browser.open(homeUrl).platform);
    const page = browser.open(homeUrl);
    const full = createOnym({ ...page.platform, store });
    init();
    full.init(apiKey, {
      baseUrl,
      autoPageViews: false,
      persistence: 'localStorage',
      onError: (error) => errors.push(error),
    });
    full.track('one');
    full.identify('user_9');
    full.track('two');
    expect(full.getDistinctId()).toBe('user_9');
    await full.flush();
    await client.flush();
    expect(accepted()).toEqual(['one', 'identify', 'two']);
    expect(errors).toEqual([]);
  });

  it.each(['{', '[]', 'null', '"x"', '{"distinctId":3}'])('reads %s as nothing', async (text) => {
    const { client, init, browser, accepted } = device();
    browser.localStorage.set(stateKey, text);
    init({ persistence: 'localStorage' });
    client.track('one');
    await client.flush();
    expect(accepted()).toEqual(['one']);
    expect(client.getDistinctId()).toMatch(/^anonymous-/);
  });

  it('moves ids and unsent calls when it is changed', async () => {
    const { client, init, browser, server, clock, accepted, tab } = device();
    init({ persistence: 'memory' });
    server.always(noConnection);
    client.identify('user_1');
    client.track('one');
    await clock.advance(1_000);
    expect(browser.localStorage.keys()).toEqual([]);
    client.configure({ persistence: 'localStorage' });
    expect(client.getDistinctId()).toBe('user_1');
    expect(browser.localStorage.keys()).toHaveLength(3);
    const next = tab();
    next.init();
    expect(next.client.getDistinctId()).toBe('user_1');
    client.configure({ persistence: 'localStorage+cookie' });
    expect(client.getDistinctId()).toBe('user_1');
    server.always(null);
    await clock.advance(60_000);
    expect(accepted()).toEqual(['identify', 'one']);
    client.configure({ persistence: 'memory' });
    expect(browser.localStorage.keys()).toEqual([]);
    expect(client.getDistinctId()).toBe('user_1');
  });
});

/** Takes what is short, as a browser's does whose quota is nearly used up. */
function createFullStore({ store }: ReturnType<typeof device>['page']['platform']) {
  return {
    store: (kind: Parameters<typeof store>[0]) => {
      const real = store(kind);
      if (real === null || kind === 'cookie') return real;
      return {
        ...real,
        set(key: string, value: string) {
          if (value.length > 10) throw new DOMException('full', 'QuotaExceededError');
          real.set(key, value);
        },
      };
    },
  };
}

describe('what ends and starts again', () => {
  it.each([{ persistence: 'memory' }, { trackingConsent: 'pending' }] as const)(
    'is the same visitor with %j',
    async (options) => {
      const { client, init, accepted } = device();
      const end = init(options);
      const id = client.getDistinctId();
      client.track('one');
      end();
      init(options);
      expect(client.getDistinctId()).toBe(id);
      client.configure({ trackingConsent: 'granted' });
      await client.flush();
      expect(accepted()).toEqual(['one']);
    },
  );

  it('sends what a client of memory could not send before', async () => {
    const { client, init, browser, clock, accepted } = device();
    const end = init({ persistence: 'memory' });
    browser.setOnline(false);
    client.track('one');
    end();
    await clock.advance(0);
    browser.setOnline(true);
    init({ persistence: 'memory' });
    await clock.advance(1_000);
    expect(accepted()).toEqual(['one']);
  });

  it('takes nothing along to another key', async () => {
    const { client, init, clock, server } = device();
    const end = init({ trackingConsent: 'pending' });
    client.track('of production');
    end();
    init({ trackingConsent: 'pending', environment: 'staging' });
    client.track('of staging');
    client.configure({ trackingConsent: 'granted' });
    await clock.advance(1_000);
    expect(server.accepted.map(({ payload }) => [payload.event, payload.environment])).toEqual([
      ['of staging', 'staging'],
    ]);
  });

  it('tells what went wrong at its end to who listened', async () => {
    const { client, init, server, clock, errors } = device();
    const end = init();
    server.next(() => new Response('{"ok":false,"error_code":"invalid-api-key","message":"No."}', { status: 401 }));
    client.track('one');
    end();
    await clock.advance(1_000);
    expect(errors).toMatchObject([{ code: 'invalid-api-key' }]);
  });

  it('tells a wrong option to the onError that came with it', () => {
    const { page } = device();
    const heard: string[] = [];
    const onError = ({ code }: { code: string }) => void heard.push(code);
    createOnym(page.platform).init('', { baseUrl, onError });
    // @ts-expect-error: what a page without types might pass
    createOnym(page.platform).init(apiKey, { baseUrl, trackingConsent: 'deny', onError });
    expect(heard).toEqual(['invalid-options', 'invalid-options']);
  });
});

describe('a change of persistence', () => {
  it('does not send again what is being acknowledged', async () => {
    const { client, init, server, clock, verdicts } = device();
    init();
    let answer = (_: Response) => {};
    server.next(
      () =>
        new Promise((resolve) => {
          answer = resolve;
        }),
    );
    client.track('one');
    await clock.advance(1_000);
    client.configure({ persistence: 'localStorage' });
    answer(
      new Response('{"ok":true,"accepted":1,"rejected":[],"results":[{"ok":true,"verdict":"applied","seq":null}]}'),
    );
    await clock.advance(60_000);
    expect(server.requests).toHaveLength(1);
    expect(verdicts).toHaveLength(1);
  });
});

describe('consent', () => {
  it('stores nothing at all before the answer', () => {
    const { client, init, browser } = device();
    init({ trackingConsent: 'pending' });
    client.track('one');
    client.identify('user_1');
    expect(browser.localStorage.keys()).toEqual([]);
    const cookies = browser.open(homeUrl).platform.store('cookie');
    expect(cookies?.get(stateKey)).toBeNull();
  });

  it('is read of other tabs, not written back: two defaults do not quarrel', async () => {
    const first = device();
    const second = first.tab();
    let writes = 0;
    first.browser.open(homeUrl).platform.on('storage', () => {
      if (++writes > 100) throw new Error('They write without end.');
    });
    first.init({ trackingConsent: 'granted' });
    second.init({ trackingConsent: 'pending' });
    first.client.track('one');
    await first.clock.advance(5_000);
    expect(writes).toBeLessThan(20);
    expect(first.accepted()).toEqual(['one']);
  });

  it.each(['denied', 'pending'] as const)('%s at init holds for what an earlier page left', async (trackingConsent) => {
    const { client, init, browser, page, clock, tab, accepted } = device();
    init();
    browser.setOnline(false);
    client.track('one');
    page.close();
    browser.setOnline(true);
    const next = tab();
    next.init({ trackingConsent });
    await clock.advance(60_000);
    next.page.close();
    await clock.advance(0);
    expect(accepted()).toEqual([]);
    const later = tab();
    later.init({ trackingConsent: 'granted' });
    await clock.advance(60_000);
    expect(accepted()).toEqual(trackingConsent === 'denied' ? [] : ['one']);
  });

  it('given in another tab releases calls where tabs can’t tell each other', async () => {
    const first = device({ refuses: ['localStorage', 'sessionStorage'] });
    const second = first.tab();
    first.init({ persistence: 'cookie', trackingConsent: 'pending' });
    second.init({ persistence: 'cookie', trackingConsent: 'pending' });
    second.client.track('one');
    first.client.configure({ trackingConsent: 'granted' });
    second.client.track('two');
    await second.client.flush();
    expect(second.accepted()).toEqual(['one', 'two']);
  });

  it('nothing is stored before it is given, and all after', async () => {
    const { client, init, browser, clock, accepted } = device();
    init({ trackingConsent: 'pending' });
    client.track('one');
    client.identify('user_1');
    const id = client.getAnonymousId();
    await clock.advance(60_000);
    expect(browser.localStorage.keys().filter((key) => key !== stateKey)).toEqual([]);
    expect(browser.localStorage.get(stateKey) ?? '').not.toContain('anonymous-');
    expect(accepted()).toEqual([]);
    client.configure({ trackingConsent: 'granted' });
    await clock.advance(0);
    expect(accepted()).toEqual(['one', 'identify']);
    expect(browser.localStorage.get(stateKey)).toContain(id);
  });

  it('keeps the time and the ids that calls were made with', async () => {
    const { client, init, clock, server } = device();
    init({ trackingConsent: 'pending' });
    const id = client.getDistinctId();
    client.track('one');
    await clock.advance(3_600_000);
    client.identify('user_1');
    client.configure({ trackingConsent: 'granted' });
    await client.flush();
    expect(server.accepted.map(({ payload }) => [payload.distinct_id, payload.timestamp])).toEqual([
      [id, '2026-11-03T12:00:00.000Z'],
      ['user_1', '2026-11-03T13:00:00.000Z'],
    ]);
  });

  it('denied forgets the stored ids and what waits, and is remembered', async () => {
    const { client, init, browser, clock, server, tab, accepted } = device();
    init();
    client.identify('user_1');
    await client.flush();
    server.always(noConnection);
    client.track('one');
    client.configure({ trackingConsent: 'denied' });
    expect(browser.localStorage.keys()).toEqual([stateKey]);
    expect(browser.localStorage.get(stateKey)).toBe('{"consent":"denied"}');
    server.always(null);
    await clock.advance(600_000);
    const next = tab();
    next.init({ trackingConsent: 'granted' });
    expect(next.client.getTrackingConsent()).toBe('denied');
    next.client.track('two');
    await clock.advance(600_000);
    expect(accepted()).toEqual(['identify']);
  });

  it('the option of init is not the user’s answer: another option next time counts', () => {
    const first = device();
    first.init({ trackingConsent: 'granted' });
    const next = first.tab();
    next.init({ trackingConsent: 'pending' });
    expect(next.client.getTrackingConsent()).toBe('pending');
  });

  it('keeps the newest thousand calls while it is pending', async () => {
    const { client, init, errors, server, clock } = device();
    init({ trackingConsent: 'pending' });
    for (let i = 0; i < 1_100; i++) client.track(`event ${i}`);
    expect(errors.some(({ code }) => code === 'queue-full')).toBe(true);
    client.configure({ trackingConsent: 'granted' });
    await clock.advance(60_000);
    expect(server.accepted).toHaveLength(1_000);
  });
});
