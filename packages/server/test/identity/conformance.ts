import { defaultSettings, type Fact, type Operation, type Settings, type Source } from '@onym/core';
import { fullOptions, histories, type LedgerView, resolveStep, startSettings } from '@onym/core/testing';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../src/identity/memory-store.ts';
import type { Commit, IdentityProfile, IdentityStore } from '../../src/identity/types.ts';
import { nodeId } from '../../src/node-id.ts';

export interface StoreUnderTest {
  open(): Promise<IdentityStore>;
  /** Closes and opens the same data again. */
  reopen(store: IdentityStore): Promise<IdentityStore>;
  cleanUp(): Promise<void>;
}

const live: Source = { key: 'sk_test', lib: 'test', batch: null, public: false };
const page = { identifiersAfter: null, linksAfter: 0, limit: 1_000 };
const alias = (primary: string, secondary: string, source = live): Operation => ({
  op: 'alias',
  kind: 'alias',
  primary,
  secondary,
  timestamp: null,
  source,
});
const identify = (distinctId: string, anonymousId: string | null, traits: Record<string, unknown> = {}): Operation => ({
  op: 'identify',
  distinctId,
  anonymousId,
  traits: Object.entries(traits).map(([key, value]) => ({ key, value: value as string, once: false })),
  timestamp: null,
  source: live,
});

/** What every identity store must do. A store's own test is a few lines that call this. */
export function describeIdentityStore(name: string, underTest: StoreUnderTest): void {
  describe(`identity store: ${name}`, () => {
    const open: IdentityStore[] = [];
    async function openStore(): Promise<IdentityStore> {
      const store = await underTest.open();
      open.push(store);
      await store.prepare('production', defaultSettings);
      return store;
    }

    afterEach(async () => {
      for (const store of open.splice(0)) await store.close();
      await underTest.cleanUp();
    });

    it('agrees with the memory store on every answer, row and read, over random histories in random groups', async () => {
      await fc.assert(
        fc.asyncProperty(
          startSettings,
          histories({ ...fullOptions, stepsMax: 25 }),
          fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 25, maxLength: 25 }),
          async (settings, history, groups) => {
            const reference = createMemoryStore();
            const store = await underTest.open();
            await reference.prepare('e', settings);
            await store.prepare('e', settings);
            const ledger = await viewOf(reference);
            let step = 0;
            for (const size of groups) {
              const group = history.slice(step, step + size);
              step += size;
              if (group.length === 0) break;
              const operations = group.map((entry) => resolveStep(entry, ledger));
              const now = group[0]!.now;
              const isSteering = operations.some(({ op }) => op !== 'identify' && op !== 'alias' && op !== 'track');
              // Steering is committed alone, as the server does.
              const commits = isSteering ? operations.map((operation) => [operation]) : [operations];
              for (const commit of commits) {
                const before = await store.environment('e');
                const rehearsed = await store.commit('e', commit, now, { dryRun: true });
                const dry = rehearsed.answers;
                expect(rehearsed.radii).toEqual((await reference.commit('e', commit, now, { dryRun: true })).radii);
                expect(await store.environment('e')).toEqual(before);
                const { answers, facts } = await store.commit('e', commit, now);
                expect(rehearsed.facts).toEqual(facts);
                expect(withoutComponents(dry)).toEqual(withoutComponents(answers));
                const { answers: expected } = await reference.commit('e', commit, now);
                expect(withoutComponents(answers)).toEqual(withoutComponents(expected));
              }
              await ledger.refresh();
            }
            await expectSameReads(store, reference);
            const reopened = await underTest.reopen(store);
            await expectSameReads(reopened, reference);
            await reopened.close();
          },
        ),
        { numRuns: Number(process.env.ONYM_STORE_RUNS ?? 150) },
      );
    });

    it('keeps what a commit answered over a reopen, and numbers rows without gaps', async () => {
      const store = await openStore();
      const {
        answers: [first],
      } = await store.commit('production', [alias('user_1', 'stripe:1')], 1_000);
      expect(first).toMatchObject({ verdict: 'applied', seq: 1, canonicalId: 'user_1' });
      const again = await underTest.reopen(store);
      open[0] = again;
      const {
        answers: [second],
      } = await again.commit('production', [alias('user_1', 'crm:1')], 500);
      expect(second).toMatchObject({ verdict: 'applied', seq: 2 });
      const rows = await again.ledger('production', 0, 10);
      expect(rows.map(({ seq, time }) => [seq, time])).toEqual([
        [1, 1_000],
        [2, 1_000],
      ]);
    });

    it('writes nothing for a call that changes nothing', async () => {
      const store = await openStore();
      await store.commit('production', [identify('user_1', 'anonymous-1', { plan: 'pro' })], 1);
      const before = await store.environment('production');
      const calls = Array.from({ length: 100 }, () => identify('user_1', 'anonymous-1', { plan: 'pro' }));
      const { answers } = await store.commit('production', calls, 2);
      expect(answers.every((answer) => !('error' in answer) && answer.seq === 1 && !answer.recorded)).toBe(true);
      expect(await store.environment('production')).toEqual(before);
    });

    it('keeps environments apart', async () => {
      const store = await openStore();
      await store.prepare('staging', defaultSettings);
      await store.commit('production', [alias('user_1', 'stripe:1')], 1);
      const { resolved } = await store.resolve('staging', ['stripe:1']);
      expect(resolved.get('stripe:1')).toEqual({ canonicalId: 'stripe:1', known: false });
      expect((await store.environment('staging')).head).toBe(0);
    });

    it('records changed settings as a fact, and unchanged ones not', async () => {
      const store = await openStore();
      const changed: Settings = { ...defaultSettings, identifiersPerIdentityMax: 2 };
      await store.prepare('production', changed);
      await store.prepare('production', changed);
      expect(await store.environment('production')).toEqual({ name: 'production', head: 1, settings: changed });
    });

    it('finds an identifier by its node id, and odd strings as they are', async () => {
      const store = await openStore();
      const odd = ['a/b c', 'Ünïcødé:✓', "o'hara", 'x'.repeat(512), '__proto__', 'constructor', '%00'];
      await store.commit(
        'production',
        odd.map((id) => alias(`user ${id}`, id)),
        1,
      );
      for (const id of odd) {
        expect(await store.byNodeId('production', nodeId('production', id))).toBe(id);
        expect((await store.resolve('production', [id])).resolved.get(id)?.canonicalId).toBe(`user ${id}`);
      }
      expect(await store.byNodeId('production', nodeId('production', 'never'))).toBeNull();
    });

    it('pages identifiers and links of a large identity, and joins and splits it', async () => {
      const store = await openStore();
      const settings = { ...defaultSettings, identifiersPerIdentityMax: 100_000 };
      await store.prepare('production', settings);
      const ids = Array.from({ length: 2_500 }, (_, index) => `crm:${String(index).padStart(5, '0')}`);
      await store.commit(
        'production',
        ids.map((id) => alias('user_1', id)),
        1,
      );
      const seen: string[] = [];
      for (let after: string | null = null; ; ) {
        const { identifiers } = await store.profile('production', 'user_1', { ...page, identifiersAfter: after });
        if (identifiers.length === 0) break;
        seen.push(...identifiers.map(({ distinctId }) => distinctId));
        after = identifiers.at(-1)!.distinctId;
      }
      expect(seen).toEqual([...ids, 'user_1']);
      const target = { a: 'user_1', b: ids[1_234]! };
      const {
        answers: [split],
      } = await store.commit('production', [{ op: 'split', target, timestamp: null, source: live }], 2);
      expect(split).toMatchObject({ verdict: 'applied' });
      expect((await store.profile('production', 'user_1', page)).size).toBe(2_500);
      expect((await store.profile('production', ids[1_234]!, page)).size).toBe(1);
    });
  });
}

