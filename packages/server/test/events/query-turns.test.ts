import { describe, expect, test } from 'vitest';
import { createQueryTurns, type Lane, type QueryTurns, type Turn } from '../../src/events/query-turns.ts';

const bounds = {
  concurrentQueriesMax: 4,
  waitingQueriesMax: 6,
  waitingQueriesPerKeyMax: 4,
  queryWaitMaxMs: 60_000,
  queryDurationMaxMs: 30_000,
};

let clock = 0;
const turnsWith = (over: Partial<typeof bounds> = {}): QueryTurns =>
  createQueryTurns({ ...bounds, ...over }, () => clock);

const either: Lane[] = ['long', 'short'];

/** Turns as they are granted, by a name of the caller. */
function asking(turns: QueryTurns) {
  const granted: string[] = [];
  const held = new Map<string, Turn>();
  const ask = (name: string, key: string, lanes: Lane[] = either, signal?: AbortSignal) =>
    turns.take(key, lanes, signal).then((turn) => {
      granted.push(name);
      held.set(name, turn);
      return turn;
    });
  const end = async (name: string) => {
    held.get(name)!.end();
    await Promise.resolve();
    await Promise.resolve();
  };
  return { granted, ask, end, held };
}

describe('readers', () => {
  test('are given at once while there are any: long ones first, the short one last', async () => {
    const { ask, held } = asking(turnsWith());
    for (const [name, key] of Object.entries({ a1: 'a', a2: 'a', b1: 'b', b2: 'b' })) await ask(name, key);
    expect([...held.values()].map(({ lane }) => lane)).toEqual(['long', 'long', 'long', 'short']);
  });

  test('one key has all long ones but one, and whoever comes next finds that one free', async () => {
    const { ask, held } = asking(turnsWith());
    for (const name of ['a1', 'a2', 'a3']) await ask(name, 'a');
    expect([...held.values()].map(({ lane }) => lane)).toEqual(['long', 'long', 'short']);
    expect((await ask('b1', 'b', ['long'])).lane).toBe('long');
  });

  test('a query that turned out long waits for a long one, while short ones of its key pass', async () => {
    const turns = turnsWith();
    const { ask, end, granted } = asking(turns);
    for (const name of ['a1', 'a2']) await ask(name, 'a', ['long']);
    const long = ask('long', 'a', ['long']);
    await ask('quick', 'a');
    expect([granted, turns.waiting()]).toEqual([['a1', 'a2', 'quick'], 1]);
    await end('quick');
    expect(granted).not.toContain('long');
    await end('a1');
    expect((await long).lane).toBe('long');
  });

  test('a single one is a long one', async () => {
    const { ask, end } = asking(turnsWith({ concurrentQueriesMax: 1 }));
    expect((await ask('a', 'a')).lane).toBe('long');
    const next = ask('b', 'b');
    await end('a');
    expect((await next).lane).toBe('long');
  });

  test('are not given twice for being given back twice', async () => {
    const turns = turnsWith();
    const { ask, end } = asking(turns);
    await ask('a', 'a');
    await end('a');
    await end('a');
    expect(turns.running()).toBe(0);
  });
});

describe('of those who wait', () => {
  test('each key is served in turn, and each in its own order', async () => {
    const { ask, end, granted } = asking(turnsWith({ concurrentQueriesMax: 2 }));
    await ask('x', 'x', ['long']);
    for (const name of ['a1', 'a2', 'a3']) void ask(name, 'a', ['long']);
    void ask('b1', 'b', ['long']);
    for (const name of ['x', 'a1', 'b1', 'a2']) await end(name);
    expect(granted).toEqual(['x', 'a1', 'b1', 'a2', 'a3']);
  });

  test('a key beyond its own queue is told so, with the time after which a reader is free', async () => {
    clock = 0;
    const { ask } = asking(turnsWith());
    for (const name of ['a1', 'a2']) await ask(name, 'a', ['long']);
    for (let index = 0; index < bounds.waitingQueriesPerKeyMax; index++) void ask(`w${index}`, 'a', ['long']);
    clock = 12_500;
    await expect(ask('more', 'a', ['long'])).rejects.toMatchObject({
      code: 'too-many-requests',
      message: expect.stringMatching(/^The key a has 2 queries running and 4 waiting\./),
      retryAfterSeconds: 18,
    });
    // Which is no matter of other keys.
    expect((await ask('b1', 'b')).lane).toBe('long');
  });

  test('beyond the queue of all, others are the reason', async () => {
    const { ask } = asking(turnsWith());
    for (const key of ['a', 'b', 'c']) await ask(key, key, ['long']);
    for (const key of ['d', 'e', 'f', 'g', 'h', 'i']) void ask(key, key, ['long']);
    await expect(ask('more', 'k', ['long'])).rejects.toMatchObject({
      code: 'overloaded',
      message: expect.stringMatching(/^There are 3 queries running and 6 waiting\./),
    });
  });

  test('nobody waits for ever', async () => {
    const turns = turnsWith({ queryWaitMaxMs: 10 });
    const { ask } = asking(turns);
    for (const name of ['a1', 'a2']) await ask(name, 'a', ['long']);
    await expect(ask('a3', 'a', ['long'])).rejects.toMatchObject({
      code: 'too-many-requests',
      message: expect.stringMatching(/^The query waited 0 s for its turn\. The key a has 2 queries running/),
    });
    expect(turns.waiting()).toBe(0);
  });

  test('who leaves leaves no gap', async () => {
    const { ask, end, granted } = asking(turnsWith({ concurrentQueriesMax: 2 }));
    await ask('x', 'x', ['long']);
    const gone = new AbortController();
    const left = ask('left', 'a', ['long'], gone.signal);
    void ask('stays', 'a', ['long']);
    gone.abort(new Error('gone'));
    await expect(left).rejects.toThrow('gone');
    await end('x');
    expect(granted).toEqual(['x', 'stays']);
  });
});
