import { expect, test } from 'vitest';
import { sharedServer } from './shared-server.ts';

/** What a person is found by, and how she came to be, as the console reads it. Each test has people of its own. */

const { client } = sharedServer();

interface Listed {
  readonly next: string | null;
  readonly [list: string]: unknown;
}
type Row = { seq: number; op: string; verdict: string };

/** All pages of a list of the API. */
async function allOf(path: string, list: string, limit: number): Promise<unknown[]> {
  const entries: unknown[] = [];
  for (let next: string | null = ''; next !== null; ) {
    const from: string = next === '' ? '' : `&next=${next}`;
    const page: Listed = await client.json('GET', `${path}${path.includes('?') ? '&' : '?'}limit=${limit}${from}`);
    expect(page[list]).toBeInstanceOf(Array);
    entries.push(...(page[list] as unknown[]));
    next = page.next;
  }
  return entries;
}

test('a person’s history has each row that made her what she is, with its verdict, in pages of any size and both orders', async () => {
  const { seq: joined } = await client.identify('h:ada', 'h:visitor', { plan: 'pro' });
  const { seq: refused } = await client.identify('h:eve', 'h:visitor');
  await client.identify('h:eve', undefined, { plan: 'free' });
  const { seq: split } = await client.post('/v1/split', { distinct_id: 'h:ada', from: 'h:visitor' });
  const { seq: lifted } = await client.json('DELETE', '/v1/separations?a=h:ada&b=h:visitor');
  const path = '/v1/identities/h:ada/history';
  const { rows, next } = await client.json('GET', path);
  expect(rows.map(({ seq, op, verdict }: Row) => [seq, op, verdict])).toEqual([
    [joined, 'identify', 'applied'],
    [refused, 'identify', 'refused'],
    [split, 'split', 'applied'],
    [lifted, 'lift', 'applied'],
  ]);
  expect(next).toBeNull();
  const ledger = await client.ledger();
  for (const row of rows) expect(ledger).toContainEqual(row);
  expect(await allOf(path, 'rows', 1)).toEqual(rows);
  expect(await allOf(`${path}?order=desc`, 'rows', 3)).toEqual([...rows].reverse());
  expect(await allOf(`${path}?as_of_seq=${refused}`, 'rows', 100)).toEqual(rows.slice(0, 2));
  expect(await allOf(`${path}?as_of_seq=${joined - 1}`, 'rows', 100)).toEqual([]);
  const { identity_id } = await client.identity('h:ada');
  expect(await allOf(`/v1/identities/${identity_id}/history`, 'rows', 100)).toEqual(rows);
});

test('a history ends with the person, is empty for a visitor, and there is none of a stranger', async () => {
  await client.track('h:passer-by');
  expect(await client.json('GET', '/v1/identities/h:passer-by/history')).toEqual({ rows: [], next: null });
  await client.identify('h:gone', 'h:gone-visitor');
  await client.erase('h:gone');
  for (const id of ['h:gone', 'h:gone-visitor', 'h:nobody']) {
    expect(await client.json('GET', `/v1/identities/${id}/history`)).toMatchObject({ error_code: 'not-found' });
  }
  const wrong = ['next=x', 'order=up', 'as_of=x', 'as_of_seq=1&as_of=2026-01-01'];
  for (const query of wrong) {
    const { status } = await client.call('GET', `/v1/identities/h:ada/history?${query}`);
    expect([query, status]).toEqual([query, query === 'as_of=x' ? 422 : 400]);
  }
});

