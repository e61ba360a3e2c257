import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodeEvents } from '../../src/events/rows.ts';
import type { EventStore, TimelineEvent } from '../../src/events/types.ts';
import { limits } from '../../src/limits.ts';
import {
  environment,
  event,
  insert,
  mapRow,
  node,
  openTemporaryStore,
  projection,
  rows,
  T0,
  text,
} from './fixtures.ts';

let store: EventStore;
let remove: () => Promise<void>;

beforeAll(async () => {
  ({ store, remove } = await openTemporaryStore());
});
afterAll(() => remove());

const byBytesDescending = (a: string, b: string): number => Buffer.compare(Buffer.from(b), Buffer.from(a));

describe('preparing', () => {
  test('twice, and at once, changes nothing', async () => {
    await Promise.all([store.prepare('twice'), store.prepare('twice')]);
    await store.prepare('twice');
    expect(await store.projectedSeq('twice')).toBe(0);
  });

  test('environments whose names differ only in case or hyphens are different worlds', async () => {
    const names = ['Shop-eu', 'shop-eu', 'shop_eu', 'shop', 'shop_data'];
    for (const name of names) {
      await store.prepare(name);
      await insert(store, [event(`user of ${name}`)], name);
    }
    for (const name of names) {
      expect(await rows(store, 'SELECT distinct_id FROM events', name)).toEqual([{ distinct_id: `user of ${name}` }]);
    }
  });

  test('an environment that was not prepared is an error', async () => {
    await expect(store.projectedSeq('nowhere')).rejects.toMatchObject({ code: 'environment-not-found' });
  });
});

