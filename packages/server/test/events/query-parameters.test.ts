import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { QueryParameters } from '../../src/events/query-parameters.ts';
import type { EventStore } from '../../src/events/types.ts';
import { parseExact } from '../../src/exact-json/parse.ts';
import { stringifyExact } from '../../src/exact-json/stringify.ts';
import { limits } from '../../src/limits.ts';
import { environment, event, insert, openTemporaryStore } from './fixtures.ts';

let store: EventStore;
let remove: () => Promise<void>;

beforeAll(async () => {
  ({ store, remove } = await openTemporaryStore());
  await insert(store, [event("it's", { event: 'a' }), event('bob', { event: 'b' })]);
});
afterAll(() => remove());

async function answer(
  sql: string,
  parameters: QueryParameters,
  options: object = {},
): Promise<Record<string, unknown>[]> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of await store.query(environment, sql, { format: 'JSONEachRow', parameters, ...options })) {
    chunks.push(chunk);
  }
  const lines = Buffer.concat(chunks).toString('utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => parseExact(line) as Record<string, unknown>);
}

/** The value as the engine has it, and its type. */
async function bound(type: string, value: unknown): Promise<unknown[]> {
  const [row] = await answer(`SELECT toString({x:${type}}) AS x, toTypeName({x:${type}}) AS t`, { x: value });
  return [row!.x, row!.t];
}

describe('a value is bound as its type', () => {
  const uuid = randomUUID();
  const values: [type: string, value: unknown, seen: string | null, as?: string][] = [
    ['String', "it's", "it's"],
    ['String', '', ''],
    ['UInt8', 255, '255'],
    ['Int8', -128, '-128'],
    ['Int64', -9223372036854775808n, '-9223372036854775808'],
    ['UInt64', 18446744073709551615n, '18446744073709551615'],
    ['UInt64', '18446744073709551615', '18446744073709551615'],
    ['UInt256', String(2n ** 256n - 1n), String(2n ** 256n - 1n)],
    ['Float64', 1.5, '1.5'],
    ['Float64', '-2.5e3', '-2500'],
    ['Float64', 1e300, '1e300'],
    ['Float32', 3, '3'],
    ['Bool', true, 'true'],
    ['Bool', 'false', 'false'],
    ['UUID', uuid, uuid],
    ['Date', '2024-02-29', '2024-02-29'],
    ['DateTime', '2026-08-01T12:00:00Z', '2026-08-01 12:00:00', "DateTime('UTC')"],
    ['DateTime64(3)', '2026-08-01T12:00:00.25+02:00', '2026-08-01 10:00:00.250', "DateTime64(3, 'UTC')"],
    ["DateTime64(6, 'UTC')", '2026-08-01 12:00:00.123456', '2026-08-01 12:00:00.123456', "DateTime64(6, 'UTC')"],
    ['DateTime64(0)', '2026-08-01', '2026-08-01 00:00:00', "DateTime64(0, 'UTC')"],
    ['Nullable(String)', null, null],
    ['Nullable(UInt8)', 7, '7'],
    ['Array(String)', ["a'b", '\\', ''], "['a\\'b','\\\\','']"],
    ['Array(UInt64)', [1, 18446744073709551615n], '[1,18446744073709551615]'],
    ['Array(Nullable(Int8))', [1, null], '[1,NULL]'],
    ['Array(Array(String))', [['a'], []], "[['a'],[]]"],
    ['Array(String)', [], '[]'],
  ];
  for (const [type, value, seen, as = type] of values) {
    test(`${type} ${stringifyExact(value)}`, async () => {
      expect(await bound(type, value)).toEqual([seen, as]);
    });
  }

  const others: [type: string, value: unknown][] = [
    ['String', 5],
    ['String', null],
    ['String', 'half \ud83d'],
    ['UInt8', 256],
    ['UInt8', -1],
    ['UInt8', 1.5],
    ['UInt8', ''],
    ['UInt8', '1 OR 1'],
    ['Int64', 9223372036854775808n],
    ['Float64', 'NaN'],
    ['Float64', '1)'],
    ['Bool', 1],
    ['UUID', 'user_1'],
    ['Date', '2026-02-30'],
    ['Date', '1969-12-31'],
    ['DateTime64(3)', 'yesterday'],
    ['DateTime64(3)', '2026-13-01T00:00:00Z'],
    ['Array(String)', 'a'],
    ['Array(String)', ['a', 1]],
    ['Array(UInt8)', [[1]]],
    ['Nullable(String)', {}],
  ];
  for (const [type, value] of others) {
    test(`${type} is not ${stringifyExact(value)}`, async () => {
      const error = await bound(type, value).catch((thrown) => thrown);
      expect(error).toMatchObject({ code: 'invalid-payload', message: expect.stringMatching(/^The parameter x /) });
      expect(error.message.length).toBeLessThanOrEqual(200);
    });
  }

  test.each([
    'Identifier',
    'Map(String, String)',
    'Nullable(Array(String))',
    'Tuple(String)',
    'Nothing',
    "String'",
    'JSON',
  ])('there is no parameter of the type %s', async (type) => {
    await expect(bound(type, 'x')).rejects.toMatchObject({
      code: expect.stringMatching(/^(invalid-payload|query-failed)$/),
    });
  });
});

