import type { Answered, Millis, Operation, OperationError, Seq } from '@onym/core';
import type { IdentityStore } from '../identity/store.ts';
import { createTurns } from '../in-turn.ts';
import { limits } from '../limits.ts';
import type { Log } from '../log.ts';
import { perEnvironment } from '../per-environment.ts';
import { createTrouble } from '../trouble.ts';

export interface RepeatCounter {
  observe(environment: string, operation: Operation, answer: Answered | OperationError, time: Millis): void;
  close(): Promise<void>;
}

type Repeats = Map<Seq, { count: number; lastTime: Millis }>;

const flushIntervalMs = 1_000;

/**
 * Counts calls that only repeated a recorded one, by the row they repeat (docs/resolution.md, "Verdicts"). Best effort, written behind the
 * answers; what can't be written is kept, and tried again.
 */
export function createRepeatCounter(
  identityStore: Pick<IdentityStore, 'addRepeats'>,
  log: Pick<Log, 'error' | 'info'>,
): RepeatCounter {
  const lanes = perEnvironment((environment) => ({
    environment,
    repeats: new Map() as Repeats,
    writing: createTrouble(
      log,
      'repeats could not be counted; they are kept in memory, and it is tried again',
      'repeats are counted again',
    ),
  }));

  function add(repeats: Repeats, seq: Seq, count: number, time: Millis): void {
    const entry = repeats.get(seq);
    if (entry !== undefined) {
      entry.count += count;
      entry.lastTime = Math.max(entry.lastTime, time);
    } else if (repeats.size < limits.repeatedLinksMax) repeats.set(seq, { count, lastTime: time });
  }

  const inTurn = createTurns();
  let flushing = false;

  const flush = () =>
    inTurn(async () => {
      for (const lane of lanes.values()) {
        if (lane.repeats.size === 0) continue;
        const counted = lane.repeats;
        lane.repeats = new Map();
        try {
          await identityStore.addRepeats(lane.environment, counted);
          lane.writing.ends({ environment: lane.environment });
        } catch (error) {
          lane.writing.begins({ err: error, environment: lane.environment });
          for (const [seq, { count, lastTime }] of lane.repeats) add(counted, seq, count, lastTime);
          lane.repeats = counted;
        }
      }
    });

  const timer = setInterval(async () => {
    if (flushing) return;
    flushing = true;
    await flush();
    flushing = false;
  }, flushIntervalMs);
  timer.unref();

  return {
    observe(environment, _operation, answer, time) {
      if ('error' in answer || answer.recorded || answer.seq === null) return;
      add(lanes.of(environment).repeats, answer.seq, 1, time);
    },
    async close() {
      clearInterval(timer);
      await flush();
    },
  };
}
