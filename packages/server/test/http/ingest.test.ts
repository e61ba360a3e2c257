import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OnymError } from '../../src/errors.ts';
import type { IdentityAnswer, TrackAnswer } from '../../src/ingest/types.ts';
import { limits } from '../../src/limits.ts';
import { nodeId } from '../../src/node-id.ts';
import { asPublic, asSecret, now, pk, post, type TestApp, testApp } from './support.ts';

let t: TestApp;
beforeEach(() => {
  t = testApp();
});
afterEach(() => t.app.close());

const event = { event: 'signup', distinct_id: 'user_1' };

function answerTrackWith(...answers: TrackAnswer[]): void {
  t.services.answering.track = async () => answers;
}

function answerAliasWith(...answers: IdentityAnswer[]): void {
  t.services.answering.submit = async () => answers;
}

const committed = {
  verdict: 'applied',
  reason: null,
  seq: 42,
  recorded: true,
  canonicalId: 'user_123',
  components: [],
} as const;

describe('a single item', () => {
  it('track: hands the event over and answers', async () => {
    const response = await post(t.app, '/track', { ...event, properties: { a: 1 }, environment: 'staging' });
    expect(response.statusCode).toBe(200);
    expect(response.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(response.json()).toEqual({ ok: true, verdict: 'applied', seq: null });
    expect(t.services.tracked).toHaveLength(1);
    const [{ environment, items, sync }] = t.services.tracked as [TestApp['services']['tracked'][number]];
    expect({ environment, sync }).toEqual({ environment: 'staging', sync: false });
    expect(items[0]!.event).toMatchObject({ distinct_id: 'user_1', received_at: now, properties: '{"a":1}' });
    expect(items[0]!.event.uuid).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('identify and alias: answer with the identity', async () => {
    const ids = { identity_id: nodeId('production', 'user_1'), canonical_id: 'user_1' };
    const identified = await post(t.app, '/identify', { distinct_id: 'user_1', traits: { plan: 'pro' } });
    expect(identified.json()).toEqual({ ok: true, verdict: 'applied', ...ids, seq: 1 });
    const aliased = await post(t.app, '/alias', { distinct_id: 'user_1', alias_id: 'stripe:cus_1' });
    expect(aliased.json()).toEqual({ ok: true, verdict: 'applied', ...ids, seq: 1 });
    expect(t.services.aliased[0]).toMatchObject({
      operations: [{ primary: 'user_1', secondary: 'stripe:cus_1', source: { key: 'backend', public: false } }],
      options: { dryRun: false, sync: false },
    });
  });

  it('says why a call was refused or held', async () => {
    answerAliasWith({ ...committed, verdict: 'held', reason: 'needs-secret-key' });
    const body = { distinct_id: 'user_1', alias_id: 'b' };
    expect((await post(t.app, '/alias', body)).json()).toEqual({
      ok: true,
      verdict: 'held',
      reason: 'needs-secret-key',
      identity_id: nodeId('production', 'user_123'),
      canonical_id: 'user_123',
      seq: 42,
    });
    // A publishable key must not read the graph.
    const toPublic = await post(t.app, '/alias', body, asPublic);
    expect(toPublic.json()).toEqual({ ok: true, verdict: 'held', reason: 'needs-secret-key', seq: 42 });
  });

  it('track: tells of the link evidence', async () => {
    const reason = 'anonymous-id-belongs-to-another-identity';
    answerTrackWith({ verdict: 'unchanged', link: { ...committed, verdict: 'refused', reason } });
    expect((await post(t.app, '/track', event)).json()).toEqual({
      ok: true,
      verdict: 'unchanged',
      reason,
      seq: 42,
      link: { verdict: 'refused', reason, seq: 42 },
    });
    expect((await post(t.app, '/track', event, asPublic)).json()).toEqual({
      ok: true,
      verdict: 'unchanged',
      reason,
      seq: 42,
    });
  });

  it.each<[string, unknown, number, string]>([
    ['/track', { event: 'e' }, 400, 'invalid-payload'],
    ['/track', 'null', 400, 'invalid-payload'],
    ['/track', '"text"', 400, 'invalid-payload'],
    ['/track', { ...event, distinct_id: 'a\u0000' }, 422, 'invalid-distinct-id'],
    ['/track', { ...event, timestamp: 'soon' }, 422, 'invalid-timestamp'],
    ['/track', { ...event, environment: 'nowhere' }, 422, 'environment-not-found'],
    ['/track', { ...event, environment: 7 }, 400, 'invalid-payload'],
    ['/track', { ...event, environment: 'development' }, 403, 'forbidden'],
    ['/identify', { distinct_id: 'null' }, 422, 'reserved-distinct-id'],
    ['/alias', { distinct_id: 'a', alias_id: 'Guest' }, 422, 'reserved-distinct-id'],
    ['/alias', { distinct_id: 'a', alias_id: 'b', new_user_id: 'c' }, 400, 'invalid-payload'],
  ])('POST %s %j is %i %s, and a dead letter', async (url, body, status, code) => {
    const response = await post(t.app, url, body);
    expect(response.statusCode).toBe(status);
    expect(response.json()).toEqual({ ok: false, error_code: code, message: expect.stringMatching(/\w.*\.$/) });
    expect(t.services.letters).toEqual([
      {
        call: url.slice(1),
        environment: expectedEnvironment(body),
        key: 'backend',
        receivedAt: now,
        errorCode: code,
        message: response.json().message,
        item: typeof body === 'string' ? body : JSON.stringify(body),
      },
    ]);
    expect(t.services.tracked).toEqual([]);
  });

  it('answers invalid-json to an empty body', async () => {
    const response = await t.app.inject({ method: 'POST', url: '/track', headers: asSecret });
    expect(response.json()).toMatchObject({ error_code: 'invalid-json' });
  });

  it('passes on the errors of the stores', async () => {
    t.services.answering.track = async () => {
      throw new OnymError('overloaded', 'Too many calls wait.', { retryAfterSeconds: 3 });
    };
    const response = await post(t.app, '/track', event);
    expect(response.statusCode).toBe(503);
    expect(response.headers['retry-after']).toBe('3');
    expect(response.json()).toEqual({ ok: false, error_code: 'overloaded', message: 'Too many calls wait.' });
    expect(t.services.letters).toEqual([]);
  });
});

function expectedEnvironment(body: unknown): string | null {
  const named = (body as { environment?: unknown } | null)?.environment ?? 'production';
  return named === 'production' || named === 'development' ? named : null;
}

describe('an array', () => {
  it('answers item by item', async () => {
    const response = await post(t.app, '/identify', [
      { distinct_id: 'a' },
      { distinct_id: 'null' },
      'text',
      { distinct_id: 'b' },
      { distinct_id: 'c', environment: 'development' },
      { distinct_id: 'd', environment: 'nowhere' },
    ]);
    expect(response.statusCode).toBe(200);
    const body = response.json();
    expect(body).toMatchObject({ ok: true, accepted: 2 });
    expect(body.rejected).toEqual([
      { index: 1, error_code: 'reserved-distinct-id', message: expect.any(String) },
      { index: 2, error_code: 'invalid-payload', message: expect.any(String) },
      { index: 4, error_code: 'forbidden', message: expect.any(String) },
      { index: 5, error_code: 'environment-not-found', message: expect.any(String) },
    ]);
    const shown = body.results.map((result: { canonical_id: string } | null) => result?.canonical_id ?? null);
    expect(shown).toEqual(['a', null, null, 'b', null, null]);
    expect(t.services.letters.map(({ errorCode, environment }) => [errorCode, environment])).toEqual([
      ['reserved-distinct-id', 'production'],
      ['invalid-payload', 'production'],
      ['forbidden', 'development'],
      ['environment-not-found', null],
    ]);
  });

  it('is an array also with one item', async () => {
    const response = await post(t.app, '/track', [event], asPublic);
    expect(response.json()).toEqual({
      ok: true,
      accepted: 1,
      rejected: [],
      results: [{ ok: true, verdict: 'applied', seq: null }],
    });
  });

  it('keeps the order within an environment, whatever lies between', async () => {
    const response = await post(t.app, '/alias', [
      { distinct_id: 'a', alias_id: 'b' },
      { distinct_id: 'c', alias_id: 'd', environment: 'staging' },
      { distinct_id: 'e', alias_id: 'f' },
    ]);
    const calls = t.services.aliased.map(({ environment, operations }) => [
      environment,
      operations.map(({ primary }) => primary),
    ]);
    expect(calls).toEqual([
      ['production', ['a', 'e']],
      ['staging', ['c']],
    ]);
    expect(response.json().results.map((r: { canonical_id: string; identity_id: string }) => r.identity_id)).toEqual([
      nodeId('production', 'a'),
      nodeId('staging', 'c'),
      nodeId('production', 'e'),
    ]);
  });

  it('counts refused and held calls as accepted', async () => {
    answerAliasWith({ ...committed, verdict: 'refused', reason: 'separated', seq: 7 });
    const response = await post(t.app, '/alias', [{ distinct_id: 'a', alias_id: 'b' }]);
    expect(response.json()).toMatchObject({ ok: true, accepted: 1, rejected: [], results: [{ verdict: 'refused' }] });
  });

  it('without one good item is 422, with the first item’s code', async () => {
    const response = await post(t.app, '/track', [{ ...event, environment: 'development' }, 1]);
    expect(response.statusCode).toBe(422);
    expect(response.json()).toEqual({
      ok: false,
      error_code: 'forbidden',
      message: expect.any(String),
      accepted: 0,
      rejected: [
        { index: 0, error_code: 'forbidden', message: expect.any(String) },
        { index: 1, error_code: 'invalid-payload', message: expect.any(String) },
      ],
      results: [null, null],
    });
  });

  it('holds 1 to 1,000 items', async () => {
    expect((await post(t.app, '/track', [])).json()).toMatchObject({ error_code: 'invalid-payload' });
    const full = new Array(limits.itemsPerRequestMax).fill(event);
    expect((await post(t.app, '/track', full)).json().accepted).toBe(limits.itemsPerRequestMax);
    const tooMany = await post(t.app, '/track', [...full, event]);
    expect([tooMany.statusCode, tooMany.json().error_code]).toEqual([413, 'payload-too-large']);
  });

  it('loses no good item to one that is nested too deeply', async () => {
    const deep = `{"event":"e","distinct_id":"a","properties":{"a":${'['.repeat(20_000)}${']'.repeat(20_000)}}}`;
    const response = await post(t.app, '/track', `[${JSON.stringify(event)},${deep}]`);
    expect(response.json()).toMatchObject({ accepted: 1, rejected: [{ index: 1, error_code: 'invalid-payload' }] });
    expect(t.services.letters[0]!.item).toBe('"(nested too deeply to keep)"');
  });

  it('keeps dead letters short', async () => {
    await post(t.app, '/track', [event, { event: 'e', properties: { a: 'x'.repeat(100_000) } }]);
    expect(t.services.letters[0]!.item).toHaveLength(16 * 1024);
  });
});

describe('?dry_run and ?sync', () => {
  it('are passed on', async () => {
    const { submit } = t.services.answering;
    answerAliasWith({ ...committed, blastRadius: { identities: { before: 2, after: 1 } } });
    const dry = await post(t.app, '/alias?dry_run=true', { distinct_id: 'a', alias_id: 'b' });
    expect(dry.json()).toMatchObject({ verdict: 'applied', blast_radius: { identities: { before: 2, after: 1 } } });
    t.services.answering.submit = submit;
    await post(t.app, '/identify?dry_run=1&sync=true', { distinct_id: 'a' });
    expect(t.services.identified[0]!.options).toEqual({ dryRun: true, sync: true });
    await post(t.app, '/track?sync=true', event);
    expect(t.services.tracked[0]!.sync).toBe(true);
    await post(t.app, '/track?sync=false', event);
    expect(t.services.tracked[1]!.sync).toBe(false);
  });

  it('dry_run needs a secret key, and writes no dead letter', async () => {
    const refused = await post(t.app, '/alias?dry_run=true', { distinct_id: 'a', alias_id: 'b' }, asPublic);
    expect([refused.statusCode, refused.json().error_code]).toEqual([403, 'forbidden']);
    await post(t.app, '/alias?dry_run=true', { distinct_id: 'a' });
    await post(t.app, '/alias?dry_run=true', [{ distinct_id: 'a' }]);
    expect([t.services.aliased, t.services.letters]).toEqual([[], []]);
  });

  it('are checked', async () => {
    for (const url of ['/track?dry_run=true', '/alias?dry_run=maybe', '/track?sync=2']) {
      expect((await post(t.app, url, event)).json()).toMatchObject({ error_code: 'invalid-payload' });
    }
  });
});

describe('CORS', () => {
  const origin = 'https://shop.example';
  // What lets a request with credentials through, such as a beacon of JSON.
  const open = {
    'access-control-allow-origin': origin,
    'access-control-allow-credentials': 'true',
    'access-control-expose-headers': 'retry-after, ratelimit, ratelimit-policy, x-request-id',
    vary: 'Origin',
  };

  it.each(['/track', '/identify', '/alias'])('is open on %s to the origin that asks', async (url) => {
    const preflight = await t.app.inject({
      method: 'OPTIONS',
      url,
      headers: { origin, 'access-control-request-method': 'POST' },
    });
    expect(preflight.statusCode).toBe(204);
    expect(preflight.headers).toMatchObject({
      ...open,
      vary: 'Origin, Access-Control-Request-Headers',
      'access-control-allow-methods': 'POST',
      'access-control-allow-headers': 'authorization, x-api-key, content-type, content-encoding',
    });
    const good = { event: 'e', distinct_id: 'a', alias_id: 'b' };
    expect((await post(t.app, url, good, { ...asPublic, origin })).headers).toMatchObject(open);
  });

  const usual = 'authorization, x-api-key, content-type, content-encoding';
  const allowed = async (url: string, asked: string | undefined) => {
    const response = await t.app.inject({
      method: 'OPTIONS',
      url,
      headers: {
        origin,
        'access-control-request-method': 'POST',
        ...(asked !== undefined && { 'access-control-request-headers': asked }),
      },
    });
    expect([response.statusCode, response.headers.vary]).toEqual([204, 'Origin, Access-Control-Request-Headers']);
    return response.headers['access-control-allow-headers'];
  };

  it.each(['/track', '/identify', '/alias'])('allows the headers that a page asks to send to %s', async (url) => {
    for (const asked of [
      'content-type,traceparent,baggage,sentry-trace',
      'authorization,content-type',
      'X-Requested-With',
      'content-type, x-datadog-trace-id ,\tb3',
      "a!#$%&'*+.^_`|~-z",
      Array.from({ length: 200 }, (_, index) => `x-header-${index}`).join(','),
    ]) {
      expect(await allowed(url, asked)).toBe(asked);
    }
  });

  it.each([
    undefined,
    '',
    ' ',
    ',',
    'content-type,,traceparent',
    'content-type,',
    'content type',
    'content-type;traceparent',
    '"traceparent"',
    'x-é',
    '*/*',
    'a: b',
    'x'.repeat(4_097),
    `a${' '.repeat(4_000)}b`,
  ])('answers %j, which is no list of headers, with those it knows', async (asked) => {
    expect(await allowed('/track', asked)).toBe(usual);
  });

  it('says that its answers differ by origin, also to who names none', async () => {
    expect((await post(t.app, '/track', { event: 'e', distinct_id: 'a' })).headers.vary).toBe('Origin');
    expect((await post(t.app, '/track', 'nonsense', { ...asSecret, origin })).headers.vary).toBe('Origin');
  });

  it.each(['/track', '/identify', '/alias'])('is open for errors of %s too', async (url) => {
    const down = async () => {
      throw new OnymError('overloaded', 'Send it again.', { retryAfterSeconds: 2 });
    };
    const good = { event: 'e', distinct_id: 'a', alias_id: 'b' };
    const errors: [number, () => ReturnType<typeof post>][] = [
      [400, () => post(t.app, url, 'nonsense', { ...asSecret, origin })],
      [400, () => post(t.app, url, {}, { ...asSecret, origin })],
      [401, () => post(t.app, url, good, { authorization: 'Bearer wrong', origin })],
      [401, () => post(t.app, url, good, { origin })],
      [403, () => post(t.app, url, good, { authorization: 'Bearer sk_staging', origin })],
      [413, () => post(t.app, url, new Array(limits.itemsPerRequestMax + 1).fill(good), { ...asSecret, origin })],
      [413, () => post(t.app, url, Buffer.alloc(limits.bodyBytesMax + 1, ' '), { ...asSecret, origin })],
      [415, () => post(t.app, url, good, { ...asSecret, origin, 'content-type': 'image/png' })],
      [415, () => post(t.app, url, good, { ...asSecret, origin, 'content-encoding': 'zstd' })],
      [422, () => post(t.app, url, { ...good, environment: 'nowhere' }, { ...asSecret, origin })],
      [422, () => post(t.app, `${url}?apiKey=${pk}`, [1], { origin })],
      [503, () => post(t.app, url, good, { ...asSecret, origin })],
    ];
    t.services.answering.track = down;
    t.services.answering.submit = down;
    for (const [status, ask] of errors) {
      const { headers, statusCode } = await ask();
      expect(statusCode).toBe(status);
      expect(headers).toMatchObject(open);
      expect(headers['retry-after']).toBe(status === 503 ? '2' : undefined);
    }
  });

  it('is open to anyone who names no origin', async () => {
    for (const url of ['/track', '/identify', '/alias']) {
      const { headers } = await post(t.app, url, 'nonsense');
      expect(headers['access-control-allow-origin']).toBe('*');
      expect(headers).not.toHaveProperty('access-control-allow-credentials');
    }
  });

  it('is closed everywhere else', async () => {
    for (const url of ['/v1/resolve', '/healthz', '/v1/query']) {
      const response = await t.app.inject({ method: 'OPTIONS', url, headers: { origin } });
      expect(response.statusCode).toBe(405);
      expect(Object.keys(response.headers).join()).not.toContain('access-control');
    }
    const resolved = await post(t.app, '/v1/resolve', { distinct_ids: ['a'] }, { ...asSecret, origin });
    expect(resolved.statusCode).toBe(200);
    expect(Object.keys(resolved.headers).join()).not.toContain('access-control');
  });
});
