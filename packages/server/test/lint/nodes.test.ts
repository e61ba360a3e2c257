import { defaultSettings, type IdentifyOperation, type Operation } from '@onym/core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import type { Postgres } from '../../../../test-support/postgres.ts';
import { OnymError } from '../../src/errors.ts';
import { createMemoryStore } from '../../src/identity/memory-store.ts';
import type { IdentityStore } from '../../src/identity/store.ts';
import type { TrackItem } from '../../src/ingest/types.ts';
import type { FindingTable } from '../../src/lint/finding-table.ts';
import { createLint, type Lint } from '../../src/lint/lint.ts';
import { lintThresholds } from '../../src/lint/rules.ts';
import { alias, live } from '../identity/operations.ts';
import { openStore, startProxy } from '../identity/postgres.ts';
import { openTable, postgresTables } from './tables.ts';

/** Two nodes on one PostgreSQL find together what was sent to both. */

const environment = 'production';
const identify = (distinctId: string, anonymousId: string | null = null): IdentifyOperation => ({
  op: 'identify',
  distinctId,
  anonymousId,
  traits: [],
  timestamp: null,
  source: live,
});
const event = (distinct_id: string, reserved = false): TrackItem =>
  ({
    event: { distinct_id, anonymous_id: null, device_id: null, uuid: 'u', received_at: clock++, timestamp: clock },
    passedOver: null,
    reserved,
    source: live,
  }) as unknown as TrackItem;

interface Node {
  readonly lint: Lint;
  readonly errors: string[];
  send(...operations: Operation[]): Promise<void>;
  close(): Promise<void>;
}

let clock = Date.parse('2026-11-03T12:00:00Z');
let postgres: Postgres;
let schemas = 0;
let one: Node;
let other: Node;
beforeAll(async () => {
  postgres = (await postgresTables()).postgres;
});
afterAll(() => postgres?.stop());

function nodeOf(store: IdentityStore, table: FindingTable): Node {
  const errors: string[] = [];
  const log = { error: (_: object, message: string) => void errors.push(message), info: () => {} };
  const settings = () => defaultSettings;
  const lint = createLint({ table, environments: [environment], identityStore: store, settings, log });
  return {
    lint,
    errors,
    async send(...operations) {
      const { answers } = await store.commit(environment, operations, clock++);
      for (const [index, answer] of answers.entries()) lint.observe(environment, operations[index]!, answer, clock++);
    },
    async close() {
      await lint.close();
      await store.close();
    },
  };
}

async function startNode(schema: string): Promise<Node> {
  const store = await openStore(postgres.url, schema);
  await store.prepare(environment, defaultSettings, 0);
  return nodeOf(store, await openTable(postgres.url, schema));
}

beforeEach(async () => {
  const schema = `lint_${schemas++}`;
  one = await startNode(schema);
  other = await startNode(schema);
});
afterEach(async () => {
  await one.close();
  await other.close();
});

const report = async (node: Node) =>
  (await node.lint.report(environment)).findings.map(({ rule, count, examples }) => ({
    rule,
    count,
    ids: examples.map(({ ids }) => ids),
  }));

it('count together, and each has in its report what it answered itself', async () => {
  await one.send(alias('user_1', 'anonymous-1'), alias('user_1', 'anonymous-1'));
  expect(await report(one)).toMatchObject([{ rule: 'alias-at-login', count: 2 }]);
  await other.send(alias('user_1', 'anonymous-1'), alias('user_2', 'anonymous-2'));
  const both = [
    {
      rule: 'alias-at-login',
      count: 4,
      ids: [
        { distinct_id: 'user_2', alias_id: 'anonymous-2' },
        { distinct_id: 'user_1', alias_id: 'anonymous-1' },
      ],
    },
  ];
  expect(await report(other)).toMatchObject(both);
  expect(await report(one)).toMatchObject(both);
});

it('see that an id is shared, whoever asked whom', async () => {
  await one.send(identify('user_0', 'anonymous-kiosk'), identify('user_1', 'anonymous-kiosk'));
  await other.send(identify('user_2', 'anonymous-kiosk'));
  expect(await report(one)).toEqual([]);
  expect(await report(other)).toEqual([]);
  await one.send(identify('user_3', 'anonymous-kiosk'));
  const [first, ...others] = (await one.lint.report(environment)).findings;
  expect(others).toEqual([]);
  expect(first).toMatchObject({ rule: 'shared-identifier', count: 2, examples: [{ number: 3 }, { number: 3 }] });
  await other.send(identify('user_2', 'anonymous-kiosk'), identify('user_4', 'anonymous-kiosk'));
  expect(await report(other)).toMatchObject([{ rule: 'shared-identifier', count: 5 }]);
});

it('know who was known, which id names whom, and how many ids one has, from the ledger', async () => {
  await one.send(identify('user_1'), alias('user_1', 'stripe:1'));
  await other.send(alias('user_1', 'crm:1'), alias('stripe:1', 'erp:1'));
  expect(await report(other)).toMatchObject([{ rule: 'chained-alias', ids: [{ canonical_id: 'user_1' }] }]);
  const { knownIdentifiersMin } = lintThresholds;
  for (let id = 4; id < knownIdentifiersMin - 1; id++) await one.send(alias('user_1', `shop:${id}`));
  expect(await report(one)).toMatchObject([{ rule: 'chained-alias' }]);
  await other.send(alias('user_1', 'shop:last'));
  expect(await report(other)).toMatchObject([{}, { rule: 'no-stable-canonical', count: 1 }]);
});

