import { setTimeout as sleep } from 'node:timers/promises';
import { defaultSettings } from '@onym/core';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { type Postgres as Server, startPostgres } from '../../../../test-support/postgres.ts';
import { openPostgresStore } from '../../src/identity/postgres/store.ts';
import type { IdentityStore } from '../../src/identity/store.ts';
import type { Nodes } from '../../src/nodes/nodes.ts';
import { openRegistered, openRegistry } from '../../src/nodes/postgres/registry.ts';
import { openPostgres, type Postgres } from '../../src/postgres/postgres.ts';
import { alias } from '../identity/operations.ts';
import { asOwner } from '../identity/postgres.ts';

/** What nodes know of each other, over a real PostgreSQL. */

let server: Server;
let schema: string;
let nodes: Node[] = [];
let shared: Postgres;
let store: IdentityStore;
let count = 0;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(async () => {
  await server?.stop();
});

const optionsFor = (name: string) => ({
  url: server.url,
  schema: name,
  connectionsMax: 4,
  statementMaxMs: 30_000,
  log: { warn() {} },
});

interface Node extends Nodes {
  /** The seq that its events on their way are bound at. */
  onTheirWay: number | null;
  readingSince: number | null;
  readonly errands: string[];
  stop(isEmpty: boolean): Promise<void>;
}

async function openNode(id: string, { hasJournal = true, starts = true } = {}): Promise<Node> {
  const postgres = await openPostgres(optionsFor(schema));
  const own: Pick<Node, 'onTheirWay' | 'readingSince' | 'errands'> = {
    onTheirWay: null,
    readingSince: null,
    errands: [],
  };
  const registry = await openRegistry(postgres, {
    id,
    version: '1',
    hasJournal,
    drain: { safeSeq: () => own.onTheirWay },
    eventStore: { readsUnderWay: async () => {}, oldestReadStartedAt: () => own.readingSince },
    now: Date.now,
    log: { info() {}, warn() {}, error() {} },
  });
  const stop = async (isEmpty: boolean) => {
    nodes = nodes.filter((each) => each !== node);
    await registry.close(isEmpty);
    await postgres.close();
  };
  const node: Node = Object.assign(own, registry, { stop });
  node.answer(async (errand, environment, seqs) => void own.errands.push(`${errand} ${environment} ${seqs}`));
  if (starts) await node.start();
  nodes.push(node);
  return node;
}

beforeEach(async () => {
  for (const node of nodes) await node.stop(true);
  await store?.close();
  await shared?.close();
  schema = `registry_${++count}`;
  shared = await openPostgres(optionsFor(schema));
  store = await openPostgresStore(shared);
  await store.prepare('e', defaultSettings, 0);
});
afterAll(async () => {
  for (const node of nodes) await node.stop(true);
  await shared?.close();
});

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await isSo()); tries++) {
    if (tries > 200) throw new Error('It does not become so.');
    await sleep(50);
  }
}

/** As if a node had said nothing for so long. */
const silence = (id: string, seconds: number) =>
  asOwner(server.url, `UPDATE ${schema}.node SET seen_at = now() - $2 * interval '1 second' WHERE id = $1`, [
    id,
    seconds,
  ]);

it('nothing is safe above what any node has on its way, those that are away included', async () => {
  const [one, other] = [await openNode('one'), await openNode('other')];
  const { head } = await store.commit('e', [alias('a', 'b'), alias('c', 'd')], 1);
  await until(async () => (await one.safeSeq('e')) === head);
  other.onTheirWay = head - 1;
  await until(async () => (await one.safeSeq('e')) === head - 1);
  await other.stop(false);
  await store.commit('e', [alias('e', 'f')], 2);
  await sleep(1_500);
  expect(await one.safeSeq('e')).toBe(head - 1);
  // It returns, and has sent them.
  await openNode('other');
  await until(async () => (await one.safeSeq('e')) === head + 1);
});

it('reads of every node are waited for, and those of a node that is gone are not', async () => {
  const [one, other] = [await openNode('one'), await openNode('other')];
  other.readingSince = Date.now();
  await sleep(1_100);
  let isSettled = false;
  const settled = one.readsSettled().then(() => {
    isSettled = true;
  });
  await sleep(1_500);
  expect(isSettled).toBe(false);
  // The next one began after the question.
  other.readingSince = Date.now() + 60_000;
  await settled;

  other.readingSince = 0;
  await sleep(1_100);
  await other.stop(false);
  await silence('other', 3_600);
  await one.readsSettled();
});

it('errands are done by every node, and by those that are away when they are back', async () => {
  const [one, other, third] = [await openNode('one'), await openNode('other'), await openNode('third')];
  expect(await one.ask('drain', 'e', [3])).toEqual([]);
  for (const node of [one, other, third]) expect(node.errands).toEqual(['drain e 3']);

  await third.stop(false);
  await silence('third', 11);
  expect(await one.ask('forget', 'e', [3, 5])).toEqual([expect.stringContaining('(third)')]);
  expect(other.errands).toEqual(['drain e 3', 'forget e 3,5']);

  const back = await openNode('third', { starts: false });
  await back.start();
  expect(back.errands).toEqual(['forget e 3,5']);
  expect(await one.ask('forget', 'e', [3, 5])).toEqual([]);
  await one.finished('e', [3, 5]);
  expect(await asOwner(server.url, `SELECT * FROM ${schema}.errand`)).toEqual([]);
});

it('a node goes on beside tables of a newer version, unless that says that it can not', async () => {
  const one = await openNode('one');
  await asOwner(server.url, `INSERT INTO ${schema}.migration (room, step) VALUES ('nodes', 100)`);
  await sleep(1_500);
  expect(one.obstacle()).toBeNull();
  await asOwner(server.url, `INSERT INTO ${schema}.migration (room, step, breaks) VALUES ('nodes', 101, true)`);
  await until(() => one.obstacle() !== null);
  expect(one.obstacle()).toMatch(/"nodes" in PostgreSQL were made by a newer Onym \(step 101, this one knows \d+\)/);
  await expect(openNode('other')).rejects.toThrow(/made by a newer Onym/);
});

it('a node that leaves with an empty journal, or has none, is not waited for', async () => {
  const one = await openNode('one');
  await (await openNode('empty')).stop(true);
  await (await openNode('without', { hasJournal: false })).stop(false);
  const lost = await openNode('lost', { hasJournal: false });
  lost.onTheirWay = 0;
  await sleep(1_100);
  await lost.stop(true);
  const registered = await openRegistered(shared);
  // Its insert may still come.
  expect((await registered.list()).map(({ id }) => id)).toEqual(['lost', 'one']);
  await silence('lost', 91);
  await until(async () => (await registered.list()).length === 1);
  expect((await registered.list()).map(({ id }) => id)).toEqual(['one']);

  await (await openNode('gone')).stop(false);
  expect((await registered.list()).map(({ id }) => id)).toEqual(['gone', 'one']);
  expect(await registered.retire('gone')).toBe(true);
  expect(await registered.retire('gone')).toBe(false);
  expect(await one.ask('forget', 'e', [1])).toEqual([]);
});
