import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dataDirectory, onym, type Server, secretKey, serve } from '../system/processes.ts';

/** A rich environment, exported in all its tables and imported into empty ones, in every format and by both ways. */

// biome-ignore lint/suspicious/noExplicitAny: answers of the wire
type Json = any;

const tables = ['links', 'identities', 'identifiers', 'separations', 'events'];
const formats = ['csv', 'ndjson', 'parquet'] as const;

let there: Server;
let here: Server;
const files = dataDirectory();

const profile = {
  plan: 'pro',
  empty: '',
  none: { inside: null, deep: [{ none: null }, []], object: {} },
  list: ['b', 1, 2.5, true, null, { x: [1, [2]] }],
  unicode: 'Zoë 🦊 "quoted", semi;colon\nnew line\ttab \\N',
  'a.b': 1,
  a: { b: 2 },
  number: 42,
  formula: '=1+1',
};
const odd = [' spaced ', '"quoted"', 'comma,semi;', 'Zoë 🦊', 'N/A', '\\N', '1.5E+3', '007', '=1+1', "it's"];

/** What goes wrong and is taken back in the life of an environment. */
async function live({ api, web }: Server): Promise<void> {
  const identify = (distinct_id: string, anonymous_id?: string, rest: object = {}) =>
    api.posted('/identify', { distinct_id, anonymous_id, ...rest });
  const alias = (distinct_id: string, alias_id: string, rest: object = {}) =>
    api.posted('/alias', { distinct_id, alias_id, ...rest });

  await identify('user_1', 'anonymous-1', { traits: profile, traits_once: { via: 'ad', plan: 'free' } });
  await alias('user_1', 'stripe:cus_1', { timestamp: '2024-03-01T00:00:00.123Z' });
  await identify('user_1', 'phone-1', { traits: { plan: 'team' }, timestamp: '2025-01-01T00:00:00Z' });
  // The sign-up call: the known id gives the name.
  await alias('anonymous-x', 'user_42');
  // A device that an event links, and that is named by itself later.
  await api.posted('/track', { event: 'visit', distinct_id: 'user_2', anonymous_id: 'dev-42' });
  await identify('dev-42', undefined, { traits: { city: 'Ulm' } });
  // Undone: the link, its events with both ids, and the evidence once more.
  const { seq } = await identify('user_3', 'shared');
  await api.posted('/track', { event: 'visit', distinct_id: 'user_3', anonymous_id: 'shared' });
  await api.posted('/v1/split', { link: seq });
  expect(await identify('user_3', 'shared')).toMatchObject({ verdict: 'refused', reason: 'separated' });
  // A wrong import, taken back.
  await alias('user_4', 'user_5', { batch: 'wrong' });
  await alias('user_4', 'legacy:4', { batch: 'wrong' });
  await api.posted('/v1/revert', { batch: 'wrong' });
  await identify('user_5');
  await identify('user_4', undefined, { traits: { plan: 'basic' } });
  // Refused, held, approved, rejected.
  expect(await identify('user_5', 'anonymous-1')).toMatchObject({ verdict: 'refused' });
  await identify('user_6');
  await identify('user_7');
  expect(await web.posted('/alias', { distinct_id: 'user_4', alias_id: 'user_5' })).toMatchObject({ verdict: 'held' });
  const approved = await web.posted('/alias', { distinct_id: 'user_6', alias_id: 'user_7' });
  await api.posted(`/v1/links/${approved.seq}/approve`, {});
  const rejected = await web.posted('/alias', { distinct_id: 'user_6', alias_id: 'user_5' });
  await api.posted(`/v1/links/${rejected.seq}/reject`, {});
  await api.posted('/v1/separations', { a: 'user_1', b: 'user_2' });
  await api.posted('/v1/separations', { a: 'user_1', b: 'user_4' });
  await api.request('DELETE', '/v1/separations?a=user_1&b=user_4');
  for (const id of odd) await identify(id, `anonymous of ${id}`, { traits: { id } });
  await identify('gone', 'anonymous-gone', { traits: { email: 'gone@example.org' } });
  await api.posted('/track', { event: 'visit', distinct_id: 'gone' });
  await api.request('DELETE', '/v1/identities/gone?by=distinct_id');
  await api.posted('/track', [
    {
      event: 'everything',
      distinct_id: 'user_1',
      anonymous_id: 'anonymous-1',
      device_id: 'device-7',
      session_id: 's-1',
      uuid: '99999999-2222-4333-8444-555555555555',
      timestamp: '2023-05-06T07:08:09.123Z',
      properties: profile,
    },
    { event: 'nobody', distinct_id: 'null' },
    { event: 'empty', anonymous_id: 'stranger', properties: {} },
    ...odd.map((id) => ({ event: `of ${id}`, distinct_id: id, properties: { id } })),
  ]);
}

