import { setImmediate as immediate } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { createConnectionPool } from '../../src/events/engine/connection-pool.ts';

interface Connection {
  readonly number: number;
  close(): Promise<void>;
}

/** A pool over connections that are numbered as they open; `failing` ones don't. */
function testPool(options: { size: number }, failing: readonly number[] = []) {
  let opened = 0;
  const closed: number[] = [];
  const pool = createConnectionPool<Connection>(async () => {
    opened += 1;
    const number = opened;
    await immediate();
    if (failing.includes(number)) throw new Error(`no connection ${number}`);
    return {
      number,
      async close() {
        closed.push(number);
      },
    };
  }, options);
  const used = () => pool.use(async ({ number }) => number);
  return { pool, used, closed, opened: () => opened };
}

const no = async () => {
  throw new Error('no');
};

describe('a connection', () => {
  test('is used again after a task that ended well', async () => {
    const { used, closed } = testPool({ size: 2 });
    expect([await used(), await used(), await used()]).toEqual([1, 1, 1]);
    expect(closed).toEqual([]);
  });

  test('is closed and replaced after one that failed', async () => {
    const { pool, used, closed } = testPool({ size: 1 });
    await expect(pool.use(no)).rejects.toThrow('no');
    expect([await used(), await used(), closed]).toEqual([2, 2, [1]]);
  });

  test('belongs to one task at a time; the others wait, in their order', async () => {
    const { pool, opened } = testPool({ size: 2 });
    const busy = new Set<number>();
    const begun: number[] = [];
    await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        pool.use(async ({ number }) => {
          expect(busy.has(number)).toBe(false);
          busy.add(number);
          begun.push(index);
          await immediate();
          busy.delete(number);
        }),
      ),
    );
    expect(begun).toEqual(Array.from({ length: 20 }, (_, index) => index));
    expect(opened()).toBe(2);
  });

  test('that failed is not handed to who waits', async () => {
    const { pool } = testPool({ size: 1 });
    const results = await Promise.allSettled([
      pool.use(no),
      pool.use(async ({ number }) => number),
      pool.use(no),
      pool.use(async ({ number }) => number),
    ]);
    expect(results).toMatchObject([
      { status: 'rejected' },
      { status: 'fulfilled', value: 2 },
      { status: 'rejected' },
      { status: 'fulfilled', value: 3 },
    ]);
  });

  test('that cannot be closed is gone all the same', async () => {
    let opened = 0;
    const pool = createConnectionPool(
      async () => {
        opened += 1;
        return { number: opened, close: no };
      },
      { size: 1 },
    );
    await expect(pool.use(no)).rejects.toThrow('no');
    expect(await pool.use(async ({ number }) => number)).toBe(2);
  });
});

describe('a connection that does not open', () => {
  test('is an error of who asked for it, and of nobody else', async () => {
    const { pool, used } = testPool({ size: 1 }, [1, 3]);
    await expect(used()).rejects.toThrow('no connection 1');
    await expect(pool.use(no)).rejects.toThrow('no');
    await expect(used()).rejects.toThrow('no connection 3');
    expect([await used(), await used()]).toEqual([4, 4]);
  });

  test('in place of one that failed lets the next in line open its own', async () => {
    const { pool, used } = testPool({ size: 1 }, [2]);
    const results = await Promise.allSettled([pool.use(no), used(), used()]);
    expect(results).toMatchObject([
      { reason: { message: 'no' } },
      { reason: { message: 'no connection 2' } },
      { value: 3 },
    ]);
  });
});

test('after close nothing opens, and what was out is closed when it comes back', async () => {
  const { pool, used, closed } = testPool({ size: 2 });
  const [kept, other] = [await pool.take(), await pool.take()];
  other.end(true);
  await pool.close();
  expect(closed).toEqual([2]);
  await expect(used()).rejects.toThrow('closed');
  kept.end(true);
  expect(closed).toEqual([2, 1]);
});
