/** A clock that moves when it is told to, and the timers that go by it. */
export interface Clock {
  now(): number;
  setTimer(delayMs: number, run: () => void): () => void;
  /** Moves on, running what falls due on the way, in order. */
  advance(ms: number): Promise<void>;
  /** How many timers are set. */
  pending(): number;
}

export const startOfTime = Date.parse('2026-11-03T12:00:00.000Z');

export function manualClock(): Clock {
  let now = startOfTime;
  const timers = new Set<{ readonly at: number; readonly run: () => void }>();
  return {
    now: () => now,
    setTimer(delayMs, run) {
      const timer = { at: now + delayMs, run };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    async advance(ms) {
      const until = now + ms;
      for (;;) {
        await settled();
        const next = [...timers].filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
        if (next === undefined) break;
        timers.delete(next);
        now = Math.max(now, next.at);
        next.run();
      }
      now = until;
      await settled();
    },
    pending: () => timers.size,
  };
}

/** Everything that only waits for promises has happened. */
export async function settled(): Promise<void> {
  for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve));
}
