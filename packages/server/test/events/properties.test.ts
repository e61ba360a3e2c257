import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isRowError } from '../../src/events/row-error.ts';
import { encodeEvents } from '../../src/events/rows.ts';
import type { EventStore, StoredEvent } from '../../src/events/types.ts';
import { parseExact } from '../../src/exact-json/parse.ts';
import { stringifyExact } from '../../src/exact-json/stringify.ts';
import { environment, event, insert, mapRow, node, openTemporaryStore, projection, rows, text } from './fixtures.ts';
import { nested, odd } from './odd-properties.ts';

let store: EventStore;
let remove: () => Promise<void>;

beforeAll(async () => {
  ({ store, remove } = await openTemporaryStore());
});
afterAll(() => remove());

/** Keys in any order, for the engine sorts them; as text, so that a key `__proto__` is a key like any other. */
const canonical = (json: string): string => stringifyExact(sortedEntries(parseExact(json)));
const sortedEntries = (value: unknown): unknown =>
  Array.isArray(value)
    ? ['array', value.map(sortedEntries)]
    : typeof value === 'object' && value !== null
      ? [
          'object',
          Object.entries(value)
            .map(([key, member]) => [key, sortedEntries(member)] as const)
            .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)),
        ]
      : value;

describe('odd properties are stored, and come back on the timeline as they were sent', () => {
  test.each(Object.entries(odd))('%s', async (name, json) => {
    const sent = event(`odd ${name}`, { properties: parseExact(json) });
    // Among others, so that it would take them down with it.
    await insert(store, [event('before'), sent, event('after')]);
    const [seen] = await store.timeline(environment, [node(`odd ${name}`)], { before: null, limit: 2 });
    expect(canonical(seen!.properties)).toBe(canonical(sent.properties));
    expect(seen?.uuid).toBe(sent.uuid);
  });

  test('all in one batch', async () => {
    const sent = Object.values(odd).map((json) => event('all odd', { properties: parseExact(json) }));
    await insert(store, sent);
    expect((await store.counts(environment, [node('all odd')])).event_count).toBe(sent.length);
    expect(await rows(store, `SELECT count(properties) AS n FROM events WHERE distinct_id = 'all odd'`)).toEqual([
      { n: sent.length },
    ]);
  });
});

test('any properties come back as they were sent', async () => {
  let round = 0;
  const key = fc.oneof(
    fc.constantFrom('a', 'b', 'a.b', 'a.b.c', '', '.', '__proto__', 'plan', 'total%2E', 'A'),
    fc.string({ maxLength: 6, unit: 'binary' }),
  );
  const leaf = fc.oneof(
    fc.jsonValue({ maxDepth: 0 }) as fc.Arbitrary<unknown>,
    fc.double(),
    fc.integer(),
    fc.maxSafeInteger(),
    fc.constantFrom(1e21, 1e22, '2026-01-01', '2026-01-01T00:00:00Z', 'null', '{}'),
    fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }),
    fc.constantFrom(2n ** 63n, -(2n ** 63n), 2n ** 64n, 2n ** 53n, -(2n ** 63n) - 1n, 2n ** 64n - 1n, 10n ** 20n),
    fc.string({ maxLength: 8, unit: 'binary' }),
  );
  const { properties } = fc.letrec<{ value: unknown; properties: Record<string, unknown> }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      leaf,
      fc.array(tie('value'), { maxLength: 4 }),
      tie('properties') as fc.Arbitrary<unknown>,
    ),
    properties: fc.dictionary(key, tie('value'), { maxKeys: 5 }) as fc.Arbitrary<Record<string, unknown>>,
  }));
  await fc.assert(
    fc.asyncProperty(fc.array(properties, { minLength: 1, maxLength: 40 }), async (batch) => {
      const who = `any ${round++}`;
      // What the journal holds has been through JSON already.
      const sent = batch.map((each) => event(who, { properties: parseExact(stringifyExact(each)) }));
      await insert(store, sent);
      const seen = await store.timeline(environment, [node(who)], { before: null, limit: 100 });
      const byUuid = new Map(seen.map((each) => [each.uuid, canonical(each.properties)]));
      for (const each of sent) expect(byUuid.get(each.uuid)).toBe(canonical(each.properties));
    }),
    { numRuns: 80 },
  );
});

