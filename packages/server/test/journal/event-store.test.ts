import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { encodeEvents } from '../../src/events/rows.ts';
import type { EventStore } from '../../src/events/types.ts';
import { createDirect } from '../../src/journal/direct.ts';
import { createDrain } from '../../src/journal/drain.ts';
import { openJournal } from '../../src/journal/journal.ts';
import { nodeId } from '../../src/node-id.ts';
import { createOwnNode } from '../../src/nodes/nodes.ts';
import { createOwnTurns } from '../../src/nodes/turns.ts';
import { createProjector } from '../../src/projector/projector.ts';
import { openTemporaryStore, rows } from '../events/fixtures.ts';
import { copyAsAfterCrash, temporaryDirectory } from './directories.ts';
import { createIdentityStoreFake, createLogFake, eventOf } from './fakes.ts';

let store: EventStore;
let remove: () => Promise<void>;

beforeAll(async () => {
  ({ store, remove } = await openTemporaryStore());
});

afterAll(() => remove());

/** `among`: other nodes insert as well. */
function setup(directory = temporaryDirectory(), identityStore = createIdentityStoreFake(), { among = false } = {}) {
  const journal = openJournal({ directory });
  const findSent = among ? store.findSent : undefined;
  const drain = createDrain({ journal, eventStore: store, identityStore, findSent, log: createLogFake() });
  onTestFinished(async () => {
    await drain.close();
    await journal.close();
  });
  return { directory, journal, drain, identityStore };
}

const events = (from: number, to: number, name: string) =>
  Array.from({ length: to - from }, (_, i) => eventOf(from + i, { event: name, timestamp: Date.UTC(2026, i % 3, 1) }));

const countOf = async (name: string) =>
  rows<{ rows: number; uuids: number }>(
    store,
    `SELECT toUInt32(count()) AS rows, toUInt32(uniqExact(uuid)) AS uuids FROM events WHERE event = '${name}'`,
  );

test('a drain sent again after a crash adds nothing, over several partitions', async () => {
  const { directory, journal, drain } = setup();
  await journal.append('production', events(0, 3_000, 'crash'));
  // The crash comes after the insert: the copy still has the batch, and the drain recorded.
  journal.begin('production', journal.head(), 0);
  const copy = copyAsAfterCrash(directory);
  await drain.flush('production');
  expect(await countOf('crash')).toEqual([{ rows: 3_000, uuids: 3_000 }]);

  const second = setup(copy);
  await second.journal.append('production', events(3_000, 3_010, 'crash'));
  await second.drain.flush('production');
  expect(await countOf('crash')).toEqual([{ rows: 3_010, uuids: 3_010 }]);
});

test('a row that the engine refuses goes to quarantine, and those after it arrive', async () => {
  const { journal, drain } = setup();
  const refused = eventOf(10_000, { event: 'refused', uuid: 'not a uuid' });
  await journal.append('production', [refused]);
  await drain.flush('production');
  await journal.append('production', events(10_001, 10_100, 'refused'));
  await drain.flush('production');
  expect(await countOf('refused')).toEqual([{ rows: 99, uuids: 99 }]);
  expect(journal.quarantined('production', 10).map(({ event }) => event)).toEqual([refused]);
});

test('a refused row among a hundred costs its neighbours nothing, and doubles none of them', async () => {
  const { journal, drain } = setup();
  const batch = events(11_000, 11_100, 'neighbours');
  batch[37] = { ...batch[37]!, uuid: 'not a uuid' };
  await journal.append('production', batch);
  await drain.flush('production');
  expect(await countOf('neighbours')).toEqual([{ rows: 99, uuids: 99 }]);
  expect(journal.quarantined('production', 10).map(({ event }) => event)).toEqual([batch[37]]);
});