test('recent people come by their last change, with what their events say, in pages of any size', async () => {
  const ids = Array.from({ length: 7 }, (_, index) => `r:${index}`);
  for (const id of ids) await client.alias(id, `crm:${id}`);
  const times = ['2026-01-02T00:00:00.000Z', '2026-03-04T00:00:00.000Z'];
  await client.track('r:2', { timestamp: times[1] });
  await client.track('crm:r:2', { timestamp: times[0] });
  await client.track('r:visitor');
  await client.identify('r:5', undefined, { plan: 'pro' });
  const { seq } = await client.alias('r:2', 'r:4');
  const { identities } = await client.json('GET', '/v1/identities?limit=6');
  const canonical = identities.map(({ canonical_id }: { canonical_id: string }) => canonical_id);
  expect(canonical).toEqual(['r:2', 'r:5', 'r:6', 'r:3', 'r:1', 'r:0']);
  const { canonical_id, identity_id, known, created_at } = await client.identity('r:2');
  const row = await client.json('GET', `/v1/ledger/${seq}`);
  expect(identities[0]).toEqual({
    canonical_id,
    identity_id,
    known,
    created_at,
    identifier_count: 4,
    changed_at: row.time,
    changed_seq: seq,
    event_count: 2,
    first_seen: times[0],
    last_seen: times[1],
  });
  expect(identities[1]).toMatchObject({ event_count: 0, first_seen: null, last_seen: null });
  const whole = await allOf('/v1/identities', 'identities', 100);
  expect(await allOf('/v1/identities', 'identities', 4)).toEqual(whole);
  expect(JSON.stringify(whole)).not.toContain('r:visitor');
  await client.erase('r:5');
  expect(JSON.stringify(await allOf('/v1/identities', 'identities', 100))).not.toContain('r:5');
  expect((await client.call('GET', '/v1/identities?limit=101')).status).toBe(400);
});

test('separations in force are listed newest first, of everybody and of one person by any of her ids', async () => {
  await client.alias('s:ada', 'crm:s');
  await client.post('/v1/separations', { a: 's:ada', b: 's:eve' });
  await client.post('/v1/separations', { a: 's:bob', b: 's:eve' });
  await client.post('/v1/separations', { a: 'crm:s', b: 's:bob' });
  const listed = async (query: string, limit = 100) =>
    ((await allOf(`/v1/separations?${query}`, 'separations', limit)) as { a: string; b: string }[]).map(({ a, b }) => [
      a,
      b,
    ]);
  const ofAda = [
    ['crm:s', 's:bob'],
    ['s:ada', 's:eve'],
  ];
  expect(await listed('distinct_id=s:ada')).toEqual(ofAda);
  expect(await listed('distinct_id=crm:s', 1)).toEqual(ofAda);
  expect((await listed('')).slice(0, 3)).toEqual([ofAda[0], ['s:bob', 's:eve'], ofAda[1]]);
  expect(await listed('', 2)).toEqual(await listed(''));
  expect(await listed('environment=staging')).toEqual([]);
  await client.json('DELETE', '/v1/separations?a=s:ada&b=s:eve');
  expect(await listed('distinct_id=s:ada')).toEqual([ofAda[0]]);
  expect(await listed('distinct_id=s:nobody')).toEqual([]);
  const { separations } = await client.json('GET', '/v1/separations?limit=1');
  expect(await client.json('GET', `/v1/ledger/${separations[0].seq}`)).toMatchObject({
    op: 'separate',
    a: 'crm:s',
    b: 's:bob',
  });
});

interface Found {
  identifiers: { distinct_id: string; canonical_id: string; match: string; seen: boolean | null }[];
  traits: { key: string; value: unknown; distinct_id: string; canonical_id: string }[];
  complete: boolean;
}
const search = (q: string, more = ''): Promise<Found> =>
  client.json('GET', `/v1/search?q=${encodeURIComponent(q)}${more}`);
const matches = ({ identifiers }: Found) => identifiers.map(({ distinct_id, match }) => [distinct_id, match]);

