import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Server, secretKey, serve } from '../system/processes.ts';

/** Files with the columns of Onym's own tables, as people may have changed them. Each test has an environment of its own. */

// biome-ignore lint/suspicious/noExplicitAny: answers of the wire
type Json = any;

let server: Server;
const environments = Array.from({ length: 16 }, (_, i) => `e${i + 1}`);

beforeAll(async () => {
  server = await serve({ variables: { ONYM_ENVIRONMENTS: environments.join(',') } });
});
afterAll(() => server.stop());

const free = [...environments];
const anEnvironment = (): string => free.shift()!;

async function send(environment: string, rows: object[], query: Record<string, string> = {}): Promise<Json> {
  const response = await fetch(`${server.url}/v1/import?${new URLSearchParams({ environment, ...query })}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${secretKey}`,
      'content-type': 'application/x-ndjson',
      accept: 'application/json',
    },
    body: `${rows.map((row) => JSON.stringify(row)).join('\n')}\n`,
  });
  expect(response.status).toBe(200);
  return response.json();
}

const canonicals = async (environment: string, ...ids: string[]) =>
  Object.fromEntries(await server.api.canonicals(ids, environment));

const personOf = (environment: string, id: string): Promise<Json> =>
  server.api.got(`/v1/identities/${encodeURIComponent(id)}?by=distinct_id&environment=${environment}`);

const link = (seq: number, primary_id: string, secondary_id: string, rest: object = {}) => ({
  seq,
  kind: 'alias',
  primary_id,
  secondary_id,
  status: 'active',
  reason: null,
  time: '2026-01-01T00:00:00.000Z',
  key: null,
  lib: null,
  batch: null,
  ...rest,
});

const statuses = ['revoked', 'refused', 'held', 'rejected', 'approved'];
const all = (): object[] => [
  link(1, 'ann', 'stays'),
  ...statuses.map((status, i) => link(i + 2, 'ann', status, { status })),
];
const skipped = Object.fromEntries(statuses.map((status) => [status, 1]));

