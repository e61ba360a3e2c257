import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import type { EventStore } from '../../src/events/types.ts';
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

function setup(directory = temporaryDirectory(), identityStore = createIdentityStoreFake()) {
  const journal = openJournal({ directory });
  const drain = createDrain({ journal, eventStore: store, identityStore, log: createLogFake() });
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
