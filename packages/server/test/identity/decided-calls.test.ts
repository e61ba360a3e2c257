import type { Answered, Operation } from '@onym/core';
import { describe, expect, it } from 'vitest';
import { createDecidedCalls } from '../../src/identity/decided-calls.ts';
import type { Commit } from '../../src/identity/store.ts';

const source = { key: 'sk_1', lib: null, batch: null, public: false };
const alias = (primary: string): Operation => ({
  op: 'alias',
  kind: 'alias',
  primary,
  secondary: 'crm:1',
  timestamp: null,
  source,
});
const plan = (timestamp: number | null): Operation => ({
  op: 'identify',
  distinctId: 'u',
  anonymousId: null,
  traits: [{ key: 'plan', value: 'pro', kind: 'plain' }],
  timestamp,
  source,
});
const now = 1_000;

const unchanged = (...components: number[]): Answered => ({
  verdict: 'unchanged',
  reason: null,
  seq: 1,
  recorded: false,
  canonicalId: 'u',
  components,
});

const commitOf = (head: number, answers: Answered[], touched: number[] = []): Commit => ({
  answers,
  touched,
  facts: [],
  radii: [],
  head,
});

describe('decided calls', () => {
  it('answers what changed nothing, per environment and sender', () => {
    const calls = createDecidedCalls();
    expect(calls.find('e', alias('u'), now)).toBeNull();
    calls.learn('e', [alias('u')], commitOf(1, [unchanged(7)]), now);
    expect(calls.find('e', alias('u'), now)).toEqual(unchanged(7));
    expect(calls.find('other', alias('u'), now)).toBeNull();
    expect(calls.find('e', alias('v'), now)).toBeNull();
    const others = [
      { ...source, public: true },
      { ...source, batch: 'import-1' },
    ];
    for (const other of others) expect(calls.find('e', { ...alias('u'), source: other }, now)).toBeNull();
  });

  it('an anonymous id alone is another call than the same id as distinct_id', () => {
    const calls = createDecidedCalls();
    calls.learn('e', [plan(null)], commitOf(1, [unchanged(7)]), now);
    expect(calls.find('e', { ...plan(null), anonymous: true } as Operation, now)).toBeNull();
  });

  it('forgets an answer once one of its identities has changed', () => {
    const calls = createDecidedCalls();
    calls.learn('e', [alias('u'), alias('v')], commitOf(1, [unchanged(7, 8), unchanged(9)]), now);
    calls.learn('e', [alias('x')], commitOf(2, [{ ...unchanged(8), recorded: true }], [8]), now);
    expect(calls.find('e', alias('u'), now)).toBeNull();
    expect(calls.find('e', alias('v'), now)).toEqual(unchanged(9));
  });

  it('does not learn what a later call of the same commit has changed, nor what has no row to hang on', () => {
    const calls = createDecidedCalls();
    calls.learn(
      'e',
      [alias('u'), alias('v')],
      commitOf(2, [unchanged(7), { ...unchanged(7), recorded: true }], [7]),
      now,
    );
    expect(calls.find('e', alias('u'), now)).toBeNull();
    calls.learn('e', [alias('w')], commitOf(2, [unchanged()]), now);
    expect(calls.find('e', alias('w'), now)).toBeNull();
  });

  it('forgets everything after steering, and up to the row of an erasure', () => {
    const calls = createDecidedCalls();
    const lift: Operation = { op: 'lift', a: 'a', b: 'b', timestamp: null, source };
    calls.learn('e', [alias('u')], commitOf(1, [unchanged(7)]), now);
    calls.learn('e', [lift], commitOf(2, [unchanged()]), now);
    expect(calls.find('e', alias('u'), now)).toBeNull();
    calls.learn('e', [alias('u')], commitOf(3, [unchanged(7)]), now);
    calls.forget('e', 4);
    expect(calls.find('e', alias('u'), now)).toBeNull();
    // Learned late, of a commit before the erasure.
    calls.learn('e', [alias('u')], commitOf(3, [unchanged(7)]), now);
    expect(calls.find('e', alias('u'), now)).toBeNull();
  });

  it('a write from the future is not remembered: its time comes', () => {
    const calls = createDecidedCalls();
    calls.learn('e', [plan(now + 1)], commitOf(1, [unchanged(7)]), now);
    expect(calls.find('e', plan(now + 1), now)).toBeNull();
    calls.learn('e', [plan(now)], commitOf(1, [unchanged(7)]), now);
    expect(calls.find('e', plan(now), now)).toEqual(unchanged(7));
    expect(calls.find('e', plan(null), now)).toBeNull();
  });

  it('what it no longer knows counts as changed', () => {
    const calls = createDecidedCalls(2);
    calls.learn('e', [alias('u')], commitOf(1, [unchanged(7)]), now);
    // Three changes, two of them held: that of component 1 is forgotten, and so might have been one of 7.
    for (const component of [1, 2, 3]) {
      calls.learn(
        'e',
        [alias('x')],
        commitOf(1 + component, [{ ...unchanged(component), recorded: true }], [component]),
        now,
      );
    }
    expect(calls.find('e', alias('u'), now)).toBeNull();
    // Calls are evicted, the longest unused first.
    for (const name of ['a', 'b', 'c']) calls.learn('e', [alias(name)], commitOf(9, [unchanged(7)]), now);
    expect(['a', 'b', 'c'].map((name) => calls.find('e', alias(name), now) !== null)).toEqual([false, true, true]);
  });
});