/** Of a link that is seen as of the past, what it turned into in between is not part of the answer. */
function withoutStatus({ links, ...profile }: IdentityProfile) {
  return { ...profile, links: links.map(({ seq, primary, secondary }) => ({ seq, primary, secondary })) };
}

/** How components are numbered is each store's own affair. */
function withoutComponents(answers: Commit['answers']) {
  return answers.map((answer) => ('error' in answer ? answer : { ...answer, components: answer.components.length }));
}

/** The ledger as steering needs it, read through the store. */
async function viewOf(store: IdentityStore): Promise<LedgerView & { refresh(): Promise<void> }> {
  let facts: Fact[] = [];
  let links: { seq: number; status: 'active' | 'refused' | 'held' | 'approved' | 'rejected' | 'revoked' }[] = [];
  return {
    async refresh() {
      facts = await store.ledger('e', 0, 10_000);
      links = (await store.changes('e', 0, 10_000)).links.map(({ seq, status }) => ({ seq, status }));
    },
    links: () => links,
    rows: () => facts.map(({ seq, time, source }) => ({ seq, time, operation: { source } })),
  };
}

async function expectSameReads(store: IdentityStore, reference: IdentityStore): Promise<void> {
  expect(await store.ledger('e', 0, 10_000)).toEqual(await reference.ledger('e', 0, 10_000));
  const changes = await reference.changes('e', 0, 10_000);
  const ours = await store.changes('e', 0, 10_000);
  const sorted = <T>(items: readonly T[], key: (item: T) => string) =>
    [...items].sort((a, b) => (key(a) < key(b) ? -1 : 1));
  expect(sorted(ours.identifiers, (row) => row.distinctId)).toEqual(
    sorted(changes.identifiers, (row) => row.distinctId),
  );
  expect(sorted(ours.identities, (row) => row.canonicalId)).toEqual(
    sorted(changes.identities, (row) => row.canonicalId),
  );
  expect(sorted(ours.links, (link) => String(link.seq).padStart(9, '0'))).toEqual(changes.links);
  // A projection may retire more than ever was an identity, never less.
  const ids = changes.identifiers.map(({ distinctId }) => distinctId);
  expect((await store.resolve('e', ids)).resolved).toEqual((await reference.resolve('e', ids)).resolved);
  const { head } = await reference.environment('e');
  for (const id of ids) {
    expect(await store.profile('e', id, page)).toEqual(await reference.profile('e', id, page));
    for (const seq of [0, Math.floor(head / 2), head - 1]) {
      const [ours, expected] = await Promise.all([store, reference].map((each) => each.profile('e', id, page, seq)));
      expect(withoutStatus(ours!)).toEqual(withoutStatus(expected!));
      const resolved = await store.resolve('e', [id], seq);
      expect(resolved).toEqual(await reference.resolve('e', [id], seq));
    }
    for (const key of ['plan', 'city']) {
      const all = { after: null, limit: 100 };
      expect(await store.traitHistory('e', id, key, all)).toEqual(await reference.traitHistory('e', id, key, all));
    }
  }
  for (const [index, a] of ids.entries()) {
    const b = ids[(index + 1) % ids.length]!;
    expect(await store.explain('e', a, b)).toEqual(await reference.explain('e', a, b));
  }
}
