import fc from 'fast-check';
import type { History, Step } from './generators.ts';

// What a network does to calls. The clock stays where it is: the n-th step played always has the n-th time.

function atTimesOf(history: History, steps: readonly Step[]): History {
  const last = history.at(-1)?.now ?? 0;
  return steps.map((step, index) => ({ ...step, now: history[index]?.now ?? last }));
}

/** Sends the step at `from` again, so that it becomes the step at `to` (at once: `from + 1`; never before itself). */
export function duplicate(history: History, from: number, to: number): History {
  const again = history[from];
  if (!again) return history;
  const place = Math.min(Math.max(to, from + 1), history.length);
  return atTimesOf(history, [...history.slice(0, place), again, ...history.slice(place)]);
}

/** `keys[i]` sorts step i; equal or missing keys keep the order. */
export function reorder(history: History, keys: readonly number[]): History {
  const order = history.map((step, index) => ({ step, key: keys[index] ?? 0 })).toSorted((a, b) => a.key - b.key);
  return atTimesOf(
    history,
    order.map(({ step }) => step),
  );
}

/** Loses the steps at these places; the others keep their times. */
export function drop(history: History, places: readonly number[]): History {
  return history.filter((_, index) => !places.includes(index));
}

export interface Mutated {
  readonly original: History;
  readonly mutated: History;
}

/** Each history beside a copy with some of its steps sent twice: at once, or `late` too. */
export function withDuplicates(base: fc.Arbitrary<History>, late = true): fc.Arbitrary<Mutated> {
  const picks = fc.array(fc.tuple(fc.nat(), fc.nat()), { minLength: 1, maxLength: 4 });
  return fc.tuple(base, picks).map(([original, pairs]) => ({
    original,
    mutated: pairs.reduce((history, [a, b]) => {
      const from = a % history.length;
      return duplicate(history, from, late ? from + 1 + (b % history.length) : from + 1);
    }, original),
  }));
}

export function withReorder(base: fc.Arbitrary<History>): fc.Arbitrary<Mutated> {
  return base.chain((original) =>
    fc
      .array(fc.nat(), { minLength: original.length, maxLength: original.length })
      .map((keys) => ({ original, mutated: reorder(original, keys) })),
  );
}

export function withDrops(base: fc.Arbitrary<History>): fc.Arbitrary<Mutated> {
  return fc.tuple(base, fc.array(fc.nat(), { minLength: 1, maxLength: 4 })).map(([original, picks]) => ({
    original,
    mutated: drop(
      original,
      picks.map((pick) => pick % original.length),
    ),
  }));
}
