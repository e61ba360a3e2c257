import { OnymError } from '../errors.ts';

/** `long`: for as long as a query may take. `short`: the one reader that a query has for `shortQueryMs` only. */
export type Lane = 'long' | 'short';

/** A reader's worth of work, until `end` is called. */
export interface Turn {
  readonly lane: Lane;
  end(): void;
}

export interface TurnLimits {
  /** Readers at a time, of both lanes. */
  readonly concurrentQueriesMax: number;
  readonly waitingQueriesMax: number;
  readonly waitingQueriesPerKeyMax: number;
  readonly queryWaitMaxMs: number;
  readonly queryDurationMaxMs: number;
}

/**
 * Who may ask next. Nobody can tell beforehand how long a query takes, so one reader is kept for short ones: a query that finds the others
 * taken is tried there, and waits for another one if it turns out to be long. So slow queries never stand in the way of quick ones. Of the
 * others a key has all but one at most, so that its slow queries leave room for those of other keys; and where several keys wait, the one
 * that was served least recently is next.
 */
export interface QueryTurns {
  /**
   * `lanes`: which will do. Rejects with OnymError `too-many-requests` where a key has enough to wait for of its own, and `overloaded` where
   * others do, both with the time after which a reader is free for certain.
   */
  take(key: string, lanes: readonly Lane[], signal?: AbortSignal): Promise<Turn>;
  running(): number;
  waiting(): number;
}

interface Waiting {
  readonly key: string;
  readonly lanes: readonly Lane[];
  enter(turn: Turn): void;
}

interface Running {
  readonly key: string;
  readonly lane: Lane;
  readonly since: number;
}

export function createQueryTurns(bounds: TurnLimits, now: () => number = Date.now): QueryTurns {
  const sizes: Readonly<Record<Lane, number>> =
    bounds.concurrentQueriesMax > 1 ? { long: bounds.concurrentQueriesMax - 1, short: 1 } : { long: 1, short: 0 };
  const keyShare = Math.max(sizes.long - 1, 1);
  const running = new Set<Running>();
  const queue: Waiting[] = [];
  /** When each key was served last, by count. */
  const served = new Map<string, number>();
  let servings = 0;

  const runningOf = (lane: Lane, key?: string): number =>
    [...running].filter((one) => one.lane === lane && (key === undefined || one.key === key)).length;
  const hasPlace = (lane: Lane, key: string): boolean =>
    runningOf(lane) < sizes[lane] && (lane === 'short' || runningOf(lane, key) < keyShare);

  function begin(key: string, lane: Lane): Turn {
    const one = { key, lane, since: now() };
    running.add(one);
    servings += 1;
    served.set(key, servings);
    return {
      lane,
      end() {
        if (!running.delete(one)) return;
        for (const next of ['long', 'short'] as const) serve(next);
      },
    };
  }

  /** Gives what is free in a lane to those who wait: to the key that was served least recently, in its own order. */
  function serve(lane: Lane): void {
    for (;;) {
      const candidates = queue.filter(({ key, lanes }) => lanes.includes(lane) && hasPlace(lane, key));
      if (candidates.length === 0) return;
      const lastServed = ({ key }: Waiting) => served.get(key) ?? 0;
      const next = candidates.reduce((best, one) => (lastServed(one) < lastServed(best) ? one : best));
      next.enter(begin(next.key, lane));
    }
  }

  function tooMany(key: string, waited: boolean): OnymError {
    const own = [...running].filter((one) => one.key === key).length;
    const ownWaiting = queue.filter((one) => one.key === key).length;
    const first = Math.min(now(), ...[...running].map(({ since }) => since));
    const retryAfterSeconds = Math.max(1, Math.ceil((first + bounds.queryDurationMaxMs - now()) / 1_000));
    const isOwn = runningOf('long', key) >= keyShare || ownWaiting >= bounds.waitingQueriesPerKeyMax;
    const time = waited ? `The query waited ${Math.round(bounds.queryWaitMaxMs / 100) / 10} s for its turn. ` : '';
    return isOwn
      ? new OnymError(
          'too-many-requests',
          `${time}The key ${key.slice(0, 40)} has ${own} queries running and ${ownWaiting} waiting. Let some end, then ask again.`,
          { retryAfterSeconds },
        )
      : new OnymError(
          'overloaded',
          `${time}There are ${running.size} queries running and ${queue.length} waiting. Ask again in a few seconds.`,
          { retryAfterSeconds },
        );
  }

  function wait(key: string, lanes: readonly Lane[], signal: AbortSignal | undefined): Promise<Turn> {
    const isFull =
      queue.length >= bounds.waitingQueriesMax ||
      queue.filter((one) => one.key === key).length >= bounds.waitingQueriesPerKeyMax;
    if (isFull) return Promise.reject(tooMany(key, false));
    return new Promise((resolve, reject) => {
      const settle = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', abort);
        queue.splice(queue.indexOf(one), 1);
      };
      const leave = (reason: unknown) => {
        settle();
        reject(reason);
      };
      const one: Waiting = {
        key,
        lanes,
        enter(turn) {
          settle();
          resolve(turn);
        },
      };
      const abort = () => leave(signal?.reason);
      const timer = setTimeout(() => leave(tooMany(key, true)), bounds.queryWaitMaxMs);
      signal?.addEventListener('abort', abort, { once: true });
      queue.push(one);
    });
  }

  return {
    async take(key, lanes, signal) {
      signal?.throwIfAborted();
      const lane = lanes.find((each) => hasPlace(each, key));
      return lane === undefined ? wait(key, lanes, signal) : begin(key, lane);
    },
    running: () => running.size,
    waiting: () => queue.length,
  };
}
