import { defaultSettings } from '@onym/core';
import { expect, it } from 'vitest';
import type { Forgets } from '../../src/forgets.ts';
import { createMemoryStore } from '../../src/identity/memory-store.ts';
import { createOwnNode } from '../../src/nodes/nodes.ts';
import { createOwnTurns } from '../../src/nodes/turns.ts';
import { createErasures } from '../../src/people/erasures.ts';
import { createErrandWork } from '../../src/people/errands.ts';

const source = { key: 'sk_1', lib: null, batch: null, public: false };

/** Notes what it is to forget; fails as often as the test says. */
function keeperThat(failures: number): Forgets & { asked: string[][] } {
  const asked: string[][] = [];
  let left = failures;
  return {
    asked,
    async forget(environment, distinctIds) {
      asked.push([environment, ...distinctIds].sort());
      if (left-- > 0) throw new Error('the disk is away');
    },
  };
}

it('asks everyone who keeps ids, and again until none has failed', async () => {
  const identityStore = createMemoryStore();
  await identityStore.prepare('production', defaultSettings, 0);
  const alias = { op: 'alias', kind: 'alias', primary: 'ada', secondary: 'crm:1', timestamp: null, source } as const;
  await identityStore.commit('production', [alias], 1);
  const keepers = [keeperThat(0), keeperThat(1), keeperThat(0)];
  const nodes = createOwnNode('n', { drain: { safeSeq: () => null }, eventStore: { readsUnderWay: async () => {} } });
  const drain = { flush: async () => {} };
  nodes.answer(createErrandWork({ identityStore, drain, keepers }));
  const erasures = createErasures({
    identityStore,
    commits: identityStore,
    eventStore: {
      countEach: async () => new Map(),
      project: async () => {},
      erase: async () => 0,
    },
    drain,
    projector: { sync: async () => {} },
    deadLetters: { naming: async () => [0] },
    nodes,
    turns: createOwnTurns(),
    removing: (_, remove) => remove(),
    now: () => 2,
    newId: () => 'receipt-1',
    log: { info() {}, warn() {}, error() {} },
  });
  const options = { dryRun: false, source };
  await expect(erasures.erase('production', 'crm:1', options)).rejects.toMatchObject({
    code: 'event-store-unavailable',
  });
  const ids = ['ada', 'crm:1', 'production'];
  expect(keepers.map(({ asked }) => asked)).toEqual([[ids], [ids], []]);
  expect(await identityStore.pendingErasures('production')).toHaveLength(1);

  await erasures.resume(['production']);
  expect(keepers.map(({ asked }) => asked)).toEqual([[ids, ids], [ids, ids], [ids]]);
  expect(await identityStore.pendingErasures('production')).toEqual([]);
  await erasures.close();
});
