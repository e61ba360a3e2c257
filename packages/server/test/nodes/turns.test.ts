import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Postgres as Server, startPostgres } from '../../../../test-support/postgres.ts';
import { openPostgresTurns } from '../../src/nodes/postgres/turns.ts';
import { createOwnTurns, type Turns } from '../../src/nodes/turns.ts';
import { openPostgres } from '../../src/postgres/postgres.ts';
import { asOwner } from '../identity/postgres.ts';

let server: Server;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server?.stop());

async function openNode(): Promise<Turns> {
  const options = { url: server.url, schema: 'turns', connectionsMax: 4, statementMaxMs: 30_000, log: { warn() {} } };
  const postgres = await openPostgres(options);
  const turns = await openPostgresTurns(postgres);
  return {
    ...turns,
    async close() {
      await turns.close();
      await postgres.close();
    },
  };
}

describe.each([
  [
    'of one node',
    async () => {
      const turns = createOwnTurns();
      return [turns, turns, turns];
    },
  ],
  ['of three', () => Promise.all([openNode(), openNode(), openNode()])],
])('turns %s', (_, open) => {
  let nodes: Turns[];
  beforeAll(async () => {
    nodes = await open();
  });
  afterAll(() => Promise.all(nodes.map((node) => node.close())));

  it('are taken one after the other, by name', async () => {
    let working = 0;
    let done = 0;
    const work = async () => {
      expect(++working).toBe(1);
      await sleep(1);
      working--;
      return ++done;
    };
    const taken = [...Array(30).keys()].map((index) => nodes[index % 3]!.take('project', work));
    const other = await nodes[0]!.take('compact', async () => 'other');
    expect(other).toBe('other');
    expect((await Promise.all(taken)).sort((a, b) => a - b)).toEqual([...Array(30).keys()].map((index) => index + 1));
  });

  it('are not waited for by who only tries', async () => {
    const answer = await nodes[0]!.take('project', () => nodes[1]!.tryTake('project', async () => 'mine'));
    expect(answer).toBeNull();
    expect(await nodes[1]!.tryTake('project', async () => 'mine')).toBe('mine');
  });

  it('end with work that fails, and fail with it', async () => {
    await expect(nodes[0]!.take('project', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await nodes[1]!.take('project', async () => 'next')).toBe('next');
  });
});

it('a turn whose connection is lost is somebody else’s, and its holder is told', async () => {
  const [one, other] = [await openNode(), await openNode()];
  let next: Promise<string> | null = null;
  const wasLost = await one.take('project', async (lost) => {
    next = other.take('project', async () => 'taken over');
    await asOwner(
      server.url,
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE application_name = 'onym turns' AND state = 'idle in transaction'`,
    );
    if (!lost.aborted) await new Promise((resolve) => lost.addEventListener('abort', resolve));
    expect(await next).toBe('taken over');
    return lost.aborted;
  });
  expect(wasLost).toBe(true);
  await one.close();
  await other.close();
});
