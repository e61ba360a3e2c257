import { type Id, Onym, OnymError } from '@onym/sdk';
import { beforeEach, describe, expect, it } from 'vitest';
import { type FakeServer, fakeServer, json } from '../support/fake-server.ts';

let server: FakeServer;
let onym: Onym;

beforeEach(() => {
  server = fakeServer();
  onym = new Onym({ apiKey: 'sk_test_12345', fetch: server.fetch });
});

const codeOf = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'not rejected',
    (error) => (error instanceof OnymError ? error.code : String(error)),
  );

/** A client that answers with `body`, and where it asked and what. */
function reader(body: unknown) {
  const seen: { path: string; body: unknown }[] = [];
  const client = new Onym({
    apiKey: 'sk_test_12345',
    baseUrl: 'https://onym.example',
    fetch: async (input, init) => {
      seen.push({
        path: String(input).slice(20),
        body: init?.body === undefined ? null : JSON.parse(String(init.body)),
      });
      return json(200, body);
    },
  });
  return { client, seen };
}

describe('an integer as an id', () => {
  it('is its digits, in every field', async () => {
    await onym.track({ event: 'x', distinctId: 12345, anonymousId: 7n, deviceId: 8, sessionId: 9, uuid: 10 });
    await onym.identify({ distinctId: 1234567890123456789n, anonymousId: -7 });
    await onym.alias({ distinctId: 2 ** 53 - 1, aliasId: 3n });
    await onym.alias({ distinctId: 1, newUserId: 2 });
    expect(server.accepted.map(({ payload }) => payload)).toMatchObject([
      { distinct_id: '12345', anonymous_id: '7', device_id: '8', session_id: '9', uuid: '10' },
      { distinct_id: '1234567890123456789', anonymous_id: '-7' },
      { distinct_id: '9007199254740991', alias_id: '3' },
      { distinct_id: '1', alias_id: '2' },
    ]);
  });

  it('is its digits where one reads and steers', async () => {
    const one = { identity_id: 'i', canonical_id: '42', known: true };
    const resolving = reader({ identities: { '42': one, user_1: one } });
    const found = await resolving.client.resolve([42, 'user_1', 42n]);
    expect(resolving.seen[0]?.body).toMatchObject({ distinct_ids: ['42', 'user_1', '42'] });
    expect([...found]).toMatchObject([
      ['42', { canonicalId: '42' }],
      ['user_1', { canonicalId: '42' }],
    ]);

    const { client, seen } = reader({ same: true, path: [] });
    await client.identity(42);
    await client.explain(42, 43n);
    await client.split({ distinctId: 42, from: 43n });
    await client.split({ distinctIds: [42, 43n, 'user_1'] });
    expect(seen).toEqual([
      { path: '/v1/identities/42?environment=production', body: null },
      { path: '/v1/explain?environment=production&a=42&b=43', body: null },
      { path: '/v1/split', body: { environment: 'production', distinct_id: '42', from: '43' } },
      { path: '/v1/split', body: { environment: 'production', distinct_ids: ['42', '43', 'user_1'] } },
    ]);
  });

  it('is refused before the network where it names nobody', async () => {
    for (const distinctId of [0, -0, -1, 0n, -1n]) {
      expect(await codeOf(onym.identify({ distinctId }))).toBe('reserved-distinct-id');
      expect(await codeOf(onym.alias({ distinctId: 'a', aliasId: distinctId }))).toBe('reserved-distinct-id');
    }
    expect(server.requests).toEqual([]);
    // As any reserved id: the event is kept, and is nobody's.
    await onym.track({ event: 'x', distinctId: 0 });
    expect(server.accepted[0]?.payload.distinct_id).toBe('0');
  });
});

it.each([2 ** 53, -(2 ** 53), 1e21, 1.5, Number.NaN, Infinity, true, false, {}, ['a'], () => 'a', Symbol('a')])(
  '%o is no id, in no field',
  async (value) => {
    const id = value as Id;
    const calls = [
      onym.track({ event: 'x', distinctId: id }),
      onym.track({ event: 'x', distinctId: 'a', anonymousId: id }),
      onym.track({ event: 'x', distinctId: 'a', deviceId: id }),
      onym.track({ event: 'x', distinctId: 'a', sessionId: id }),
      onym.track({ event: 'x', distinctId: 'a', uuid: id }),
      onym.identify({ distinctId: id }),
      onym.identify({ distinctId: 'a', anonymousId: id }),
      onym.alias({ distinctId: id, aliasId: 'a' }),
      onym.alias({ distinctId: 'a', aliasId: id }),
      onym.alias({ distinctId: 'a', newUserId: id }),
      onym.resolve(['a', id]),
      onym.identity(id),
      onym.explain(id, 'a'),
      onym.explain('a', id),
      onym.split({ distinctId: 'a', from: id }),
      onym.split({ distinctIds: ['a', id] }),
    ];
    for (const call of calls) expect(await codeOf(call)).toBe('invalid-distinct-id');
    expect(server.requests).toEqual([]);
  },
);