describe('events', () => {
  test('come back as they were, under the columns that are promised, in their order', async () => {
    const sent = event('whole', {
      properties: { plan: 'pro', price: 12.5, tags: ['a', 'b'], nested: { deep: true } },
      anonymous_id: 'anonymous-1',
      device_id: 'device-1',
      session_id: 's1',
    });
    await insert(store, [sent]);
    const { lossy, properties, ...rest } = sent;
    const [seen, ...others] = await store.timeline(environment, [node('whole')], { before: null, limit: 10 });
    expect(seen).toEqual({ ...rest, properties: expect.any(String) });
    expect(JSON.parse(seen!.properties)).toEqual(JSON.parse(properties));
    expect([lossy, others]).toEqual([false, []]);
    const [row] = await rows(store, `SELECT * FROM events WHERE distinct_id = 'whole'`);
    expect(Object.keys(row!)).toEqual([
      'uuid',
      'timestamp',
      'received_at',
      'event',
      'properties',
      'distinct_id',
      'anonymous_id',
      'device_id',
      'session_id',
      'identity_id',
      'client_timestamp',
    ]);
    expect(row).toMatchObject({ timestamp: '2026-01-01 00:00:00.000', identity_id: node('whole') });
  });

  test('a token counts once, whatever comes with it', async () => {
    const body = (id: string) => encodeEvents(environment, [event('token', { event: id })], node);
    await store.insertEvents(environment, body('first'), 'token-1');
    await store.insertEvents(environment, body('first'), 'token-1');
    await store.insertEvents(environment, body('second'), 'token-1');
    await store.insertEvents(environment, body('third'), 'token-2');
    // Without the token of the one before: nothing leaks from insert to insert.
    expect(await rows(store, `SELECT event FROM events WHERE distinct_id = 'token' ORDER BY event`)).toEqual([
      { event: 'first' },
      { event: 'third' },
    ]);
  });

  test('of every year from 1900 to 2299 fit in one batch and are found by their time', async () => {
    const years = Array.from({ length: 400 }, (_, index) => 1900 + index);
    const events = years.map((year) => event('centuries', { timestamp: Date.UTC(year, 6, 1) + 123 }));
    await insert(store, events);
    expect(await store.counts(environment, [node('centuries')])).toEqual({
      event_count: 400,
      first_seen: Date.UTC(1900, 6, 1) + 123,
      last_seen: Date.UTC(2299, 6, 1) + 123,
    });
    for (const year of [1900, 1969, 1970, 2026, 2148, 2150, 2299]) {
      const sql = `SELECT count() AS n FROM events WHERE distinct_id = 'centuries'
        AND timestamp >= '${year}-01-01' AND timestamp < '${year + 1}-01-01'`;
      expect(await rows(store, sql), String(year)).toEqual([{ n: 1 }]);
    }
    expect(
      await rows(
        store,
        `SELECT count() AS n FROM events WHERE distinct_id = 'centuries' AND timestamp >= '2100-01-01'`,
      ),
    ).toEqual([{ n: 200 }]);
  });

  async function pagesOf(ids: readonly string[], limit: number): Promise<TimelineEvent[]> {
    const nodes = ids.map((id) => node(id));
    const seen: TimelineEvent[] = [];
    for (;;) {
      const page: TimelineEvent[] = await store.timeline(environment, nodes, { before: seen.at(-1) ?? null, limit });
      if (page.length === 0) return seen;
      seen.push(...page);
    }
  }

  test('a timeline has an event for each identifier that was sent with one uuid', async () => {
    const ids = ['twin-a', 'twin-b', 'twin-é', 'twin-\u{1f600}', 'twin-\uffff'];
    const { uuid } = event('any');
    await insert(
      store,
      ids.flatMap((id) => [event(id, { uuid }), event(id, { uuid, timestamp: T0 + 1 })]),
    );
    for (const limit of [1, 2, 3, 100]) {
      const seen = await pagesOf(ids, limit);
      expect(seen.map(({ timestamp, distinct_id }) => `${timestamp - T0} ${distinct_id}`)).toEqual(
        [1, 0].flatMap((after) => ids.toReversed().map((id) => `${after} ${id}`)).toSorted(byBytesDescending),
      );
    }
  });

  test('an identity of more identifiers than are read at once is counted and shown whole', async () => {
    const nobody = Array.from({ length: 2 * limits.nodesPerReadMax }, (_, index) => node(`nobody-${index}`));
    const ids = ['first', 'middle', 'last'];
    await insert(
      store,
      ids.flatMap((id, index) => [0, 10].map((after) => event(id, { timestamp: T0 + after + index }))),
    );
    const half = limits.nodesPerReadMax;
    const nodes = [node('first'), ...nobody.slice(0, half), node('middle'), ...nobody.slice(half), node('last')];
    expect(await store.counts(environment, nodes)).toEqual({
      event_count: 6,
      first_seen: T0,
      last_seen: T0 + 12,
    });
    expect(await store.counts(environment, nobody)).toMatchObject({ event_count: 0, first_seen: null });
    for (const limit of [4, 100]) {
      const seen: TimelineEvent[] = [];
      for (let page = await store.timeline(environment, nodes, { before: null, limit }); page.length > 0; ) {
        seen.push(...page);
        page = await store.timeline(environment, nodes, { before: seen.at(-1)!, limit });
      }
      expect(seen.map(({ timestamp }) => timestamp - T0)).toEqual([12, 11, 10, 2, 1, 0]);
    }
  });

  test('a timeline goes on where the page before ended, also between events of one millisecond', async () => {
    const events = Array.from({ length: 40 }, (_, index) =>
      event(index % 2 === 0 ? 'pages-a' : 'pages-b', { timestamp: T0 + Math.floor(index / 7) }),
    );
    await insert(store, events);
    const expected = events.toSorted((a, b) => b.timestamp - a.timestamp || (a.uuid < b.uuid ? 1 : -1));
    const seen = await pagesOf(['pages-a', 'pages-b'], 6);
    expect(seen.map(({ uuid }) => uuid)).toEqual(expected.map(({ uuid }) => uuid));
    expect(await store.timeline(environment, [], { before: null, limit: 5 })).toEqual([]);
  });

  test('a timeline may be of the events of one name, whatever is in it', async () => {
    const names = ['it\'s "quoted"', 'other', 'it\'s "quoted"', 'other'];
    const events = names.map((name, index) => event('one-name', { event: name, timestamp: T0 + index }));
    await insert(store, events);
    const ofName = (name: string, before: TimelineEvent | null = null) =>
      store.timeline(environment, [node('one-name')], { before, limit: 1, event: name });
    const [last] = await ofName(names[0]!);
    expect(last!.uuid).toBe(events[2]!.uuid);
    const [first] = await ofName(names[0]!, last!);
    expect(first!.uuid).toBe(events[0]!.uuid);
    expect(await ofName(names[0]!, first!)).toEqual([]);
    expect(await ofName("' OR 1 = 1 --")).toEqual([]);
  });

  test('the uuids received last come first', async () => {
    const events = [1, 2, 3].map((minute) => event('recent', { received_at: Date.UTC(2200, 0, 1, 0, minute) }));
    await insert(store, events);
    expect(await store.recentUuids(environment, 2)).toEqual([
      { uuid: events[2]!.uuid, distinct_id: 'recent' },
      { uuid: events[1]!.uuid, distinct_id: 'recent' },
    ]);
  });

  test('no events: no times', async () => {
    const none = { event_count: 0, first_seen: null, last_seen: null };
    expect(await store.counts(environment, [])).toEqual(none);
    expect(await store.counts(environment, [node('nobody')])).toEqual(none);
  });
});

