import { createTurns as createInTurn } from '../in-turn.ts';

/** Work that only one of all nodes does at a time. */
export interface Turns {
  /**
   * Runs `work` once nobody else, on any node, works under this name. `lost` is aborted where others may have begun since: what is written
   * after that must do no harm. Who holds a turn must not ask for the same one. Throws OnymError `identity-store-unavailable` where nobody
   * can say whose turn it is.
   */
  take<T>(name: string, work: (lost: AbortSignal) => Promise<T>): Promise<T>;
  /** The same, or null at once where somebody works under this name. */
  tryTake<T>(name: string, work: (lost: AbortSignal) => Promise<T>): Promise<T | null>;
  close(): Promise<void>;
}

const never = new AbortController().signal;

/** Of a node that shares nothing. */
export function createOwnTurns(): Turns {
  const lanes = new Map<string, { readonly inTurn: ReturnType<typeof createInTurn>; taken: number }>();

  async function take<T>(name: string, work: (lost: AbortSignal) => Promise<T>): Promise<T> {
    const lane = lanes.get(name) ?? { inTurn: createInTurn(), taken: 0 };
    lanes.set(name, lane);
    lane.taken++;
    try {
      return await lane.inTurn(() => work(never));
    } finally {
      if (--lane.taken === 0) lanes.delete(name);
    }
  }

  return {
    take,
    tryTake: async (name, work) => (lanes.has(name) ? null : take(name, work)),
    close: async () => undefined,
  };
}
