import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { OnymError } from '../../src/errors.ts';
import type { DeadLetterTable, LetterFilter } from '../../src/ingest/dead-letter-table.ts';
import type { DeadLetterLimits, DeadLetters } from '../../src/ingest/dead-letters.ts';
import { limits } from '../../src/limits.ts';
import { type Places, placeKinds, startPlaces } from '../nodes/places.ts';
import { all, flush, letter, lettersOver, listed, openTable } from './letters.ts';

describe.each(placeKinds)('dead letters in %s', (kind) => {
  let places: Places;
  const errors: string[][] = [];
  let count = 0;
  const open = async (name = `letters_${count++}`, bounds: Partial<DeadLetterLimits> = {}) => {
    const letters = await lettersOver(await openTable(places, name), { bounds });
    errors.push(letters.errors);
    return letters;
  };
  beforeAll(async () => {
    places = await startPlaces(kind);
  });
  afterAll(() => places?.stop());
  afterEach(() => {
    expect(errors.splice(0).flat()).toEqual([]);
  });

  it('keeps what was rejected with its reason, newest first, over a restart', async () => {
    const letters = await open('kept');
    letters.add([letter({ distinct_id: 'null' }), letter({ distinct_id: '' }, null)]);
    await letters.close();
    const again = await open('kept');
    expect(await listed(again)).toEqual([letter({ distinct_id: '' }, null), letter({ distinct_id: 'null' })]);
    expect(await listed(again, 1)).toHaveLength(1);
    await again.close();
  });

  it('cuts an item that is very long, and drops letters beyond those that may wait', async () => {
    const bounds = { waitingDeadLettersMax: 8, waitingDeadLettersPerKeyMax: 5 };
    const letters = await open(undefined, bounds);
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
    await letters.close();
  });

  it('keeps the newest of each key, so that who floods one drives out its own alone', async () => {
    const bounds = { deadLettersMax: 10, deadLettersPerKeyMax: 6 };
    const of = (key: string, from: number, count: number) =>
      Array.from({ length: count }, (_, i) => ({ ...letter({ n: from + i }), key }));
    const numbers = async (letters: DeadLetters, key: string) =>
      (await listed(letters, 100, { key })).map(({ item }) => (JSON.parse(item) as { n: number }).n);
    const letters = await open('shares', bounds);
    letters.add(of('backend', 0, 2));
    letters.add(of('page', 0, 50));
    expect(await numbers(letters, 'backend')).toEqual([1, 0]);
    expect(await numbers(letters, 'page')).toEqual([49, 48, 47, 46, 45, 44]);
    expect(letters.stats()).toMatchObject({ kept: 52, stored: 8, dropped: { 'newer-ones': 44 } });
    await letters.close();
    // Together they are more than there is room for: whoever has most gives way, after a restart too.
    const again = await open('shares', bounds);
    again.add(of('other', 0, 4));
    again.add(of('page', 50, 1));
    expect(await numbers(again, 'backend')).toEqual([1, 0]);
    expect(await numbers(again, 'other')).toEqual([3, 2, 1, 0]);
    expect(await numbers(again, 'page')).toEqual([50, 49, 48, 47]);
    expect(again.stats()).toMatchObject({ stored: 10, dropped: { 'newer-ones': 3 } });
    await again.close();
  });

  it('lists by filter, in pages, and in the order they came in', async () => {
    const letters = await open();
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
    expect(await letters.remove([4, 6, 999])).toBe(2);
    expect((await letters.oldest(all, { after: 3, limit: 3 })).map(({ id }) => id)).toEqual([7, 9, 10]);
    expect(letters.stats().stored).toBe(13);
    await letters.close();
  });

  it('finds and erases those that name somebody, in any field and form, also of no environment', async () => {
    const letters = await open('erased');
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
    await letters.close();
    if (kind === 'SQLite') expect(readFileSync(places.fileOf('erased')).includes('"ada@example.org"')).toBe(false);
  });

  it('gives back what it was given, to the last character', async () => {
    const letters = await open();
    const odd = {
      ...letter({}),
      key: 'a\tb',
      message: 'tab\t, line\n, \u001a0000 and \u0000',
      item: '{"a":"\u0000𝒳\u007f"',
    };
    letters.add([odd]);
    expect(await listed(letters)).toEqual([odd]);
    expect(await listed(letters, 1, { key: 'a\tb' })).toHaveLength(1);
    expect(await listed(letters, 1, { key: 'a\u0000b' })).toEqual([]);
    await letters.close();
  });

  it('is taken up by one at a time', async () => {
    const letters = await open();
    letters.add([letter({ n: 1 }), letter({ n: 2 })]);
    const sent: string[] = [];
    const take = () =>
      letters.taking(async () => {
        const found = await letters.oldest(all, { after: 0, limit: 10 });
        sent.push(...found.map(({ item }) => item));
        return letters.remove(found.map(({ id }) => id));
      });
    expect(await Promise.all([take(), take(), take()])).toEqual([2, 0, 0]);
    expect(sent).toEqual(['{"n":1}', '{"n":2}']);
    await letters.close();
  });
});

