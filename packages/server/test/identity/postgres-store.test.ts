import { setTimeout as sleep } from 'node:timers/promises';
import { defaultSettings } from '@onym/core';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Postgres, startPostgres } from '../../../../test-support/postgres.ts';
import type { IdentityStore } from '../../src/identity/store.ts';
import { compareStored, type Difference, foldLedger } from '../../src/verify/identity-check.ts';
import { describeIdentityStore } from './conformance.ts';
import { alias, live as source } from './operations.ts';
import { asOwner, cutAll, openStore, startProxy } from './postgres.ts';

let postgres: Postgres;
const schemas = new Map<IdentityStore, string>();
let count = 0;

async function open(schema = `store_${count++}`): Promise<IdentityStore> {
  const store = await openStore(postgres.url, schema);
  schemas.set(store, schema);
  return store;
}

async function reopen(store: IdentityStore): Promise<IdentityStore> {
  await store.close();
  return open(schemas.get(store)!);
}

beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres?.stop());

describeIdentityStore('PostgreSQL', {
  open: () => open(),
  reopen,
  async kill(store) {
    await cutAll(postgres.url);
    return reopen(store);
  },
  cleanUp: async () => {},
  // Each statement crosses a socket; CI draws other histories for each store.
  histories: 40,
});

/** Rows without gaps, and a state that is their fold. */
async function expectSound(store: IdentityStore, head: number): Promise<void> {
  const found: Difference[] = [];
  const report = (difference: Difference) => void found.push(difference);
  expect((await store.environment('e')).head).toBe(head);
  const state = await foldLedger(store, 'e', head, report);
  compareStored(state, await store.changes('e', 0, 100_000), report);
  expect(found).toEqual([]);
}

describe('PostgreSQL that fails', () => {
  it('a commit whose answer was lost is found again, and not done twice', async () => {
    const proxy = await startProxy(postgres.url);
    const store = await openStore(proxy.url, 'lost_answers');
    await store.prepare('e', defaultSettings, 0);
    for (let time = 1; time <= 3; time++) {
      const lost = proxy.loseNextCommit();
      const commit = store.commit('e', [alias('user_1', `crm:${time}`), alias('user_1', 'crm:1')], time);
      await lost;
      const { facts, answers, head } = await commit;
      expect(facts.map(({ seq }) => seq)).toEqual([time]);
      expect(answers[0]).toMatchObject({ verdict: 'applied', seq: time, recorded: true });
      expect(head).toBe(time);
    }
    await expectSound(store, 3);
    const lost = proxy.loseNextCommit();
    const request = { id: 'receipt', now: 9, source, events: 0, deadLetters: 0, dryRun: false };
    const erased = store.erase('e', 'user_1', request);
    await lost;
    expect(await erased).toMatchObject({ seq: 4, receipt: { identifiers: 4 } });
    expect((await store.environment('e')).head).toBe(4);
    await store.close();
    await proxy.close();
  });

  it('calls on two nodes that contradict each other have one order, and one result, while connections are cut', async () => {
    const schema = 'two_nodes';
    const nodes = [await open(schema), await open(schema)];
    await nodes[0]!.prepare('e', defaultSettings, 0);
    const answers: Promise<number[]>[] = [];
    for (let call = 0; call < 60; call++) {
      const [a, b] = [`user_${call % 7}`, `user_${(call * 5 + 1) % 11}`];
      for (const [index, node] of nodes.entries()) {
        const operations = index === 0 ? [alias(a, b), alias(b, `crm:${call}`)] : [alias(b, a)];
        answers.push(node.commit('e', operations, call).then(({ facts }) => facts.map(({ seq }) => seq)));
      }
      if (call % 20 === 10) await cutAll(postgres.url);
      await sleep(1);
    }
    const seqs = (await Promise.all(answers)).flat().sort((a, b) => a - b);
    expect(new Set(seqs).size).toBe(seqs.length);
    await expectSound(nodes[1]!, seqs.at(-1)!);
    for (const node of nodes) await node.close();
  });

  it('is waited for while it restarts; gone for longer it is `identity-store-unavailable`, and nothing is half done', async () => {
    const store = await open('restarted');
    await store.prepare('e', defaultSettings, 0);
    await store.commit('e', [alias('user_1', 'crm:1')], 1);
    await postgres.down();
    const answer = store.commit('e', [alias('user_1', 'crm:2')], 2);
    await postgres.up();
    expect((await answer).facts).toHaveLength(1);
    await postgres.down();
    await expect(store.commit('e', [alias('user_1', 'crm:3')], 3)).rejects.toMatchObject({
      code: 'identity-store-unavailable',
      retryAfterSeconds: 1,
    });
    await postgres.up();
    expect((await store.commit('e', [alias('user_1', 'crm:3')], 3)).facts.map(({ seq }) => seq)).toEqual([3]);
    await expectSound(store, 3);
    await store.close();
  });

  it('a batch of 1,000 operations is a handful of statements', async () => {
    const store = await open('counted');
    await store.prepare('e', defaultSettings, 0);
    const operations = Array.from({ length: 1_000 }, (_, index) => alias(`user_${index}`, `crm:${index}`));
    const asked = vi.spyOn(pg.Client.prototype, 'query');
    await store.commit('e', operations, 1);
    expect(asked.mock.calls.length).toBeLessThan(20);
    asked.mockRestore();
    await store.close();
  });

  it('takes the statistics that plans are made by as the ledger begins to grow', async () => {
    const schema = 'growing';
    const store = await openStore(postgres.url, schema);
    await store.prepare('e', defaultSettings, 0);
    const commit = (from: number) =>
      store.commit(
        'e',
        Array.from({ length: 250 }, (_, n) => alias(`user_${from + n}`, `crm:${from + n}`)),
        1,
      );
    await commit(0);
    await commit(250);
    await store.close();
    const [taken] = await asOwner<{ rows: number }>(
      postgres.url,
      `SELECT reltuples::integer AS rows FROM pg_class WHERE oid = '${schema}.identifier'::regclass`,
    );
    expect(taken!.rows).toBe(1_000);
  });

  it('a schema that a newer version made is refused, and nodes that start together make it once', async () => {
    const schema = 'together';
    const nodes = await Promise.all([1, 2, 3].map(() => openStore(postgres.url, schema)));
    await Promise.all(nodes.map((node) => node.prepare('e', defaultSettings, 0)));
    expect(await nodes[2]!.environments()).toEqual(['e']);
    await asOwner(postgres.url, `INSERT INTO ${schema}.migration (room, step) VALUES ('identity', 998)`);
    await (await openStore(postgres.url, schema)).close();
    await asOwner(postgres.url, `INSERT INTO ${schema}.migration (room, step, breaks) VALUES ('identity', 999, true)`);
    await expect(openStore(postgres.url, schema)).rejects.toThrow(/made by a newer Onym/);
    for (const node of nodes) await node.close();
  });

  it('copies to try things on leave nothing', async () => {
    const store = await open('copied');
    await store.prepare('e', defaultSettings, 0);
    await store.commit('e', [alias('user_1', 'crm:1')], 1);
    const copy = await store.scratch();
    await copy.commit('e', [alias('user_1', 'crm:2')], 2);
    expect((await copy.environment('e')).head).toBe(2);
    expect((await store.environment('e')).head).toBe(1);
    await copy.close();
    const left = await asOwner(postgres.url, "SELECT 1 FROM pg_namespace WHERE nspname LIKE '%scratch%'");
    expect(left).toEqual([]);
    await store.close();
  });
});
