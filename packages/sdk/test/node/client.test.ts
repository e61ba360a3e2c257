import { ApiError, NetworkError, Onym, OnymError } from '@onym/sdk';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type FakeServer, fakeServer, json, noConnection, overloaded } from '../support/fake-server.ts';

let server: FakeServer;
let onym: Onym;
const apiKey = 'sk_test_12345';

beforeEach(() => {
  server = fakeServer();
  onym = new Onym({ apiKey, baseUrl: 'https://onym.example/', fetch: server.fetch });
});
afterEach(() => void vi.useRealTimers());

/** What `promise` is rejected with. */
const errorOf = async (promise: Promise<unknown>): Promise<OnymError> => {
  try {
    await promise;
  } catch (error) {
    return error as OnymError;
  }
  throw new Error('It was not rejected.');
};

describe('calls', () => {
  it('travel as documented, with the key in a header', async () => {
    await onym.track({
      event: 'signed_up',
      distinctId: 'user_1',
      anonymousId: 'anonymous-1',
      deviceId: 'device-1',
      sessionId: 's',
      properties: { plan: 'pro' },
      timestamp: new Date(0),
    });
    await onym.identify({
      distinctId: 'user_1',
      anonymousId: 'anonymous-1',
      traits: { plan: 'pro' },
      traitsOnce: { first: 1 },
      timestamp: 1_700_000_000,
    });
    await onym.alias({ distinctId: 'user_1', newUserId: 'stripe:cus_1', batch: 'b', environment: 'staging' });
    await onym.alias({ distinctId: 'user_1', aliasId: 'crm:1' });
    expect(server.requests.map(({ url }) => String(url))).toEqual([
      'https://onym.example/track',
      'https://onym.example/identify',
      'https://onym.example/alias',
      'https://onym.example/alias',
    ]);
    expect(server.requests[0]?.init).toMatchObject({
      method: 'POST',
      headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
    });
    const moment = expect.stringMatching(/^\d{4}-\d\d-\d\dT/);
    const context = { library: { name: 'onym-node', version: '0.1.0' } };
    expect(server.accepted.map(({ payload }) => payload)).toEqual([
      {
        uuid: expect.stringMatching(/^[0-9a-f-]{36}$/),
        event: 'signed_up',
        environment: 'production',
        timestamp: '1970-01-01T00:00:00.000Z',
        distinct_id: 'user_1',
        anonymous_id: 'anonymous-1',
        device_id: 'device-1',
        session_id: 's',
        properties: { $lib: 'onym-node', $lib_version: '0.1.0', plan: 'pro' },
      },
      {
        distinct_id: 'user_1',
        anonymous_id: 'anonymous-1',
        environment: 'production',
        timestamp: 1_700_000_000,
        traits: { plan: 'pro' },
        traits_once: { first: 1 },
        context,
      },
      {
        distinct_id: 'user_1',
        alias_id: 'stripe:cus_1',
        environment: 'staging',
        timestamp: moment,
        batch: 'b',
        context,
      },
      { distinct_id: 'user_1', alias_id: 'crm:1', environment: 'production', timestamp: moment, context },
    ]);
  });

  it('resolve with the verdict', async () => {
    server.next(() =>
      json(200, {
        ok: true,
        verdict: 'refused',
        reason: 'separated',
        identity_id: 'i',
        canonical_id: 'user_1',
        seq: 7,
      }),
    );
    expect(await onym.alias({ distinctId: 'user_1', aliasId: 'crm:1' })).toEqual({
      verdict: 'refused',
      reason: 'separated',
      identityId: 'i',
      canonicalId: 'user_1',
      seq: 7,
    });
    expect(await onym.track({ event: 'x', distinctId: 'user_1' })).toEqual({
      verdict: 'applied',
      reason: null,
      seq: 1,
    });
  });

  it('pass dryRun and sync on', async () => {
    await onym.alias({ distinctId: 'user_1', aliasId: 'crm:1' }, { dryRun: true, sync: true });
    expect(server.requests[0]?.url.search).toBe('?sync=true&dry_run=true');
  });

  it('are refused before the network where the id names nobody', async () => {
    const calls = [
      onym.identify({ distinctId: 'null' }),
      onym.alias({ distinctId: 'guest', aliasId: 'a' }),
      onym.alias({ distinctId: 'a', newUserId: '[object Object]' }),
      onym.alias({ distinctId: 'a', aliasId: '' }),
    ];
    for (const call of calls) {
      expect(await errorOf(call)).toMatchObject({ name: 'OnymError', code: 'reserved-distinct-id' });
    }
    // @ts-expect-error: what a caller without types might do
    expect(await errorOf(onym.alias({ distinctId: 'a' }))).toMatchObject({ code: 'invalid-distinct-id' });
    expect(await errorOf(onym.identify({ distinctId: 'x'.repeat(513) }))).toMatchObject({
      code: 'invalid-distinct-id',
    });
    expect(await errorOf(onym.track({ event: '', distinctId: 'a' }))).toMatchObject({ code: 'invalid-payload' });
    expect(await errorOf(onym.track({ event: 'x' }))).toMatchObject({ code: 'invalid-payload' });
    const circular: { self?: unknown; n: bigint } = { n: 1n };
    circular.self = circular;
    expect(await errorOf(onym.track({ event: 'x', distinctId: 'a', properties: { circular } }))).toMatchObject({
      code: 'invalid-payload',
    });
    expect(server.requests).toEqual([]);
    // An event of a logged-out visitor is kept; it joins nobody.
    await onym.track({ event: 'x', distinctId: 'guest' });
    expect(server.accepted).toHaveLength(1);
  });

  it('need a key, and an address', () => {
    expect(() => new Onym({ apiKey: undefined })).toThrow(OnymError);
    for (const options of [
      { apiKey: 'sk_secret_12345\n' },
      { apiKey, baseUrl: 'onym.example' },
      { apiKey, baseUrl: 'https://user:password@onym.example' },
    ]) {
      expect(() => new Onym(options)).toThrow(/^(?!.*(secret_12345|password)).*$/);
    }
  });

  it.each([
    ['https://example.com/onym/', 'https://example.com/onym/track'],
    ['127.0.0.1:7700', 'http://127.0.0.1:7700/track'],
    ['localhost:7700/onym', 'http://localhost:7700/onym/track'],
  ])('go to %s', async (baseUrl, url) => {
    await new Onym({ apiKey, baseUrl, fetch: server.fetch }).track({ event: 'x', distinctId: 'user_1' });
    expect(server.requests.map((request) => String(request.url))).toEqual([url]);
  });

  it('take what interfaces and optional fields give them', async () => {
    interface Traits {
      plan: string;
    }
    const traits: Traits = { plan: 'pro' };
    const maybe = undefined as string | undefined;
    await onym.identify({ distinctId: 'user_1', traits, anonymousId: maybe, environment: maybe, timestamp: undefined });
    await onym.track({ event: 'x', distinctId: 'user_1', sessionId: maybe, uuid: maybe });
    expect(server.accepted).toHaveLength(2);
  });
});