test('an id is found by itself, by its beginning and by what it holds, the nearest first, whatever the case', async () => {
  await client.alias('find:Ada', 'find:ada-2');
  await client.identify('find:ada-22', 'visitor-find:ada');
  await client.track('anonymous-FIND:ADA');
  expect(matches(await search('find:Ada'))).toEqual([
    ['find:Ada', 'exact'],
    ['find:ada-2', 'prefix'],
    ['find:ada-22', 'prefix'],
    ['visitor-find:ada', 'substring'],
    ['anonymous-FIND:ADA', 'substring'],
  ]);
  const found = await search('find:ada-2', '&limit=2');
  expect(matches(found)).toEqual([
    ['find:ada-2', 'exact'],
    ['find:ada-22', 'prefix'],
  ]);
  expect(found.identifiers[0]).toMatchObject({ canonical_id: 'find:Ada', known: true, seen: true });
  expect((await search('find:ada', '&limit=1')).complete).toBe(false);
  const shallow = await search('find:ada-2', '&depth=prefix');
  expect([matches(shallow), shallow.complete]).toEqual([matches(found), true]);
});

test('a text that nobody ever sent answers for itself, and says so; one that has only events is seen', async () => {
  await client.track('only-events-1');
  expect(matches(await search('only-EVENTS'))).toEqual([
    ['only-EVENTS', 'exact'],
    ['only-events-1', 'prefix'],
  ]);
  const seen = async (q: string, more?: string) => (await search(q, more)).identifiers.map((each) => each.seen);
  expect(await seen('only-events-1')).toEqual([true]);
  expect(await seen('only-nobody')).toEqual([false]);
  expect(await seen('only-events-1', '&depth=prefix')).toEqual([null]);
});

test('a person is found by her email, as she says it now, in any case and with space around it', async () => {
  await client.identify('mail:1', undefined, { email: ' Eve@Example.org ', plan: 'eve@example.org' });
  await client.identify('mail:2', undefined, { email: 'eve@elsewhere.org' });
  await client.alias('mail:1', 'mail:2');
  await client.identify('mail:3', undefined, { email: 'eve@example.com' });
  await client.identify('mail:3', undefined, { email: 'mallory@example.com' });
  const told = async (q: string) =>
    (await search(q)).traits.map((each) => [each.value, each.distinct_id, each.canonical_id]);
  const both = [
    ['eve@elsewhere.org', 'mail:2', 'mail:1'],
    [' Eve@Example.org ', 'mail:1', 'mail:1'],
  ];
  expect(await told('eve@')).toEqual(both);
  expect(await told(' EVE@EXAMPLE.ORG')).toEqual([both[1]]);
  expect((await search('eve@', '&limit=1&depth=prefix')).complete).toBe(false);
  await client.erase('mail:1');
  expect(await told('eve@')).toEqual([]);
  const { identifiers } = await search('mail:');
  expect(identifiers.map(({ distinct_id }) => distinct_id)).toEqual(['mail:', 'mail:3']);
});

test('what is typed is taken as it stands', async () => {
  const odd = ["o'%_\\", '.*', '{a:String}', '\u202e-rtl', '😀-smile', '--; DROP', '<b>', 'x'.repeat(500)];
  for (const id of odd) await client.alias(`odd:${id}`, `${id}-odd`);
  for (const id of odd) {
    for (const q of [id, id.slice(-3)]) {
      const found = await search(q, '&limit=100');
      const ids = found.identifiers.map(({ distinct_id }) => distinct_id);
      expect(ids.every((one) => one.toLowerCase().includes(q.toLowerCase()))).toBe(true);
      expect(ids).toContain(`odd:${id}`);
    }
  }
  const nothing = { identifiers: [], traits: [], complete: true };
  expect(await client.json('GET', '/v1/search?q=a%00b')).toEqual(nothing);
  for (const q of ['', '&q=', `&q=${'x'.repeat(513)}`, '&q=a&depth=deep', '&q=a&limit=0']) {
    expect([q, (await client.call('GET', `/v1/search?environment=production${q}`)).status]).toEqual([q, 400]);
  }
  // Half a character: no id has it, and nothing breaks over it.
  expect((await client.call('GET', '/v1/search?q=%ED%A0%80')).status).toBe(200);
});