describe('a text comes back as it was sent, and is nothing but a text', () => {
  const nasty = fc.constantFrom(
    "'",
    '"',
    '`',
    '\\',
    '\0',
    '\n',
    '\r',
    '\t',
    '\b',
    '\x1a',
    '\x7f',
    '\u2028',
    '\u2029',
    '\ufeff',
    '{x:String}',
    '}',
    '--',
    '/*',
    '*/',
    ';',
    "') OR 1=1 --",
    "\\'",
    '\\\\',
    '%',
    '_',
    '👍🏽',
    '日本',
    'é',
    '\n TableIdentifier system.one',
    '\\x41',
    '\\N',
    'NULL',
  );
  const text = fc
    .array(fc.oneof(nasty, fc.string({ unit: 'binary', maxLength: 8 })), { maxLength: 12 })
    .map((parts) => parts.join(''));

  test('whatever it is', async () => {
    const seed = process.env.ONYM_PROPERTY_SEED;
    await fc.assert(
      fc.asyncProperty(fc.array(text, { minLength: 1, maxLength: 20 }), async (texts) => {
        const [row] = await answer(
          'SELECT {one:String} AS one, {all:Array(String)} AS all, {none:Nullable(String)} AS none',
          {
            one: texts[0],
            all: texts,
            none: texts[0],
          },
        );
        expect(row).toEqual({ one: texts[0], all: texts, none: texts[0] });
      }),
      { numRuns: 150, ...(seed !== undefined && { seed: Number(seed) }) },
    );
  });

  test('where a statement has quotes, braces and comments of its own', async () => {
    const sql = `SELECT '{x:String}' AS a, "{x:String}", {x:String} AS c /* {y:String} ' */ FROM (SELECT 1 AS "{x:String}") -- {z:String} "`;
    expect(await answer(sql, { x: "'" })).toEqual([{ a: '{x:String}', '{x:String}': 1, c: "'" }]);
  });

  test('and finds only what equals it', async () => {
    const find = 'SELECT event FROM events WHERE distinct_id = {id:String}';
    expect(await answer(find, { id: "it's" })).toEqual([{ event: 'a' }]);
    expect(await answer(find, { id: "' OR 1=1 --" })).toEqual([]);
    expect(
      await answer('SELECT event FROM events WHERE event IN {names:Array(String)}', { names: ['b', 'c'] }),
    ).toEqual([{ event: 'b' }]);
  });
});