describe('the projection', () => {
  test('is seen by the next query', async () => {
    await insert(store, [event('web'), event('web'), event('phone'), event('bystander')]);
    await store.project(
      environment,
      projection(10, {
        identifiers: [mapRow('web', 'web', 10), mapRow('phone', 'web', 10)],
        identities: [
          {
            identity_id: node('web'),
            canonical_id: 'web',
            known: true,
            traits: '{"plan":"pro","nested":{"n":1}}',
            trait_origins: '{}',
            other_traits: '[]',
            identifiers: ['web', 'phone'],
            known_identifiers: ['web'],
            created_at: T0,
            version: 10,
            deleted: false,
          },
        ],
        links: [
          {
            seq: 10,
            kind: 'identify',
            primary_id: 'web',
            secondary_id: 'phone',
            status: 'active',
            reason: null,
            time: T0,
            key: 'pk_1',
            lib: null,
            batch: null,
            rule: 'identify',
            effective_time: T0,
            waived: [],
            public: true,
            version: 10,
          },
        ],
      }),
    );
    expect(await store.projectedSeq(environment)).toBe(10);
    expect(
      await rows(
        store,
        `SELECT i.canonical_id AS who, count() AS n FROM events AS e JOIN identities AS i USING (identity_id) GROUP BY who`,
      ),
    ).toEqual([{ who: 'web', n: 3 }]);
    expect(await rows(store, 'SELECT * FROM identities')).toEqual([
      {
        identity_id: node('web'),
        canonical_id: 'web',
        known: true,
        traits: { plan: 'pro', nested: { n: 1 } },
        identifiers: ['web', 'phone'],
        created_at: '2026-01-01 00:00:00.000',
      },
    ]);
    expect(await rows(store, 'SELECT * FROM identifiers ORDER BY distinct_id')).toEqual([
      { distinct_id: 'phone', identity_id: node('web'), known: true, first_seen: '2026-01-01 00:00:00.000' },
      { distinct_id: 'web', identity_id: node('web'), known: true, first_seen: '2026-01-01 00:00:00.000' },
    ]);
    expect(await rows(store, 'SELECT * FROM links')).toEqual([
      {
        seq: 10,
        kind: 'identify',
        primary_id: 'web',
        secondary_id: 'phone',
        status: 'active',
        reason: null,
        time: '2026-01-01 00:00:00.000',
        key: 'pk_1',
        lib: null,
        batch: null,
      },
    ]);
  });

  test('the greatest version wins, in whatever order it is written', async () => {
    await insert(store, [event('versions')]);
    const who = async () =>
      (await rows<{ identity_id: string }>(store, `SELECT identity_id FROM events WHERE distinct_id = 'versions'`))[0]!
        .identity_id;
    await store.project(environment, projection(12, { identifiers: [mapRow('versions', 'b', 12)] }));
    await store.project(environment, projection(11, { identifiers: [mapRow('versions', 'a', 11)] }));
    expect(await who()).toBe(node('b'));
    await store.project(environment, projection(13, { identifiers: [mapRow('versions', 'versions', 13)] }));
    expect(await who()).toBe(node('versions'));
    expect(await store.projectedSeq(environment)).toBe(13);
  });

  test('a deleted identity is gone from the view, and back with a newer version', async () => {
    const row = {
      identity_id: node('ghost'),
      canonical_id: 'ghost',
      known: true,
      traits: '{}',
      trait_origins: '{}',
      other_traits: '[]',
      identifiers: ['ghost'],
      known_identifiers: ['ghost'],
      created_at: T0,
    };
    const seen = () => rows(store, `SELECT canonical_id FROM identities WHERE canonical_id = 'ghost'`);
    await store.project(environment, projection(14, { identities: [{ ...row, version: 14, deleted: false }] }));
    expect(await seen()).toHaveLength(1);
    await store.project(environment, projection(15, { identities: [{ ...row, version: 15, deleted: true }] }));
    await store.project(environment, projection(14, { identities: [{ ...row, version: 14, deleted: false }] }));
    expect(await seen()).toHaveLength(0);
    await store.project(environment, projection(16, { identities: [{ ...row, version: 16, deleted: false }] }));
    expect(await seen()).toHaveLength(1);
  });

  test('an identifier that no active fact names is mapped, but not shown', async () => {
    await insert(store, [event('hidden')]);
    await store.project(
      environment,
      projection(17, { identifiers: [{ ...mapRow('hidden', 'other', 17), first_seen: null }] }),
    );
    expect(await rows(store, `SELECT * FROM identifiers WHERE distinct_id = 'hidden'`)).toEqual([]);
    expect(await rows(store, `SELECT identity_id FROM events WHERE distinct_id = 'hidden'`)).toEqual([
      { identity_id: node('other') },
    ]);
  });

  test('the map is read page by page', async () => {
    const seen = [];
    let after: string | null = null;
    for (;;) {
      const page = await store.readMap(environment, after, 2);
      if (page.length === 0) break;
      seen.push(...page);
      after = page.at(-1)!.node_id;
    }
    expect(seen.map(({ distinct_id }) => distinct_id).sort()).toEqual(['hidden', 'phone', 'versions', 'web']);
    expect(seen.find(({ distinct_id }) => distinct_id === 'phone')).toEqual(mapRow('phone', 'web', 10));
  });
});

test('the formats of a result', async () => {
  const sql = 'SELECT number AS n, toString(number) AS s FROM numbers(3)';
  expect(JSON.parse(await text(store, sql, 'JSON'))).toMatchObject({
    data: [
      { n: 0, s: '0' },
      { n: 1, s: '1' },
      { n: 2, s: '2' },
    ],
    meta: [
      { name: 'n', type: 'UInt64' },
      { name: 's', type: 'String' },
    ],
    rows: 3,
    statistics: { rows_read: 3 },
  });
  expect(await text(store, sql, 'JSONEachRow')).toBe('{"n":0,"s":"0"}\n{"n":1,"s":"1"}\n{"n":2,"s":"2"}\n');
  expect(await text(store, sql, 'CSVWithNames')).toBe('"n","s"\n0,"0"\n1,"1"\n2,"2"\n');
  expect((await text(store, sql, 'Parquet')).slice(0, 4)).toBe('PAR1');
  expect(await text(store, sql, 'ArrowStream')).not.toBe('');
  for (const format of ['JSON', 'JSONEachRow', 'CSVWithNames', 'Parquet', 'ArrowStream'] as const) {
    expect(await text(store, 'SELECT * FROM events LIMIT 3', format), format).not.toBe('');
  }
});
