import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { openEngine } from '../../../src/events/engine/open-engine.ts';
import { createEventStore } from '../../../src/events/event-store.ts';
import { encodeEvents } from '../../../src/events/rows.ts';
import type { EventStore } from '../../../src/events/types.ts';
import { environment, event, insert, mapRow, node, projection, rows } from '../fixtures.ts';
import { type Front, startFront } from './front.ts';

/** Nodes that share a ClickHouse: none of them knows what another has done but by asking it. */

const directory = mkdtempSync(join(tmpdir(), 'onym-several-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe.each([
  ['a server', null],
  ['a cluster', 'onym_cluster'],
])('on %s', (_, cluster) => {
  let front: Front;
  let one: EventStore;
  let other: EventStore;
  let opened = 0;

  const open = async (): Promise<EventStore> => {
    opened++;
    const path = join(directory, `${cluster}-${opened}`);
    const store = await createEventStore({ path, server: front.server });
    await store.prepare(environment);
    return store;
  };

  beforeAll(async () => {
    front = await startFront(join(directory, `front-${cluster}`), { cluster });
    [one, other] = await Promise.all([open(), open()]);
  });
  afterAll(async () => {
    await Promise.all([one?.close(), other?.close()]);
    await front?.stop();
  });

  /** distinct_id → whose it is, as users of a store see it. */
  async function seen(store: EventStore, prefix: string): Promise<Record<string, string[]>> {
    const found = await rows<{ distinct_id: string; ids: string[] }>(
      store,
      `SELECT distinct_id, groupUniqArray(identity_id) AS ids FROM events WHERE startsWith(distinct_id, '${prefix}') GROUP BY distinct_id`,
    );
    return Object.fromEntries(found.map(({ distinct_id, ids }) => [distinct_id, ids.sort()]));
  }

  async function exported(store: EventStore, distinctId: string): Promise<string[]> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of await store.exportTable(environment, 'events', 'ndjson')) chunks.push(chunk);
    const lines = Buffer.concat(chunks).toString('utf8').trim().split('\n');
    const events = lines.map((line) => JSON.parse(line) as { distinct_id: string; identity_id: string });
    return events.filter((one) => one.distinct_id === distinctId).map(({ identity_id }) => identity_id);
  }

  async function settle(): Promise<void> {
    await one.compact(environment, Number.MAX_SAFE_INTEGER);
    expect(await one.pending(environment)).toMatchObject({ identifiers: 0, isAny: false });
  }

  test('what one projects the other shows, exports, counts and folds', async () => {
    await insert(one, [event('a1')]);
    await one.project(environment, projection(10, { identifiers: [mapRow('a1', 'a-x', 10)] }));
    expect(await other.progress(environment)).toEqual({ written: 10, projected: 10, erased: 0 });
    expect(await other.pending(environment)).toEqual({ identifiers: 1, isAny: true, foldedAgoMs: null });
    expect(await seen(other, 'a')).toEqual({ a1: [node('a-x')] });
    expect(await exported(other, 'a1')).toEqual([node('a-x')]);
    expect(await other.compact(environment, 10)).toBe(1);
    expect(await seen(one, 'a')).toEqual({ a1: [node('a-x')] });
    expect(await exported(one, 'a1')).toEqual([node('a-x')]);
    expect(await one.pending(environment)).toEqual({ identifiers: 0, isAny: false, foldedAgoMs: expect.any(Number) });
    expect(await one.compact(environment, 10)).toBe(0);
  });

  test('what one wrote and did not show is not said to be projected, until another shows it', async () => {
    await insert(one, [event('b1')]);
    await one.project(environment, projection(20, { identifiers: [mapRow('b1', 'b-x', 20)], more: true }));
    expect(await other.progress(environment)).toEqual({ written: 20, projected: 10, erased: 0 });
    // Rows that no query is promised are not folded either.
    expect(await other.compact(environment, 20)).toBe(0);
    await other.project(environment, projection(20));
    expect(await one.progress(environment)).toEqual({ written: 20, projected: 20, erased: 0 });
    expect(await seen(one, 'b')).toEqual({ b1: [node('b-x')] });
    await settle();
  });

  test('a projection written late, after others went on, folded and dropped, is not seen and not folded', async () => {
    await insert(one, [event('c1'), event('c2')]);
    // It read the ledger at 30 and lost its turn.
    const late = await open();
    const old = projection(30, { identifiers: [mapRow('c1', 'c-old', 30), mapRow('c2', 'c-old', 30)] });
    await one.project(environment, old);
    await one.project(environment, projection(31, { identifiers: [mapRow('c1', 'c-new', 31)] }));
    await other.compact(environment, 31);
    await late.project(environment, old);
    const expected = { c1: [node('c-new')], c2: [node('c-old')] };
    for (const store of [one, other, late]) expect(await seen(store, 'c')).toEqual(expected);
    expect(await exported(late, 'c1')).toEqual([node('c-new')]);
    expect(await one.progress(environment)).toEqual({ written: 31, projected: 31, erased: 0 });
    // The rows are there, count for nothing, and go with the next folding.
    expect(await one.pending(environment)).toMatchObject({ identifiers: 0, isAny: true });
    await one.project(environment, projection(32, { identifiers: [mapRow('c2', 'c-new', 32)] }));
    expect(await other.compact(environment, 32)).toBe(1);
    await settle();
    expect(await seen(late, 'c')).toEqual({ c1: [node('c-new')], c2: [node('c-new')] });
    await late.close();
  });

  test('a projection written late, between folding and dropping, hides nothing newer', async () => {
    await insert(one, [event('d1')]);
    const old = projection(40, { identifiers: [mapRow('d1', 'd-old', 40)] });
    await one.project(environment, old);
    await one.project(environment, projection(41, { identifiers: [mapRow('d1', 'd-new', 41)] }));
    const late = await open();
    let whileFolded: unknown;
    await other.compact(environment, 41, {
      readsSettled: async () => {
        await late.project(environment, old);
        whileFolded = await seen(one, 'd');
      },
    });
    expect(whileFolded).toEqual({ d1: [node('d-new')] });
    expect(await seen(one, 'd')).toEqual({ d1: [node('d-new')] });
    await settle();
    expect(await seen(one, 'd')).toEqual({ d1: [node('d-new')] });
    await late.close();
  });

  test('a query looks at no more dictionaries than what is pending asks for', async () => {
    const engine = await openEngine({ path: join(directory, `${cluster}-explain`), server: front.server });
    const read = async () => {
      const plan = await engine.rows<{ explain: string }>(
        `SELECT explain FROM (EXPLAIN actions = 1 SELECT uniqExact(identity_id) FROM onym_${environment}.events)`,
      );
      const names = plan.flatMap(({ explain }) => explain.match(/slots_\w+|overlay/g) ?? []);
      return [...new Set(names)].sort();
    };
    try {
      expect(await read()).toEqual([]);
      const seq = 1 + (await one.progress(environment)).projected;
      await one.project(environment, projection(seq, { identifiers: [mapRow('k1', 'k-x', seq)] }));
      expect(await read()).toEqual(['overlay', 'slots_small']);
      await settle();
      expect(await read()).toEqual([]);
    } finally {
      await engine.close();
    }
  });

  test('rows stay for what reads them on any node', async () => {
    await insert(one, [event('e1')]);
    await one.project(environment, projection(50, { identifiers: [mapRow('e1', 'e-x', 50)] }));
    expect(one.oldestReadStartedAt()).toBe(null);
    const before = Date.now();
    const reading = (await one.exportTable(environment, 'events', 'ndjson'))[Symbol.asyncIterator]();
    onTestFinished(() => void reading.return?.());
    await reading.next();
    expect(one.oldestReadStartedAt()).toBeGreaterThanOrEqual(before);
    const order: string[] = [];
    let asked = () => {};
    const isAsked = new Promise<void>((resolve) => {
      asked = resolve;
    });
    const readsSettled = async () => {
      asked();
      await Promise.all([one, other].map((store) => store.readsUnderWay()));
      order.push('settled');
    };
    const compaction = other.compact(environment, 50, { readsSettled });
    await isAsked;
    expect(await one.pending(environment)).toMatchObject({ identifiers: 1 });
    order.push('read');
    while ((await reading.next()).done !== true);
    await compaction;
    expect(order).toEqual(['read', 'settled']);
    expect(one.oldestReadStartedAt()).toBe(null);
    await settle();
  });

  // Seconds each, and the steps of a cluster are the same ones.
  test.skipIf(cluster !== null).each([
    ['loading what it is about to fold', '^SYSTEM RELOAD DICTIONARY'],
    ['rewriting the events', '^UPDATE'],
    ['applying that', 'APPLY PATCHES'],
    ['noting it', "state VALUES \\('watermark'"],
    ['waiting for reads', null],
    ['saying what is dropped', "state VALUES \\('dropped'"],
    ['dropping it', 'pending DELETE'],
  ])('a compaction whose node dies after %s is taken up by another', async (step, matching) => {
    const seq = 100 + (await one.progress(environment)).projected;
    const ids = [`f-${seq}-a`, `f-${seq}-b`];
    await insert(
      one,
      ids.map((id) => event(id)),
    );
    await one.project(environment, projection(seq, { identifiers: ids.map((id) => mapRow(id, `f-${seq}-x`, seq)) }));
    const expected = Object.fromEntries(ids.map((id) => [id, [node(`f-${seq}-x`)]]));

    if (matching !== null) await front.become({ lose: { matching, times: 1_000 } });
    const readsSettled = async () => {
      if (matching === null) throw new Error(step);
    };
    await expect(one.compact(environment, seq, { readsSettled })).rejects.toThrow();
    await front.become({});
    for (const store of [one, other]) expect(await seen(store, `f-${seq}`)).toEqual(expected);

    // One of them changed meanwhile.
    await other.project(environment, projection(seq + 1, { identifiers: [mapRow(ids[0]!, `f-${seq}-y`, seq + 1)] }));
    const changed = { ...expected, [ids[0]!]: [node(`f-${seq}-y`)] };
    expect(await seen(one, `f-${seq}`)).toEqual(changed);
    await other.compact(environment, seq);
    expect(await seen(one, `f-${seq}`)).toEqual(changed);
    expect(await one.pending(environment)).toMatchObject({ identifiers: 1 });
    await settle();
    for (const store of [one, other]) expect(await seen(store, `f-${seq}`)).toEqual(changed);
  });

  test('an erasure by one takes what the other has pending', async () => {
    const seq = 100 + (await one.progress(environment)).projected;
    await insert(one, [event('g1'), event('g2')]);
    await one.project(
      environment,
      projection(seq, { identifiers: [mapRow('g1', 'g1', seq), mapRow('g2', 'g1', seq)] }),
    );
    const erasures = [{ distinctIds: ['g1'], links: [], seq: seq + 1, receivedUpTo: Date.now() }];
    expect(await other.erase(environment, erasures)).toBe(1);
    await one.project(environment, projection(seq + 1, { identifiers: [mapRow('g2', 'g2', seq + 1)] }));
    expect(await other.erase(environment, erasures)).toBe(0);
    // The same string, and a stranger.
    await insert(one, [event('g1', { received_at: Date.now() + 1_000 })]);
    expect(await seen(other, 'g')).toEqual({ g1: [node('g1')], g2: [node('g2')] });
    expect((await one.readMap(environment, null, 1_000)).map(({ distinct_id }) => distinct_id)).not.toContain('g1');
    await settle();
  });

  test('a projection of before an erasure, written after it, brings nobody back', async () => {
    const seq = 100 + (await one.progress(environment)).projected;
    const late = await open();
    await insert(one, [event('i1'), event('i2')]);
    const old = projection(seq, {
      identifiers: [mapRow('i1', 'i1', seq), mapRow('i2', 'i1', seq)],
      separations: [{ distinct_id: 'i1', separated_from: 'i3', seq: 1, lifted: false, version: seq }],
    });
    await one.project(environment, old);
    // i2 is alone again, as the erasure itself says.
    const stray = projection(seq + 1, { identifiers: [mapRow('i2', 'i2', seq + 1)] });
    await one.project(environment, stray);
    const erasures = [{ distinctIds: ['i1'], links: [], seq: seq + 1, receivedUpTo: Date.now() }];
    expect(await other.erase(environment, erasures)).toBe(1);
    expect(await one.progress(environment)).toMatchObject({ erased: seq + 1 });
    await late.project(environment, old);
    // Done again, as after a failure.
    await other.project(environment, stray);
    expect(await other.erase(environment, erasures)).toBe(0);
    await insert(one, [event('i1', { received_at: Date.now() + 1_000 })]);
    const expected = { i1: [node('i1')], i2: [node('i2')] };
    expect(await seen(late, 'i')).toEqual(expected);
    const map = await one.readMap(environment, null, 1_000);
    expect(map.map(({ distinct_id }) => distinct_id)).not.toContain('i1');
    const apart: Uint8Array[] = [];
    for await (const chunk of await one.exportTable(environment, 'separations', 'ndjson')) apart.push(chunk);
    expect(Buffer.concat(apart).toString('utf8')).not.toContain('i1');
    // What spans it is refused as a whole, and what follows it comes in.
    const spanning = projection(seq + 2, { identifiers: [...old.identifiers, mapRow('i2', 'i-x', seq + 2)] });
    await expect(late.project(environment, spanning)).rejects.toThrow(/not_erased/);
    await one.project(environment, projection(seq + 2, { identifiers: [mapRow('i2', 'i-x', seq + 2)] }));
    expect(await seen(late, 'i')).toEqual({ ...expected, i2: [node('i-x')] });
    await settle();
    expect(await seen(late, 'i')).toEqual({ ...expected, i2: [node('i-x')] });
    await late.close();
  });

  test('whatever is projected twice, written late, folded by two and started meanwhile, nobody sees what was not', async () => {
    // Every identifier moves from identity to identity, always both at once: at any time the events are one person's of two.
    const first = 1_000 + (await one.progress(environment)).projected;
    const move = (version: number) =>
      projection(version, { identifiers: ['h-a', 'h-b'].map((id) => mapRow(id, `h-${version % 2}`, version)) });
    let version = first;
    let projected = version;
    let done = false;
    let drained = 0;
    let registered: number | null = null;
    const strangers = new Set<string>();
    const back: string[] = [];
    await one.project(environment, move(version));

    const draining = async () => {
      while (!done) {
        registered = projected;
        const body = encodeEvents(environment, [event('h-a'), event('h-b')], () => node(`h-${registered! % 2}`));
        await one.insertEvents(environment, body, `h-${cluster}-${drained}`);
        registered = null;
        drained++;
      }
    };
    /** Two who take turns; and what each wrote comes once more, out of turn, later. */
    const projecting = async () => {
      for (let round = 0; round < 12; round++) {
        const store = round % 2 === 0 ? one : other;
        await store.progress(environment);
        await store.project(environment, move(++version));
        projected = version;
      }
      done = true;
    };
    const late = async () => {
      while (!done) {
        await other.project(environment, move(Math.max(first, projected - 3)));
        await nextTurn();
      }
    };
    const readsSettled = async () => {
      await Promise.all([one, other].map((store) => store.readsUnderWay()));
    };
    const folding = async (store: EventStore) => {
      while (!done) {
        const upTo = projected;
        await store.compact(environment, Math.min(registered ?? upTo, upTo), { readsSettled });
        await nextTurn();
      }
    };
    const starting = async () => {
      while (!done) await (await open()).close();
    };
    const reading = async (store: EventStore) => {
      while (!done) {
        const since = projected;
        const found = await rows<{ ids: string[] }>(
          store,
          `SELECT groupUniqArray(identity_id) AS ids FROM events WHERE distinct_id IN ('h-a', 'h-b')`,
        );
        for (const id of found.flatMap(({ ids }) => ids)) {
          if (id !== node('h-0') && id !== node('h-1')) strangers.add(id);
        }
        // As long as nothing moved meanwhile, they are where they were moved to.
        if (since === version && found[0]?.ids.join() !== node(`h-${since % 2}`))
          back.push(`${since}: ${found[0]?.ids}`);
      }
    };
    await Promise.all([
      draining(),
      projecting(),
      late(),
      folding(one),
      folding(other),
      starting(),
      reading(one),
      reading(other),
    ]);
    expect([...strangers]).toEqual([]);
    expect(back).toEqual([]);
    expect(drained).toBeGreaterThan(0);
    const last = { 'h-a': [node(`h-${version % 2}`)], 'h-b': [node(`h-${version % 2}`)] };
    for (const store of [one, other]) expect(await seen(store, 'h-')).toEqual(last);
    await settle();
    for (const store of [one, other]) expect(await seen(store, 'h-')).toEqual(last);
    expect((await one.counts(environment, [node('h-a')])).event_count).toBe(drained);
  });
});