describe('links', () => {
  test.each<[string, Record<string, string>]>([
    ['without flags', {}],
    ['said to be pairs', { kind: 'alias' }],
    ['with its columns named', { kind: 'alias', primary: 'primary_id', secondary: 'secondary_id' }],
    ['turned round', { primary: 'secondary_id', secondary: 'primary_id' }],
    ['with a prefix', { primary: 'primary_id', secondary: 'secondary_id', secondary_prefix: 'eu:' }],
  ])('what does not stand joins nobody: %s', async (_, query) => {
    const environment = anEnvironment();
    const answer = await send(environment, all(), query);
    expect(answer).toMatchObject({ rows: 6, counts: { applied: 1, invalid: 0 }, skipped, rejected: [] });
    const { identifiers } = await personOf(environment, 'ann');
    expect(identifiers).toHaveLength(2);
  });

  test('an unknown status, kind or rule is an invalid row', async () => {
    const environment = anEnvironment();
    const answer = await send(environment, [
      link(1, 'ann', 'a', { status: 'unsure' }),
      link(2, 'ann', 'b', { status: null }),
      link(3, 'ann', 'c', { kind: 'guess' }),
      link(4, 'ann', 'd', { rule: 'guess' }),
      link(5, 'ann', 'e', { effective_time: 'once' }),
      link(6, 'null', 'f'),
      { ...link(7, 'ann', 'g'), seq: null },
      link(8, 'ann', 'h'),
    ]);
    expect(answer.counts).toMatchObject({ applied: 1, invalid: 7 });
    expect(answer.rejected.map(({ line, error_code }: Json) => [line, error_code])).toEqual([
      [7, 'invalid-payload'],
      [1, 'invalid-payload'],
      [2, 'invalid-payload'],
      [3, 'invalid-payload'],
      [4, 'invalid-payload'],
      [5, 'invalid-timestamp'],
      [6, 'reserved-distinct-id'],
    ]);
    expect(answer.rejected[1].message).toContain('active, refused, held');
  });

  test('in the order of the ledger, whatever the order of the rows, with their kind and time', async () => {
    const environment = anEnvironment();
    const rows = [
      link(12, 'late', 'first'),
      link(3, 'second', 'third', { kind: 'manual', effective_time: '2020-02-02T00:00:00.000Z' }),
      link(2, 'first', 'second'),
    ];
    const dry = await send(environment, rows, { dry_run: 'true', batch: 'links' });
    const real = await send(environment, rows, { batch: 'links' });
    expect([dry.counts, dry.largest_identities]).toEqual([real.counts, real.largest_identities]);
    const { canonical_id, created_at, links } = await personOf(environment, 'third');
    expect([canonical_id, created_at]).toEqual(['late', '2020-02-02T00:00:00.000Z']);
    expect(links.map(({ primary_id, kind }: Json) => [primary_id, kind])).toEqual([
      ['first', 'alias'],
      ['second', 'manual'],
      ['late', 'alias'],
    ]);
    expect(await send(environment, rows, { batch: 'links' })).toMatchObject({
      finished_before: true,
      counts: real.counts,
    });
    await server.api.posted('/v1/revert', { environment, batch: 'links' });
    expect(await canonicals(environment, 'third')).toEqual({ third: 'third' });
    expect((await send(environment, rows, { batch: 'links' })).counts).toEqual(real.counts);
  });

  test('of an export that tells neither rules nor who was named: by kind', async () => {
    const environment = anEnvironment();
    await send(environment, [
      link(1, 'ann', 'browser', { kind: 'identify' }),
      link(2, 'browser', 'other', { kind: 'alias' }),
    ]);
    const { canonical_id, identifiers } = await personOf(environment, 'other');
    expect(canonical_id).toBe('ann');
    expect(identifiers.map(({ distinct_id, known }: Json) => [distinct_id, known])).toEqual([
      ['ann', true],
      ['browser', false],
      ['other', true],
    ]);
  });

  test('among people of here they are judged: what belongs to somebody else is refused, what is separated too', async () => {
    const environment = anEnvironment();
    await server.api.posted('/identify', { environment, distinct_id: 'bob', anonymous_id: 'tablet' });
    await server.api.posted('/v1/separations', { environment, a: 'ann', b: 'cid' });
    const answer = await send(environment, [
      link(1, 'ann', 'tablet', { kind: 'identify' }),
      link(2, 'ann', 'cid'),
      link(3, 'ann', 'phone', { kind: 'identify' }),
    ]);
    expect(answer.counts).toMatchObject({ applied: 1, refused: 2 });
    expect(answer.reasons).toEqual({ 'anonymous-id-belongs-to-another-identity': 1, separated: 1 });
    expect(await canonicals(environment, 'tablet', 'phone')).toEqual({ tablet: 'bob', phone: 'ann' });
  });
});

const identity = (canonical_id: string, rest: object = {}) => ({
  identity_id: '00000000-0000-5000-8000-000000000001',
  canonical_id,
  known: true,
  traits: {},
  identifiers: [canonical_id],
  created_at: '2026-01-01T00:00:00.000Z',
  ...rest,
});

test.each([
  ['links', 'seq,kind,primary_id,secondary_id,status,reason,time,key,lib,batch\n'],
  ['separations', 'distinct_id,separated_from,seq\n'],
])('a table without rows (%s) is imported as one', async (kind, header) => {
  const response = await fetch(`${server.url}/v1/import?environment=${anEnvironment()}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secretKey}`, 'content-type': 'text/csv', accept: 'application/json' },
    body: header,
  });
  expect(await response.json()).toMatchObject({ ok: true, rows: 0, mapping: { kind } });
});