beforeAll(async () => {
  there = await serve();
  here = await serve({ variables: { ONYM_ENVIRONMENTS: 'production,csv,ndjson,parquet,shuffled,events' } });
  await live(there);
});
afterAll(async () => {
  await there.stop();
  await here.stop();
});

async function exported(from: Server, what: string, format: string, environment = 'production'): Promise<Buffer> {
  const url = `${from.url}/v1/export/${what}?format=${format}&environment=${environment}`;
  const response = await fetch(url, { headers: { authorization: `Bearer ${secretKey}` } });
  expect(response.status).toBe(200);
  return Buffer.from(await response.arrayBuffer());
}

async function sent(body: Buffer, environment: string, query = ''): Promise<Json> {
  const response = await fetch(`${here.url}/v1/import?environment=${environment}${query}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${secretKey}`,
      'content-type': 'application/octet-stream',
      accept: 'application/json',
    },
    body,
  });
  const answer = await response.json();
  expect(response.status, JSON.stringify(answer)).toBe(200);
  return answer;
}

async function rows(from: Server, what: string, environment = 'production'): Promise<Json[]> {
  const text = (await exported(from, what, 'ndjson', environment)).toString();
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

const inOrder = (list: Json[]) => list.map((row) => JSON.stringify(row, (_, value) => sortedKeys(value))).sort();
const sortedKeys = (value: Json): Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value;

/** Everything that is to be the same; what ledger rows are called is each environment's own affair, and identity ids in another one. */
async function contents(from: Server, environment = 'production') {
  const isSameName = environment === 'production';
  const withoutSeq = ({ seq: _, ...rest }: Json) => rest;
  const identities = (await rows(from, 'identities', environment)).map((row) => ({
    ...row,
    ...(isSameName ? {} : { identity_id: null }),
    trait_origins: Object.fromEntries(
      Object.entries(row.trait_origins).map(([key, origin]) => [key, withoutSeq(origin)]),
    ),
    other_traits: row.other_traits.map(withoutSeq),
  }));
  const unnamed = (list: Json[]) => list.map((row) => ({ ...row, ...(isSameName ? {} : { identity_id: null }) }));
  const links = (await rows(from, 'links', environment))
    .filter(({ status }) => status === 'active')
    .map(({ kind, rule, primary_id, secondary_id, effective_time, waived }) => ({
      kind,
      rule,
      primary_id,
      secondary_id,
      effective_time,
      waived,
    }));
  return {
    identities: inOrder(identities),
    identifiers: inOrder(unnamed(await rows(from, 'identifiers', environment))),
    links: inOrder(links),
    separations: inOrder((await rows(from, 'separations', environment)).map(withoutSeq)),
    events: inOrder(unnamed(await rows(from, 'events', environment))),
  };
}

/** As of there, with what another environment's name changes left out. */
async function expected(environment: string) {
  const all = await contents(there);
  if (environment === 'production') return all;
  const unnamed = (list: string[]) => inOrder(list.map((row) => ({ ...JSON.parse(row), identity_id: null })));
  return {
    ...all,
    identities: unnamed(all.identities),
    identifiers: unnamed(all.identifiers),
    events: unnamed(all.events),
  };
}

describe('moving to another machine', () => {
  test('by onym export and onym import, without flags', async () => {
    for (const table of tables) {
      const file = join(files, `${table}.csv`);
      expect((await onym(['export', table, '--output', file, '--data-dir', there.dataDir])).code).toBe(0);
      const { code, stdout, stderr } = await onym(['import', file, '--data-dir', here.dataDir]);
      expect(code, stdout + stderr).toBe(0);
      expect(stdout.split('\n')[0]).toMatch(new RegExp(`^${table}, exported by Onym, .* rows?\\.$`, 'i'));
      expect(existsSync(`${file}.rejected.ndjson`)).toBe(false);
      if (table === 'links') expect(stdout).toMatch(/Skipped.*revoked +3/s);
    }
    expect(await contents(here)).toEqual(await expected('production'));
    expect((await onym(['verify', '--data-dir', here.dataDir])).stdout).toContain('agree');
  });

  test.each(formats)('over HTTP as %s', async (format) => {
    for (const table of tables) {
      const answer = await sent(await exported(there, table, format), format);
      expect(answer.mapping.kind).toBe(table);
      expect(answer.counts).toMatchObject({ refused: 0, held: 0, invalid: 0 });
      if (table === 'links') {
        expect(answer.skipped).toEqual({ approved: 1, held: 1, refused: 2, rejected: 1, revoked: 3 });
      } else expect(answer.skipped).toEqual({});
    }
    expect(await contents(here, format)).toEqual(await expected(format));
  });

  test('in the order of the alphabet, and links out of their order', async () => {
    for (const table of tables.toSorted()) {
      const lines = (await exported(there, table, 'ndjson')).toString().trim().split('\n');
      await sent(Buffer.from(`${lines.reverse().join('\n')}\n`), 'shuffled');
    }
    const [found, wanted] = [await contents(here, 'shuffled'), await expected('shuffled')];
    expect(people(found)).toEqual(people(wanted));
    expect(found.events).toEqual(wanted.events);
    expect(found.separations).toEqual(wanted.separations);
  });

  test('what was undone there stays undone here when it is sent again', async () => {
    const again = { distinct_id: 'user_3', anonymous_id: 'shared' };
    expect(await here.api.posted('/identify', again)).toMatchObject({ verdict: 'refused', reason: 'separated' });
    const { identities } = await here.api.posted('/v1/resolve', { distinct_ids: ['shared', 'legacy:4', 'user_5'] });
    expect(Object.values<Json>(identities).map(({ canonical_id }) => canonical_id)).toEqual([
      'shared',
      'legacy:4',
      'user_5',
    ]);
  });

  test('an older value does not win over one that has moved, a newer one does', async () => {
    const set = (plan: string, timestamp: string) =>
      here.api.posted('/identify', { distinct_id: 'user_1', traits: { plan }, timestamp });
    const plan = async () => (await here.api.got('/v1/identities/user_1?by=distinct_id')).traits.plan;
    await set('old', '2025-06-01T00:00:00Z');
    expect(await plan()).toBe('pro');
    await set('new', new Date().toISOString());
    expect(await plan()).toBe('new');
  });

  test('a split here is what it would be there', async () => {
    const { path } = await here.api.got('/v1/explain?a=user_1&b=stripe%3Acus_1&environment=csv');
    expect(path).toMatchObject([{ kind: 'alias', primary_id: 'user_1', secondary_id: 'stripe:cus_1' }]);
    const split = await here.api.posted('/v1/split', { environment: 'csv', link: path[0].seq });
    expect(split).toMatchObject({ verdict: 'applied', still_connected: false });
    const { identities } = await here.api.posted('/v1/resolve', { environment: 'csv', distinct_ids: ['stripe:cus_1'] });
    expect(identities['stripe:cus_1']).toMatchObject({ canonical_id: 'stripe:cus_1', known: false });
  });

  test('events alone join nobody', async () => {
    const { links } = await sent(await exported(there, 'events', 'ndjson'), 'events');
    expect(links).toEqual({});
    expect(await rows(here, 'links', 'events')).toEqual([]);
  });
});

/** Who is one, under which name, who is known, with which traits. */
function people({ identities, identifiers }: { identities: string[]; identifiers: string[] }) {
  const named = ({ canonical_id, known, identifiers: ids, known_identifiers, traits, trait_origins }: Json) => ({
    canonical_id,
    known,
    ids,
    known_identifiers,
    traits,
    trait_origins,
  });
  return {
    identities: identities.map((row) => named(JSON.parse(row))),
    identifiers: identifiers.map((row) => JSON.parse(row)).map(({ distinct_id, known }) => ({ distinct_id, known })),
  };
}
