import { createOnym } from '@onym/sdk';
import { describe, expect, it } from 'vitest';
import { apiKey, baseUrl, device } from '../support/device.ts';

const minuteMs = 60_000;

describe('sessions', () => {
  it('last while no half hour passes without an event', async () => {
    const { client, init, clock, server } = device();
    init();
    for (const minutes of [0, 20, 30, 29]) {
      await clock.advance(minutes * minuteMs);
      client.track('one');
    }
    await client.flush();
    expect(new Set(server.accepted.map(({ payload }) => payload.session_id)).size).toBe(1);
    expect(server.accepted[0]?.payload.session_id).toMatch(/^session-/);
  });

  it('end after half an hour without one, and leave the ids alone', async () => {
    const { client, init, clock, server } = device();
    init();
    client.track('one');
    const [id, session] = [client.getDistinctId(), client.getSessionId()];
    await clock.advance(30 * minuteMs + 1);
    client.track('two');
    await client.flush();
    expect(client.getDistinctId()).toBe(id);
    expect(server.accepted.map(({ payload }) => payload.session_id)).toEqual([session, client.getSessionId()]);
    expect(client.getSessionId()).not.toBe(session);
  });

  it('go on over pages and tabs', async () => {
    const first = device();
    first.init();
    first.client.track('one');
    await first.clock.advance(29 * minuteMs);
    const second = first.tab();
    second.init();
    second.client.track('two');
    await first.clock.advance(29 * minuteMs);
    first.client.track('three');
    await first.client.flush();
    expect(new Set(first.server.accepted.map(({ payload }) => payload.session_id)).size).toBe(1);
  });

  it('end when the clock is set back', async () => {
    const { init, client, page, server, clock } = device();
    init();
    client.track('one');
    await client.flush();
    const earlier = createOnym({ ...page.platform, now: () => clock.now() - 365 * 24 * 60 * minuteMs });
    earlier.init(apiKey, { baseUrl, autoPageViews: false });
    earlier.track('two');
    await earlier.flush();
    expect(new Set(server.accepted.map(({ payload }) => payload.session_id)).size).toBe(2);
  });

  it('are not of identify and alias', async () => {
    const { client, init, server } = device();
    init();
    client.identify('user_1');
    client.alias('stripe:cus_1');
    await client.flush();
    for (const { payload } of server.accepted) expect(payload).not.toHaveProperty('session_id');
  });
});
