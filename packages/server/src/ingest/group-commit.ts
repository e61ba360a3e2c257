import { isSteering, type Millis, type Operation, type OperationError } from '@onym/core';
import { OnymError } from '../errors.ts';
import type { Commit, Committed, IdentityStore } from '../identity/types.ts';
import { limits } from '../limits.ts';
import type { WriteDoor } from '../readiness.ts';
import type { DecidedCalls } from './decided-calls.ts';

export interface GroupCommitOptions {
  readonly identityStore: Pick<IdentityStore, 'commit' | 'tryWrite'>;
  readonly decidedCalls: Pick<DecidedCalls, 'find' | 'learn'>;
  readonly now: () => Millis;
  /** Hears of each commit that wrote something, before its callers do. */
  readonly onCommitted: (environment: string, commit: Commit) => void;
}

export interface GroupCommit extends WriteDoor {
  /** One answer per operation, in order, once they are durable. Throws OnymError `overloaded` when too much waits. */
  submit(environment: string, operations: readonly Operation[]): Promise<(Committed | OperationError)[]>;
  /** Resolves when all that waits now, or is under way, is committed or has failed. */
  settled(environment: string): Promise<void>;
  /** Operations waiting, for metrics. */
  waiting(): number;
  /** Resolves when nothing waits any more. */
  idle(): Promise<void>;
}

interface Waiting {
  readonly operations: readonly Operation[];
  readonly resolve: (answers: (Committed | OperationError)[]) => void;
  readonly reject: (error: unknown) => void;
}

interface Lane {
  readonly queue: Waiting[];
  waiting: number;
  running: Promise<void> | null;
}

const retryAfterSeconds = 1;

function isComplete(answers: readonly (Committed | null)[]): answers is Committed[] {
  return answers.every((answer) => answer !== null);
}

/**
 * Everything that waits while a commit runs shares the next transaction and its fsync. Calls of one environment keep their order: what is
 * remembered of a call is asked for once all before it is committed, so that an answer from memory is what a judgement would say.
 */
export function createGroupCommit({ identityStore, decidedCalls, now, onCommitted }: GroupCommitOptions): GroupCommit {
  const lanes = new Map<string, Lane>();
  let lastFailed = false;

  function laneOf(environment: string): Lane {
    let lane = lanes.get(environment);
    if (lane === undefined) {
      lane = { queue: [], waiting: 0, running: null };
      lanes.set(environment, lane);
    }
    return lane;
  }

  /** As many calls as fit one transaction; steering, which loads identities whole, goes alone. */
  function takeGroup(lane: Lane): Waiting[] {
    const group = [lane.queue.shift()!];
    let count = group[0]!.operations.length;
    if (group[0]!.operations.some(isSteering)) return group;
    for (let next = lane.queue[0]; next !== undefined; next = lane.queue[0]) {
      if (next.operations.some(isSteering) || count + next.operations.length > limits.operationsPerCommitMax) break;
      count += next.operations.length;
      group.push(lane.queue.shift()!);
    }
    return group;
  }

  async function commitGroup(environment: string, group: readonly Waiting[]): Promise<void> {
    const operations = group.flatMap((call) => call.operations);
    try {
      const answers = await answersOf(environment, operations);
      let start = 0;
      for (const call of group) {
        const end = start + call.operations.length;
        call.resolve(answers.slice(start, end));
        start = end;
      }
    } catch (error) {
      lastFailed = true;
      // One call that breaks the transaction must not cost its neighbours theirs. A full disk would only fail each of them too.
      const isShared = group.length === 1 || error instanceof OnymError;
      if (isShared) for (const call of group) call.reject(error);
      else for (const call of group) await commitGroup(environment, [call]);
    }
  }

  async function answersOf(
    environment: string,
    operations: readonly Operation[],
  ): Promise<readonly (Committed | OperationError)[]> {
    const time = now();
    const remembered = operations.map((operation) => decidedCalls.find(environment, operation, time));
    if (isComplete(remembered)) return remembered;
    const commit = await identityStore.commit(environment, operations, time, { remembered });
    lastFailed = false;
    decidedCalls.learn(environment, operations, commit, time);
    onCommitted(environment, commit);
    return commit.answers;
  }

  async function run(environment: string, lane: Lane): Promise<void> {
    // One turn of the event loop, so that calls which arrive together are committed together.
    await new Promise((resolve) => setImmediate(resolve));
    while (lane.queue.length > 0) {
      const group = takeGroup(lane);
      await commitGroup(environment, group);
      for (const call of group) lane.waiting -= call.operations.length;
      if (lane.queue.length > 0) await new Promise((resolve) => setImmediate(resolve));
    }
    lane.running = null;
  }

  return {
    submit(environment, operations) {
      const lane = laneOf(environment);
      if (lane.running === null) {
        const time = now();
        const remembered = operations.map((operation) => decidedCalls.find(environment, operation, time));
        if (isComplete(remembered)) return Promise.resolve(remembered);
      }
      if (lane.waiting + operations.length > limits.waitingOperationsMax) {
        return Promise.reject(
          new OnymError(
            'overloaded',
            'Too many identity calls are waiting to be stored. Send this one again shortly.',
            {
              retryAfterSeconds,
            },
          ),
        );
      }
      return new Promise((resolve, reject) => {
        lane.queue.push({ operations, resolve, reject });
        lane.waiting += operations.length;
        lane.running ??= run(environment, lane);
      });
    },
    async settled(environment) {
      const lane = laneOf(environment);
      if (lane.running === null) return;
      await new Promise<void>((resolve, reject) => {
        lane.queue.push({ operations: [], resolve: () => resolve(), reject });
      });
    },
    failing: () => lastFailed,
    async tryWrite() {
      await identityStore.tryWrite();
      lastFailed = false;
    },
    waiting: () => [...lanes.values()].reduce((sum, lane) => sum + lane.waiting, 0),
    async idle() {
      while ([...lanes.values()].some((lane) => lane.running !== null)) {
        await Promise.all([...lanes.values()].map((lane) => lane.running));
      }
    },
  };
}
