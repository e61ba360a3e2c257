import { setTimeout as sleep } from 'node:timers/promises';
import { canonicalOf, defaultSettings, emptyState, fold, type Operation } from '@onym/core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Postgres, startPostgres } from '../../../../test-support/postgres.ts';
import { type Commits, createCommits, tellOfRows } from '../../src/identity/commits.ts';
import { createDecidedCalls } from '../../src/identity/decided-calls.ts';
import type { IdentityStore } from '../../src/identity/store.ts';
import { limits } from '../../src/limits.ts';
import { alias, identify as identifyOf, live as source } from './operations.ts';
import { cutAll, openStore } from './postgres.ts';

/** What one node remembers follows what another commits. */

const identify = identifyOf('user_1', 'anonymous-1');

interface Node {
  readonly store: IdentityStore;
  readonly commits: Commits;
  readonly grown: string[];
  commitsAsked: number;
  /** How many commits were under way at once, at the most. */
  overlapMax: number;
  stop(): Promise<void>;
}

let postgres: Postgres;
let clock = 1;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres?.stop());

async function startNode(schema: string): Promise<Node> {
  const store = await openStore(postgres.url, schema);
  await store.prepare('e', defaultSettings, 0);
  const node = { store, grown: [] as string[], commitsAsked: 0, overlapMax: 0 };
  let underWay = 0;
  const identityStore: IdentityStore = {
    ...store,
    commit(...asked) {
      node.commitsAsked++;
      node.overlapMax = Math.max(node.overlapMax, ++underWay);
      return store.commit(...asked).finally(() => underWay--);
    },
  };
  const commits = createCommits({ identityStore, decidedCalls: createDecidedCalls(), now: () => clock++ });
  commits.listen(tellOfRows((environment) => void node.grown.push(environment)));
  const unfollow = await commits.follow();
  return Object.assign(node, {
    commits,
    async stop() {
      await unfollow();
      await store.close();
    },
  });
}

async function until(isSo: () => boolean): Promise<void> {
  for (let tries = 0; !isSo(); tries++) {
    if (tries === 200) throw new Error('It never was so.');
    await sleep(25);
  }
}

const askedOf = async (node: Node, ...operations: Operation[]) => {
  const before = node.commitsAsked;
  const { answers } = await node.commits.submit('e', operations);
  return { answers, isFromMemory: node.commitsAsked === before };
};

/** Each pair of a chain of people, as calls of their own. */
const chainOf = (name: string, length: number) =>
  Array.from({ length }, (_, n) => alias(`${name}_${n}`, `${name}_${n + 1}`));
const submitEach = (node: Node, operations: readonly Operation[]) =>
  Promise.all(operations.map(async (operation) => (await node.commits.submit('e', [operation])).answers[0]));

/** The ledger is gapless, each call is in it once, and who is who is its fold (R1). */
async function expectFolded(node: Node, operations: readonly Operation[]): Promise<void> {
  const facts = await node.store.ledger('e', 0, 10 * limits.operationsPerCommitMax);
  expect(facts.map(({ seq }) => seq)).toEqual(facts.map((_, index) => index + 1));
  const state = fold(emptyState(defaultSettings), facts);
  expect(state.links.size).toBe(operations.length);
  const ids = operations.flatMap((operation) =>
    operation.op === 'alias' ? [operation.primary, operation.secondary] : [],
  );
  const { resolved } = await node.store.resolve('e', ids);
  for (const id of ids) expect(resolved.get(id)?.canonicalId).toBe(canonicalOf(state, id));
}

it('one commit is judged while the one before is written, and what others commit in between is judged with', async () => {
  const [a, b] = [await startNode('overlap'), await startNode('overlap')];
  const known = chainOf('known', 3 * limits.operationsPerSharedCommitMax);
  await submitEach(a, known);
  // Of people that the first node has in memory, and that the second one speaks of meanwhile.
  const again = known.map((_, n) => alias(`known_${n}`, `other_${n}`));
  const meanwhile = chainOf('other', 200);
  const answers = (await Promise.all([submitEach(a, again), submitEach(b, meanwhile)])).flat();
  expect(answers.every((answer) => answer !== undefined && !('error' in answer) && answer.seq !== null)).toBe(true);
  expect(a.overlapMax).toBe(2);
  await expectFolded(b, [...known, ...again, ...meanwhile]);
  await a.stop();
  await b.stop();
});

it('a commit whose connection is lost costs neither itself nor the one that was judged on top of it', async () => {
  const node = await startNode('overlap_cut');
  const known = chainOf('known', 3 * limits.operationsPerSharedCommitMax);
  await submitEach(node, known);
  const again = known.map((_, n) => alias(`known_${n}`, `other_${n}`));
  const asked = node.commitsAsked;
  const answering = submitEach(node, again);
  await until(() => node.commitsAsked > asked + 1);
  await cutAll(postgres.url);
  const answers = await answering;
  expect(answers.every((answer) => answer !== undefined && !('error' in answer) && answer.recorded)).toBe(true);
  await expectFolded(node, [...known, ...again]);
  await node.stop();
});

it('a repeat is answered from memory until another node has changed what it is about, and never a call longer', async () => {
  const [a, b] = [await startNode('memory'), await startNode('memory')];
  await askedOf(a, identify);
  await askedOf(a, identify);
  expect((await askedOf(a, identify)).isFromMemory).toBe(true);

  // The very next call, however long the notice takes.
  const split: Operation = { op: 'split', target: { a: 'user_1', b: 'anonymous-1' }, timestamp: null, source };
  await b.commits.submit('e', [split]);
  const after = await askedOf(a, identify);
  expect(after.isFromMemory).toBe(false);
  expect(after.answers[0]).toMatchObject({ verdict: 'refused', reason: 'separated' });
  expect(a.grown.length).toBeGreaterThan(0);
  await a.stop();
  await b.stop();
});

it('a change of somebody else leaves what is remembered, once it was heard of', async () => {
  const [a, b] = [await startNode('others'), await startNode('others')];
  await askedOf(a, alias('user_1', 'crm:1'));
  await askedOf(a, alias('user_1', 'crm:1'));
  const heard = a.grown.length;
  await b.commits.submit('e', [alias('user_2', 'crm:2')]);
  await until(() => a.grown.length > heard);
  expect((await askedOf(a, alias('user_1', 'crm:1'))).isFromMemory).toBe(true);
  await a.stop();
  await b.stop();
});

it('what is committed while nothing is heard is found by looking', async () => {
  const [a, b] = [await startNode('deaf'), await startNode('deaf')];
  await askedOf(a, identify);
  await askedOf(a, identify);
  await cutAll(postgres.url);
  const heard = a.grown.length;
  await b.commits.submit('e', [alias('user_1', 'crm:9')]);
  await until(() => a.grown.length > heard);
  expect((await askedOf(a, identify)).isFromMemory).toBe(false);
  expect((await askedOf(a, identify)).isFromMemory).toBe(true);
  await a.stop();
  await b.stop();
});
