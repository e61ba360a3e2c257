import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { openDatabase } from '../../src/disk/sqlite.ts';
import { createDrain } from '../../src/journal/drain.ts';
import { openJournal } from '../../src/journal/journal.ts';
import { nodeId } from '../../src/node-id.ts';
import { copyAsAfterCrash, temporaryDirectory } from './directories.ts';
import { createEventStoreFake, createIdentityStoreFake, createLogFake, eventOf } from './fakes.ts';

type Parts = Partial<ReturnType<typeof createParts>>;

function createParts() {
  return {
    directory: temporaryDirectory(),
    eventStore: createEventStoreFake(),
    identityStore: createIdentityStoreFake(),
    log: createLogFake(),
    time: { now: 0 },
  };
}

/** A journal with its drain; parts given are shared with another. */
function setup(given: Parts & { drainRowsMax?: number } = {}) {
  const parts = { ...createParts(), ...given };
  const journal = openJournal({
    directory: parts.directory,
    limits: given.drainRowsMax === undefined ? {} : { drainRowsMax: given.drainRowsMax },
  });
  const drain = createDrain({ ...parts, journal, clock: () => parts.time.now, random: () => 0 });
  onTestFinished(async () => {
    await drain.close();
    await journal.close();
  });
  return { ...parts, journal, drain };
}

const events = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => eventOf(from + i));
const uuids = (from: number, to: number) => events(from, to).map((event) => event.uuid);
const unavailable = { code: 'event-store-unavailable', status: 503, retryAfterSeconds: expect.any(Number) };

describe('flush', () => {
  test('brings everything acknowledged before it to the event store, in order and once', async () => {
    const { journal, drain, eventStore } = setup({ drainRowsMax: 1_500 });
    for (let n = 0; n < 5_000; n += 500) await journal.append('production', events(n, n + 500));
    await journal.append('staging', events(9_000, 9_010));
    await drain.flush('production');
    expect(eventStore.uuidsOf('production')).toEqual(uuids(0, 5_000));
    expect(eventStore.uuidsOf('staging')).toEqual([]);
    expect(Math.max(...eventStore.calls.map((call) => call.uuids.length))).toBeLessThanOrEqual(1_500);
    await drain.flush();
    expect(eventStore.uuidsOf('staging')).toEqual(uuids(9_000, 9_010));
    expect(journal.bytes()).toBe(0);
    expect(drain.stats()).toMatchObject({ drainedEvents: 5_010, failing: [] });
  });

  test('asks nobody when there is nothing to drain', async () => {
    const { drain, eventStore } = setup();
    await drain.flush();
    await drain.flush('production');
    expect(eventStore.calls).toEqual([]);
  });

  test('called during a drain also waits for what was acknowledged after that drain began', async () => {
    const { journal, drain, eventStore } = setup();
    await journal.append('production', events(0, 1));
    let late: Promise<void> | undefined;
    eventStore.hooks.before = async () => {
      if (late) return;
      await journal.append('production', events(1, 2));
      late = drain.flush('production').then(() => expect(eventStore.uuidsOf('production')).toEqual(uuids(0, 2)));
    };
    await drain.flush('production');
    await late;
    expect(eventStore.calls).toHaveLength(2);
  });

  test('one environment that fails does not hold up another', async () => {
    const { journal, drain, eventStore } = setup();
    eventStore.hooks.before = async ({ environment }) => {
      if (environment === 'staging') throw new Error('no such database');
    };
    await journal.append('staging', events(0, 1));
    await journal.append('production', events(1, 2));
    await expect(drain.flush()).rejects.toMatchObject(unavailable);
    await drain.flush('production');
    expect(eventStore.uuidsOf('production')).toEqual(uuids(1, 2));
  });
});

test('batches as earlier versions wrote them are drained beside those of today, also in parts', async () => {
  const { directory, journal } = setup();
  await journal.append('production', events(0, 3));
  await journal.append('production', events(3, 6));
  await journal.append('production', [...events(6, 8), eventOf(8, { event: 'poison' })]);
  await journal.close();
  const database = openDatabase(join(directory, 'journal.sqlite'));
  const lines = (from: number, to: number) => JSON.stringify(events(from, to));
  database.prepare('UPDATE batches SET events = ? WHERE id = 2').run(lines(3, 6));
  database.close();

  const { drain, journal: reopened, eventStore } = setup({ directory });
  await drain.flush();
  expect(eventStore.uuidsOf('production')).toEqual(uuids(0, 8));
  expect(reopened.quarantined('production', 10)).toMatchObject([{ event: eventOf(8, { event: 'poison' }) }]);
  const numbers = eventStore.rowsOf('production').map((row) => row.properties.n);
  expect(numbers).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
});

