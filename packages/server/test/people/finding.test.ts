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
