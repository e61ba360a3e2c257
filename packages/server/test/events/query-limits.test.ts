import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { EventStore } from '../../src/events/types.ts';
import { limits } from '../../src/limits.ts';
import { environment, event, insert, openTemporaryStore, rows, text } from './fixtures.ts';

let store: EventStore;
let remove: () => Promise<void>;

beforeAll(async () => {
  ({ store, remove } = await openTemporaryStore({
    queryDurationMaxMs: 1_000,
    queryMemoryBytesMax: 64 * 1024 * 1024,
    queryRowsMax: 1_000,
    queryResultBytesMax: 1024 * 1024,
    concurrentQueriesMax: 4,
    shortQueryMs: 200,
  }));
  await insert(store, [event('ada')]);
});
afterAll(() => remove());

/** Runs until something stops it. */
const endless = 'SELECT count() FROM numbers(1000000000000) WHERE cityHash64(number) = 1';

describe('a query beyond a limit is too expensive', () => {
  test.each([
    ['time', endless],
    [
      'time, in a join',
      'SELECT count() FROM numbers(10000000) AS a CROSS JOIN numbers(10000000) AS b WHERE a.number * b.number = 7',
    ],
    ['time, in a series', 'SELECT max(generate_series) FROM generate_series(1, 1000000000000)'],
    ['time, in a recursion', 'WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r) SELECT count() FROM r'],
    [
      'time, in a series that is filled up',
      'SELECT count() FROM (SELECT number FROM numbers(2) ORDER BY number WITH FILL FROM 0 TO 1000000000000)',
    ],
    [
      'time or depth, in a recursion that multiplies',
      'WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r CROSS JOIN numbers(1000) AS k) SELECT count() FROM r',
    ],
    ['memory, in a list', 'SELECT length(arrayMap(x -> x + 1, range(400000000)))'],
    ['memory, in a text', 'SELECT max(length(randomString(1000000))) FROM numbers(1000000)'],
    ['memory, in an aggregate', 'SELECT uniqExact(number) FROM numbers(100000000)'],
    ['memory, in a value', `SELECT length(groupArray(repeat('x', 1000))) FROM numbers(1000000)`],
    ['memory, in one value', `SELECT length(arrayMap(x -> repeat('x', 1000), range(1000000)))`],
    ['rows', 'SELECT number FROM numbers(1001)'],
    ['bytes', `SELECT repeat('x', 10000) FROM numbers(900)`],
  ])('of %s', async (_, sql) => {
    await expect(text(store, sql)).rejects.toMatchObject({ code: 'query-too-expensive' });
    // And the reader is fit for the next one.
    expect(await rows(store, 'SELECT count() AS n FROM events')).toEqual([{ n: 1 }]);
  });

  test('of depth', async () => {
    const nested = `SELECT ${'identity('.repeat(3_000)}1${')'.repeat(3_000)}`;
    await expect(text(store, nested)).rejects.toMatchObject({ code: expect.stringMatching(/^query-/) });
    const growing = Array.from({ length: 30 }, (_, index) => `(x${index}, x${index}) AS x${index + 1}`).join(', ');
    await expect(text(store, `WITH 1 AS x0, ${growing} SELECT x30`)).rejects.toMatchObject({
      code: expect.stringMatching(/^query-/),
    });
  });

  test('just within them it is not', async () => {
    expect(await rows(store, 'SELECT number FROM numbers(1000)')).toHaveLength(1_000);
  });
});

test('greedy ones end, and what others do goes on meanwhile', async () => {
  const greedy = [
    endless,
    'SELECT count() FROM (SELECT number FROM numbers(2) ORDER BY number WITH FILL FROM 0 TO 1000000000000)',
    'WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r CROSS JOIN numbers(1000) AS k) SELECT count() FROM r',
    `SELECT max(n) FROM (SELECT length(groupArray(repeat('x', 1000))) AS n FROM numbers(100000000) GROUP BY number % 7)`,
  ];
  let ended = 0;
  const ends = greedy.map((sql, index) =>
    store.query(environment, sql, { format: 'JSON', key: `greedy ${index}` }).catch(async (error) => {
      ended += 1;
      return (error as { code: string }).code;
    }),
  );
  let turns = 0;
  while (ended < greedy.length) {
    await insert(store, [event('neighbour')]);
    turns += 1;
    expect(await rows(store, `SELECT count() AS n FROM events WHERE distinct_id = 'neighbour'`)).toEqual([
      { n: turns },
    ]);
  }
  expect(await Promise.all(ends)).toEqual(greedy.map(() => 'query-too-expensive'));
  expect(turns).toBeGreaterThan(1);
});