describe('errors', () => {
  it('are the server’s own, with status and code', async () => {
    server.next(() => json(422, { ok: false, error_code: 'environment-not-found', message: 'There is none.' }));
    const error = await errorOf(onym.track({ event: 'x', distinctId: 'user_1', environment: 'prod' }));
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toBeInstanceOf(OnymError);
    expect(error).toMatchObject({
      name: 'ApiError',
      status: 422,
      code: 'environment-not-found',
      message: 'There is none.',
    });
    expect(server.requests).toHaveLength(1);
  });

  it('are NetworkErrors where no answer came, with their cause, and without the key', async () => {
    server.always(noConnection);
    const hasty = new Onym({ apiKey, fetch: server.fetch, retriesMax: 0 });
    const error = await errorOf(hasty.track({ event: 'x', distinctId: 'user_1' }));
    expect(error).toBeInstanceOf(NetworkError);
    expect(error).toMatchObject({ code: 'network-error', cause: expect.any(TypeError) });
    expect(String(error)).not.toContain(apiKey);
  });

  it('are timeouts where it took too long', async () => {
    const slow: typeof fetch = (_, init) =>
      new Promise((_resolve, reject) => init?.signal?.addEventListener('abort', () => reject(init.signal?.reason)));
    const hasty = new Onym({ apiKey, fetch: slow, retriesMax: 0, requestTimeoutMs: 5 });
    expect(await errorOf(hasty.track({ event: 'x', distinctId: 'user_1' }))).toMatchObject({ code: 'timeout' });
  });

  it('are tried again where that may help: as often as allowed, with the same uuid', async () => {
    vi.useFakeTimers();
    server.next(noConnection, overloaded(20), () => new Response('', { status: 502 }));
    const answer = onym.track({ event: 'x', distinctId: 'user_1' });
    await vi.advanceTimersByTimeAsync(1_000);
    expect(server.requests).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(19_000);
    expect(server.requests).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await answer).toMatchObject({ verdict: 'applied' });
    expect(new Set(server.requests.map(({ payloads }) => payloads[0].uuid)).size).toBe(1);
  });

  it('are not what is no answer of Onym’s: that is tried again, and told', async () => {
    vi.useFakeTimers();
    server.next(() => new Response('<html>Log in here</html>'));
    const answer = onym.track({ event: 'x', distinctId: 'user_1' });
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await answer).toMatchObject({ verdict: 'applied' });
    server.always(() => new Response('<html>Log in here</html>'));
    const failed = errorOf(onym.resolve(['user_1']));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(await failed).toMatchObject({ status: 200, code: 'http-200' });
  });

  it('come at once where the server asks for more patience than a caller has', async () => {
    server.next(overloaded(3_600));
    expect(await errorOf(onym.track({ event: 'x', distinctId: 'user_1' }))).toMatchObject({ status: 503 });
    expect(server.requests).toHaveLength(1);
  });

  it('are OnymErrors also for what cannot be written', async () => {
    expect(await errorOf(onym.identity('\ud800'))).toMatchObject({ name: 'OnymError', code: 'invalid-distinct-id' });
    // @ts-expect-error: what a caller without types might do
    expect(await errorOf(onym.track())).toMatchObject({ name: 'OnymError', code: 'invalid-payload' });
  });

  it('end with the last one when all retries are used up', async () => {
    vi.useFakeTimers();
    server.always(overloaded());
    const failed = errorOf(onym.track({ event: 'x', distinctId: 'user_1' }));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(await failed).toMatchObject({ status: 503, code: 'overloaded' });
    expect(server.requests).toHaveLength(4);
  });
});