describe('identities', () => {
  test('events are bound to the identity of their distinct_id', async () => {
    const { journal, drain, eventStore, identityStore } = setup();
    identityStore.state.canonical.set('anonymous-1', 'user_42');
    await journal.append('production', [
      eventOf(1, { distinct_id: 'anonymous-1' }),
      eventOf(2, { distinct_id: 'stranger' }),
    ]);
    await drain.flush();
    expect(eventStore.rowsOf('production')).toMatchObject([
      { node_id: nodeId('production', 'anonymous-1'), identity_id: nodeId('production', 'user_42') },
      { node_id: nodeId('production', 'stranger'), identity_id: nodeId('production', 'stranger') },
    ]);
  });

  test('the seq is registered before the map is read, until the rows have arrived', async () => {
    const { journal, drain, eventStore, identityStore } = setup();
    identityStore.state.head = 7;
    const seen: (number | null)[] = [];
    const resolve = identityStore.resolve;
    vi.spyOn(identityStore, 'resolve').mockImplementation(async (...parameters) => {
      seen.push(drain.safeSeq('production'));
      identityStore.state.head = 9;
      return await resolve(...parameters);
    });
    eventStore.hooks.after = async () => {
      seen.push(drain.safeSeq('production'));
      seen.push(drain.safeSeq('staging'));
    };
    await journal.append('production', events(0, 1));
    expect(drain.safeSeq('production')).toBeNull();
    await drain.flush();
    expect(seen).toEqual([7, 7, null]);
    expect(drain.safeSeq('production')).toBeNull();
  });

  test('the seq goes down when the identity store was restored from before it', async () => {
    const first = setup();
    first.identityStore.state.head = 20;
    await first.journal.append('production', events(0, 1));
    first.eventStore.hooks.before = async () => {
      throw new Error('away');
    };
    await expect(first.drain.flush()).rejects.toMatchObject(unavailable);

    const identityStore = createIdentityStoreFake();
    identityStore.state.head = 12;
    const second = setup({ directory: copyAsAfterCrash(first.directory), identityStore });
    expect(second.drain.safeSeq('production')).toBe(20);
    const seen: (number | null)[] = [];
    second.eventStore.hooks.before = async () => {
      seen.push(second.drain.safeSeq('production'));
    };
    await second.drain.flush();
    expect(seen).toEqual([12]);
  });
});

describe('while the event store is away', () => {
  test('calls are acknowledged, readers are told to come again, and everything arrives once it is back', async () => {
    const { journal, drain, eventStore, log, time } = setup();
    eventStore.hooks.before = async () => {
      throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    };
    await journal.append('production', events(0, 10));
    await expect(drain.flush('production')).rejects.toMatchObject(unavailable);
    await journal.append('production', events(10, 20));
    expect(drain.stats()).toMatchObject({ failedAttempts: 1, failing: ['production'] });

    // Within the backoff nobody bothers the event store.
    await expect(drain.flush('production')).rejects.toMatchObject(unavailable);
    expect(eventStore.calls).toHaveLength(1);
    for (let attempt = 2; attempt < 10; attempt++) {
      time.now += 5_000;
      await expect(drain.flush('production')).rejects.toMatchObject(unavailable);
      expect(eventStore.calls).toHaveLength(attempt);
    }

    eventStore.hooks.before = async () => {};
    time.now += 5_000;
    await drain.flush('production');
    expect(eventStore.uuidsOf('production')).toEqual(uuids(0, 20));
    expect(drain.stats().failing).toEqual([]);
    expect(log.lines.map((line) => line.level)).toEqual(['warn', 'warn', 'warn', 'warn', 'info']);
  });

  test('an answer that got lost leads to the same rows under the same token', async () => {
    const { journal, drain, eventStore, time } = setup();
    await journal.append('production', events(0, 10));
    eventStore.hooks.after = async () => {
      throw new Error('socket hang up');
    };
    await expect(drain.flush()).rejects.toMatchObject(unavailable);
    await journal.append('production', events(10, 20));
    eventStore.hooks.after = async () => {};
    time.now += 5_000;
    await drain.flush();
    expect(eventStore.calls[1]).toEqual(eventStore.calls[0]);
    expect(eventStore.uuidsOf('production')).toEqual(uuids(0, 20));
  });
});

