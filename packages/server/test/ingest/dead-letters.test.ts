import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { LetterFilter } from '../../src/ingest/dead-letter-table.ts';
import { type DeadLetterLimits, type DeadLetters, openDeadLetters } from '../../src/ingest/dead-letters.ts';
import type { DeadLetter } from '../../src/ingest/types.ts';
import { limits } from '../../src/limits.ts';

const letter = (item: unknown, environment: string | null = 'production'): DeadLetter => ({
  call: 'identify',
  environment,
  key: 'web',
  receivedAt: 1,
  errorCode: 'reserved-distinct-id',
  message: 'It names nobody.',
  item: JSON.stringify(item),
});

describe('dead letters', () => {
  const directory = mkdtempSync(join(tmpdir(), 'onym-dead-letters-'));
  const errors: string[] = [];
  const log = { error: (_details: object, message: string) => void errors.push(message) };
  let files = 0;
  const open = (file = join(directory, `${files++}.db`), bounds: Partial<DeadLetterLimits> = {}) =>
    openDeadLetters(file, log, { ...limits, ...bounds });
  const all = { environment: 'production', orNone: true };
  const listed = async (letters: DeadLetters, limit = 100, filter: Partial<LetterFilter> = {}) =>
    (await letters.list({ ...all, ...filter }, { before: null, limit })).map(({ id: _, ...rest }) => rest);
  afterEach(() => {
    expect(errors.splice(0)).toEqual([]);
    for (const name of readdirSync(directory)) rmSync(join(directory, name), { recursive: true });
  });

  it('keeps what was rejected with its reason, newest first, over a restart', async () => {
    const file = join(directory, 'kept.db');
    const letters = open(file);
    letters.add([letter({ distinct_id: 'null' }), letter({ distinct_id: '' }, null)]);
    letters.close();
    const again = open(file);
    expect(await listed(again)).toEqual([letter({ distinct_id: '' }, null), letter({ distinct_id: 'null' })]);
    expect(await listed(again, 1)).toHaveLength(1);
    again.close();
  });

  it('cuts an item that is very long, and drops letters beyond those that may wait', async () => {
    const bounds = { waitingDeadLettersMax: 8, waitingDeadLettersPerKeyMax: 5 };
    const letters = open(undefined, bounds);
    letters.add([letter('x'.repeat(limits.deadLetterCharactersMax + 10))]);
    letters.add(Array.from({ length: 6 }, () => letter({})));
    letters.add(Array.from({ length: 6 }, () => ({ ...letter({}), key: 'app' })));
    expect(letters.stats()).toMatchObject({ kept: 8, stored: 0, waiting: 8, dropped: { 'queue-full': 5 } });
    const kept = await listed(letters);
    expect(kept.map(({ key }) => key)).toEqual(['app', 'app', 'app', 'web', 'web', 'web', 'web', 'web']);
    expect(kept.at(-1)!.item).toHaveLength(limits.deadLetterCharactersMax);
    expect(letters.stats()).toMatchObject({ kept: 8, stored: 8, waiting: 0 });
    // What was written has made room.
    letters.add([letter({})]);
    expect(letters.stats()).toMatchObject({ waiting: 1, dropped: { 'queue-full': 5 } });
    letters.close();
  });

  it('keeps the newest of each key, so that who floods one drives out its own alone', async () => {
    const file = join(directory, 'shares.db');
    const bounds = { deadLettersMax: 10, deadLettersPerKeyMax: 6 };
    const of = (key: string, from: number, count: number) =>
      Array.from({ length: count }, (_, i) => ({ ...letter({ n: from + i }), key }));
    const numbers = async (letters: DeadLetters, key: string) =>
      (await listed(letters, 100, { key })).map(({ item }) => (JSON.parse(item) as { n: number }).n);
    const letters = open(file, bounds);
    letters.add(of('backend', 0, 2));
    letters.add(of('page', 0, 50));
    expect(await numbers(letters, 'backend')).toEqual([1, 0]);
    expect(await numbers(letters, 'page')).toEqual([49, 48, 47, 46, 45, 44]);
    expect(letters.stats()).toMatchObject({ kept: 52, stored: 8, dropped: { 'newer-ones': 44 } });
    letters.close();
    // Together they are more than there is room for: whoever has most gives way, after a restart too.
    const again = open(file, bounds);
    again.add(of('other', 0, 4));
    again.add(of('page', 50, 1));
    expect(await numbers(again, 'backend')).toEqual([1, 0]);
    expect(await numbers(again, 'other')).toEqual([3, 2, 1, 0]);
    expect(await numbers(again, 'page')).toEqual([50, 49, 48, 47]);
    expect(again.stats()).toMatchObject({ stored: 10, dropped: { 'newer-ones': 3 } });
    again.close();
  });

  it('lists by filter, in pages, and in the order they came in', async () => {
    const letters = open();
    for (let i = 0; i < 5; i++) {
      letters.add([
        { ...letter({ i }), call: i % 2 === 0 ? 'track' : 'alias' },
        { ...letter({ i }, 'staging'), errorCode: 'invalid-payload' },
        letter({ i }, null),
      ]);
    }
    const items = async (filter: Partial<LetterFilter>) =>
      (await listed(letters, 100, filter)).map(({ environment, call, item }) => `${environment} ${call} ${item}`);
    expect(await items({ orNone: false, call: 'track' })).toEqual([4, 2, 0].map((i) => `production track {"i":${i}}`));
    expect(await items({ call: 'identify' })).toEqual([4, 3, 2, 1, 0].map((i) => `null identify {"i":${i}}`));
    expect(await items({ environment: 'staging', orNone: false, errorCode: 'invalid-payload' })).toHaveLength(5);
    expect(await items({ environment: 'staging', orNone: false, errorCode: 'invalid-json' })).toEqual([]);
    expect(await items({ key: 'nobody' })).toEqual([]);
    const first = await letters.list(all, { before: null, limit: 4 });
    const second = await letters.list(all, { before: first.at(-1)!.id, limit: 100 });
    expect([...first, ...second].map(({ id }) => id)).toEqual([15, 13, 12, 10, 9, 7, 6, 4, 3, 1]);
    expect((await letters.oldest(all, { after: 3, limit: 3 })).map(({ id }) => id)).toEqual([4, 6, 7]);
    expect(letters.remove([4, 6, 999])).toBe(2);
    expect((await letters.oldest(all, { after: 3, limit: 3 })).map(({ id }) => id)).toEqual([7, 9, 10]);
    expect(letters.stats().stored).toBe(13);
    letters.close();
  });

  it('finds and erases those that name somebody, in any field and form, also of no environment', async () => {
    const file = join(directory, 'erased.db');
    const letters = open(file);
    const about = [
      { distinct_id: 'ada@example.org' },
      { distinct_id: 'x', anonymous_id: 'ada@example.org' },
      { properties: { deep: ['ada\u0040example.org'] } },
      { distinct_id: 4711 },
    ];
    letters.add(about.map((item) => letter(item)));
    letters.add([
      letter({ distinct_id: 'ada@example.org' }, null),
      letter({ distinct_id: 'ada@example.org' }, 'staging'),
    ]);
    letters.add([letter({ distinct_id: 'bob', note: 'not ada@example.org alone', number: 47111 })]);
    const ids = new Set(['ada@example.org', '4711']);
    expect(await letters.naming('production', [ids, new Set(['nobody'])])).toEqual([5, 0]);
    await letters.forget('production', ids);
    expect(await letters.naming('production', [ids])).toEqual([0]);
    const items = async (environment: string) => (await listed(letters, 10, { environment })).map(({ item }) => item);
    expect(await items('production')).toEqual([
      JSON.stringify({ distinct_id: 'bob', note: 'not ada@example.org alone', number: 47111 }),
    ]);
    expect(await items('staging')).toEqual([JSON.stringify({ distinct_id: 'ada@example.org' })]);
    await letters.forget('staging', ids);
    letters.close();
    expect(readFileSync(file).includes('"ada@example.org"')).toBe(false);
  });
});