it('forget what either has shown, and bring none of it back', async () => {
  await one.send(alias('user_1', 'anonymous-1'), alias('user_1', 'secret'));
  await other.send(alias('user_2', 'secret'), alias('secret', 'anonymous-9'));
  expect(JSON.stringify([await report(one), await report(other)])).toContain('"secret"');
  await one.send(identify('Secret'), alias('user_3', 'secret'));
  // Looked into and written, while it is asked to forget.
  const looking = one.lint.report(environment);
  await Promise.all([looking, one.lint.forget(environment, ['secret']), other.lint.forget(environment, ['secret'])]);
  for (const node of [one, other]) {
    const found = await report(node);
    expect(JSON.stringify(found)).not.toContain('"secret"');
    expect(found.find(({ rule }) => rule === 'alias-at-login')).toMatchObject({ count: 2 });
  }
});

it('a batch whose answer was lost counts once, however often it is sent', async () => {
  const schema = `lint_${schemas++}`;
  const proxy = await startProxy(postgres.url);
  const [near, far] = [await openTable(postgres.url, schema), await openTable(proxy.url, schema)];
  try {
    const span = { firstTime: 1, lastTime: 1 };
    const findings = [{ rule: 'reserved-id', key: null, lib: null, count: 3, ...span, examples: [] }] as const;
    const lost = proxy.loseNextCommit();
    await far.add(environment, { number: 1, findings });
    await lost;
    await far.add(environment, { number: 1, findings });
    expect(await near.list(environment)).toMatchObject([{ count: 3 }]);
    await far.add(environment, { number: 2, findings });
    // Of another process.
    await near.add(environment, { number: 1, findings });
    expect(await near.list(environment)).toMatchObject([{ count: 9 }]);
  } finally {
    await Promise.all([near.close(), far.close()]);
    await proxy.close();
  }
});

it('a table that takes nothing is complained of once, costs the calls nothing, and gets all of it later', async () => {
  const added: number[] = [];
  let isAway = true;
  const away = () => new OnymError('identity-store-unavailable', 'It is away.');
  const table: FindingTable = {
    async add(_, { number, findings }) {
      if (isAway) throw away();
      added.push(number, ...findings.map(({ count }) => count));
    },
    list: async () => [],
    forget: async () => {
      if (isAway) throw away();
    },
    close: async () => {},
  };
  const store = createMemoryStore();
  await store.prepare(environment, defaultSettings, 0);
  const resolve: IdentityStore['resolve'] = (...asked) => (isAway ? Promise.reject(away()) : store.resolve(...asked));
  const node = nodeOf({ ...store, resolve }, table);
  node.lint.observeEvent(environment, event('guest', true));
  node.lint.observeEvent(environment, event('Ann@x.com'));
  node.lint.observeEvent(environment, event('ann@x.com'));
  node.lint.observeEvent(environment, event('ANN@x.com'));
  for (let time = 0; time < 3; time++) {
    // What can be told without it is told.
    expect(await node.lint.report(environment)).toMatchObject({ findings: [{ count: time + 1 }], unexamined: 0 });
    node.lint.observeEvent(environment, event('null', true));
  }
  // Its own memory has forgotten by then.
  await expect(node.lint.forget(environment, ['guest', 'ANN@x.com'])).rejects.toMatchObject({ code: away().code });
  expect(await report(node)).toMatchObject([{ count: 4, ids: [{ distinct_id: 'null' }] }]);
  expect(node.errors.sort()).toEqual([
    'lint could not look into a call',
    'lint findings could not be written; they are kept in memory, and it is tried again',
  ]);
  isAway = false;
  await node.close();
  // The batch that failed first, as it was.
  expect(added).toEqual([1, 1, 2, 3, 1]);
});

it('what came while PostgreSQL was away is counted once it is back', async () => {
  await one.send(alias('user_1', 'anonymous-1'));
  await postgres.down();
  try {
    one.lint.observeEvent(environment, event('guest', true));
    one.lint.observeEvent(environment, event('Ann@x.com'));
    one.lint.observeEvent(environment, event('ann@x.com'));
    await expect(one.lint.report(environment)).rejects.toMatchObject({ code: 'identity-store-unavailable' });
    one.lint.observeEvent(environment, event('guest', true));
  } finally {
    await postgres.up();
  }
  const { findings, unexamined } = await one.lint.report(environment);
  expect(findings).toMatchObject([
    { rule: 'alias-at-login', count: 1 },
    { rule: 'reserved-id', count: 2 },
    { rule: 'near-miss-id', count: 1 },
  ]);
  expect(unexamined).toBe(0);
  expect(one.errors).toEqual([...new Set(one.errors)]);
  expect(await report(other)).toHaveLength(3);
});