test('nesting that JSON itself can no longer be written for does not hold up a batch', async () => {
  const bottomless = {
    ...event('bottomless'),
    properties: nested(7_000, (inner) => `{"a":${inner}}`),
    lossy: true,
  };
  await insert(store, [event('bottomless'), bottomless]);
  expect((await store.counts(environment, [node('bottomless')])).event_count).toBe(2);
});

test('SQL reads what the engine can hold of them', async () => {
  await insert(store, [event('sql', { properties: { 'cart.total': 5, plan: 'pro', when: '2026-01-01', none: null } })]);
  expect(
    await rows(
      store,
      `SELECT properties.cart.total AS total, properties.plan AS plan, dynamicType(properties.when) AS type,
         properties.none AS none FROM events WHERE distinct_id = 'sql'`,
    ),
  ).toEqual([{ total: 5, plan: 'pro', type: 'String', none: null }]);
});

describe('in SQL', () => {
  const selected = async (who: string, columns: string) =>
    (await text(store, `SELECT ${columns} FROM events WHERE distinct_id = '${who}'`)).trim();

  test('integers of 64 bits, with a sign or without, keep every digit; larger ones are the nearest double', async () => {
    const json =
      '{"id":9007199254740993,"max":9223372036854775807,"min":-9223372036854775808,"u":18446744073709551615,"list":[9007199254740993,-1],"in":{"list":[{"id":9007199254740995}]},"large":18446744073709551616,"less":-9223372036854775809}';
    await insert(store, [event('sql digits', { properties: parseExact(json) })]);
    expect(
      await selected(
        'sql digits',
        'properties.id, properties.max, properties.min, properties.u, properties.list, properties.in.list[].id, properties.large, properties.less',
      ),
    ).toBe(
      '{"properties.id":9007199254740993,"properties.max":9223372036854775807,"properties.min":-9223372036854775808,"properties.u":18446744073709551615,"properties.list":[9007199254740993,-1],"properties.in.list.:`Array(JSON)`.id":[9007199254740995],"properties.large":18446744073709552000,"properties.less":-9223372036854776000}',
    );
    expect(await selected('sql digits', 'count() AS n, max(properties.id::UInt64) AS m')).toBe(
      '{"n":1,"m":9007199254740993}',
    );
    const found = `SELECT count() AS n FROM events WHERE distinct_id = 'sql digits' AND properties.id`;
    expect(await rows(store, `${found} = 9007199254740993`)).toEqual([{ n: 1 }]);
    expect(await rows(store, `${found} = 9007199254740992`)).toEqual([{ n: 0 }]);
  });

  test('a key with a dot is a path, and where it meets another path it is the one with the escaped dot', async () => {
    const of = (who: string, json: string) => insert(store, [event(who, { properties: parseExact(json) })]);
    await of('sql dots', '{"a.b":1,"a":{"b":2},"c.d":"x"}');
    expect(await selected('sql dots', 'properties.`a%2Eb` AS k, properties.a.b AS p, properties.c.d AS c')).toBe(
      '{"k":1,"p":2,"c":"x"}',
    );
    expect(JSON.parse(await selected('sql dots', 'properties'))).toEqual({
      properties: { 'a%2Eb': 1, a: { b: 2 }, c: { d: 'x' } },
    });
    await of('sql dots above', '{"a":1,"a.b":2,"x.y":{"z":3},"x":{"y.w":4}}');
    expect(
      await selected(
        'sql dots above',
        'properties.a AS a, properties.`a%2Eb` AS k, properties.x.y.z AS z, properties.x.y.w AS w',
      ),
    ).toBe('{"a":1,"k":2,"z":3,"w":4}');
    await of('sql dots thrice', '{"a.b.c":1,"a":{"b.c":2},"a.b":{"c":3}}');
    expect(
      await selected(
        'sql dots thrice',
        'properties.`a%2Eb%2Ec` AS one, properties.a.`b%2Ec` AS two, properties.`a%2Eb`.c AS three',
      ),
    ).toBe('{"one":1,"two":2,"three":3}');
    // What the column has no place for is in nobody's way.
    await of('sql dots alone', '{"a":null,"a.b":1,"c.d":2,"c":{}}');
    expect(await selected('sql dots alone', 'properties.a.b AS b, properties.c.d AS d')).toBe('{"b":1,"d":2}');
    await of('sql dots within', '{"list":[{"a.b":1,"a":{"b":2}},{"a.b":3}]}');
    expect(await selected('sql dots within', 'properties.list[].`a%2Eb` AS k, properties.list[].a.b AS p')).toBe(
      '{"k":[1,null],"p":[2,3]}',
    );
  });
});

