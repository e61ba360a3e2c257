import { type Answered, defaultSettings, type Operation } from '@onym/core';
import { describe, expect, it } from 'vitest';
import { OnymError } from '../../src/errors.ts';
import { createCommits, type Notice, tellOfCalls, tellOfRows, tellOfSteering } from '../../src/identity/commits.ts';
import { createDecidedCalls } from '../../src/identity/decided-calls.ts';
import { createMemoryStore } from '../../src/identity/memory-store.ts';
import { type Commit, type LedgerChange, NotFollowed, type SharedLedger } from '../../src/identity/store.ts';
import { limits } from '../../src/limits.ts';
import { alias as aliasOf, identify as identifyOf } from './operations.ts';

const source = { key: 'sk_1', lib: null, batch: null, public: false };
const alias = (primary: string, secondary = `${primary}'s`) => aliasOf(primary, secondary, source);
const split: Operation = { op: 'split', target: { link: 1 }, timestamp: null, source };

/** A store that answers at the test's word, and fails where the test says so. */
function storeUnderTest(fails: (operations: readonly Operation[]) => Error | null = () => null) {
  const commits: Operation[][] = [];
  const release: (() => void)[] = [];
  let isHeld = false;
  let head = 0;
  const answerOf = (operation: Operation): Answered => ({
    verdict: 'applied',
    reason: null,
    seq: ++head,
    recorded: true,
    canonicalId: operation.op === 'alias' ? operation.primary : '',
    components: [],
  });
  return {
    commits,
    hold: () => {
      isHeld = true;
    },
    letGo() {
      isHeld = false;
      for (const go of release.splice(0)) go();
    },
    store: {
      shared: null,
      tryWrite: async () => {},
      erase: async () => Promise.reject(new Error('no test of this erases')),
      async commit(_environment: string, operations: readonly Operation[]): Promise<Commit> {
        if (isHeld) await new Promise<void>((resolve) => release.push(resolve));
        const error = fails(operations);
        if (error !== null) throw error;
        commits.push([...operations]);
        return { answers: operations.map(answerOf), touched: [], facts: [], radii: [], head };
      },
    },
  };
}

function doorOf({ store }: { readonly store: Parameters<typeof createCommits>[0]['identityStore'] }) {
  return createCommits({
    identityStore: store,
    decidedCalls: createDecidedCalls(),
    now: () => 1,
  });
}

const named = (answers: readonly (Answered | { error: string })[]) =>
  answers.map((answer) => ('error' in answer ? answer.error : answer.canonicalId));

