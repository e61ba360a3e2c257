import type { Answered, Millis, Operation, OperationError, Seq } from '@onym/core';
import type { IdentityStore } from '../identity/store.ts';
import { limits } from '../limits.ts';
import { perEnvironment } from '../per-environment.ts';

export interface RepeatCounter {
  observe(environment: string, operation: Operation, answer: Answered | OperationError, time: Millis): void;
  close(): Promise<void>;
}

const flushIntervalMs = 1_000;

/** Counts calls that only repeated a recorded one, by the row they repeat (docs/resolution.md, "Verdicts"). Best effort, written behind the answers. */
export function createRepeatCounter(
  identityStore: Pick<IdentityStore, 'addRepeats'>,
  log: { error(details: object, message: string): void },
): RepeatCounter {
  const lanes = perEnvironment((environment) => ({
    environment,
    repeats: new Map<Seq, { count: number; lastTime: Millis }>(),
  }));

  async function flush(): Promise<void> {
    for (const lane of lanes.values()) {
      if (lane.repeats.size === 0) continue;
      const counted = lane.repeats;
      lane.repeats = new Map();
      try {
        await identityStore.addRepeats(lane.environment, counted);
      } catch (error) {
        log.error({ err: error }, 'repeats could not be counted');
      }
    }
  }

  const timer = setInterval(() => void flush(), flushIntervalMs);
  timer.unref();

  return {
    observe(environment, _operation, answer, time) {
      if ('error' in answer || answer.recorded || answer.seq === null) return;
      const { repeats } = lanes.of(environment);
      const entry = repeats.get(answer.seq);
      if (entry !== undefined) {
        entry.count++;
        entry.lastTime = time;
      } else if (repeats.size < limits.repeatedLinksMax) repeats.set(answer.seq, { count: 1, lastTime: time });
    },
    async close() {
      clearInterval(timer);
      await flush();
    },
  };
}
