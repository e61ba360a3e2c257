import { expect, it } from 'vitest';
import { nodeId } from '../../src/node-id.ts';
import { sharedServer } from './shared-server.ts';

const { client } = sharedServer();

// biome-ignore lint/suspicious/noExplicitAny: lines of many shapes
type Line = any;

async function exported(id: string, query = ''): Promise<{ status: number; headers: Line; lines: Line[] }> {
  const { status, headers, text } = await client.call('GET', `/v1/identities/${encodeURIComponent(id)}/export${query}`);
  const lines = text.split('\n').filter((line) => line !== '');
  return { status, headers, lines: lines.map((line) => JSON.parse(line)) };
}

it('hands over all that is held of a person, line by line', async () => {
  const { identify, alias, track, post } = client;
  await identify('ada', 'anonymous-ada', { plan: 'free' });
  await identify('ada', undefined, { plan: 'pro' });
  await alias('ada', 'crm:1');
  await alias('ada', 'crm:2');
  await post('/v1/split', { link: 4 });
  await identify('bob', 'anonymous-ada', { city: 'Rome' });
  await identify('bob', 'anonymous-bob');
  await track('anonymous-ada', { properties: { page: '/' }, timestamp: '2026-01-02T00:00:00Z' });
  await track('crm:1', { timestamp: '2026-01-01T00:00:00Z' });
  await track('bob');

  const { status, headers, lines } = await exported('crm:1');
  expect(status).toBe(200);
  expect(headers['content-type']).toContain('application/x-ndjson');
  expect(headers['content-disposition']).toBe('attachment; filename="person.ndjson"');
  const of = (type: string) => lines.filter((line) => line.type === type);
  expect([...new Set(lines.map(({ type }) => type))]).toEqual([
    'identity',
    'identifier',
    'trait',
    'link',
    'separation',
    'ledger',
    'event',
  ]);
  expect(lines[0]).toMatchObject({
    type: 'identity',
    canonical_id: 'ada',
    identifier_count: 3,
    traits: { plan: 'pro' },
    event_count: 2,
  });
  expect(of('identifier').map(({ distinct_id }) => distinct_id)).toEqual(['ada', 'anonymous-ada', 'crm:1']);
  expect(of('trait').map(({ key, value, distinct_id, seq }) => [key, value, distinct_id, seq])).toEqual([
    ['plan', 'free', 'ada', 1],
    ['plan', 'pro', 'ada', 2],
  ]);
  expect(of('link').map(({ seq, status: standing }) => [seq, standing])).toEqual([
    [1, 'active'],
    [3, 'active'],
    [4, 'revoked'],
    [6, 'refused'],
  ]);
  expect(of('separation')).toEqual([{ type: 'separation', a: 'ada', b: 'crm:2', seq: 5, lifted_seq: null }]);
  expect(of('ledger').map(({ seq, op }) => [seq, op])).toEqual([
    [1, 'identify'],
    [2, 'identify'],
    [3, 'alias'],
    [4, 'alias'],
    [5, 'split'],
    [6, 'identify'],
  ]);
  // Of the others that a row names, only that.
  expect(of('ledger').at(-1)).toMatchObject({ subject: 'bob', traits: [], link: { secondary_id: 'anonymous-ada' } });
  expect(JSON.stringify(lines)).not.toContain('Rome');
  expect(of('event').map(({ distinct_id, properties }) => [distinct_id, properties.page ?? null])).toEqual([
    ['anonymous-ada', '/'],
    ['crm:1', null],
  ]);
  expect(of('event')[0].identity_id).toBe(nodeId('production', 'ada'));
});

it('pages through a long timeline, and exports a visitor without a profile', async () => {
  const events = Array.from({ length: 2_345 }, (_, index) => ({
    event: 'seen',
    distinct_id: 'visitor',
    timestamp: 1_700_000_000 + (index % 7),
  }));
  for (let start = 0; start < events.length; start += 1_000) {
    await client.post('/track', events.slice(start, start + 1_000));
  }
  const { lines } = await exported('visitor', '?by=distinct_id');
  const found = lines.filter(({ type }) => type === 'event');
  expect(found.length).toBe(events.length);
  expect(new Set(found.map(({ uuid }) => uuid)).size).toBe(events.length);
  expect(lines[0]).toMatchObject({ type: 'identity', identifier_count: 1, event_count: events.length, known: false });
});

it('answers 404 for who is not there', async () => {
  expect((await exported('nobody')).status).toBe(404);
});
