import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { EventStore, QueryOptions, QueryResult } from '../../src/events/types.ts';
import { environment, openTemporaryStore, text } from './fixtures.ts';

const MiB = 1024 * 1024;
const resultBytesMax = 16 * MiB;

let store: EventStore;
let path: string;
let remove: () => Promise<void>;

beforeAll(async () => {
  ({ store, path, remove } = await openTemporaryStore({
    queryRowsMax: 200_000,
    queryResultBytesMax: resultBytesMax,
    heldResultBytesMax: 3 * resultBytesMax,
  }));
});
afterAll(() => remove());

const query = (sql: string, format: QueryOptions['format'] = 'CSVWithNames', signal?: AbortSignal) =>
  store.query(environment, sql, signal === undefined ? { format } : { format, signal });

async function pieces(result: QueryResult): Promise<Uint8Array[]> {
  const all: Uint8Array[] = [];
  for await (const piece of result) all.push(piece);
  return all;
}

const files = () => readdirSync(join(path, 'scratch'));

/** A header of four bytes, and rows of 903. */
const thousands = (rows: number) => `SELECT repeat('x', 900) AS s FROM numbers(${rows})`;
const large = thousands(10_000);

test('a large result comes in pieces, and says before how large it is', async () => {
  const result = await query(large);
  expect(result.size).toBe(4 + 10_000 * 903);
  const all = await pieces(result);
  expect(all.length).toBeGreaterThan(10);
  expect(Buffer.concat(all).toString()).toBe(`"s"\n${`"${'x'.repeat(900)}"\n`.repeat(10_000)}`);
});

test('a small one says so too, and one without rows', async () => {
  const small = await query('SELECT 1 AS one');
  expect([small.size, Buffer.concat(await pieces(small)).toString()]).toEqual([8, '"one"\n1\n']);
  const none = await query('SELECT 1 AS one WHERE 0', 'JSONEachRow');
  expect([none.size, await pieces(none)]).toEqual([0, []]);
});

test('rows that show a constant count, each of them', async () => {
  await expect(query(`SELECT repeat('x', 1000) AS s FROM numbers(100000)`)).rejects.toMatchObject({
    code: 'query-too-expensive',
    message: expect.stringContaining(`${resultBytesMax} bytes`),
  });
  expect(files()).toEqual([]);
});

test.each(['JSON', 'JSONEachRow', 'CSVWithNames'] as const)(
  'a query that grows on and on is stopped, in %s',
  async (format) => {
    const sql = `SELECT ${Array.from({ length: 40 }, (_, index) => `'${'x'.repeat(40)}' AS ${'n'.repeat(40)}${index}`)} FROM numbers(200000)`;
    await expect(query(sql, format)).rejects.toMatchObject({ code: 'query-too-expensive' });
    expect(files()).toEqual([]);
  },
);

describe('results that were not fetched yet', () => {
  test('wait on, whole, while others are asked for, until there is no room for one more; small ones go on', async () => {
    const waiting = [await query(large)];
    const room = Math.floor((3 * resultBytesMax) / waiting[0]!.size);
    while (waiting.length < room) waiting.push(await query(large));
    await expect(query(large)).rejects.toMatchObject({
      code: 'overloaded',
      retryAfterSeconds: expect.any(Number),
    });
    expect(files()).toEqual([]);
    expect(await text(store, 'SELECT 1 AS one')).toBe('{"one":1}\n');
    for (const result of waiting) {
      expect((await pieces(result)).reduce((sum, { length }) => sum + length, 0)).toBe(result.size);
    }
    expect(await text(store, 'SELECT 1 AS one')).toBe('{"one":1}\n');
  });

  test('give back their room when the client leaves, before or while it reads', async () => {
    for (let round = 0; round < 5; round++) {
      const gone = new AbortController();
      await query(large, 'CSVWithNames', gone.signal);
      gone.abort();
      for await (const _ of await query(large)) break;
    }
    await expect.poll(() => text(store, 'SELECT 1 AS one')).toBe('{"one":1}\n');
    const three = await Promise.all([query(large), query(large), query(large)]);
    for (const result of three) await pieces(result);
  });

  test('have no name in the file system, so that none outlives the process', async () => {
    const result = await query(large);
    expect(files()).toEqual([]);
    await pieces(result);
  });
});

test('a query that failed, or whose client left, leaves no file', async () => {
  await expect(query('SELECT number, throwIf(number = 190000) AS no FROM numbers(200000)')).rejects.toThrow();
  await expect(query('SELECT number FROM numbers(1000000)')).rejects.toThrow();
  const gone = new AbortController();
  const asked = query('SELECT count() FROM numbers(1000000000000) WHERE cityHash64(number) = 1', 'JSON', gone.signal);
  await sleep(50);
  gone.abort(new Error('gone'));
  await expect(asked).rejects.toThrow('gone');
  await expect.poll(files).toEqual([]);
});
