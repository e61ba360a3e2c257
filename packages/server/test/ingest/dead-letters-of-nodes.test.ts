import { afterAll, beforeAll, expect, it } from 'vitest';
import type { DeadLetterLimits } from '../../src/ingest/dead-letters.ts';
import { openPostgresDeadLetters } from '../../src/ingest/postgres/dead-letter-table.ts';
import type { DeadLetter } from '../../src/ingest/types.ts';
import { openPostgresTurns } from '../../src/nodes/postgres/turns.ts';
import { startProxy } from '../identity/postgres.ts';
import { openShared, type Places, startPlaces } from '../nodes/places.ts';
import { all, flush, letter, lettersOver, listed, openTable } from './letters.ts';

/** Rejected items of nodes that share a PostgreSQL. */

let places: Places;
let count = 0;
beforeAll(async () => {
  places = await startPlaces('PostgreSQL');
});
afterAll(() => places?.stop());

async function openNodes(nodes: number, bounds: Partial<DeadLetterLimits> = {}) {
  const schema = `nodes_${count++}`;
  const opened = await Promise.all(
    Array.from({ length: nodes }, async () => lettersOver(await openTable(places, schema), { bounds })),
  );
  return { schema, opened, close: () => Promise.all(opened.map((node) => node.close())) };
}

const numbered = (node: string, from: number, count: number, key = node): DeadLetter[] =>
  Array.from({ length: count }, (_, i) => ({ ...letter({ node, n: from + i }), key }));

it('written by one, they are listed, taken up and erased by another', async () => {
  const { opened, close } = await openNodes(2);
  const [one, other] = [opened[0]!, opened[1]!];
  one.add([letter({ distinct_id: 'ada' }), letter({ distinct_id: 'bob' }), letter({ distinct_id: 'eve' }, null)]);
  await flush(one);
  other.add([letter({ distinct_id: 'dan' })]);
  expect((await listed(other)).map(({ item }) => (JSON.parse(item) as { distinct_id: string }).distinct_id)).toEqual([
    'dan',
    'eve',
    'bob',
    'ada',
  ]);
  expect(other.stats()).toMatchObject({ kept: 1, stored: 4 });
  const [oldest] = await other.oldest(all, { after: 0, limit: 1 });
  expect(await other.remove([oldest!.id])).toBe(1);
  expect(await one.remove([oldest!.id])).toBe(0);
  expect(await other.naming('production', [new Set(['eve'])])).toEqual([1]);
  await other.forget('production', ['eve']);
  expect((await listed(one)).map(({ item }) => item)).toEqual(['{"distinct_id":"dan"}', '{"distinct_id":"bob"}']);
  await close();
});

it('the shares of keys hold over all nodes, and pages stay in order while they write', async () => {
  const { opened, close } = await openNodes(3, { deadLettersPerKeyMax: 40, deadLettersMax: 100 });
  const write = async (node: (typeof opened)[number], name: string) => {
    for (let round = 0; round < 10; round++) {
      node.add([...numbered(name, round * 6, 3), ...numbered(name, round * 6 + 3, 3, 'page')]);
      await flush(node);
    }
  };
  const seen: number[] = [];
  const read = async () => {
    for (let round = 0; round < 20; round++) {
      const found = await opened[0]!.oldest(all, { after: seen.at(-1) ?? 0, limit: 100 });
      seen.push(...found.map(({ id }) => id));
    }
  };
  await Promise.all([...opened.map((node, index) => write(node, `node ${index}`)), read()]);
  // What came later is never above what was read before.
  expect(seen).toEqual([...new Set(seen)].sort((a, b) => a - b));
  expect((await listed(opened[1]!, 1_000)).length).toBe(100);
  for (const key of ['node 0', 'node 1', 'node 2', 'page']) {
    const kept = await listed(opened[2]!, 1_000, { key });
    expect(kept.length).toBeGreaterThanOrEqual(20);
    expect(kept.length).toBeLessThanOrEqual(40);
    if (key === 'page') continue;
    // The newest of each.
    const numbers = kept.map(({ item }) => (JSON.parse(item) as { n: number }).n);
    expect(numbers[0]).toBe(56);
    expect(numbers).toEqual([...numbers].sort((a, b) => b - a));
  }
  opened[0]!.add(numbered('node 0', 100, 1));
  await flush(opened[0]!);
  expect(opened[0]!.stats().stored).toBe(100);
  await close();
});

it('two that take letters up at once, on two nodes, send none twice', async () => {
  const schema = `nodes_${count++}`;
  const nodes = await Promise.all(
    [0, 1].map(async () => {
      const shared = await openShared(places.server!.url, schema);
      const turns = await openPostgresTurns(shared);
      const letters = await lettersOver(await openPostgresDeadLetters(shared), { turns });
      return {
        letters,
        async close() {
          await letters.close();
          await turns.close();
          await shared.close();
        },
      };
    }),
  );
  nodes[0]!.letters.add(numbered('one', 0, 20));
  await flush(nodes[0]!.letters);
  const sent: string[] = [];
  const taken = await Promise.all(
    nodes.map(({ letters }) =>
      letters.taking(async () => {
        const found = await letters.oldest(all, { after: 0, limit: 15 });
        sent.push(...found.map(({ item }) => item));
        return letters.remove(found.map(({ id }) => id));
      }),
    ),
  );
  expect(taken.sort((a, b) => a - b)).toEqual([5, 15]);
  expect(sent).toEqual(numbered('one', 0, 20).map(({ item }) => item));
  await Promise.all(nodes.map((node) => node.close()));
});

it('half a character, as the cut of a long item leaves it, is given back', async () => {
  const { opened, close } = await openNodes(1);
  const cut = { ...letter({}), item: '{"name":"𝒳'.slice(0, -1) };
  opened[0]!.add([cut]);
  expect(await listed(opened[0]!)).toEqual([cut]);
  await close();
});

it('are kept once where the answer of their commit was lost', async () => {
  const schema = `nodes_${count++}`;
  const proxy = await startProxy(places.server!.url);
  const shared = await openShared(proxy.url, schema);
  const letters = await lettersOver(await openPostgresDeadLetters(shared));
  letters.add(numbered('one', 0, 3));
  const lost = proxy.loseNextCommit();
  await Promise.all([lost, flush(letters)]);
  expect(await listed(letters)).toHaveLength(3);
  const ids = (await letters.list(all, { before: null, limit: 2 })).map(({ id }) => id);
  const lostAgain = proxy.loseNextCommit();
  const [, removed] = await Promise.all([lostAgain, letters.remove(ids)]);
  expect(removed).toBe(2);
  expect(letters.stats().stored).toBe(1);
  await letters.close();
  await shared.close();
  await proxy.close();
});

it('wait while PostgreSQL is away, and are kept once it is back', async () => {
  const { opened, close } = await openNodes(1);
  const [node] = opened;
  node!.add(numbered('one', 0, 2));
  await places.server!.down();
  await expect(flush(node!)).rejects.toMatchObject({ code: 'identity-store-unavailable' });
  node!.add(numbered('one', 2, 2));
  expect(node!.stats()).toMatchObject({ waiting: 4, stored: 0 });
  await places.server!.up();
  await flush(node!);
  expect(node!.stats()).toMatchObject({ waiting: 0, stored: 4, dropped: { 'queue-full': 0, 'write-failed': 0 } });
  expect((await listed(node!)).map(({ item }) => item)).toEqual(
    numbered('one', 0, 4)
      .map(({ item }) => item)
      .reverse(),
  );
  await close();
});
