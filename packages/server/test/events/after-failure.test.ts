import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { EventStore, ExportFormat, QueryOptions } from '../../src/events/types.ts';
import { environment, event, insert, mapRow, node, openTemporaryStore, projection } from './fixtures.ts';

/**
 * What a statement had answered when it failed is nobody else's: after any failure, in any format, beside anything else, each answer is
 * what it was before all of them. ("Fresh" answers are taken first: chDB has one data directory per process.)
 */

const readers = 2;

let store: EventStore;
let remove: () => Promise<void>;

beforeAll(async () => {
  ({ store, remove } = await openTemporaryStore({
    queryDurationMaxMs: 400,
    queryRowsMax: 250_000,
    queryResultBytesMax: 64 * 1024 * 1024,
    concurrentQueriesMax: readers,
  }));
  await insert(
    store,
    ['ada', 'ada', 'bob', 'cleo'].map((id, index) =>
      event(id, { uuid: `00000000-0000-4000-8000-00000000000${index}`, properties: { plan: 'pro', n: index } }),
    ),
  );
  await store.project(
    environment,
    projection(2, { identifiers: [mapRow('ada', 'ada', 1), mapRow('bob', 'ada', 2), mapRow('cleo', 'cleo', 1)] }),
  );
  for (const [name, ask] of Object.entries(questions)) fresh.set(name, await ask());
});
afterAll(() => remove());

const formats = ['JSON', 'JSONEachRow', 'CSVWithNames', 'Parquet', 'ArrowStream'] as const;
type Format = QueryOptions['format'];

async function bytes(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all);
}

/** The text of an answer, or its digest where a difference would not be read. */
const told = (answer: string): string =>
  answer.length <= 2_000 ? answer : `${answer.length} characters, ${createHash('sha256').update(answer).digest('hex')}`;

async function ask(sql: string, format: Format): Promise<string> {
  const answer = (await bytes(await store.query(environment, sql, { format }))).toString('latin1');
  // The one thing that differs from time to time.
  return told(format === 'JSON' ? answer.replace(/"elapsed": [^,]*/, '') : answer);
}

const exported = async (what: 'events' | 'identifiers', format: ExportFormat) =>
  told((await bytes(await store.exportTable(environment, what, format))).toString('latin1'));

const one = 'SELECT 1 AS one';
const perIdentity = 'SELECT identity_id, count() AS n FROM events GROUP BY identity_id ORDER BY n DESC';
const large = `SELECT number, repeat('y', 20) AS y FROM numbers(100000)`;

/** Each resolves to an answer that is the same whenever it is asked. */
const questions: Record<string, () => Promise<unknown>> = {
  ...Object.fromEntries(
    formats.flatMap((format) => [
      [`one in ${format}`, () => ask(one, format)],
      [`identities in ${format}`, () => ask(perIdentity, format)],
      [`much in ${format}`, () => ask(large, format)],
    ]),
  ),
  timeline: () => store.timeline(environment, [node('ada'), node('bob')], { before: null, limit: 10 }),
  counts: () => store.counts(environment, [node('ada'), node('bob')]),
  map: () => store.readMap(environment, null, 10),
  uuids: async () => (await store.recentUuids(environment, 10)).map(({ uuid }) => uuid).sort(),
  'events as NDJSON': () => exported('events', 'ndjson'),
  'events as CSV': () => exported('events', 'csv'),
  'identifiers as Parquet': () => exported('identifiers', 'parquet'),
};
const names = Object.keys(questions);
const fresh = new Map<string, unknown>();

/** Far more than one block of rows has been answered when it happens. */
const failures: Record<string, { sql: string; code: string }> = {
  'too many rows': { sql: 'SELECT number FROM numbers(600000)', code: 'query-too-expensive' },
  'too many bytes': {
    sql: `SELECT number, repeat(toString(cityHash64(number)), 20) AS x FROM numbers(250000)`,
    code: 'query-too-expensive',
  },
  'too late': {
    sql: 'SELECT number FROM numbers(1000000000000) WHERE number < 200000 OR cityHash64(number) = 1',
    code: 'query-too-expensive',
  },
  'a failing cast': {
    sql: `SELECT toUInt64(if(number = 240000, 'x', toString(number))) AS n FROM numbers(250000)`,
    code: 'query-failed',
  },
  throwIf: { sql: 'SELECT number, throwIf(number = 240000) AS no FROM numbers(250000)', code: 'query-failed' },
  'no such column': { sql: 'SELECT nothing FROM events', code: 'query-failed' },
};