describe('batching', () => {
  const make = (options = {}) => {
    const errors: OnymError[] = [];
    const client = new Onym({
      apiKey,
      fetch: server.fetch,
      batching: true,
      onError: (error) => errors.push(error),
      ...options,
    });
    return { client, errors };
  };

  it('sends calls as arrays in the order they were made, and resolves each with its own verdict', async () => {
    const { client } = make();
    server.next((request) =>
      json(200, {
        ok: true,
        accepted: 2,
        rejected: [],
        results: request.payloads.map(({ event }) => ({ ok: true, verdict: 'applied', seq: event === 'two' ? 2 : 1 })),
      }),
    );
    const answers = [
      client.track({ event: 'one', distinctId: 'user_1' }),
      client.track({ event: 'two', distinctId: 'user_1' }),
      client.identify({ distinctId: 'user_1' }),
      client.track({ event: 'three', distinctId: 'user_1' }),
    ];
    expect(server.requests).toEqual([]);
    await client.flush();
    expect(server.requests.map(({ route, payloads }) => [route, payloads.length])).toEqual([
      ['track', 2],
      ['identify', 1],
      ['track', 1],
    ]);
    expect((await Promise.all(answers)).map(({ seq }) => seq)).toEqual([1, 2, 1, 1]);
  });

  it('sends by itself after its interval, and at once when a batch is full', async () => {
    vi.useFakeTimers();
    const { client } = make({ batchItemsMax: 3, flushIntervalMs: 500 });
    void client.track({ event: 'one', distinctId: 'user_1' });
    await vi.advanceTimersByTimeAsync(499);
    expect(server.requests).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(server.requests).toHaveLength(1);
    for (let i = 0; i < 7; i++) void client.track({ event: 'more', distinctId: 'user_1' });
    await vi.advanceTimersByTimeAsync(500);
    expect(server.requests.map(({ payloads }) => payloads.length)).toEqual([1, 3, 3, 1]);
  });

  it('rejects a call that was rejected, and nothing else; an ignored rejection harms nobody', async () => {
    const { client, errors } = make();
    server.next(() =>
      json(200, {
        ok: true,
        accepted: 1,
        rejected: [{ index: 0, error_code: 'invalid-timestamp', message: 'No moment.' }],
        results: [null, { ok: true, verdict: 'applied', seq: null }],
      }),
    );
    void client.track({ event: 'one', distinctId: 'user_1', timestamp: 'tomorrow' });
    const second = client.track({ event: 'two', distinctId: 'user_1' });
    void client.identify({ distinctId: 'null' });
    await client.flush();
    expect(await second).toMatchObject({ verdict: 'applied' });
    expect(errors.map(({ code }) => code).sort()).toEqual(['invalid-timestamp', 'reserved-distinct-id']);
  });

  it('awaited one by one sends one by one', async () => {
    const { client } = make({ flushIntervalMs: 1 });
    for (const event of ['one', 'two', 'three']) {
      expect(await client.track({ event, distinctId: 'user_1' })).toMatchObject({ verdict: 'applied' });
    }
    expect(server.requests).toHaveLength(3);
  });

  it('loses nothing while the server is away: calls wait, in order, and go when it is back', async () => {
    vi.useFakeTimers();
    const { client, errors } = make({ retriesMax: 1 });
    server.always(noConnection);
    const answers = [client.track({ event: 'one', distinctId: 'user_1' })];
    const flushed = client.flush();
    await vi.advanceTimersByTimeAsync(5_000);
    // It does not hang on an outage.
    await flushed;
    answers.push(client.identify({ distinctId: 'user_1' }));
    await vi.advanceTimersByTimeAsync(600_000);
    expect(server.requests.length).toBeGreaterThan(10);
    expect(server.accepted).toEqual([]);
    expect(errors).toMatchObject([{ code: 'network-error' }]);
    server.always(null);
    await vi.advanceTimersByTimeAsync(120_000);
    expect((await Promise.all(answers)).map(({ verdict }) => verdict)).toEqual(['applied', 'applied']);
    expect(server.accepted.map(({ route }) => route)).toEqual(['track', 'identify']);
    expect(
      new Set(server.requests.filter(({ route }) => route === 'track').map(({ payloads }) => payloads[0].uuid)).size,
    ).toBe(1);
  });

  it('gives up at shutdown, after the last retry, and says which', async () => {
    vi.useFakeTimers();
    const { client, errors } = make({ retriesMax: 1 });
    server.always(noConnection);
    const answers = [client.track({ event: 'one', distinctId: 'user_1' }), client.identify({ distinctId: 'user_1' })];
    const ended = client.shutdown();
    await vi.advanceTimersByTimeAsync(10_000);
    await ended;
    for (const answer of answers) expect(await errorOf(answer)).toMatchObject({ code: 'network-error' });
    expect(errors).toHaveLength(2);
  });

  it('shutdown waits no longer than it is told to', async () => {
    const { client } = make();
    server.always(() => new Promise(() => {}));
    const answer = client.track({ event: 'one', distinctId: 'user_1' });
    await client.shutdown({ timeoutMs: 20 });
    expect(await errorOf(answer)).toMatchObject({ code: 'shut-down' });
  });

  it('survives an onError that fails', async () => {
    const { client } = make({
      onError: () => {
        throw new Error('of the application');
      },
    });
    void client.identify({ distinctId: 'null' });
    const asynchronous = make({ onError: async () => Promise.reject(new Error('of the application')) });
    void asynchronous.client.identify({ distinctId: 'null' });
    await client.track({ event: 'one', distinctId: 'user_1' });
    expect(server.accepted).toHaveLength(1);
    vi.useFakeTimers();
    server.next(overloaded());
    const again = make({
      retriesMax: 0,
      onError: () => {
        throw new Error('of the application');
      },
    });
    const answer = again.client.track({ event: 'two', distinctId: 'user_1' });
    await vi.advanceTimersByTimeAsync(5_000);
    expect(await answer).toMatchObject({ verdict: 'applied' });
  });

  it('sends what waits before a call that does not wait', async () => {
    const { client } = make();
    void client.track({ event: 'one', distinctId: 'user_1' });
    await client.identify({ distinctId: 'user_1' }, { sync: true });
    expect(server.requests.map(({ route }) => route)).toEqual(['track', 'identify']);
  });

  it('refuses more calls than may wait', async () => {
    const { client, errors } = make({ waitingCallsMax: 2 });
    void client.track({ event: 'one', distinctId: 'user_1' });
    void client.track({ event: 'two', distinctId: 'user_1' });
    expect(await errorOf(client.track({ event: 'three', distinctId: 'user_1' }))).toMatchObject({ code: 'queue-full' });
    await client.flush();
    expect(server.accepted.map(({ payload }) => payload.event)).toEqual(['one', 'two']);
    expect(errors).toHaveLength(1);
  });

  it('shutdown sends what waits, and takes nothing more', async () => {
    const { client } = make();
    void client.track({ event: 'one', distinctId: 'user_1' });
    await client.shutdown();
    expect(server.accepted).toHaveLength(1);
    expect(await errorOf(client.track({ event: 'two', distinctId: 'user_1' }))).toMatchObject({ code: 'shut-down' });
  });

  it('flush covers what was called while another flush ran', async () => {
    const { client } = make();
    void client.track({ event: 'one', distinctId: 'user_1' });
    const running = client.flush();
    void client.track({ event: 'two', distinctId: 'user_1' });
    await client.flush();
    expect(server.accepted).toHaveLength(2);
    await running;
  });
});

