import { defaultSettings, type Fact, type Operation, type Separation, type Settings, type Source } from '@onym/core';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import {
  fullOptions,
  histories,
  type LedgerView,
  resolveStep,
  startSettings,
} from '../../../core/src/testing/index.ts';
import { createMemoryStore } from '../../src/identity/memory-store.ts';
import type { Changes, Commit, HistoryPage, IdentityProfile, IdentityStore } from '../../src/identity/store.ts';
import { nodeId } from '../../src/node-id.ts';
import { compareStored, type Difference, foldLedger } from '../../src/verify/identity-check.ts';
import { expectSameLists } from './lists.ts';
import { expectHistory } from './naive-history.ts';
import { alias, live } from './operations.ts';

/** What a store may leave out. */
export type Ability = 'kill' | 'scratch';

export interface StoreUnderTest {
  /** An empty store. It is closed by the test. */
  open(): Promise<IdentityStore>;
  /** Closes and opens the same data again. */
  reopen(store: IdentityStore): Promise<IdentityStore>;
  /** Ends the store as a crash would, whatever is under way, and opens what is left. */
  kill?(store: IdentityStore): Promise<IdentityStore>;
  /** After each test, when its stores are closed. */
  cleanUp(): Promise<void>;
  /** What this store can't do, and why: those tests are skipped, and say so. */
  readonly leftOut?: Partial<Record<Ability, string>>;
  /** Random histories for each property, where 150 are too many for a store. ONYM_STORE_RUNS goes before it. */
  readonly histories?: number;
}

const page = { identifiersAfter: null, linksAfter: 0, limit: 1_000 };
const identify = (distinctId: string, anonymousId: string | null, traits: Record<string, unknown> = {}): Operation => ({
  op: 'identify',
  distinctId,
  anonymousId,
  traits: Object.entries(traits).map(([key, value]) => ({ key, value: value as string, kind: 'plain' })),
  timestamp: null,
  source: live,
});

