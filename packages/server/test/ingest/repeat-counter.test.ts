import type { Answered, Millis, Operation, Seq } from '@onym/core';
import { describe, expect, it } from 'vitest';
import { createRepeatCounter } from '../../src/ingest/repeat-counter.ts';

const operation = { op: 'alias' } as Operation;
const repeatOf = (seq: Seq | null, recorded = false): Answered => ({
  verdict: 'unchanged',
  reason: null,
  seq,
  recorded,
  canonicalId: 'u',
  components: [],
});

function counterUnderTest(fails = false) {
  const added: [string, Map<Seq, { count: number; lastTime: Millis }>][] = [];
  const errors: string[] = [];
  const counter = createRepeatCounter(
    {
      async addRepeats(environment, repeats) {
        if (fails) throw new Error('no disk');
        added.push([environment, new Map(repeats)]);
      },
    },
    { error: (_details, message) => void errors.push(message) },
  );
  return { counter, added, errors };
}

describe('repeat counter', () => {
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

  it('loses counts where the store fails, says so, and goes on', async () => {
    const { counter, errors } = counterUnderTest(true);
    counter.observe('e', operation, repeatOf(5), 1);
    await counter.close();
    expect(errors).toEqual(['repeats could not be counted']);
  });
});