describe('dead letters whose table is away', () => {
  /** A table in memory that says why it takes none. */
  async function withTable() {
    const state = { refusal: null as Error | null, written: [] as string[] };
    const table: DeadLetterTable = {
      async add(letters) {
        if (state.refusal !== null) throw state.refusal;
        state.written.push(...letters.map(({ item }) => item));
        return { removed: 0, stored: state.written.length };
      },
      stored: async () => state.written.length,
      page: async () => [],
      itemsAfter: async () => [],
      remove: async () => ({ removed: 0, stored: state.written.length }),
      scrub: async () => undefined,
      close: async () => undefined,
    };
    const bounds = { waitingDeadLettersMax: 3 };
    return { state, letters: await lettersOver(table, { bounds }) };
  }
  const away = () =>
    new OnymError('identity-store-unavailable', 'PostgreSQL does not answer.', { retryAfterSeconds: 1 });

  it('wait for it, as many as may wait, and are told of once', async () => {
    const { state, letters } = await withTable();
    state.refusal = away();
    letters.add([letter(1), letter(2)]);
    await flush(letters);
    letters.add([letter(3), letter(4)]);
    await flush(letters);
    expect(letters.errors).toEqual(['rejected items wait to be kept']);
    expect(letters.stats()).toMatchObject({ stored: 0, waiting: 3, dropped: { 'queue-full': 1, 'write-failed': 0 } });
    state.refusal = null;
    await flush(letters);
    expect(state.written).toEqual(['1', '2', '3']);
    expect(letters.stats()).toMatchObject({ kept: 3, stored: 3, waiting: 0 });
    await letters.close();
  });

  it('are forgotten, and counted, while they wait', async () => {
    const { state, letters } = await withTable();
    state.refusal = away();
    letters.add([letter({ id: 'ada' }), letter({ id: 'bob' }), letter({ id: 'ada' }, 'staging')]);
    expect(await letters.naming('production', [new Set(['ada'])])).toEqual([1]);
    await letters.forget('production', ['ada']);
    state.refusal = null;
    await letters.close();
    expect(state.written).toEqual(['{"id":"bob"}', '{"id":"ada"}']);
  });

  it('are dropped where it will not take them, and where it stays away to the end', async () => {
    const { state, letters } = await withTable();
    state.refusal = new Error('SQLITE_CORRUPT');
    letters.add([letter(1)]);
    await flush(letters);
    expect(letters.stats()).toMatchObject({ kept: 0, waiting: 0, dropped: { 'write-failed': 1 } });
    state.refusal = away();
    letters.add([letter(2), letter(3)]);
    await letters.close();
    expect(letters.stats().dropped).toEqual({ 'queue-full': 0, 'write-failed': 3, 'newer-ones': 0 });
    expect(letters.errors.at(-1)).toBe('rejected items could not be kept');
  });
});
