import { expect, test } from 'vitest';
import { createInspections } from '../../src/lint/inspections.ts';

/** Calls of applications go first: what lint looks into takes a share of the time, and waits for the rest. */

const trouble = { begins: () => {}, ends: () => {} };

function waiting(count: number, tookMs: number) {
  let now = 0;
  const looked: number[] = [];
  const inspections = createInspections('production', trouble, () => now);
  for (let n = 0; n < count; n++) {
    inspections.add({
      asksStore: true,
      look: () => {
        looked.push(n);
        now += tookMs;
      },
    });
  }
  return { inspections, looked };
}

const upTo = (end: number) => Array.from({ length: end }, (_, n) => n);

test('looks that take long are done until the share is used up, the oldest first; the rest is done later, in order', async () => {
  const { inspections, looked } = waiting(30, 20);
  await inspections.run({ looks: 500, busyMs: 200 });
  expect(looked).toEqual(upTo(10));
  await inspections.run({ looks: 5, busyMs: 200 });
  expect(looked).toEqual(upTo(15));
  await inspections.run();
  expect(looked).toEqual(upTo(30));
  expect(inspections.unexamined()).toBe(0);
});

test('other work comes in between looks that take long, and not between each of those that take no time', async () => {
  const turnsWhile = async (tookMs: number): Promise<number> => {
    const { inspections } = waiting(100, tookMs);
    let turns = 0;
    let isDone = false;
    const count = () => {
      turns++;
      if (!isDone) setImmediate(count);
    };
    setImmediate(count);
    await inspections.run();
    isDone = true;
    return turns;
  };
  expect(await turnsWhile(5)).toBeGreaterThanOrEqual(99);
  expect(await turnsWhile(0.01)).toBeLessThan(5);
});
