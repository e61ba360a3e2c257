import { setTimeout as sleep } from 'node:timers/promises';
import { defaultSettings, type Operation } from '@onym/core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Postgres, startPostgres } from '../../../../test-support/postgres.ts';
import { type Commits, createCommits, tellOfRows } from '../../src/identity/commits.ts';
import { createDecidedCalls } from '../../src/identity/decided-calls.ts';
import type { IdentityStore } from '../../src/identity/store.ts';
import { alias, identify as identifyOf, live as source } from './operations.ts';
import { cutAll, openStore } from './postgres.ts';

/** What one node remembers follows what another commits. */

const identify = identifyOf('user_1', 'anonymous-1');

interface Node {
  readonly store: IdentityStore;
  readonly commits: Commits;
  readonly grown: string[];
  commitsAsked: number;
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
  const node = { store, grown: [] as string[], commitsAsked: 0 };
  const identityStore: IdentityStore = {
    ...store,
    commit(...asked) {
      node.commitsAsked++;
      return store.commit(...asked);
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