describe('among nodes', () => {
  const overYears = (from: number, to: number, name: string) =>
    Array.from({ length: to - from }, (_, i) =>
      eventOf(from + i, { event: name, timestamp: Date.UTC(2024 + (i % 3), 1, 1) }),
    );

  test('of an insert that a crash cut short, the rest comes under its token', async () => {
    const { journal, drain } = setup(undefined, undefined, { among: true });
    const all = overYears(30_000, 30_300, 'cut short');
    await journal.append('production', all);
    const { token } = journal.begin('production', journal.head(), 0)!;
    // One year is one part, which is there whole or not at all.
    const arrived = all.filter(({ timestamp }) => new Date(timestamp).getUTCFullYear() === 2025);
    await store.insertEvents(
      'production',
      encodeEvents('production', arrived, (id) => nodeId('production', id)),
      token,
    );
    await drain.flush('production');
    expect(await countOf('cut short')).toEqual([{ rows: 300, uuids: 300 }]);
    expect(drain.stats()).toMatchObject({ drainedEvents: 300, repeatedEvents: 100 });
  });

  test('a drain sent again after a crash, of which another node has sent some meanwhile, counts each once', async () => {
    const { directory, journal, drain } = setup(undefined, undefined, { among: true });
    const all = overYears(31_000, 31_300, 'overtaken');
    await journal.append('production', all);
    journal.begin('production', journal.head(), 0);
    const copy = copyAsAfterCrash(directory);
    const other = setup(undefined, undefined, { among: true });
    await other.journal.append('production', all.slice(0, 150));
    await other.drain.flush('production');
    await drain.flush('production');
    const again = setup(copy, undefined, { among: true });
    await again.drain.flush('production');
    expect(await countOf('overtaken')).toEqual([{ rows: 300, uuids: 300 }]);
    expect(again.drain.stats()).toMatchObject({ drainedEvents: 300, repeatedEvents: 300 });
  });
});

describe('where the event store acknowledges', () => {
  function direct(eventStore: Pick<EventStore, 'insertEvents' | 'eventCount'> = store) {
    const parts = {
      eventStore,
      findSent: store.findSent,
      identityStore: createIdentityStoreFake(),
      log: createLogFake(),
    };
    const { journal } = createDirect(parts);
    onTestFinished(() => journal.close());
    return journal;
  }

  test('an answer that was lost, and a row that is refused, cost nobody an event and double none', async () => {
    let lost = 0;
    const journal = direct({
      ...store,
      async insertEvents(...insert) {
        await store.insertEvents(...insert);
        if (lost++ === 0) throw new Error('socket hang up');
      },
    });
    const batch = events(40_000, 40_100, 'direct');
    batch[37] = { ...batch[37]!, uuid: 'not a uuid' };
    const notKept = await Promise.all([
      journal.append('production', batch.slice(0, 50)),
      journal.append('production', batch.slice(50)),
    ]);
    expect(await countOf('direct')).toEqual([{ rows: 99, uuids: 99 }]);
    expect(notKept[0].get(batch[37]!)).toMatchObject({ code: 'event-refused' });
    expect(lost).toBeGreaterThan(1);
  });

  test('what another has sent is told as repeated', async () => {
    const batch = events(41_000, 41_010, 'direct again');
    await direct().append('production', batch.slice(0, 5));
    const notKept = await direct().append('production', batch);
    expect([...notKept]).toEqual(batch.slice(0, 5).map((event) => [event, 'repeated']));
    expect(await countOf('direct again')).toEqual([{ rows: 10, uuids: 10 }]);
  });
});

test('an event bound before a merge is shown under the identity of after it, before and after a compaction', async () => {
  const { journal, drain, identityStore } = setup();
  await journal.append('production', [
    eventOf(20_000, { event: 'merged', distinct_id: 'anonymous-7' }),
    eventOf(20_001, { event: 'merged', distinct_id: 'user_7' }),
  ]);
  await drain.flush('production');
  identityStore.state.head = 1;
  const projector = createProjector({
    identityStore: {
      environment: identityStore.environment,
      pendingErasures: async () => [],
      changes: async () => ({
        identifiers: ['anonymous-7', 'user_7'].map((distinctId) => ({
          distinctId,
          canonicalId: 'user_7',
          known: distinctId === 'user_7',
          identifiedSeq: null,
          firstSeen: 1,
        })),
        identities: [
          {
            canonicalId: 'user_7',
            known: true,
            createdAt: 1,
            traits: {},
            origins: {},
            otherTraits: [],
            identifiers: ['anonymous-7', 'user_7'],
            knownIdentifiers: ['user_7'],
          },
        ],
        retired: ['anonymous-7'],
        links: [],
        separations: [],
        seq: 1,
      }),
    },
    eventStore: store,
    nodes: createOwnNode('own', { drain, eventStore: store }),
    turns: createOwnTurns(),
    shared: false,
    log: createLogFake(),
  });
  onTestFinished(() => projector.close());
  const identities = () =>
    rows(store, `SELECT DISTINCT toString(identity_id) AS id FROM events WHERE event = 'merged' ORDER BY id`);
  await projector.sync('production');
  expect(await identities()).toEqual([{ id: nodeId('production', 'user_7') }]);
  await projector.compact('production');
  expect(await identities()).toEqual([{ id: nodeId('production', 'user_7') }]);
});