describe('an optional field that is empty', () => {
  it('is not there', async () => {
    await onym.track({
      event: 'x',
      distinctId: '',
      anonymousId: 'anonymous-1',
      deviceId: '',
      sessionId: '',
      batch: '',
      environment: '',
      timestamp: '',
    });
    await onym.identify({ distinctId: 'user_1', anonymousId: '' });
    await onym.identify({ distinctId: 'user_1', anonymousId: null, timestamp: 0 });
    // @ts-expect-error: what a caller without types might do
    await onym.alias({ distinctId: 'user_1', aliasId: '', newUserId: 'crm:1' });
    const moment = expect.stringMatching(/^\d{4}-\d\d-\d\dT/);
    const context = expect.anything();
    const environment = 'production';
    expect(server.accepted.map(({ payload }) => payload)).toEqual([
      {
        uuid: expect.anything(),
        event: 'x',
        anonymous_id: 'anonymous-1',
        environment,
        timestamp: moment,
        properties: expect.anything(),
      },
      { distinct_id: 'user_1', environment, timestamp: moment, context },
      { distinct_id: 'user_1', environment, timestamp: 0, context },
      { distinct_id: 'user_1', alias_id: 'crm:1', environment, timestamp: moment, context },
    ]);
  });

  it('is a uuid of its own for an event, so that a retry counts once', async () => {
    await onym.track({ event: 'x', distinctId: 'user_1', uuid: '' });
    expect(server.accepted[0]?.payload.uuid).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('is an error where somebody must be named', async () => {
    expect(await codeOf(onym.identify({ distinctId: '', anonymousId: 'anonymous-1' }))).toBe('reserved-distinct-id');
    expect(await codeOf(onym.alias({ distinctId: 'a', aliasId: '' }))).toBe('reserved-distinct-id');
    expect(await codeOf(onym.alias({ distinctId: 'a', newUserId: '' }))).toBe('reserved-distinct-id');
    expect(await codeOf(onym.track({ event: 'x', distinctId: '', anonymousId: null, deviceId: '' }))).toBe(
      'invalid-payload',
    );
  });
});

it('null as a trait goes as null, which removes it', async () => {
  await onym.identify({
    distinctId: 'user_1',
    traits: { plan: null, nested: { left: null } },
    traitsOnce: { a: null },
  });
  expect(server.accepted[0]?.payload).toMatchObject({
    traits: { plan: null, nested: { left: null } },
    traits_once: { a: null },
  });
});

it('what no address can hold is reserved at the first call', async () => {
  for (const id of ['.', '..', ' .. '])
    expect(await codeOf(onym.identify({ distinctId: id }))).toBe('reserved-distinct-id');
  for (const id of ['.', '..']) expect(await codeOf(onym.identity(id))).toBe('reserved-distinct-id');
  expect(server.requests).toEqual([]);
});

it('a split of a set of ids tells what was taken back, or would be', async () => {
  const applied = {
    ok: true,
    verdict: 'applied',
    identity_id: 'i',
    canonical_id: 'user_1',
    seq: 9,
    revoked: [2, 3],
    separations: [{ a: 'user_1', b: 'user_2' }],
    still_connected: false,
    path: [],
  };
  const { client, seen } = reader(applied);
  expect(await client.split({ distinctIds: ['user_2', 'user_3'], environment: 'staging' })).toEqual({
    verdict: 'applied',
    reason: null,
    identityId: 'i',
    canonicalId: 'user_1',
    seq: 9,
    revoked: [2, 3],
    separations: [{ a: 'user_1', b: 'user_2' }],
    stillConnected: false,
    path: [],
  });
  const preview = reader({ ...applied, blast_radius: { identities: { before: 1, after: 2 } } });
  const answer = await preview.client.split({ distinctIds: ['user_2'] }, { dryRun: true });
  expect(answer.blastRadius?.identities).toEqual({ before: 1, after: 2 });
  expect([...seen, ...preview.seen]).toEqual([
    { path: '/v1/split', body: { environment: 'staging', distinct_ids: ['user_2', 'user_3'] } },
    { path: '/v1/split?dry_run=true', body: { environment: 'production', distinct_ids: ['user_2'] } },
  ]);
});