test('odd text in every other column', async () => {
  const texts = ['\ud800', '\0', "'; DROP TABLE events; --", '\\', '\n', '"', '😀', '{}', 'null', ' '];
  const sent = texts.map(
    (each): StoredEvent =>
      event(`text ${each}`, { event: each, anonymous_id: each, device_id: each, session_id: each }),
  );
  await insert(store, sent);
  for (const each of sent) {
    const [seen] = await store.timeline(environment, [node(each.distinct_id)], { before: null, limit: 2 });
    const expected = each.event === '\ud800' ? '\ufffd' : each.event;
    expect(seen).toMatchObject({
      uuid: each.uuid,
      event: expected,
      anonymous_id: expected,
      device_id: expected,
      session_id: expected,
      distinct_id: `text ${expected}`,
    });
  }
});

test('a batch with a row that the engine refuses all the same is refused whole; alone, the row is kept', async () => {
  const good = Array.from({ length: 9 }, (_, index) => event('poisoned', { event: `good ${index}` }));
  const bad = event('poisoned', { event: 'bad', properties: { a: 1, b: 'MARK' } });
  const poison = (events: StoredEvent[]) =>
    // An integer that no encoder of ours writes.
    Buffer.from(
      encodeEvents(environment, events, node).toString('utf8').replace('"MARK"', '123456789012345678901234567890'),
    );
  const batch = poison([...good.slice(0, 4), bad, ...good.slice(4)]);
  await expect(store.insertEvents(environment, batch, 'poison')).rejects.toSatisfy(isRowError);
  expect(await store.counts(environment, [node('poisoned')])).toMatchObject({ event_count: 0 });
  await store.insertEvents(environment, poison([bad]), 'poison alone');
  await store.insertEvents(environment, poison([bad]), 'poison alone');
  const seen = await store.timeline(environment, [node('poisoned')], { before: null, limit: 100 });
  expect(seen.map((each) => parseExact(each.properties))).toEqual([{ a: 1, b: 123456789012345678901234567890n }]);
});

test('odd traits do not block the projection', async () => {
  const traits = Object.values(odd);
  await store.project(
    environment,
    projection(1, {
      identifiers: [mapRow('\ud800', 'x', 1)],
      identities: traits.map((json, index) => ({
        identity_id: node(`traits ${index}`),
        canonical_id: `traits ${index}`,
        known: true,
        traits: stringifyExact(parseExact(json)),
        trait_origins: '{}',
        other_traits: '[]',
        identifiers: ['\ud800', "'"],
        known_identifiers: [],
        created_at: 0,
        version: 1,
        deleted: false,
      })),
    }),
  );
  expect(await rows(store, 'SELECT count(traits) AS n FROM identities')).toEqual([{ n: traits.length }]);
  const chunks: Uint8Array[] = [];
  for await (const chunk of await store.exportTable(environment, 'identities', 'ndjson')) chunks.push(chunk);
  const profiles = Buffer.concat(chunks).toString('utf8').trim().split('\n').map(parseExact);
  const byId = new Map(profiles.map(({ canonical_id, traits }) => [canonical_id, traits]));
  for (const [index, json] of traits.entries()) {
    expect(canonical(stringifyExact(byId.get(`traits ${index}`)))).toBe(canonical(stringifyExact(parseExact(json))));
  }
});