/** What every identity store must do. A store's own test is a few lines that call this. */
export function describeIdentityStore(name: string, underTest: StoreUnderTest): void {
  describe(`identity store: ${name}`, () => {
    const open: IdentityStore[] = [];
    const runs = { numRuns: Number(process.env.ONYM_STORE_RUNS ?? underTest.histories ?? 150) };

    /** A test of what a store may leave out, with its reason. */
    function itCan(ability: Ability, does: string, test: () => Promise<void>): void {
      const reason = underTest.leftOut?.[ability];
      if (reason === undefined) it(does, test);
      else it.skip(`${does} (left out: ${reason})`, test);
    }

    async function openStore(): Promise<IdentityStore> {
      const store = await underTest.open();
      open.push(store);
      await store.prepare('production', defaultSettings, 0);
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
            await reference.prepare('e', settings, 0);
            await store.prepare('e', settings, 0);
            await store.match('e', ['plan']);
            const ledger = await viewOf(reference);
            const projection = followerOf(store);
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
              await projection.follow();
            }
            await expectSameReads(store, reference);
            expect(projection.rows()).toEqual(rowsOf(await store.changes('e', 0, 10_000)));
            const reopened = await underTest.reopen(store);
            await expectSameReads(reopened, reference);
            await reopened.close();
          },
        ),
        runs,
      );
    });

    it('agrees with the memory store after erasures, which leave the identities of others as they were', async () => {
      await fc.assert(
        fc.asyncProperty(
          startSettings,
          histories({ ...fullOptions, stepsMax: 25 }),
          fc.array(fc.nat({ max: 1_000 }), { minLength: 25, maxLength: 25 }),
          async (settings, history, picks) => {
            const reference = createMemoryStore();
            const store = await underTest.open();
            for (const each of [store, reference]) await each.prepare('e', settings, 0);
            await store.match('e', ['plan']);
            const ledger = await viewOf(reference);
            for (const [index, entry] of history.entries()) {
              const operation = resolveStep(entry, ledger);
              const [ours, expected] = [
                await store.commit('e', [operation], entry.now),
                await reference.commit('e', [operation], entry.now),
              ];
              expect(withoutComponents(ours.answers)).toEqual(withoutComponents(expected.answers));
              const ids = (await reference.changes('e', 0, 10_000)).identifiers.map(({ distinctId }) => distinctId);
              const isErasure = index === history.length - 1 || picks[index]! % 6 === 0;
              if (isErasure && ids.length > 0) await eraseBoth(store, reference, ids[picks[index]! % ids.length]!);
              await ledger.refresh();
            }
            await expectSameReads(store, reference);
            const reopened = await underTest.reopen(store);
            await expectSameReads(reopened, reference);
            await expectFold(reopened);
            await reopened.close();
          },
        ),
        runs,
      );
    });

    it('keeps every digit of a trait, and takes an equal number for a repeat', async () => {
      const store = await openStore();
      const traits = { id: 9007199254740993n, deep: { list: [-(2n ** 80n), 1.5, 7] }, small: 7 };
      const [first] = (await store.commit('production', [identify('ada', null, traits)], 1)).answers;
      const reopened = await underTest.reopen(store);
      const [repeat] = (await reopened.commit('production', [identify('ada', null, { ...traits, small: 7n })], 2))
        .answers;
      expect([first, repeat]).toMatchObject([{ verdict: 'applied' }, { verdict: 'unchanged' }]);
      const profile = await reopened.profile('production', 'ada', page);
      const values = Object.entries(profile.traits).map(([key, { value }]) => [key, value]);
      expect(Object.fromEntries(values)).toEqual(traits);
      expect(await reopened.ledger('production', 0, 10)).toMatchObject([
        { traits: Object.entries(traits).map(([key, value]) => ({ key, value })) },
      ]);
      const [other] = (await reopened.commit('production', [identify('ada', null, { id: 9007199254740992n })], 3))
        .answers;
      expect(other).toMatchObject({ verdict: 'applied' });
      await reopened.close();
    });

    it('erases every trace of an identity, and knows what is left to do elsewhere until told that it is done', async () => {
      const store = await openStore();
      const link = (primary: string, secondary: string): Operation => alias(primary, secondary);
      await store.commit('production', [identify('ada', 'anonymous-1', { email: 'ada@example.org' })], 1);
      await store.commit('production', [link('ada', 'crm:ada'), identify('bob', 'anonymous-2', { plan: 'pro' })], 2);
      // Refused: anonymous-1 is ada's. What bob is and has must not depend on it.
      await store.commit('production', [identify('bob', 'anonymous-1', { city: 'Rome' })], 3);
      await store.commit('production', [{ op: 'separate', a: 'eve', b: 'ada', timestamp: null, source: live }], 4);
      const dry = await store.erase('production', 'crm:ada', { ...erasureRequest, dryRun: true });
      const bob = await store.profile('production', 'bob', page);
      const fact = await store.erase('production', 'crm:ada', erasureRequest);
      expect(fact).toMatchObject({ seq: 6, op: 'erase', verdict: 'applied' });
      expect(fact.receipt).toEqual({
        id: 'receipt-1',
        identifiers: 3,
        events: 7,
        links: 3,
        traits: 1,
        ledgerRows: 4,
        deadLetters: 2,
        separations: 1,
      });
      expect(dry).toEqual(fact);
      expect(await store.profile('production', 'bob', page)).toEqual(bob);
      expect(Object.keys(bob.traits)).toEqual(['plan', 'city']);
      const rows = await store.ledger('production', 0, 100);
      expect(rows.map(({ op }) => op)).toEqual(['erased', 'erased', 'identify', 'identify', 'erased', 'erase']);
      expect(rows.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6]);
      expect(JSON.stringify(rows)).not.toMatch(/"(ada|crm:ada|ada@example.org|anonymous-1|eve)"/);
      for (const id of ['ada', 'crm:ada', 'anonymous-1', 'eve']) {
        expect(await store.has('production', id)).toBe(false);
        expect(await store.members('production', id)).toEqual([id]);
        expect(await store.byNodeId('production', nodeId('production', id))).toBeNull();
      }
      const { identifiers } = await store.changes('production', -1, 1_000);
      expect(identifiers.map(({ distinctId }) => distinctId).sort()).toEqual(['anonymous-2', 'bob']);

      const [pending, ...more] = await store.pendingErasures('production');
      expect(more).toEqual([]);
      expect([...pending!.distinctIds].sort()).toEqual(['ada', 'anonymous-1', 'crm:ada']);
      expect(pending).toMatchObject({ seq: 6, strays: ['eve'], links: [1, 2, 4] });
      await store.finishErasures('production', [6]);
      expect(await store.pendingErasures('production')).toEqual([]);

      // The same strings are strangers.
      const { answers } = await store.commit('production', [identify('bob', 'anonymous-1'), link('ada', 'crm:ada')], 9);
      expect(answers).toMatchObject([
        { verdict: 'applied', seq: 7 },
        { verdict: 'applied', seq: 8 },
      ]);
      expect((await store.profile('production', 'ada', page)).traits).toEqual({});
      expect(await store.members('production', 'ada')).toEqual(['ada', 'crm:ada']);
    });

    it('leaves approved what was approved between others, though a refold turned down the approval', async () => {
      const store = await underTest.open();
      open.push(store);
      await store.prepare('e', defaultSettings, 0);
      const asked = { timestamp: null, source: live };
      const batch: Source = { ...live, batch: 'b' };
      const operations: Operation[] = [
        identify('user_1', null),
        identify('user_2', null),
        identify('user_3', 'user_2'),
        alias('user_1', 'user_2'),
        alias('user_1', 'user_3', batch),
        { op: 'separate', a: 'user_1', b: 'user_3', ...asked },
        { op: 'approve', link: 3, ...asked },
        { op: 'revert', scope: { batch: 'b' }, seqs: [5], separate: false, ...asked },
        { op: 'split', target: { link: 4 }, ...asked },
        alias('user_3', 'crm:3'),
        { op: 'split', target: { link: 10 }, ...asked },
      ];
      for (const operation of operations) await store.commit('e', [operation], 1);
      for (const id of ['user_1', 'crm:3']) {
        await store.erase('e', id, erasureRequest);
        const { links } = await store.changes('e', -1, 10_000);
        expect(links.filter(({ seq }) => seq !== 10)).toMatchObject([
          { seq: 3, status: 'approved' },
          { seq: 7, status: 'refused' },
        ]);
        await expectFold(store);
      }
    });

    it('tells how an identity came to be: also of whoever was taken away, up to then, and of what was turned down', async () => {
      const store = await openStore();
      const asked = { timestamp: null, source: live };
      const operations: Operation[] = [
        alias('crm:1', 'legacy:1'), // 1
        identify('ada', 'anonymous-1', { plan: 'pro' }), // 2
        alias('ada', 'crm:1'), // 3
        identify('crm:1', null, { city: 'Rome' }), // 4
        identify('eve', 'anonymous-1'), // 5, refused
        identify('eve', null, { plan: 'free' }), // 6
        alias('legacy:1', 'legacy:2'), // 7
        { op: 'split', target: { a: 'ada', b: 'crm:1' }, ...asked }, // 8
        identify('crm:1', null, { city: 'Oslo' }), // 9
        alias('crm:1', 'legacy:3'), // 10
        { op: 'reject', link: 5, ...asked }, // 11
        { op: 'lift', a: 'ada', b: 'crm:1', ...asked }, // 12
        { op: 'separate', a: 'ada', b: 'bob', ...asked }, // 13
      ];
      for (const operation of operations) await store.commit('production', [operation], 1);
      const seqs = async (id: string, part: Partial<HistoryPage> = {}) => {
        const page = { order: 'ascending', from: null, limit: 100, upTo: undefined, ...part } as const;
        return (await store.history('production', id, page)).map(({ seq }) => seq);
      };
      // The row of crm:1 that made it known is 3; what became of it after 8 is not ada's any more.
      expect(await seqs('ada')).toEqual([1, 2, 3, 4, 5, 7, 8, 11, 12, 13]);
      expect(await seqs('crm:1')).toEqual([1, 2, 3, 4, 5, 7, 8, 9, 10, 12]);
      expect(await seqs('eve')).toEqual([5, 6, 11]);
      expect(await seqs('bob')).toEqual([13]);
      expect(await seqs('stranger')).toEqual([]);
      expect(await seqs('ada', { upTo: 2 })).toEqual([2]);
      expect(await seqs('ada', { upTo: 7, order: 'descending', from: 5, limit: 3 })).toEqual([4, 3, 2]);
      await store.erase('production', 'crm:1', erasureRequest);
      expect(await seqs('ada')).toEqual([2, 5, 11, 13]);
      expect(await seqs('crm:1')).toEqual([]);
    });

    it('records the erasure of an identifier that has no row, and touches nothing', async () => {
      const store = await openStore();
      await store.commit('production', [alias('user_1', 'stripe:1')], 1);
      const fact = await store.erase('production', 'visitor-1', erasureRequest);
      expect(fact.receipt).toMatchObject({ identifiers: 1, ledgerRows: 0 });
      expect((await store.pendingErasures('production'))[0]!.distinctIds).toEqual(['visitor-1']);
      expect(await store.members('production', 'user_1')).toEqual(['stripe:1', 'user_1']);
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

    itCan('kill', 'has all that it answered, and nothing by halves, when it is killed', async () => {
      const store = await underTest.open();
      await store.prepare('e', defaultSettings, 0);
      const { answers } = await store.commit('e', [alias('user_1', 'stripe:1'), identify('user_2', 'anonymous-2')], 1);
      const underWay = store.commit('e', [alias('user_1', 'crm:1'), alias('user_1', 'user_2')], 2).catch(() => null);
      const again = await underTest.kill!(store);
      open.push(again);
      await underWay;
      expect(answers).toMatchObject([{ seq: 1 }, { seq: 2 }]);
      const { head } = await again.environment('e');
      expect([2, 4]).toContain(head);
      expect((await again.ledger('e', 0, 10)).map(({ seq }) => seq)).toEqual([1, 2, 3, 4].slice(0, head));
      await expectFold(again);
      // Whoever had no answer asks again.
      const { answers: repeated } = await again.commit('e', [alias('user_1', 'crm:1'), alias('user_1', 'user_2')], 3);
      const verdict = head === 4 ? 'unchanged' : 'applied';
      expect(repeated).toMatchObject([
        { verdict, seq: 3, canonicalId: 'user_1' },
        { verdict, seq: 4, canonicalId: 'user_1' },
      ]);
      expect((await again.environment('e')).head).toBe(4);
    });

    it('puts calls that come together one after the other, each judged by those before it', async () => {
      const store = await openStore();
      await store.prepare('e', defaultSettings, 0);
      const commits = await Promise.all(
        Array.from({ length: 24 }, (_, index) =>
          store.commit(index % 4 === 3 ? 'production' : 'e', [alias('user_1', `crm:${index}`)], 1),
        ),
      );
      const seqs = (environment: string) =>
        commits
          .filter((_, index) => (index % 4 === 3 ? 'production' : 'e') === environment)
          .flatMap(({ answers }) => answers.map((answer) => ('error' in answer ? null : answer.seq)))
          .sort((a, b) => a! - b!);
      expect(seqs('e')).toEqual(Array.from({ length: 18 }, (_, index) => index + 1));
      expect(seqs('production')).toEqual([1, 2, 3, 4, 5, 6]);
      expect(await store.members('e', 'crm:0')).toHaveLength(19);
      expect(await store.members('production', 'crm:3')).toHaveLength(7);
      await expectFold(store);
    });

    itCan('scratch', 'gives a copy to try things on, which goes its own way', async () => {
      const store = await openStore();
      await store.commit('production', [alias('user_1', 'stripe:1')], 1);
      const copy = await store.scratch();
      await copy.commit('production', [alias('user_1', 'crm:1')], 2);
      await store.commit('production', [alias('user_1', 'legacy:1')], 2);
      expect(await copy.members('production', 'user_1')).toEqual(['crm:1', 'stripe:1', 'user_1']);
      await copy.close();
      expect(await store.members('production', 'user_1')).toEqual(['legacy:1', 'stripe:1', 'user_1']);
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

    it('adds up repeats, and knows the last of them whoever says so first', async () => {
      const store = await openStore();
      await store.addRepeats('production', new Map([[7, { count: 2, lastTime: 90 }]]));
      const later: [number, { count: number; lastTime: number }][] = [
        [9, { count: 1, lastTime: 5 }],
        [7, { count: 3, lastTime: 80 }],
      ];
      await Promise.all([
        store.addRepeats('production', new Map(later)),
        store.addRepeats('production', new Map([...later].reverse())),
        store.addRepeats('production', new Map()),
      ]);
      expect(await store.repeats('production', [9, 8, 7])).toEqual(
        new Map([
          [9, { count: 2, lastTime: 5 }],
          [7, { count: 8, lastTime: 90 }],
        ]),
      );
    });

    it('tries a write without changing anything', async () => {
      const store = await openStore();
      await store.commit('production', [alias('user_1', 'stripe:1')], 1);
      const before = await store.ledger('production', 0, 10);
      await store.tryWrite();
      expect(await store.ledger('production', 0, 10)).toEqual(before);
    });

    it('keeps environments apart', async () => {
      const store = await openStore();
      await store.prepare('staging', defaultSettings, 0);
      await store.commit('production', [alias('user_1', 'stripe:1')], 1);
      const { resolved } = await store.resolve('staging', ['stripe:1']);
      expect(resolved.get('stripe:1')).toEqual({ canonicalId: 'stripe:1', known: false });
      expect((await store.environment('staging')).head).toBe(0);
    });

    it('names its environments, in the order in which they were prepared', async () => {
      const store = await openStore();
      for (const name of ['staging', 'apart', 'production']) await store.prepare(name, defaultSettings, 0);
      expect(await store.environments()).toEqual(['production', 'staging', 'apart']);
    });

    it('records changed settings as a fact, and unchanged ones not', async () => {
      const store = await openStore();
      const changed: Settings = { ...defaultSettings, identifiersPerIdentityMax: 2 };
      await store.prepare('production', changed, 0);
      await store.prepare('production', changed, 0);
      expect(await store.environment('production')).toEqual({
        name: 'production',
        head: 1,
        settings: changed,
        initialSettings: defaultSettings,
      });
    });

    it('finds an identifier by its node id, and odd strings as they are', async () => {
      const store = await openStore();
      const odd = [
        'a/b c',
        'Ünïcødé:✓',
        "o'hara",
        'x'.repeat(512),
        '__proto__',
        'constructor',
        '%00',
        '"\\,[1',
        '907',
        '😀',
      ];
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

    it('lists who changed last, separations of many pairs at once, and ids from a text on, whatever they hold', async () => {
      const store = await openStore();
      const asked = { timestamp: null, source: live };
      for (let index = 0; index < 30; index++) {
        await store.commit('production', [alias(`user_${index}`, `crm:${index}`)], 1_000 + index);
      }
      // Three become one, and an old one gets a trait.
      await store.commit('production', [alias('user_7', 'user_8'), alias('user_7', 'user_9')], 2_000);
      await store.commit('production', [identify('crm:3', null, { plan: 'pro' })], 3_000);
      const first = await store.recent('production', { after: null, limit: 3 });
      expect(first.identities).toMatchObject([
        { canonicalId: 'user_3', known: true, size: 2, createdAt: 1_003, changedAt: 3_000, changedSeq: 33 },
        { canonicalId: 'user_7', known: true, size: 6, createdAt: 1_007, changedAt: 2_000 },
        { canonicalId: 'user_29', known: true, size: 2, createdAt: 1_029, changedAt: 1_029 },
      ]);
      const { identities: rest, next } = await store.recent('production', { after: first.next, limit: 100 });
      expect([rest.length, next]).toEqual([25, null]);
      expect(rest[0]).toMatchObject({ canonicalId: 'user_28' });

      // Two that bytes and JavaScript order differently.
      const others = ['\u{1F600}', '\uFF5E', 'a', 'b%', 'b_', "b'\\", 'B'];
      for (const id of others)
        await store.commit('production', [{ op: 'separate', a: 'user_1', b: id, ...asked }], 4_000);
      const set = ['crm:10', ...others];
      const settled = others.map((id) => alias('crm:10', id));
      await store.commit('production', settled, 5_000);
      await store.commit('production', [{ op: 'split', target: { ids: ['crm:10'] }, ...asked }], 6_000);
      const pages: Separation[] = [];
      for (let more: Separation[] | null = null; more?.length !== 0; ) {
        more = await store.separations('production', null, { after: pages.at(-1) ?? null, limit: 2 });
        pages.push(...more);
      }
      expect(pages).toEqual(await store.separations('production', null, { after: null, limit: 100 }));
      expect(
        pages.map(({ pair }) => pair.filter((id) => id !== 'crm:10' && id !== 'user_1')).slice(0, set.length),
      ).toHaveLength(8);
      await store.commit('production', [{ op: 'lift', a: 'b_', b: 'user_1', ...asked }], 7_000);
      const kept = await store.separations('production', 'b_', { after: null, limit: 100 });
      expect(kept.map(({ pair }) => pair)).toEqual([['b_', 'crm:10']]);
      const ofUser = await store.separations('production', 'crm:1', { after: null, limit: 100 });
      expect(ofUser.map(({ pair }) => pair.find((id) => id !== 'user_1'))).toEqual(
        [...others].reverse().filter((id) => id !== 'b_'),
      );
      expect(await store.separations('production', 'stranger', { after: null, limit: 100 })).toEqual([]);

      expect(await store.identifiersFrom('production', 'b%', 4)).toEqual(['b%', "b'\\", 'b_', 'crm:0']);
      expect(await store.identifiersFrom('production', 'user_9', 5)).toEqual(['user_9', '\uFF5E', '\u{1F600}']);
      await store.erase('production', 'b_', erasureRequest);
      expect(await store.identifiersFrom('production', 'b_', 1)).toEqual(['crm:0']);
    });

    it('pages identifiers and links of a large identity, and joins and splits it', async () => {
      const store = await openStore();
      const settings = { ...defaultSettings, identifiersPerIdentityMax: 100_000 };
      await store.prepare('production', settings, 0);
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

const erasureRequest = { id: 'receipt-1', now: 5, source: live, events: 7, deadLetters: 2, dryRun: false };

async function eraseBoth(store: IdentityStore, reference: IdentityStore, id: string): Promise<void> {
  const gone = new Set(await reference.members('e', id));
  const profiles = async () => {
    const left = [];
    for (const { distinctId, firstSeen } of (await reference.changes('e', 0, 10_000)).identifiers) {
      // One without an active fact may be known only from what goes.
      if (gone.has(distinctId) || firstSeen === null) continue;
      const { traits, links, ...profile } = await reference.profile('e', distinctId, page);
      const values = Object.entries(traits).map(([key, { value, seq }]) => ({ key, value, seq }));
      left.push({ distinctId, ...profile, values, links: links.map(({ seq }) => seq) });
    }
    return left.sort((a, b) => (a.distinctId < b.distinctId ? -1 : 1));
  };
  const before = await profiles();
  const dry = await store.erase('e', id, { ...erasureRequest, dryRun: true });
  const ours = await store.erase('e', id, erasureRequest);
  expect(dry).toEqual(ours);
  expect(ours).toEqual(await reference.erase('e', id, erasureRequest));
  expect(await profiles()).toEqual(before);
  const pending = await Promise.all([store, reference].map((each) => each.pendingErasures('e')));
  const [a, b] = pending.map((list) => list.map((one) => ({ ...one, strays: [...one.strays].sort() })));
  expect(a!.map((one) => ({ ...one, distinctIds: [...one.distinctIds].sort() }))).toEqual(
    b!.map((one) => ({ ...one, distinctIds: [...one.distinctIds].sort() })),
  );
  for (const each of [store, reference]) await each.finishErasures('e', [ours.seq]);
  const text = JSON.stringify(await store.ledger('e', 0, 10_000));
  for (const erased of gone) expect(text).not.toContain(JSON.stringify(erased));
}

/** R1, with the comparison that `onym verify` makes. */
async function expectFold(store: IdentityStore): Promise<void> {
  const differences: Difference[] = [];
  const { head } = await store.environment('e');
  const state = await foldLedger(store, 'e', head, (difference) => differences.push(difference));
  compareStored(state, await store.changes('e', -1, 10_000), (difference) => differences.push(difference));
  expect(differences).toEqual([]);
}

/** Tokens are random. */
const withoutTokens = (facts: readonly Fact[]) =>
  JSON.parse(JSON.stringify(facts).replaceAll(/erased:[0-9a-f-]{36}/g, 'erased:*'));

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
  const ledgers = await Promise.all([store, reference].map((each) => each.ledger('e', 0, 10_000)));
  expect(withoutTokens(ledgers[0]!)).toEqual(withoutTokens(ledgers[1]!));
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
  const byPair = ({ pair, seq }: (typeof ours.separations)[number]) => `${pair.join(' ')} ${seq}`;
  expect(sorted(ours.separations, byPair)).toEqual(sorted(changes.separations, byPair));
  // A projection may retire more than ever was an identity, never less.
  const ids = changes.identifiers.map(({ distinctId }) => distinctId);
  expect((await store.resolve('e', ids)).resolved).toEqual((await reference.resolve('e', ids)).resolved);
  const { head } = await reference.environment('e');
  for (const [index, id] of ids.entries()) {
    expect(await store.profile('e', id, page)).toEqual(await reference.profile('e', id, page));
    for (const seq of [0, Math.floor(head / 2), head - 1]) {
      const [ours, expected] = await Promise.all([store, reference].map((each) => each.profile('e', id, page, seq)));
      expect(withoutStatus(ours!)).toEqual(withoutStatus(expected!));
      const resolved = await store.resolve('e', [id], seq);
      expect(resolved).toEqual(await reference.resolve('e', [id], seq));
      expect(await store.members('e', id, seq)).toEqual(await reference.members('e', id, seq));
    }
    expect(await store.members('e', id)).toEqual(await reference.members('e', id));
    if (index < 3) await expectHistory(store, id, [Math.floor(head / 2), head]);
    const wholeHistory = { order: 'descending', from: null, limit: 10_000, upTo: undefined } as const;
    expect(withoutTokens(await store.history('e', id, wholeHistory))).toEqual(
      withoutTokens(await reference.history('e', id, wholeHistory)),
    );
    for (const key of ['plan', 'city']) {
      const all = { after: null, limit: 100 };
      const history = await store.traitHistory('e', id, key, all);
      expect(history).toEqual(await reference.traitHistory('e', id, key, all));
      expect(await pagesOfOne(store, id, key)).toEqual(history);
    }
  }
  await expectSameLists(store, reference, ids);
  for (const [index, a] of ids.entries()) {
    const b = ids[(index + 1) % ids.length]!;
    expect(await store.explain('e', a, b)).toEqual(await reference.explain('e', a, b));
  }
}

type Rows = Record<'identifiers' | 'identities' | 'links' | 'separations', Map<string, unknown>>;

/** A projection that is kept as the projector keeps it: by what it lacks, a few rows at a time. */
function followerOf(store: IdentityStore): { follow(): Promise<void>; rows(): Rows } {
  const rows: Rows = { identifiers: new Map(), identities: new Map(), links: new Map(), separations: new Map() };
  let seq = 0;
  return {
    async follow() {
      const { head } = await store.environment('e');
      while (seq < head) {
        const changes = await store.changes('e', seq, 2);
        for (const id of changes.retired) rows.identities.delete(id);
        for (const [kind, changed] of Object.entries(rowsOf(changes))) {
          for (const [key, row] of changed) rows[kind as keyof Rows].set(key, row);
        }
        expect(changes.seq).toBeGreaterThan(seq);
        seq = changes.seq;
      }
    },
    rows: () => rows,
  };
}

const rowsOf = ({ identifiers, identities, links, separations }: Changes): Rows => ({
  identifiers: new Map(identifiers.map((row) => [row.distinctId, row])),
  identities: new Map(identities.map((row) => [row.canonicalId, row])),
  // Whether a link holds its pair together alone is no part of a projection.
  links: new Map(links.map(({ redundant, ...row }) => [String(row.seq), row])),
  separations: new Map(separations.map((row) => [JSON.stringify([row.pair, row.seq]), row])),
});

/** The history of a trait, read value by value. */
async function pagesOfOne(store: IdentityStore, id: string, key: string) {
  const values: Awaited<ReturnType<IdentityStore['traitHistory']>> = [];
  for (;;) {
    const page = await store.traitHistory('e', id, key, { after: values.at(-1) ?? null, limit: 1 });
    if (page.length === 0) return values;
    values.push(...page);
  }
}