test('a crash between insert and removal leads to the same rows under the same token', async () => {
  const first = setup();
  await first.journal.append('production', events(0, 10));
  let crashed = '';
  first.eventStore.hooks.after = async () => {
    await first.journal.append('production', events(10, 20));
    crashed ||= copyAsAfterCrash(first.directory);
  };
  await first.drain.flush();

  const eventStore = first.eventStore;
  eventStore.hooks.after = async () => {};
  const callsBefore = eventStore.calls.length;
  const second = setup({ directory: crashed, eventStore });
  await second.drain.flush();
  expect(eventStore.calls[callsBefore]).toEqual(eventStore.calls[0]);
  expect(eventStore.uuidsOf('production').slice(0, 10)).toEqual(uuids(0, 10));
  expect(eventStore.uuidsOf('production').filter((uuid) => uuids(0, 10).includes(uuid))).toHaveLength(10);
});

describe('rows the engine can not take', () => {
  test('go to quarantine, and their neighbours arrive once', async () => {
    const { journal, drain, eventStore, log } = setup();
    const poisonous = new Set([3, 777, 778, 1_999]);
    const batch = events(0, 2_000).map((event, n) => (poisonous.has(n) ? { ...event, event: 'poison' } : event));
    await journal.append('production', batch);
    await drain.flush();
    expect(eventStore.uuidsOf('production')).toEqual(uuids(0, 2_000).filter((_, n) => !poisonous.has(n)));
    expect(journal.quarantined('production', 10).map(({ event }) => event)).toEqual(
      [...poisonous].map((n) => batch[n]),
    );
    expect(journal.quarantined('production', 10)[0]?.message).toContain('Cannot parse input');
    expect(journal.bytes()).toBe(0);
    expect(drain.stats()).toMatchObject({ drainedEvents: 1_996, quarantinedEvents: 4, failing: [] });
    expect(log.lines.filter((line) => line.level === 'error')).toHaveLength(4);
  });

  test('a crash at any step of the search costs no row and doubles none', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.nat(19), { minLength: 1, maxLength: 4 }),
        fc.nat(20),
        async (poisonous, crashAfterCalls) => {
          const first = setup();
          const batch = events(0, 20).map((event, n) =>
            poisonous.includes(n) ? { ...event, event: 'poison' } : event,
          );
          await first.journal.append('production', batch);
          const { eventStore } = first;
          let copy = '';
          let calls = 0;
          const stop = async () => {
            if (calls++ < crashAfterCalls) return;
            copy ||= copyAsAfterCrash(first.directory);
            throw new Error('killed');
          };
          eventStore.hooks.before = stop;
          eventStore.hooks.after = stop;
          await first.drain.flush().catch(() => undefined);
          copy ||= copyAsAfterCrash(first.directory);
          eventStore.hooks.before = async () => {};
          eventStore.hooks.after = async () => {};

          const second = setup({ directory: copy, eventStore });
          await second.drain.flush();
          expect(eventStore.uuidsOf('production').toSorted()).toEqual(
            uuids(0, 20).filter((_, n) => !poisonous.includes(n)),
          );
          const aside = second.journal.quarantined('production', 100).map(({ event }) => event.uuid);
          expect(aside.toSorted()).toEqual(uuids(0, 20).filter((_, n) => poisonous.includes(n)));
        },
      ),
      { numRuns: 40 },
    );
  });

  test('an error that may pass is not taken for a row at fault', async () => {
    const { journal, drain, eventStore, time } = setup();
    eventStore.hooks.before = async () => {
      throw Object.assign(new Error('Memory limit exceeded'), { code: '241' });
    };
    await journal.append('production', events(0, 10));
    for (let attempt = 0; attempt < 20; attempt++) {
      await expect(drain.flush()).rejects.toMatchObject(unavailable);
      time.now += 5_000;
    }
    expect(new Set(eventStore.calls.map((call) => call.token)).size).toBe(1);
    expect(journal.quarantinedCount()).toBe(0);
  });
});

test('in the background events arrive without a reader', async () => {
  const { journal, drain, eventStore } = setup();
  drain.start();
  await journal.append('production', events(0, 10));
  await journal.append('staging', events(10, 20));
  await vi.waitUntil(() => journal.bytes() === 0, { timeout: 30_000 });
  expect(eventStore.uuidsOf('production')).toEqual(uuids(0, 10));
  expect(eventStore.uuidsOf('staging')).toEqual(uuids(10, 20));
});
