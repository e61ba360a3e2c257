import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { createUuidWindow } from '../../src/journal/uuid-window.ts';
import { byEventStore, byJournal } from '../../src/journal/ways.ts';
import { nodeId } from '../../src/node-id.ts';
import { temporaryDirectory } from './directories.ts';
import { createEventStoreFake, createIdentityStoreFake, createLogFake, eventOf } from './fakes.ts';

/** What holds whatever acknowledges an event: the disk of the node, or the event store. */

const ways = { journal: byJournal, 'event store': byEventStore };
const events = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => eventOf(from + i));
const uuids = (from: number, to: number) => events(from, to).map((event) => event.uuid);

function directoryOf(path = temporaryDirectory()) {
  const journalDirectory = join(path, 'journal');
  mkdirSync(journalDirectory, { recursive: true });
  return { path, journalDirectory, journalFile: join(journalDirectory, 'journal.sqlite') };
}

describe.each(Object.entries(ways))('by the %s', (_, open) => {
  function setup(eventStore = createEventStoreFake()) {
    const identityStore = createIdentityStoreFake();
    const log = createLogFake();
    const way = open({ directory: directoryOf(), eventStore, identityStore, shared: true, limits: {}, log });
    const window = createUuidWindow({ journal: way.journal, eventStore: null });
    onTestFinished(async () => {
      await way.drain.close();
      await way.journal.close();
    });
    const send = async (environment: string, sent: ReturnType<typeof events>) => {
      const kept = await window.append(
        environment,
        sent.map((event) => ({ event, explicitUuid: true })),
      );
      await way.drain.flush(environment);
      return kept;
    };
    return { ...way, eventStore, identityStore, log, window, send };
  }

  test('everything acknowledged comes to the event store, once, and to its environment', async () => {
    const { journal, drain, eventStore } = setup();
    await Promise.all([
      journal.append('production', events(0, 1_500)),
      journal.append('production', events(1_500, 1_501)),
      journal.append('staging', events(9_000, 9_010)),
      journal.append('production', []),
    ]);
    await drain.flush();
    expect(eventStore.uuidsOf('production')).toEqual(uuids(0, 1_501));
    expect(eventStore.uuidsOf('staging')).toEqual(uuids(9_000, 9_010));
    expect(drain.stats()).toMatchObject({ drainedEvents: 1_511, repeatedEvents: 0, quarantinedEvents: 0, failing: [] });
    expect(journal.waiting()).toBe(0);
    expect(journal.bytes()).toBe(0);
  });

  test('an event is bound to the identity of its distinct_id, at a seq that is registered from before until it has arrived', async () => {
    const { journal, drain, eventStore, identityStore } = setup();
    identityStore.state.head = 7;
    identityStore.state.canonical.set('anonymous-1', 'user_42');
    const seen: (number | null)[] = [];
    const { resolve } = identityStore;
    vi.spyOn(identityStore, 'resolve').mockImplementation(async (...asked) => {
      seen.push(drain.safeSeq('production'));
      identityStore.state.head = 9;
      return resolve(...asked);
    });
    eventStore.hooks.after = async () => {
      seen.push(drain.safeSeq('production'), drain.safeSeq('staging'));
    };
    expect(drain.safeSeq('production')).toBeNull();
    await journal.append('production', [eventOf(1, { distinct_id: 'anonymous-1' })]);
    await drain.flush();
    expect(seen).toEqual([7, 7, null]);
    expect(drain.safeSeq('production')).toBeNull();
    expect(eventStore.rowsOf('production')).toMatchObject([
      { node_id: nodeId('production', 'anonymous-1'), identity_id: nodeId('production', 'user_42') },
    ]);
  });

  test('an answer that is lost: the same rows come under the same token, and count once', async () => {
    const { journal, drain, eventStore, identityStore } = setup();
    let lost = 0;
    eventStore.hooks.after = async () => {
      if (lost++ > 0) return;
      // What is bound anew meanwhile would make other bytes.
      identityStore.state.canonical.set('user_1', 'somebody else');
      throw new Error('socket hang up');
    };
    await journal.append('production', events(0, 10));
    await vi.waitUntil(
      () =>
        drain.flush().then(
          () => true,
          () => false,
        ),
      { timeout: 10_000 },
    );
    expect(new Set(eventStore.calls.map(({ token }) => token)).size).toBe(1);
    expect(eventStore.uuidsOf('production')).toEqual(uuids(0, 10));
    expect(drain.stats().failing).toEqual([]);
  });

  test('no two journals give the same token', async () => {
    const eventStore = createEventStoreFake();
    const [one, other] = [setup(eventStore), setup(eventStore)];
    expect(one.journal.id).toMatch(/^[0-9a-f-]{36}$/);
    await one.send('production', events(0, 1));
    await other.send('production', events(1, 2));
    await other.send('staging', events(2, 3));
    expect(new Set(eventStore.calls.map(({ token }) => token)).size).toBe(3);
    for (const { token } of eventStore.calls.slice(1)) expect(token).toContain(other.journal.id);
  });

  test('rows that the engine can not take cost their neighbours nothing', async () => {
    const { send, eventStore, drain, log } = setup();
    const poisonous = new Set([3, 17, 18]);
    const batch = events(0, 40).map((event, n) => (poisonous.has(n) ? { ...event, event: 'poison' } : event));
    await send('production', batch);
    expect(eventStore.uuidsOf('production')).toEqual(uuids(0, 40).filter((_, n) => !poisonous.has(n)));
    expect(drain.stats()).toMatchObject({ quarantinedEvents: 3, failing: [] });
    expect(log.lines.filter(({ level }) => level === 'error')).toHaveLength(3);
  });

  test('what another node has sent already is left out, and so is what comes twice at once', async () => {
    const eventStore = createEventStoreFake();
    const [one, other] = [setup(eventStore), setup(eventStore)];
    await one.send('production', events(0, 10));
    await other.journal.append('production', [...events(5, 15), ...events(12, 13)]);
    await other.drain.flush();
    expect(eventStore.uuidsOf('production')).toEqual(uuids(0, 15));
    expect(other.drain.stats()).toMatchObject({ drainedEvents: 11, repeatedEvents: 6 });
    // Of another environment.
    await other.send('staging', events(0, 1));
    expect(eventStore.uuidsOf('staging')).toEqual(uuids(0, 1));
  });

  test('work in stillness sees nothing on its way, and nothing begins until it has ended', async () => {
    const { journal, drain, eventStore } = setup();
    const sent = journal.append('production', events(0, 5));
    await sent;
    let ended = false;
    let late: Promise<unknown> = Promise.resolve();
    eventStore.hooks.before = async () => {
      if (!eventStore.uuidsOf('production').includes(uuids(0, 1)[0]!)) return;
      expect(ended).toBe(true);
    };
    await drain.still(async () => {
      expect(eventStore.uuidsOf('production')).toEqual(uuids(0, 5));
      late = journal.append('production', events(5, 6)).then(() => drain.flush());
      await new Promise((resolve) => setTimeout(resolve, 30));
      ended = true;
    });
    await late;
    expect(eventStore.uuidsOf('production')).toEqual(uuids(0, 6));
  });

  test('there is no stillness while something on its way is not answered', async () => {
    const { journal, drain, eventStore } = setup();
    let isLosing = true;
    eventStore.hooks.after = async () => {
      if (isLosing) throw new Error('socket hang up');
    };
    const sent = journal.append('production', events(0, 5));
    await vi.waitUntil(async () => {
      await drain.flush().catch(() => undefined);
      return drain.stats().failing.length > 0;
    });
    await expect(drain.still(async () => undefined)).rejects.toMatchObject({ code: 'event-store-unavailable' });
    expect(drain.safeSeq('production')).toBe(0);
    isLosing = false;
    await sent;
    await vi.waitUntil(() => drain.still(async () => true).catch(() => false), { timeout: 10_000 });
    expect(eventStore.uuidsOf('production')).toEqual(uuids(0, 5));
  });
});

test('a journal of before is not left behind by whoever lets the event store acknowledge', async () => {
  const directory = directoryOf();
  const parts = {
    directory,
    eventStore: createEventStoreFake(),
    identityStore: createIdentityStoreFake(),
    shared: true,
    limits: {},
    log: createLogFake(),
  };
  const before = byJournal(parts);
  await before.journal.append('production', events(0, 1));
  await before.journal.close();
  expect(() => byEventStore(parts)).toThrow(`onym drain ${directory.path}`);
  const again = byJournal(parts);
  await again.drain.flush();
  await again.journal.close();
  const { journal } = byEventStore(parts);
  await journal.close();
});