describe('a caller that gives up', () => {
  test('is answered at once, and its query is stopped', async () => {
    const controller = new AbortController();
    const query = store.query(environment, endless, { format: 'JSON', signal: controller.signal });
    setTimeout(() => controller.abort(new Error('gone')), 100);
    await expect(query).rejects.toThrow('gone');
    // Both readers come back.
    await Promise.all([1, 2, 3].map(() => text(store, 'SELECT 1')));
  });

  test('before it began runs nothing', async () => {
    const signal = AbortSignal.abort(new Error('too late'));
    await expect(store.query(environment, endless, { format: 'JSON', signal })).rejects.toThrow('too late');
  });

  test('while it waits for a reader leaves the queue', async () => {
    const controller = new AbortController();
    const queries = [1, 2, 3, 4].map(() =>
      store.query(environment, endless, { format: 'JSON', signal: controller.signal }).catch((error) => error.message),
    );
    setTimeout(() => controller.abort(new Error('gone')), 100);
    expect(await Promise.all(queries)).toEqual(['gone', 'gone', 'gone', 'gone']);
    await Promise.all([1, 2, 3].map(() => text(store, 'SELECT 1')));
  });
});

describe('more queries than readers', () => {
  const quick = 'SELECT count() FROM numbers(20000000) WHERE cityHash64(number) = 1';
  const outcomeOf = (sql: string, key: string) =>
    store.query(environment, sql, { format: 'JSON', key }).then(
      () => 'done',
      (error) => (error as { code: string }).code,
    );

  test('wait for their turn, and too many are sent away: of one key for its own, of many for all', async () => {
    for (const [keyOf, code] of [
      [() => 'grafana', 'too-many-requests'],
      [(index: number) => `key ${index}`, 'overloaded'],
    ] as const) {
      const outcomes = await Promise.all(Array.from({ length: 60 }, (_, index) => outcomeOf(quick, keyOf(index))));
      expect(new Set(outcomes)).toEqual(new Set(['done', code]));
    }
    expect(await rows(store, `SELECT count() AS n FROM events WHERE distinct_id = 'ada'`)).toEqual([{ n: 1 }]);
  });

  test('that are slow shut nobody out, not even those of their own key', async () => {
    const ended: string[] = [];
    const slow = Array.from({ length: 4 }, () => outcomeOf(endless, 'slow').then((outcome) => ended.push(outcome)));
    expect(await outcomeOf('SELECT 1', 'slow')).toBe('done');
    expect(await outcomeOf('SELECT 1', 'other')).toBe('done');
    await Promise.all(slow);
    expect(ended).toEqual(Array.from({ length: 4 }, () => 'query-too-expensive'));
    expect(store.queryStats()).toMatchObject({ running: 0, waiting: 0 });
  });

  test('one that is slow, and tried where short ones go, ends as it would anywhere', async () => {
    const gone = new AbortController();
    const others = [1, 2, 3].map((index) =>
      store
        .query(environment, endless, { format: 'JSON', key: `key ${index}`, signal: gone.signal })
        .catch(() => undefined),
    );
    // Long enough not to be a short one.
    const tried = store.query(environment, 'SELECT count() FROM numbers(400000000) WHERE cityHash64(number) = 1', {
      format: 'JSONEachRow',
      key: 'late',
    });
    setTimeout(() => gone.abort(new Error('gone')), 500);
    await Promise.all(others);
    await expect(
      tried.then(
        () => 'done',
        (error) => error.code,
      ),
    ).resolves.toMatch(/^(done|query-too-expensive)$/);
  });

  test('are counted by what became of them', async () => {
    const { outcomes } = store.queryStats();
    expect([...outcomes.keys()]).toEqual(
      expect.arrayContaining(['done', 'left', 'overloaded', 'too-many-requests', 'query-too-expensive']),
    );
    const before = outcomes.get('query-failed') ?? 0;
    await outcomeOf('SELEC 1', 'x');
    expect(store.queryStats().outcomes.get('query-failed')).toBe(before + 1);
  });
});

test('what a query may set, and its limits, do not leak into inserts', async () => {
  await expect(text(store, endless)).rejects.toMatchObject({ code: 'query-too-expensive' });
  await insert(
    store,
    Array.from({ length: 2_000 }, () => event('after')),
  );
  expect(await rows(store, `SELECT count() AS n FROM events WHERE distinct_id = 'after'`)).toEqual([{ n: 2_000 }]);
});

describe('a statement', () => {
  const ofBytes = (bytes: number) =>
    `SELECT 1 AS one -- ${'é'.repeat((bytes - 19) / 2)}${' '.repeat((bytes - 19) % 2)}`;

  test('beyond its limit of bytes is too large, whatever else it is', async () => {
    expect(Buffer.byteLength(ofBytes(limits.sqlBytesMax + 1))).toBe(limits.sqlBytesMax + 1);
    for (const sql of [ofBytes(limits.sqlBytesMax + 1), `DROP TABLE x; ${'\0'.repeat(limits.sqlBytesMax)}`]) {
      await expect(text(store, sql)).rejects.toMatchObject({
        code: 'payload-too-large',
        message: expect.stringContaining(`${limits.sqlBytesMax} bytes`),
      });
    }
  });

  test('of too many parts is told so', async () => {
    const parts = `SELECT 1 ORDER BY ${'(),'.repeat(21_000)}1`;
    await expect(text(store, parts)).rejects.toMatchObject({
      code: 'query-too-expensive',
      message: expect.stringContaining('too many parts'),
    });
  });

  test('just within it runs', async () => {
    expect(await text(store, ofBytes(limits.sqlBytesMax), 'CSVWithNames')).toBe('"one"\n1\n');
  });
});
