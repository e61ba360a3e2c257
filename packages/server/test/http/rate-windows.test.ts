import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createRateWindows } from '../../src/http/rate-windows.ts';

const windowMs = 10;

it('counts as one window a name would, whatever comes between', () => {
  const calls = fc.array(
    fc.record({ afterMs: fc.nat({ max: 14 }), name: fc.constantFrom('a', 'b', 'c'), points: fc.nat({ max: 3 }) }),
    { maxLength: 60 },
  );
  fc.assert(
    fc.property(calls, (given) => {
      let at = 1_000;
      const windows = createRateWindows(windowMs, () => at);
      const expected = new Map<string, { points: number; endsAt: number }>();
      for (const { afterMs, name, points } of given) {
        at += afterMs;
        const open = expected.get(name);
        const window = open !== undefined && at < open.endsAt ? open : { points: 0, endsAt: at + windowMs };
        expected.set(name, { ...window, points: window.points + points });
        expect(windows.count(name, points)).toEqual(expected.get(name));
      }
    }),
  );
});

it('opens again where the clock is set back', () => {
  let at = 1_000_000;
  const windows = createRateWindows(windowMs, () => at);
  windows.count('a', 5);
  at = 1_000;
  expect(windows.count('a', 1)).toEqual({ points: 1, endsAt: 1_000 + windowMs });
});