describe('people', () => {
  test('identities alone bring who is one, under which name, who is known, and each trait at its place', async () => {
    const environment = anEnvironment();
    const row = identity('ann', {
      identifiers: ['ann', 'browser', 'stripe:1'],
      known_identifiers: ['ann', 'stripe:1'],
      traits: { plan: 'pro', address: { zip: null, lines: [] } },
      trait_origins: {
        plan: { distinct_id: 'stripe:1', time: '2025-05-05T00:00:00.000Z', seq: 4 },
        address: { distinct_id: 'ann', time: '2025-04-04T00:00:00.000Z', seq: 3, once: true },
      },
      other_traits: [{ distinct_id: 'ann', key: 'plan', value: 'free', time: '2025-03-03T00:00:00.000Z', seq: 2 }],
    });
    expect((await send(environment, [row])).counts).toMatchObject({ applied: 1, refused: 0 });
    const person = await personOf(environment, 'browser');
    expect(person).toMatchObject({ canonical_id: 'ann', known: true, created_at: '2025-03-03T00:00:00.000Z' });
    expect(person.traits).toEqual({ plan: 'pro', address: { zip: null, lines: [] } });
    expect(person.identifiers.map(({ distinct_id, known }: Json) => [distinct_id, known])).toEqual([
      ['ann', true],
      ['browser', false],
      ['stripe:1', true],
    ]);
    await server.api.posted('/v1/split', { environment, distinct_id: 'ann', from: 'stripe:1' });
    expect((await personOf(environment, 'ann')).traits.plan).toBe('free');
    expect((await personOf(environment, 'stripe:1')).traits).toEqual({ plan: 'pro' });
  });

  test('of an export without origins, traits are the name’s', async () => {
    const environment = anEnvironment();
    await send(environment, [identity('ann', { traits: { plan: 'pro' }, identifiers: ['ann', 'b'] })]);
    expect(await personOf(environment, 'b')).toMatchObject({
      canonical_id: 'ann',
      known: true,
      traits: { plan: 'pro' },
    });
  });

  test('a person whose id belongs to another one here is told, and keeps the rest', async () => {
    const environment = anEnvironment();
    await server.api.posted('/identify', { environment, distinct_id: 'bob', anonymous_id: 'tablet' });
    const answer = await send(environment, [
      identity('ann', { identifiers: ['ann', 'phone', 'tablet'], traits: { plan: 'pro' } }),
      identity('cid'),
    ]);
    expect(answer.counts).toMatchObject({ applied: 1, refused: 1 });
    expect(answer.rejected).toMatchObject([{ line: 1, error_code: 'anonymous-id-belongs-to-another-identity' }]);
    expect(await canonicals(environment, 'tablet', 'phone')).toEqual({ tablet: 'bob', phone: 'ann' });
    expect((await personOf(environment, 'ann')).traits).toEqual({ plan: 'pro' });
  });

  test('identifiers alone: names become known; who belongs to somebody that is not here yet waits for the links', async () => {
    const environment = anEnvironment();
    const identifier = (distinct_id: string, rest: object = {}) => ({
      distinct_id,
      identity_id: '00000000-0000-5000-8000-000000000001',
      known: true,
      first_seen: '2024-01-01T00:00:00.000Z',
      canonical_id: 'ann',
      identified: true,
      ...rest,
    });
    const rows = [
      identifier('ann'),
      identifier('crm:1', { identified: false }),
      identifier('browser', { known: false, identified: false }),
    ];
    const answer = await send(environment, rows);
    expect(answer).toMatchObject({
      counts: { applied: 1, unchanged: 2 },
      reasons: { 'identity-not-here': 1 },
    });
    expect(await personOf(environment, 'ann')).toMatchObject({ known: true, created_at: '2024-01-01T00:00:00.000Z' });
    await send(environment, [link(1, 'ann', 'crm:1'), link(2, 'ann', 'browser', { kind: 'identify' })]);
    expect((await send(environment, rows, { batch: 'again' })).reasons).toEqual({});
    expect(await canonicals(environment, 'crm:1', 'browser')).toEqual({ 'crm:1': 'ann', browser: 'ann' });
  });

  test('separations stand, also between those whom links have left connected', async () => {
    const environment = anEnvironment();
    await send(environment, [link(1, 'ann', 'bob'), link(2, 'ann', 'cid')]);
    const apart = [
      { distinct_id: 'ann', separated_from: 'dan', seq: 3 },
      { distinct_id: 'bob', separated_from: 'cid', seq: 4 },
    ];
    expect((await send(environment, apart)).counts).toMatchObject({ applied: 2 });
    const call = { environment, distinct_id: 'ann', alias_id: 'dan' };
    expect(await server.api.posted('/alias', call)).toMatchObject({ verdict: 'refused', reason: 'separated' });
    expect(await canonicals(environment, 'bob', 'cid')).toEqual({ bob: 'ann', cid: 'ann' });
  });
});
