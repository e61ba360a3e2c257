import { existsSync, readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openEngine } from '../../src/events/engine/open-engine.ts';
import type { Engine } from '../../src/events/engine.ts';
import { engineUnderTest } from './by-url/engine-under-test.ts';

/** The connections that Onym's own statements share. */

let remove: () => Promise<void>;
let engine: Engine;

beforeAll(async () => {
  const underTest = await engineUnderTest();
  remove = underTest.remove;
  engine = await openEngine(underTest.options);
  await engine.command('CREATE DATABASE d');
  await engine.command(
    `CREATE TABLE d.t (n UInt64, s String) ENGINE = MergeTree ORDER BY n SETTINGS non_replicated_deduplication_window = 100`,
  );
  await engine.insertRaw('d.t', Buffer.from('{"n":1,"s":"a"}\n{"n":2,"s":"b"}\n'), {
    insert_deduplication_token: 'first',
  });
});
afterAll(async () => {
  await engine.close();
  await remove();
});

/** As many as there may be connections, and more. */
const times = 12;

async function text(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all).toString('latin1');
}

const failing = `SELECT number, throwIf(number = 240000) AS no FROM numbers(250000)`;
const endless = 'SELECT number FROM numbers(1000000000000)';

const failures: Record<string, () => Promise<unknown>> = {
  command: () => engine.command(failing),
  rows: () => engine.rows(failing),
  lines: () => engine.lines(failing),
  'a stream that fails': () => text(engine.stream(failing, 'TSVRaw')),
  'a stream that does not begin': () => text(engine.stream('SELECT nothing', 'CSV')),
  'a file that fails': () => text(engine.parquet(failing, 1_000)),
  'an insert of what is no row': () => engine.insertRaw('d.t', Buffer.from('{"n":3,"s":"c"}\n{"n":"x"}\n'), {}),
  'an insert into no table': () => engine.insertRaw('d.none', Buffer.from('{"n":1}\n'), {}),
};

const departures: Record<string, () => Promise<void>> = {
  'a stream left half-way': async () => {
    for await (const _ of engine.stream(endless, 'TSVRaw')) break;
  },
  'a file left half-way': async () => {
    for await (const _ of engine.parquet('SELECT number, toString(cityHash64(number)) FROM numbers(200000)', 1_000))
      break;
  },
};

async function expectRight(): Promise<void> {
  const read = async () => ({
    rows: await engine.rows('SELECT * FROM d.t ORDER BY n'),
    lines: await engine.lines('SELECT s FROM d.t ORDER BY n'),
    lines64: await engine.rows('SELECT toUInt64(9007199254740991) AS n'),
    stream: await text(engine.stream('SELECT n, s FROM d.t ORDER BY n', 'CSV')),
    parquet: (await text(engine.parquet('SELECT n, s FROM d.t ORDER BY n', 1_000))).slice(0, 4),
  });
  const right = {
    rows: [
      { n: 1, s: 'a' },
      { n: 2, s: 'b' },
    ],
    lines: ['a', 'b'],
    // A number, and not a string: what is set on each connection.
    lines64: [{ n: Number.MAX_SAFE_INTEGER }],
    stream: '1,"a"\n2,"b"\n',
    parquet: 'PAR1',
  };
  expect(await Promise.all(Array.from({ length: times }, read))).toEqual(Array.from({ length: times }, () => right));
}

describe('what the next statements answer after', () => {
  test.each(Object.keys(failures))('%s', async (way) => {
    for (let round = 0; round < times; round++) await expect(failures[way]!()).rejects.toThrow();
    await expectRight();
  });

  test.each(Object.keys(departures))('%s', async (way) => {
    for (let round = 0; round < times; round++) await departures[way]!();
    await expectRight();
  });

  test('all of them, side by side with them', async () => {
    const all = [...Object.values(failures), ...Object.values(departures)];
    await Promise.all([
      ...Array.from({ length: 3 }, () => all.map((way) => way().catch(() => undefined))).flat(),
      expectRight(),
    ]);
    await expectRight();
  });
});

test('what waits behind a statement that fails is not touched by it', async () => {
  const indexes = Array.from({ length: times * 2 }, (_, index) => index);
  const fails = (index: number) => index % 3 === 0;
  const results = await Promise.allSettled(
    indexes.map((index) => engine.rows(fails(index) ? failing : `SELECT ${index} AS n`)),
  );
  const answers = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  expect(answers).toEqual(indexes.filter((index) => !fails(index)).map((n) => [{ n }]));
});

test('an insert with a token counts once, also on a connection opened in place of another', async () => {
  const body = Buffer.from('{"n":1,"s":"a"}\n{"n":2,"s":"b"}\n');
  for (let round = 0; round < times; round++) {
    await expect(engine.insertRaw('d.t', Buffer.from('{"n":"x"}\n'), {})).rejects.toThrow();
    await engine.insertRaw('d.t', body, { insert_deduplication_token: 'first' });
  }
  expect(await engine.rows('SELECT count() AS n FROM d.t')).toEqual([{ n: 2 }]);
});

test('a statement of the length of a large identity fits on each connection, whichever were replaced', async () => {
  const ids = Array.from({ length: 30_000 }, (_, index) => `'${'x'.repeat(20)}${index}'`).join(',');
  for (let round = 0; round < times; round++) await expect(engine.rows('SELECT nothing')).rejects.toThrow();
  const asked = Array.from({ length: times }, () =>
    engine.rows(`SELECT count() AS n FROM d.t WHERE s IN ('a', ${ids})`),
  );
  expect(await Promise.all(asked)).toEqual(Array.from({ length: times }, () => [{ n: 1 }]));
});

test('more streams than there are connections for wait for each other, and slow readers stop nobody else', async () => {
  const slow = engine.stream(endless, 'TSVRaw')[Symbol.asyncIterator]();
  await slow.next();
  const sums = await Promise.all(
    Array.from(
      { length: times },
      async () => (await text(engine.stream('SELECT number FROM numbers(100000)', 'TSVRaw'))).length,
    ),
  );
  expect(new Set(sums)).toEqual(new Set([588_890]));
  expect(await engine.rows('SELECT 1 AS n')).toEqual([{ n: 1 }]);
  await slow.return!();
});

test('exports that take their time hold up nothing but other exports', async () => {
  let done = 0;
  const slow = Array.from({ length: times }, async () => {
    await text(engine.parquet('SELECT sleepEachRow(0.02) AS s FROM numbers(50)', 1_000));
    done += 1;
  });
  expect(await engine.rows('SELECT 1 AS n')).toEqual([{ n: 1 }]);
  expect(done).toBe(0);
  await Promise.all(slow);
});

test('files of the engine are gone when they were read, or left', async () => {
  await text(engine.parquet('SELECT n FROM d.t', 10));
  await departures['a file left half-way']!();
  await failures['a file that fails']!().catch(() => undefined);
  expect(existsSync(engine.scratchDirectory) && readdirSync(engine.scratchDirectory)).toEqual([]);
});
