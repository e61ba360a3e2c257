import { afterAll, beforeAll, expect, test } from 'vitest';
import { openPostgresProgress } from '../../src/import/postgres/progress.ts';
import type { ImportProgress, Progress } from '../../src/import/progress.ts';
import { openPostgresTurns } from '../../src/nodes/postgres/turns.ts';
import { openShared, type Places, startPlaces } from '../nodes/places.ts';
import { history, type WorldParts, world } from './world.ts';

/** Imports on nodes that share their stores: a batch is imported by one at a time, and goes on wherever its file is sent. */

let places: Places;
beforeAll(async () => {
  places = await startPlaces('PostgreSQL');
});
afterAll(() => places?.stop());

async function withNodes(schema: string, work: (nodes: Awaited<ReturnType<typeof world>>[]) => Promise<void>) {
  const opened = await Promise.all([0, 1].map(() => openShared(places.server!.url, schema)));
  const turns = await Promise.all(opened.map(openPostgresTurns));
  const nodes: Awaited<ReturnType<typeof world>>[] = [];
  for (const [index, shared] of opened.entries()) {
    const stores = nodes[0]?.stores;
    const parts: WorldParts = { progress: await openPostgresProgress(shared), turns: turns[index]! };
    nodes.push(await world(stores === undefined ? parts : { ...parts, stores }));
  }
  try {
    await work(nodes);
  } finally {
    for (const each of [...turns, ...opened]) await each.close();
  }
}

test('a batch is imported by one node at a time', async () => {
  await withNodes('one_at_a_time', async ([one, other]) => {
    const file = history(50);
    const first = one!.begin(file);
    expect((await first.next()).value).toMatchObject({ type: 'started' });
    expect([one!.imports.running(), other!.imports.running()]).toEqual([1, 0]);
    for (const node of [one!, other!]) {
      await expect(node.send(file)).rejects.toMatchObject({
        code: 'batch-conflict',
        message: 'The batch "b" is being imported right now. Wait for it.',
      });
    }
    // Nothing keeps what is another batch, or writes nothing.
    expect((await other!.send(file, { dryRun: true })).rows).toBeGreaterThan(50);
    expect((await other!.send(history(2), { batch: 'another' })).finished_before).toBe(false);
    for await (const _ of first);
    expect(await other!.send(file)).toMatchObject({ finished_before: true });
    expect(one!.imports.running()).toBe(0);
  });
});

test('one that breaks off goes on at another node with the same file, and is taken back there', async () => {
  const file = history(300);
  const whole = await world();
  const expected = await whole.send(file);
  await withNodes('goes_on', async ([one, other]) => {
    one!.killAfterCommits(2);
    await expect(one!.send(file)).rejects.toThrow('killed');
    await expect(other!.send(history(299))).rejects.toMatchObject({ code: 'batch-conflict' });
    const answer = await other!.send(file);
    expect(answer).toMatchObject({ rows: expected.rows, counts: expected.counts, reasons: expected.reasons });
    expect(answer.finished_before).toBe(false);
    expect(await one!.send(file)).toMatchObject({ finished_before: true, counts: expected.counts });
    await one!.imports.reverted('production', 'b');
    expect(await other!.send(file)).toMatchObject({ finished_before: false });
  });
});

test('one whose turn is lost ends, and notes nothing that another may have gone beyond', async () => {
  const lost = new AbortController();
  const noted: Progress[] = [];
  const progress: ImportProgress = {
    find: async () => null,
    async save(_environment, _batch, saved) {
      noted.push(saved);
      lost.abort();
    },
    reverted: async () => undefined,
    close: async () => undefined,
  };
  const node = await world({ progress, turns: { tryTake: (_, work) => work(lost.signal) } });
  await expect(node.send(history(300))).rejects.toMatchObject({
    code: 'identity-store-unavailable',
    message: expect.stringContaining('run the same import again'),
  });
  expect(noted).toMatchObject([{ state: 'running' }]);
  expect(node.imports.running()).toBe(0);
});
