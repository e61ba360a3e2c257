import type { Answered, Millis, Operation, Seq } from '@onym/core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createRepeatCounter } from '../../src/ingest/repeat-counter.ts';
import { limits } from '../../src/limits.ts';

const operation = { op: 'alias' } as Operation;
const repeatOf = (seq: Seq | null, recorded = false): Answered => ({
  verdict: 'unchanged',
  reason: null,
  seq,
  recorded,
  canonicalId: 'u',
  components: [],
});

function counterUnderTest() {
  const added: [string, Map<Seq, { count: number; lastTime: Millis }>][] = [];
  const said: string[] = [];
  const store = { isAway: false, asked: 0 };
  const counter = createRepeatCounter(
    {
      async addRepeats(environment, repeats) {
        store.asked++;
        if (store.isAway) throw new Error('no disk');
        added.push([environment, new Map(repeats)]);
      },
    },
    { error: (_details, message) => void said.push(message), info: (_details, message) => void said.push(message) },
  );
  return { counter, added, said, store };
}

describe('repeat counter', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('counts repeats by the row they repeat and the environment, and nothing else', async () => {
    const { counter, added } = counterUnderTest();
    for (const time of [1, 2, 3]) counter.observe('e', operation, repeatOf(5), time);
    counter.observe('other', operation, repeatOf(5), 4);
    counter.observe('e', operation, repeatOf(6, true), 5);
    counter.observe('e', operation, repeatOf(null), 6);
    counter.observe('e', operation, { error: 'not-found', message: '' }, 7);
    await counter.close();
    expect(added).toEqual([
      ['e', new Map([[5, { count: 3, lastTime: 3 }]])],
      ['other', new Map([[5, { count: 1, lastTime: 4 }]])],
    ]);
  });

  it('keeps what a store that is away can not count, says so once, and counts it later', async () => {
    const { counter, added, said, store } = counterUnderTest();
    store.isAway = true;
    for (let second = 1; second <= 4; second++) {
      counter.observe('e', operation, repeatOf(5), second);
      await vi.advanceTimersByTimeAsync(1_000);
    }
    counter.observe('e', operation, repeatOf(6), 5);
    expect(store.asked).toBe(4);
    expect(said).toEqual(['repeats could not be counted; they are kept in memory, and it is tried again']);
    store.isAway = false;
    await counter.close();
    expect(added).toEqual([
      [
        'e',
        new Map([
          [5, { count: 4, lastTime: 4 }],
          [6, { count: 1, lastTime: 5 }],
        ]),
      ],
    ]);
    expect(said).toHaveLength(2);
  });

  it('keeps as many as it may, of those that came first', async () => {
    const { counter, added, store } = counterUnderTest();
    const { repeatedLinksMax: max } = limits;
    store.isAway = true;
    for (let seq = 1; seq <= max; seq++) counter.observe('e', operation, repeatOf(seq), 1);
    await vi.advanceTimersByTimeAsync(1_000);
    for (let seq = max; seq <= max + 10; seq++) counter.observe('e', operation, repeatOf(seq), 2);
    await vi.advanceTimersByTimeAsync(1_000);
    store.isAway = false;
    await counter.close();
    const [[, repeats] = [], ...others] = added;
    expect(others).toEqual([]);
    expect(repeats!.size).toBe(max);
    expect(repeats!.get(max)).toEqual({ count: 2, lastTime: 2 });
  });
});