describe('reading', () => {
  /** Answers the next request with `body`, and tells what was asked. */
  async function asked(body: unknown, ask: () => Promise<unknown>, status = 200) {
    const seen: { method: string; url: string; body: unknown }[] = [];
    const reader = new Onym({
      apiKey,
      baseUrl: 'https://onym.example',
      fetch: async (input, init) => {
        seen.push({
          method: init?.method ?? '',
          url: String(input),
          body: init?.body === undefined ? null : JSON.parse(String(init.body)),
        });
        return json(status, body);
      },
    });
    onym = reader;
    return { answer: await ask(), seen };
  }

  it('identity: names in camel case, traits as they are, null for nobody', async () => {
    const body = {
      identity_id: 'i',
      canonical_id: 'user_1',
      identifiers: [{ distinct_id: 'a b/c', first_seen: null }],
      traits: { first_page: { at_url: '/x' } },
      trait_origins: { first_page: { distinct_id: 'a b/c', seq: 1 }, value: { distinct_id: 'user_1', seq: 2 } },
    };
    const { answer, seen } = await asked(body, () => onym.identity('a b/c', { by: 'distinct_id', asOfSeq: 3 }));
    expect(seen).toEqual([
      {
        method: 'GET',
        url: 'https://onym.example/v1/identities/a%20b%2Fc?environment=production&as_of_seq=3&by=distinct_id',
        body: null,
      },
    ]);
    expect(answer).toEqual({
      identityId: 'i',
      canonicalId: 'user_1',
      identifiers: [{ distinctId: 'a b/c', firstSeen: null }],
      traits: { first_page: { at_url: '/x' } },
      traitOrigins: { first_page: { distinctId: 'a b/c', seq: 1 }, value: { distinctId: 'user_1', seq: 2 } },
    });
    const none = await asked({ ok: false, error_code: 'not-found', message: 'None.' }, () => onym.identity('x'), 404);
    expect(none.answer).toBeNull();
  });

  it('a blast radius: in camel case down to what users have sent', async () => {
    const blast_radius = {
      traits: {
        changed: 1,
        listed: [{ canonical_id: 'a', key: 'plan_name', from: { old_key: 1 }, to: { new_key: 2 } }],
      },
    };
    const { answer } = await asked({ ok: true, verdict: 'applied', seq: 1, blast_radius }, () =>
      onym.alias({ distinctId: 'a', aliasId: 'b' }, { dryRun: true }),
    );
    expect(answer).toMatchObject({
      blastRadius: {
        traits: { listed: [{ canonicalId: 'a', key: 'plan_name', from: { old_key: 1 }, to: { new_key: 2 } }] },
      },
    });
  });

  it('resolve: in the order asked', async () => {
    const one = { identity_id: 'i', canonical_id: 'c', known: true };
    const { answer } = await asked({ identities: { '7': one, '42': one, user_9: one } }, () =>
      onym.resolve(['user_9', '42', '7']),
    );
    expect([...(answer as Map<string, unknown>).keys()]).toEqual(['user_9', '42', '7']);
  });

  it('query is not sent again after a timeout: the server may still be at work', async () => {
    let requests = 0;
    const slow: typeof fetch = (_, init) => {
      requests++;
      return new Promise((_resolve, reject) =>
        init?.signal?.addEventListener('abort', () => reject(init.signal?.reason)),
      );
    };
    const hasty = new Onym({ apiKey, fetch: slow });
    expect(await errorOf(hasty.query('SELECT 1', { timeoutMs: 5 }))).toMatchObject({ code: 'timeout' });
    expect(requests).toBe(1);
  });

  it('resolve: ten thousand ids a request', async () => {
    const ids = Array.from({ length: 10_001 }, (_, i) => `user_${i}`);
    const { answer, seen } = await asked({ identities: {} }, () => onym.resolve(ids, { asOf: new Date(0) }));
    expect((answer as Map<string, unknown>).size).toBe(10_001);
    expect(seen.map(({ body }) => (body as { distinct_ids: string[] }).distinct_ids.length)).toEqual([10_000, 1]);
    expect(seen[0]?.body).toMatchObject({ environment: 'production', as_of: '1970-01-01T00:00:00.000Z' });
  });

  it('explain, split and query', async () => {
    const explained = await asked({ same: true, path: [{ primary_id: 'a' }] }, () => onym.explain('a', 'b'));
    expect(explained.seen[0]?.url).toBe('https://onym.example/v1/explain?environment=production&a=a&b=b');
    expect(explained.answer).toEqual({ same: true, path: [{ primaryId: 'a' }] });
    const split = await asked({ ok: true, verdict: 'applied', seq: 9, revoked: [2], still_connected: false }, () =>
      onym.split({ distinctId: 'a', from: 'b' }, { dryRun: true }),
    );
    expect(split.seen[0]).toEqual({
      method: 'POST',
      url: 'https://onym.example/v1/split?dry_run=true',
      body: { environment: 'production', distinct_id: 'a', from: 'b' },
    });
    expect(split.answer).toEqual({ verdict: 'applied', reason: null, seq: 9, revoked: [2], stillConnected: false });
    const rows = await asked({ data: [{ distinct_id: 'a' }], meta: [{ name: 'distinct_id', type: 'String' }] }, () =>
      onym.query('SELECT 1', { environment: 'staging' }),
    );
    expect(rows.seen[0]?.body).toEqual({ environment: 'staging', sql: 'SELECT 1' });
    const params = { id: "it's", n: 5, at: new Date(0), ids: ['a', null], none: null };
    const bound = await asked({ data: [], meta: [] }, () => onym.query('SELECT {id:String}', { params }));
    expect(bound.seen[0]?.body).toEqual({
      environment: 'production',
      sql: 'SELECT {id:String}',
      params: { ...params, at: '1970-01-01T00:00:00.000Z' },
    });
    expect(rows.answer).toEqual({ rows: [{ distinct_id: 'a' }], columns: [{ name: 'distinct_id', type: 'String' }] });
  });
});