async function fail(way: string, format: Format): Promise<void> {
  const { sql, code } = failures[way]!;
  await expect(store.query(environment, sql, { format })).rejects.toMatchObject({ code });
}

/** A client that goes away: while its query runs, or when it has read a part. */
const departures: Record<string, (format: Format) => Promise<void>> = {
  'while it runs': async (format) => {
    const gone = new AbortController();
    const query = store.query(environment, failures['too late']!.sql, { format, signal: gone.signal });
    setTimeout(() => gone.abort(new Error('gone')), 150);
    await expect(query).rejects.toThrow('gone');
  },
  'at once': async (format) => {
    const gone = new AbortController();
    const query = store.query(environment, large, { format, signal: gone.signal });
    setImmediate(() => gone.abort(new Error('gone')));
    await query.catch(() => undefined);
  },
  'half-way': async (format) => {
    for await (const _ of await store.query(environment, large, { format })) break;
  },
  'half-way through an export': async () => {
    for await (const _ of await store.exportTable(environment, 'events', 'ndjson')) break;
  },
};

/** Internal statements that fail. */
const inside: Record<string, () => Promise<void>> = {
  'a statement that does not parse': () => fail('no such column', 'JSON').then(() => undefined),
  'a batch that is refused': () =>
    expect(store.insertEvents(environment, Buffer.from('{"uuid":"no"}\n{"uuid":1}\n'), 'refused')).rejects.toThrow(),
};

/** All is as it was, on every connection that there may be. */
async function expectFresh(): Promise<void> {
  for (let round = 0; round <= readers; round++) {
    const answers = await Promise.all(names.slice(0, 3).map((name) => questions[name]!()));
    expect(answers).toEqual(names.slice(0, 3).map((name) => fresh.get(name)));
  }
  for (const name of names) expect([name, await questions[name]!()]).toEqual([name, fresh.get(name)]);
}

describe.each(formats)('in %s, the answers after', (format) => {
  test.each(Object.keys(failures))('%s', async (way) => {
    // Once on each reader, and once more.
    for (let round = 0; round <= readers; round++) await fail(way, format);
    await expectFresh();
  });

  test.each(Object.keys(departures))('a client that leaves %s', async (when) => {
    for (let round = 0; round <= readers; round++) await departures[when]!(format);
    await expectFresh();
  });
});

test.each(Object.keys(inside))('the answers after %s inside', async (name) => {
  for (let round = 0; round < 8; round++) await inside[name]!();
  await expectFresh();
});

test('whatever fails, leaves and asks side by side, every answer is its own', async () => {
  const format = fc.constantFrom(...formats);
  const action = fc.oneof(
    { weight: 4, arbitrary: fc.record({ what: fc.constant('ask' as const), name: fc.constantFrom(...names) }) },
    {
      weight: 2,
      arbitrary: fc.record({
        what: fc.constant('fail' as const),
        name: fc.constantFrom(...Object.keys(failures)),
        format,
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        what: fc.constant('leave' as const),
        name: fc.constantFrom(...Object.keys(departures)),
        format,
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ what: fc.constant('inside' as const), name: fc.constantFrom(...Object.keys(inside)) }),
    },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(action, { minLength: 1, maxLength: 6 }), { maxLength: 4 }), async (rounds) => {
      for (const round of rounds) {
        await Promise.all(
          round.map(async (step) => {
            if (step.what === 'ask')
              expect([step.name, await questions[step.name]!()]).toEqual([step.name, fresh.get(step.name)]);
            if (step.what === 'fail') await fail(step.name, step.format);
            if (step.what === 'leave') await departures[step.name]!(step.format);
            if (step.what === 'inside') await inside[step.name]!();
          }),
        );
      }
      const last = names[rounds.length % names.length]!;
      expect([last, await questions[last]!()]).toEqual([last, fresh.get(last)]);
    }),
    { numRuns: 25 },
  );
});
