import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createDrain } from '../../src/journal/drain.ts';
import { openJournal } from '../../src/journal/journal.ts';
import { createRecentSet } from '../../src/journal/recent-set.ts';
import { createUuidWindow, type TrackedEvent } from '../../src/journal/uuid-window.ts';
import { temporaryDirectory } from './directories.ts';
import { createEventStoreFake, createIdentityStoreFake, createLogFake, eventOf } from './fakes.ts';

const named = (n: number, distinctId = 'user_1'): TrackedEvent => ({
  event: eventOf(n, { distinct_id: distinctId }),
  explicitUuid: true,
});
const unnamed = (n: number): TrackedEvent => ({ event: eventOf(n), explicitUuid: false });

function setup(directory = temporaryDirectory(), eventStore = createEventStoreFake()) {
  const journal = openJournal({ directory });
  const drain = createDrain({ journal, eventStore, identityStore: createIdentityStoreFake(), log: createLogFake() });
  const window = createUuidWindow({ journal, eventStore });
  const stop = async () => {
    await drain.close();
    await journal.close();
  };
  onTestFinished(stop);
  return { directory, journal, drain, eventStore, window, stop };
}

/** A journal whose appends end when and as the test says. */
function setupHeld() {
  const real = setup();
  const appends: { uuids: string[]; end: (error?: Error) => void }[] = [];
  const journal: typeof real.journal = {
    ...real.journal,
    append: (_environment, events) =>
      events.length === 0
        ? Promise.resolve(new Map())
        : new Promise((resolve, reject) => {
            const end = (error?: Error) => (error ? reject(error) : resolve(new Map()));
            appends.push({ uuids: events.map((event) => event.uuid), end });
          }),
  };
  return { appends, window: createUuidWindow({ journal, eventStore: real.eventStore }) };
}

/** Whether a promise has settled, once everything that can go on has gone on. */
async function settled(promise: Promise<unknown>): Promise<boolean> {
  const pending = Symbol();
  await new Promise((resolve) => setImmediate(resolve));
  const first = await Promise.race([promise.catch(() => undefined), Promise.resolve(pending)]);
  return first !== pending;
}

describe('append', () => {
  test('the same uuid for the same distinct_id counts once: in a call, over calls, and by environment', async () => {
    const { window, drain, eventStore } = setup();
    expect(await window.append('production', [named(1), named(2), named(1)])).toEqual([true, true, false]);
    expect(await window.append('production', [named(2), named(1, 'user_2'), named(3)])).toEqual([false, true, true]);
    expect(await window.append('staging', [named(1)])).toEqual([true]);
    await drain.flush();
    expect(eventStore.rowsOf('production').map((row) => [row.properties.n, row.distinct_id])).toEqual([
      [1, 'user_1'],
      [2, 'user_1'],
      [1, 'user_2'],
      [3, 'user_1'],
    ]);
    expect(eventStore.uuidsOf('staging')).toHaveLength(1);
  });

  test('events that the client did not name are never taken for duplicates', async () => {
    const { window } = setup();
    expect(await window.append('production', [unnamed(1), unnamed(1)])).toEqual([true, true]);
    expect(await window.append('production', [unnamed(1), named(1)])).toEqual([true, true]);
  });

  test('a duplicate of an event on its way to the disk is answered only when that one is durable', async () => {
    const { window, appends } = setupHeld();
    const first = window.append('production', [named(1)]);
    const second = window.append('production', [named(1), named(2)]);
    expect(await settled(second)).toBe(false);
    expect(appends.map((append) => append.uuids)).toEqual([[eventOf(1).uuid]]);
    appends[0]!.end();
    expect(await first).toEqual([true]);
    expect(await settled(second)).toBe(false);
    expect(appends[1]!.uuids).toEqual([eventOf(2).uuid]);
    appends[1]!.end();
    expect(await second).toEqual([false, true]);
  });

  test('when an append fails its duplicates fail with it, and all of them may come again', async () => {
    const { window, appends } = setupHeld();
    const first = window.append('production', [named(1)]);
    const second = window.append('production', [named(1), named(2)]);
    const third = window.append('production', [named(2)]);
    appends[0]!.end(new Error('disk full'));
    for (const call of [first, second, third]) await expect(call).rejects.toThrow('disk full');
    expect(appends).toHaveLength(1);

    const again = window.append('production', [named(1), named(2)]);
    expect(appends[1]!.uuids).toEqual([eventOf(1).uuid, eventOf(2).uuid]);
    appends[1]!.end();
    expect(await again).toEqual([true, true]);
  });
});

