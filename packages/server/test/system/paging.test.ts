import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Json } from './client.ts';
import { type Server, serve } from './processes.ts';

/** What is told of a whole identity does not depend on how much of it a page shows. */

let server: Server;
const ids = ['user_1', 'crm:1', 'crm:2', 'crm:3'];
/** Ledger seqs: when the identity had two identifiers, and when all. */
let ofTwo: number;
let ofAll: number;

beforeAll(async () => {
  server = await serve({
    variables: { ONYM_SETTINGS: JSON.stringify({ staging: { identifiersPerIdentityMax: 4 } }) },
  });
  const { api } = server;
  for (const [index, distinct_id] of ids.entries()) {
    await api.posted('/track', { event: `e${index}`, distinct_id, timestamp: 1_700_000_000 + index });
  }
  ({ seq: ofTwo } = await api.posted('/alias', { distinct_id: 'user_1', alias_id: 'crm:1' }));
  await api.posted('/alias', { distinct_id: 'user_1', alias_id: 'crm:2' });
  ({ seq: ofAll } = await api.posted('/alias', { distinct_id: 'user_1', alias_id: 'crm:3' }));
  for (const distinct_id of ids)
    await api.posted('/identify', { distinct_id, traits: { [`seen_by_${distinct_id}`]: true } });
});
afterAll(async () => {
  await server.stop();
});

const time = (index: number): string => new Date((1_700_000_000 + index) * 1000).toISOString();

const profile = (query: string): Promise<Json> => server.api.got(`/v1/identities/user_1?${query}`);

async function asOfTime(seq: number): Promise<string> {
  const ledger: Json[] = await server.api.ledger();
  return ledger.find((row) => row.seq === seq).time;
}

test.each([1, 2, 3, 4, 100])(
  'a profile counts the events of all identifiers, with %i of them on a page',
  async (limit) => {
    const now = { identifier_count: 4, event_count: 4, first_seen: time(0), last_seen: time(3) };
    const then = { identifier_count: 2, event_count: 2, first_seen: time(0), last_seen: time(1) };
    const alone = { identifier_count: 1, event_count: 1, first_seen: time(0), last_seen: time(0) };
    expect(await profile(`limit=${limit}`)).toMatchObject(now);
    expect(await profile(`limit=${limit}&as_of_seq=${ofAll}`)).toMatchObject(now);
    expect(await profile(`limit=${limit}&as_of_seq=${ofTwo}`)).toMatchObject(then);
    expect(await profile(`limit=${limit}&as_of_seq=0`)).toMatchObject(alone);
    expect(await profile(`limit=${limit}&as_of=${await asOfTime(ofAll)}`)).toMatchObject(now);
  },
);

test.each(['', '&as_of_seq=6'])('every page of a profile says the same of the whole%s', async (at) => {
  const pages: Json[] = [];
  for (let next: string | null = ''; next !== null; ) {
    const page = await profile(`limit=1${at}${next === '' ? '' : `&next=${next}`}`);
    pages.push(page);
    next = page.next;
  }
  expect(pages).toHaveLength(4);
  const whole = ({ identifiers: _, links: __, next: ___, ...rest }: Json) => rest;
  for (const page of pages) expect(whole(page)).toEqual(whole(pages[0]));
  expect(Object.keys(pages[0].traits)).toHaveLength(at === '' ? 4 : 3);
  expect(pages.flatMap(({ identifiers }) => identifiers.map((one: Json) => one.distinct_id))).toEqual([...ids].sort());
  expect(pages.flatMap(({ links }) => links)).toHaveLength(3);
});

test('a timeline and the history of a trait are the same in pages of one', async () => {
  const { api } = server;
  const uuid = '0b9f7b0e-6f5a-4f55-8f0a-1f2e3d4c5b6a';
  for (const distinct_id of ids)
    await api.posted('/track', { event: 'twin', distinct_id, uuid, timestamp: 1_600_000_000 });
  await api.posted('/identify', { distinct_id: 'user_1', traits: { plan: 'pro' }, traits_once: { plan: 'free' } });
  await api.posted('/identify', { distinct_id: 'crm:1', traits: { plan: 'team' }, traits_once: { plan: 'trial' } });

  async function inPages(path: string, list: string, cursor: string): Promise<Json[]> {
    const all: Json[] = [];
    for (let next: string | null = ''; next !== null; ) {
      const page: Json = await api.got(`${path}?limit=1${next === '' ? '' : `&${cursor}=${next}`}`);
      all.push(...page[list]);
      next = page.next;
    }
    return all;
  }
  const { events } = await api.got('/v1/identities/user_1/events');
  expect(events).toHaveLength(8);
  expect(await inPages('/v1/identities/user_1/events', 'events', 'before')).toEqual(events);
  const { values } = await api.got('/v1/identities/user_1/traits/plan');
  expect(values.map(({ value }: Json) => value)).toEqual(['team', 'trial', 'pro', 'free']);
  expect(await inPages('/v1/identities/user_1/traits/plan', 'values', 'next')).toEqual(values);
});

test('lint knows every identifier of an identity that was approved beyond the size that the settings allow', async () => {
  const { api } = server;
  const environment = 'staging';
  await api.posted('/identify', { environment, distinct_id: 'user_1', anonymous_id: 'zzz' });
  for (let index = 0; index < 6; index++) {
    const { verdict, seq } = await api.posted('/alias', {
      environment,
      distinct_id: 'user_1',
      alias_id: `crm:${index}`,
    });
    if (verdict === 'held') await api.posted(`/v1/links/${seq}/approve`, { environment });
  }
  expect(await api.got(`/v1/identities/zzz?environment=${environment}`)).toMatchObject({ identifier_count: 8 });
  // Of a person's anonymous id; that it is one, only its record says, and it comes last.
  await api.posted('/alias', { environment, distinct_id: 'crm:1', alias_id: 'zzz' });
  const { findings } = await api.got(`/v1/lint?environment=${environment}`);
  expect(findings.map(({ rule }: Json) => rule)).toEqual(['alias-at-login']);
});