describe('commits', () => {
  it('commits together what arrives together, in order, and answers each caller with its own', async () => {
    const under = storeUnderTest();
    const door = doorOf(under);
    const answers = await Promise.all([door.submit('e', [alias('a'), alias('b')]), door.submit('e', [alias('c')])]);
    expect(answers.map(({ answers }) => named(answers))).toEqual([['a', 'b'], ['c']]);
    expect(under.commits).toEqual([[alias('a'), alias('b'), alias('c')]]);
  });

  it('commits steering alone, in its place', async () => {
    const under = storeUnderTest();
    const door = doorOf(under);
    await Promise.all([door.submit('e', [alias('a')]), door.submit('e', [split]), door.submit('e', [alias('b')])]);
    expect(under.commits).toEqual([[alias('a')], [split], [alias('b')]]);
  });

  it('takes no more operations in one transaction than its limit, but for one request that has more', async () => {
    const under = storeUnderTest();
    const door = doorOf(under);
    const many = (count: number, name: string) => Array.from({ length: count }, (_, index) => alias(`${name}${index}`));
    await Promise.all([
      door.submit('e', many(limits.operationsPerCommitMax - 1, 'a')),
      door.submit('e', many(2, 'b')),
      door.submit('e', many(1_000, 'c')),
      door.submit('e', many(1, 'd')),
    ]);
    expect(under.commits.map(({ length }) => length)).toEqual([limits.operationsPerCommitMax - 1, 2, 1_000, 1]);
  });

  it('one call that breaks the transaction costs its neighbours nothing', async () => {
    const broken = new Error('this one');
    const under = storeUnderTest((operations) => (operations.some(isNamed('b')) ? broken : null));
    const door = doorOf(under);
    const results = await Promise.allSettled(['a', 'b', 'c'].map((name) => door.submit('e', [alias(name)])));
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(results[1]).toMatchObject({ reason: broken });
    expect(under.commits).toEqual([[alias('a')], [alias('c')]]);
  });

  it('a group that was judged on top of one which failed is asked for again, after each of that one', async () => {
    const under = storeUnderTest((operations) => (operations.some(isNamed('broken')) ? new Error('this one') : null));
    const { store } = under;
    const shared: SharedLedger = { head: async () => -1, follow: async () => async () => undefined };
    let secondIsAsked: (() => void) | null = null;
    const door = doorOf({
      store: {
        ...store,
        shared,
        async commit(environment, operations, _now, options) {
          if (options?.next === undefined) return store.commit(environment, operations);
          if (secondIsAsked !== null) {
            secondIsAsked();
            throw new NotFollowed();
          }
          const asked = new Promise<void>((resolve) => {
            secondIsAsked = resolve;
          });
          options.next();
          await asked;
          return store.commit(environment, operations);
        },
      },
    });
    const first = ['broken', 'a'].map((name) => door.submit('e', [alias(name)]));
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    // As many as one commit holds: fewer would wait for more.
    const most = Array.from({ length: limits.operationsPerSharedCommitMax }, (_, index) => alias(`b${index}`));
    const second = door.submit('e', most);
    const settled = door.settled('e').then(() => under.commits.length);
    const results = await Promise.allSettled([...first, second]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
    expect(under.commits).toEqual([[alias('a')], most]);
    expect(await settled).toBe(2);
  });

  it('what fails them all, as a full disk does, is tried once', async () => {
    let tries = 0;
    const under = storeUnderTest(() => {
      tries++;
      return new OnymError('storage-full', 'The disk is full.');
    });
    const door = doorOf(under);
    const results = await Promise.allSettled([door.submit('e', [alias('a')]), door.submit('e', [alias('b')])]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(tries).toBe(1);
  });

  it('turns calls away when too many wait, and takes them again afterwards', async () => {
    const under = storeUnderTest();
    const door = doorOf(under);
    under.hold();
    const most = Array.from({ length: limits.waitingOperationsMax }, (_, index) => alias(`${index}`));
    const waiting = door.submit('e', most);
    await expect(door.submit('e', [alias('late')])).rejects.toMatchObject({
      code: 'overloaded',
      retryAfterSeconds: 1,
    });
    expect(door.waiting()).toBe(limits.waitingOperationsMax);
    // Another environment waits for nobody.
    const elsewhere = door.submit('other', [alias('x')]);
    await new Promise((resolve) => setImmediate(resolve));
    under.letGo();
    await Promise.all([waiting, elsewhere]);
    await door.idle();
    expect(door.waiting()).toBe(0);
    expect(named((await door.submit('e', [alias('late')])).answers)).toEqual(['late']);
  });

  it('is settled once all that was under way is committed, whatever comes after', async () => {
    const under = storeUnderTest();
    const door = doorOf(under);
    await door.settled('e');
    under.hold();
    const before = door.submit('e', [alias('a')]);
    let isSettled = false;
    const settled = door.settled('e').then(() => {
      isSettled = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    await new Promise((resolve) => setImmediate(resolve));
    expect(isSettled).toBe(false);
    under.letGo();
    await Promise.all([before, settled]);
    expect(under.commits).toEqual([[alias('a')]]);
  });
});

const isNamed = (name: string) => (operation: Operation) => operation.op === 'alias' && operation.primary === name;

describe('who listens', () => {
  const traits = (value: string): Operation => ({
    op: 'identify',
    distinctId: 'u',
    anonymousId: null,
    traits: [{ key: 'plan', value, kind: 'plain' }],
    timestamp: null,
    source,
  });

  async function door() {
    const identityStore = createMemoryStore();
    await identityStore.prepare('e', defaultSettings, 0);
    const commits = createCommits({ identityStore, decidedCalls: createDecidedCalls(), now: () => 1 });
    const notices: Notice[] = [];
    const stop = commits.listen((notice) => notices.push(notice));
    return { commits, notices, stop };
  }

  it('hears of each commit in the order of the ledger, before its callers know; each caller has the rows that it left', async () => {
    const { commits, notices } = await door();
    let heard = 0;
    const all = await Promise.all(
      [[alias('a')], [alias('a'), traits('pro')], [traits('pro')]].map(async (operations) => {
        const answers = await commits.submit('e', operations);
        heard = notices.length;
        return answers;
      }),
    );
    expect(heard).toBe(1);
    expect(notices[0]!.operations).toHaveLength(4);
    expect(notices[0]!.head).toBe(2);
    expect(all.map(({ facts }) => facts.map(({ seq, op }) => [seq, op]))).toEqual([
      [[1, 'alias']],
      [[2, 'identify']],
      [],
    ]);
  });

  it('hears of calls that were answered from memory, which leave no row', async () => {
    const { commits, notices } = await door();
    for (let time = 0; time < 3; time++) await commits.submit('e', [traits('pro')]);
    expect(notices.map(({ operations, head }) => [operations.length, head])).toEqual([
      [1, 1],
      [1, null],
      [1, null],
    ]);
    const observed: string[] = [];
    const grown: string[] = [];
    const tellCalls = tellOfCalls({ observe: (environment, { op }) => void observed.push(`${environment} ${op}`) });
    const tellRows = tellOfRows((environment) => void grown.push(environment));
    for (const notice of notices) for (const tell of [tellCalls, tellRows]) tell(notice);
    expect(observed).toEqual(['e identify', 'e identify', 'e identify']);
    expect(grown).toEqual(['e']);
  });

  it('hears of an erasure, after which nothing is answered from memory; steering is no call of an application', async () => {
    const { commits, notices } = await door();
    await commits.submit('e', [alias('a')]);
    await commits.submit('e', [alias('a')]);
    const request = { id: 'r', now: 2, source, events: 0, deadLetters: 0 };
    await commits.erase('e', 'a', { ...request, dryRun: true });
    expect(notices).toHaveLength(2);
    await commits.erase('e', 'a', { ...request, dryRun: false });
    expect(notices[2]).toMatchObject({ operations: [], head: 2 });
    const again = await commits.submit('e', [alias('a')]);
    expect(again.facts).toHaveLength(1);
    await commits.submit('e', [{ ...split, target: { link: again.facts[0]!.seq } } as Operation]);
    const observed: string[] = [];
    tellOfCalls({ observe: (_environment, { op }) => void observed.push(op) })(notices.at(-1)!);
    expect(observed).toEqual([]);
    const steered: string[] = [];
    for (const notice of notices) tellOfSteering((environment) => void steered.push(environment))(notice);
    expect(steered).toEqual(['e']);
  });

  it('hears nothing once it stopped', async () => {
    const { commits, notices, stop } = await door();
    stop();
    await commits.submit('e', [alias('a')]);
    expect(notices).toEqual([]);
  });
});

describe('a ledger that other nodes write to', () => {
  it('what is heard of while the ledger is asked does not make true again what was remembered before', async () => {
    const store = createMemoryStore();
    await store.prepare('e', defaultSettings, 0);
    let hear: (change: LedgerChange) => void = () => {};
    let elsewhere = async () => {};
    const shared: SharedLedger = {
      async head(environment) {
        await elsewhere();
        return (await store.environment(environment)).head;
      },
      async follow(heard) {
        hear = heard;
        return async () => {};
      },
    };
    const commits = createCommits({
      identityStore: { ...store, shared },
      decidedCalls: createDecidedCalls(),
      now: () => 1,
    });
    await commits.follow();
    const identify = identifyOf('user_1', 'anonymous-1', source);
    await commits.submit('e', [identify]);
    await commits.submit('e', [identify]);
    elsewhere = async () => {
      elsewhere = async () => {};
      const apart: Operation = { op: 'split', target: { a: 'user_1', b: 'anonymous-1' }, timestamp: null, source };
      const { head, facts } = await store.commit('e', [apart], 2);
      hear({ environment: 'e', before: head - facts.length, head, touched: null });
    };
    const { answers } = await commits.submit('e', [identify]);
    expect(answers[0]).toMatchObject({ verdict: 'refused', reason: 'separated' });
  });
});