test('after a restart it knows what the journal and the event store hold', async () => {
  const before = setup();
  await before.window.append('production', [named(1), named(2)]);
  await before.drain.flush();
  await before.window.append('production', [named(3)]);
  await before.stop();

  const after = setup(before.directory, before.eventStore);
  await after.window.fill('production');
  expect(await after.window.append('production', [named(1), named(2), named(3), named(4)])).toEqual([
    false,
    false,
    false,
    true,
  ]);
});

test('where the event store is away at the start, it knows the journal, and the rest after another fill', async () => {
  const before = setup();
  await before.window.append('production', [named(1)]);
  await before.drain.flush();
  await before.window.append('production', [named(2)]);
  await before.stop();

  const eventStore = { ...before.eventStore };
  eventStore.recentUuids = async () => Promise.reject(new Error('away'));
  const after = setup(before.directory, eventStore);
  await expect(after.window.fill('production')).rejects.toThrow('away');
  expect(await after.window.append('production', [named(2)])).toEqual([false]);
  eventStore.recentUuids = before.eventStore.recentUuids;
  await after.window.fill('production');
  expect(await after.window.append('production', [named(1)])).toEqual([false]);
});

test('where others insert too, it asks the journal alone at a start', async () => {
  const before = setup();
  await before.window.append('production', [named(1)]);
  await before.drain.flush();
  await before.window.append('production', [named(2)]);
  await before.stop();
  const { journal } = setup(before.directory);
  const window = createUuidWindow({ journal, eventStore: null });
  await window.fill('production');
  expect([1, 2].map((n) => window.has('production', named(n).event))).toEqual([false, true]);
});

test('a long journal is read with turns for others, who may end it', async () => {
  const { window, drain } = setup();
  for (let n = 0; n < 3; n++) await window.append('production', [named(n)]);
  const told = new AbortController();
  setImmediate(() => told.abort(new Error('told to stop')));
  await expect(window.fill('production', told.signal)).rejects.toThrow('told to stop');
  await drain.flush();
});

describe('the set', () => {
  test('remembers at least as many as it should, nothing that was not added, and forgets in the end', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3_000 }), fc.integer({ min: 0, max: 10_000 }), (sizeMax, count) => {
        const set = createRecentSet(sizeMax);
        for (let n = 0; n < count; n++) set.add(`text ${n}`);
        for (let n = Math.max(0, count - sizeMax); n < count; n++) expect(set.has(`text ${n}`)).toBe(true);
        for (let n = 0; n < count - 2 * sizeMax; n++) expect(set.has(`text ${n}`)).toBe(false);
        for (let n = 0; n < 100; n++) expect(set.has(`other ${n}`)).toBe(false);
      }),
      { numRuns: 30 },
    );
  });

  test('takes at most 40 MB for a million', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const bytes = () => process.memoryUsage().arrayBuffers + process.memoryUsage().heapUsed;
    collect();
    const before = bytes();
    const set = createRecentSet(1_000_000);
    for (let n = 0; n < 2_000_001; n++) set.add(`text ${n}`);
    // Buffers let go of are freed aside, after the collection.
    for (let turn = 0; turn < 100 && bytes() - before > 40e6; turn++) {
      collect();
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect(bytes() - before).toBeLessThan(40e6);
    expect(set.has('text 1500000')).toBe(true);
  });
});
