import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { createDrain } from '../../src/journal/drain.ts';
import { openJournal } from '../../src/journal/journal.ts';
import { temporaryDirectory } from './directories.ts';
import { createEventStoreFake, createIdentityStoreFake, createLogFake, eventOf } from './fakes.ts';

const child = fileURLToPath(new URL('append-child.ts', import.meta.url));

/** Runs the child until it has had `count` events acknowledged, kills it, and returns all that it printed. */
async function killedAfter(directory: string, first: number, count: number): Promise<number[]> {
  const options = { stdio: ['ignore', 'pipe', 'inherit'] as ['ignore', 'pipe', 'inherit'] };
  const arguments_ = ['--conditions=onym-source', '--import', 'tsx', child, directory, String(first)];
  const running = spawn(process.execPath, arguments_, options);
  const acknowledged: number[] = [];
  const exited = once(running, 'exit');
  for await (const line of createInterface({ input: running.stdout })) {
    acknowledged.push(Number(line));
    if (acknowledged.length === count) running.kill('SIGKILL');
  }
  const [, signal] = await exited;
  expect(signal).toBe('SIGKILL');
  return acknowledged;
}

test('what was acknowledged before kill -9 reaches the event store exactly once', async () => {
  const directory = temporaryDirectory();
  const eventStore = createEventStoreFake();
  const acknowledged: number[] = [];
  for (const [round, count] of [40, 333, 1_500].entries()) {
    acknowledged.push(...(await killedAfter(directory, round * 1_000_000, count)));
    const journal = openJournal({ directory });
    const drain = createDrain({ journal, eventStore, identityStore: createIdentityStoreFake(), log: createLogFake() });
    await drain.flush();
    await drain.close();
    await journal.close();
  }
  const stored = [...eventStore.uuidsOf('production'), ...eventStore.uuidsOf('staging')];
  const times = new Map<string, number>();
  for (const uuid of stored) times.set(uuid, (times.get(uuid) ?? 0) + 1);
  expect(acknowledged.filter((n) => times.get(eventOf(n).uuid) !== 1)).toEqual([]);
  expect([...times.values()].every((count) => count === 1)).toBe(true);
});
