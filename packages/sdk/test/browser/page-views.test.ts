import { createOnym } from '@onym/sdk';
import { describe, expect, it } from 'vitest';
import { cleanUrl } from '../../src/browser/page-view.ts';
import { apiKey, baseUrl, device } from '../support/device.ts';

describe('page views', () => {
  it('are tracked at the start and at each change of the URL, with where the visitor came from', async () => {
    const { init, page, client, server } = device();
    init({ autoPageViews: true });
    page.go('/pricing?utm_source=news&email=ana@example.com#top');
    page.go('/pricing?utm_source=news&email=ana@example.com#top');
    page.go('/signup');
    await client.flush();
    expect(server.accepted.map(({ payload }) => payload.properties)).toMatchObject([
      { $url: 'https://shop.example/', $referer: null, $viewport: '1280x720' },
      { $url: 'https://shop.example/pricing', $referer: 'https://shop.example/', utm_source: 'news' },
      { $url: 'https://shop.example/signup', $referer: 'https://shop.example/pricing' },
    ]);
    expect(JSON.stringify(server.accepted)).not.toContain('ana@example.com');
    expect(server.accepted.map(({ payload }) => payload.event)).toEqual(['$pageview', '$pageview', '$pageview']);
  });

  it('send no query and no fragment of where the visitor came from', async () => {
    const { browser, server } = device();
    const { platform } = browser.open('https://shop.example/', 'https://shop.example/reset?token=secret#x');
    const client = createOnym(platform);
    client.init(apiKey, { baseUrl });
    await client.flush();
    expect(server.accepted[0]?.payload.properties.$referer).toBe('https://shop.example/reset');
  });

  it('work where the page has no address of its own', async () => {
    const { page, server } = device();
    const place = { url: 'about:srcdoc', referrer: null, viewport: '1x1' };
    const client = createOnym({ ...page.platform, place: () => place });
    client.init(apiKey, { baseUrl });
    await client.flush();
    expect(server.accepted[0]?.payload.properties.$url).toBe('about:srcdoc');
  });

  it('end with what init returned, and are not counted again by the next init', async () => {
    const { init, page, client, server, clock } = device();
    const end = init({ autoPageViews: true });
    end();
    page.go('/unseen');
    await clock.advance(5_000);
    expect(server.accepted).toHaveLength(1);
    page.go('/');
    // React's StrictMode starts everything twice.
    init({ autoPageViews: true });
    await client.flush();
    expect(server.accepted).toHaveLength(1);
    page.go('/seen');
    await client.flush();
    expect(server.accepted).toHaveLength(2);
    expect(clock.pending()).toBe(0);
  });

  it('are counted anew for another environment', async () => {
    const { init, client, server } = device();
    init({ autoPageViews: true })();
    init({ autoPageViews: true, environment: 'staging' });
    await client.flush();
    expect(server.accepted.map(({ payload }) => payload.environment)).toEqual(['production', 'staging']);
  });

  it('can be turned off and on', async () => {
    const { init, page, client, accepted } = device();
    init({ autoPageViews: false });
    page.go('/one');
    client.configure({ autoPageViews: true });
    page.go('/two');
    client.configure({ autoPageViews: false });
    page.go('/three');
    await client.flush();
    expect(accepted()).toEqual(['$pageview', '$pageview']);
  });

  it('by hand: with a URL of their own, relative or not, and properties', async () => {
    const { init, client, server } = device();
    init();
    client.page();
    client.page('/modal', { kind: 'modal' });
    client.page('https://other.example/x?y=1');
    await client.flush();
    expect(server.accepted.map(({ payload }) => [payload.properties.$url, payload.properties.kind])).toEqual([
      ['https://shop.example/', undefined],
      ['https://shop.example/modal', 'modal'],
      ['https://other.example/x', undefined],
    ]);
  });

  it.each([
    ['https://a.example/x?token=1#frag', 'https://a.example/x'],
    ['https://a.example/#/users/7?token=1', 'https://a.example/#/users/7'],
    ['https://a.example/?q=1#!/route', 'https://a.example/#!/route'],
    ['https://a.example/#access_token=1', 'https://a.example/'],
    ['file:///tmp/a.html?x', 'file:///tmp/a.html'],
  ])('%s is sent as %s', (href, clean) => {
    expect(cleanUrl(href)).toBe(clean);
  });
});

describe('calls before init', () => {
  it('keep their order, their time and their URL', async () => {
    const { client, init, page, clock, server } = device();
    client.track('one');
    await clock.advance(1_500);
    page.go('/later');
    client.identify('user_1', { plan: 'pro' });
    client.page();
    await clock.advance(1_500);
    page.go('/now');
    init({ autoPageViews: true });
    await client.flush();
    expect(server.accepted.map(({ route, payload }) => [route, payload.timestamp, payload.properties?.$url])).toEqual([
      ['track', '2026-11-03T12:00:00.000Z', 'https://shop.example/'],
      ['identify', '2026-11-03T12:00:01.500Z', undefined],
      ['track', '2026-11-03T12:00:01.500Z', 'https://shop.example/later'],
      ['track', '2026-11-03T12:00:03.000Z', 'https://shop.example/now'],
    ]);
    expect(server.accepted[2]?.payload.distinct_id).toBe('user_1');
  });

  it('never end where pages are made on a server: one client would be all visitors at once', async () => {
    const { page, server, clock } = device();
    const client = createOnym({ ...page.platform, place: () => null });
    client.track('one');
    client.init(apiKey, { baseUrl })();
    client.identify('user_1');
    await client.flush();
    await clock.advance(60_000);
    expect(server.requests).toEqual([]);
    expect(client.getDistinctId()).toBeNull();
  });
});