test('a parameter stands wherever a constant may', async () => {
  const sql = `SELECT quantile({q:Float64})(number) AS m, windowFunnel({w:UInt32})(toDateTime(number), 1) AS f
    FROM numbers({n:UInt64}) WHERE number < {n:UInt64} GROUP BY number % {k:UInt8} ORDER BY m LIMIT {l:UInt8} OFFSET {o:UInt8}`;
  expect(await answer(sql, { q: 0.5, w: 5, n: 10, k: 2, l: 1, o: 1 })).toEqual([{ m: 5, f: 1 }]);
  expect(await answer('SELECT toIntervalDay({d:Int32}) + {t:Date} AS t', { d: 2, t: '2026-08-01' })).toEqual([
    { t: '2026-08-03' },
  ]);
});

describe('what does not fit together is an error that says what', () => {
  test.each<[sql: string, parameters: QueryParameters, message: RegExp]>([
    ['SELECT {id:String}', {}, /asks for \{id:String\}.*Send it as params\.id/],
    ['SELECT {id:String}', { ID: 'x' }, /params has "ID"/],
    ['SELECT {id:String}', JSON.parse('{"__proto__":"x"}'), /asks for \{id:String\}/],
    ['SELECT {toString:String}', {}, /asks for \{toString:String\}/],
    ['SELECT {id:String}', { id: 'x', more: 1 }, /does not use the parameter "more".*"id"/],
    ['SELECT 1', { id: 'x' }, /does not use the parameter "id"/],
    ["SELECT '{id:String}'", { id: 'x' }, /does not use the parameter "id"/],
    ['SELECT {db:Identifier}.events', { db: 'x' }, /name of a table or column/],
    ['SELECT 1 FROM {t:Identifier}', { t: 'events' }, /name of a table or column/],
  ])('%s %j', async (sql, parameters, message) => {
    await expect(answer(sql, parameters)).rejects.toMatchObject({
      code: 'invalid-payload',
      message: expect.stringMatching(message),
    });
  });

  test('they are bounded in number and size', async () => {
    const many = Object.fromEntries(
      Array.from({ length: limits.queryParametersMax + 1 }, (_, index) => [`p${index}`, 1]),
    );
    await expect(answer('SELECT 1', many)).rejects.toMatchObject({ code: 'payload-too-large' });
    const long = 'x'.repeat(limits.queryParametersBytesMax);
    await expect(answer('SELECT {x:String}', { x: long })).rejects.toMatchObject({ code: 'payload-too-large' });
  });

  test('and as large as they may be they run, whatever they hold', async () => {
    const ids = Array.from({ length: 9_000 }, (_, index) => `user_${index}_${randomUUID().slice(0, 8)}`);
    expect(
      await answer(
        'SELECT length({ids:Array(String)}) AS n, countIf(distinct_id IN {few:Array(String)}) AS m FROM events',
        {
          ids,
          few: ['bob'],
        },
      ),
    ).toEqual([{ n: 9_000, m: 1 }]);
    const text = '\n'.repeat(limits.queryParametersBytesMax / 4 - 10);
    expect(await answer('SELECT length({x:String}) AS n', { x: text })).toEqual([{ n: text.length }]);
  });
});

test('one slow query with parameters holds up no other with parameters', async () => {
  const gone = new AbortController();
  const slow = answer(
    'SELECT count() FROM numbers({n:UInt64}) WHERE cityHash64(number) = 1',
    { n: 1_000_000_000_000 },
    { signal: gone.signal },
  );
  slow.catch(() => undefined);
  let isSlowDone = false;
  void slow.finally(() => (isSlowDone = true)).catch(() => undefined);
  expect(await answer('SELECT {x:UInt8} AS x', { x: 1 })).toEqual([{ x: 1 }]);
  expect(isSlowDone).toBe(false);
  gone.abort(new Error('enough'));
  await expect(slow).rejects.toThrow('enough');
});
