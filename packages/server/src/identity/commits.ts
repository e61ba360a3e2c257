import {
  type Answered,
  type EraseFact,
  isSteering,
  type Millis,
  type Operation,
  type OperationError,
  type Seq,
} from '@onym/core';
import { OnymError } from '../errors.ts';
import { limits } from '../limits.ts';
import { perEnvironment } from '../per-environment.ts';
import type { WriteDoor } from '../readiness.ts';
import type { DecidedCalls } from './decided-calls.ts';
import { type Commit, type ErasureRequest, type IdentityStore, type LedgerChange, NotFollowed } from './store.ts';

/** What became of an environment's ledger, and of the calls that asked for it. */
export interface Notice {
  readonly environment: string;
  /** What was asked of this process: calls answered from memory too, which leave no row. Empty for what others wrote. */
  readonly operations: readonly Operation[];
  /** One per operation. */
  readonly answers: Commit['answers'];
  /** The ledger's head, where it has grown; else null. */
  readonly head: Seq | null;
  /** When it was received. */
  readonly time: Millis;
}

/** Neither waits nor throws. */
export type Listener = (notice: Notice) => void;

/** What is answered to calls, and the ledger rows that they left, ascending: one for each answer that says `recorded`. */
export type Answers = Pick<Commit, 'answers' | 'facts'>;

/** The one door through which an environment's ledger grows. Who hangs on what identities are listens here. */
export interface Commits extends WriteDoor {
  /** One answer per operation, in order, once they are durable. Throws OnymError `overloaded` when too much waits. */
  submit(environment: string, operations: readonly Operation[]): Promise<Answers>;
  /** What would be answered, and what it would change, each operation on top of those before it. Writes nothing. */
  rehearse(environment: string, operations: readonly Operation[]): Promise<Commit>;
  /** See IdentityStore.erase. */
  erase(environment: string, distinctId: string, request: ErasureRequest): Promise<EraseFact>;
  /** Calls `listener` with everything that is durable from now on, in the order of the ledger and before its callers know. Returns how to stop. */
  listen(listener: Listener): () => void;
  /** Resolves when all that waits now, or is under way, is committed or has failed. */
  settled(environment: string): Promise<void>;
  /** Operations waiting, for metrics. */
  waiting(): number;
  /** Resolves when nothing waits any more. */
  idle(): Promise<void>;
  /** Hears from now on of what other nodes commit, where the ledger is shared. Returns how to stop. */
  follow(): Promise<() => Promise<void>>;
}

export interface CommitsOptions {
  readonly identityStore: Pick<IdentityStore, 'commit' | 'erase' | 'tryWrite' | 'shared'>;
  readonly decidedCalls: DecidedCalls;
  readonly now: () => Millis;
}

interface Waiting {
  readonly operations: readonly Operation[];
  readonly resolve: (answers: Answers) => void;
  readonly reject: (error: unknown) => void;
}

interface Lane {
  readonly queue: Waiting[];
  /** Operations that wait or are under way, and those that no group has taken yet. */
  waiting: number;
  queued: number;
  /** Called once as many are queued as one commit may hold. */
  filled: (() => void) | null;
  running: Promise<void> | null;
  /** The ledger row up to which every change was heard of. */
  heard: Seq;
}

/** Where a group of calls stands among those of its environment. */
interface Order {
  /** The group before, if it may still be under way; resolves when it has been answered, whatever the answer. */
  readonly before: Promise<void> | null;
  /** See CommitOptions. */
  readonly next?: () => void;
}
const alone: Order = { before: null };

const retryAfterSeconds = 1;
const none: readonly never[] = [];

/**
 * Everything that waits while a commit runs shares the next transaction and its fsync. Calls of one environment keep their order: what is
 * remembered of a call is asked for once all before it is committed, so that an answer from memory is what a judgement would say.
 */
export function createCommits({ identityStore, decidedCalls, now }: CommitsOptions): Commits {
  const { shared } = identityStore;
  const lanes = perEnvironment(
    (): Lane => ({ queue: [], waiting: 0, queued: 0, filled: null, running: null, heard: 0 }),
  );
  const operationsMax = shared === null ? limits.operationsPerCommitMax : limits.operationsPerSharedCommitMax;
  const listeners = new Set<Listener>();
  let lastFailed = false;

  function tell(notice: Notice): void {
    for (const listener of listeners) listener(notice);
  }

  function takeGroup(lane: Lane): Waiting[] {
    const group = nextGroup(lane);
    for (const { operations } of group) lane.queued -= operations.length;
    return group;
  }

  /** As many calls as fit one transaction; steering, which loads identities whole, goes alone. */
  function nextGroup(lane: Lane): Waiting[] {
    const group = [lane.queue.shift()!];
    let weight = weightOf(group[0]!.operations);
    if (group[0]!.operations.some(isSteering)) return group;
    for (let next = lane.queue[0]; next !== undefined; next = lane.queue[0]) {
      if (next.operations.some(isSteering)) break;
      weight += weightOf(next.operations);
      if (weight > operationsMax) break;
      group.push(lane.queue.shift()!);
    }
    return group;
  }

  async function commitGroup(environment: string, group: readonly Waiting[], order: Order = alone): Promise<void> {
    try {
      const { answers, facts } = await answersOf(
        environment,
        group.flatMap((call) => call.operations),
        order,
      );
      let start = 0;
      let row = 0;
      for (const call of group) {
        const own = answers.slice(start, start + call.operations.length);
        const rows = own.filter(isRecorded).length;
        call.resolve({ answers: own, facts: facts.slice(row, row + rows) });
        start += own.length;
        row += rows;
      }
    } catch (error) {
      if (error instanceof NotFollowed) {
        await order.before;
        return commitGroup(environment, group);
      }
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
    { before, ...next }: Order,
  ): Promise<Answers> {
    const lane = lanes.of(environment);
    const time = now();
    const find = () => operations.map((operation) => decidedCalls.find(environment, operation, time));
    let remembered = find();
    if (before !== null && (remembered.length === 0 || remembered.some((answer) => answer !== null))) {
      await before;
      remembered = find();
    }
    // What is remembered holds at this row, whatever is heard of while the ledger is asked.
    const rememberedAt = lane.heard;
    // What other nodes have changed since is heard of a little later: the ledger itself says whether there is any.
    if (isComplete(remembered) && (shared === null || (await shared.head(environment)) === rememberedAt)) {
      return fromMemory(environment, operations, remembered, time);
    }
    const options = shared === null ? { remembered } : { remembered, rememberedAt, ...next };
    const commit = await identityStore.commit(environment, operations, time, options);
    lastFailed = false;
    heardUpTo(environment, lane, commit.head - commit.facts.length, commit.head);
    decidedCalls.learn(environment, operations, commit, time);
    const { answers, facts, head } = commit;
    tell({ environment, operations, answers, head: facts.length > 0 ? head : null, time });
    return commit;
  }

  /** Of rows before those that we did not hear what they changed, nothing is known any more. Returns false for what is known already. */
  function heardUpTo(environment: string, lane: Lane, before: Seq, head: Seq): boolean {
    if (head <= lane.heard) return false;
    if (before !== lane.heard) decidedCalls.forget(environment, before);
    lane.heard = head;
    return true;
  }

  function hear({ environment, before, head, touched }: LedgerChange): void {
    if (!heardUpTo(environment, lanes.of(environment), before, head)) return;
    if (touched === null) decidedCalls.forget(environment, head);
    else decidedCalls.changed(environment, touched, head);
    tell({ environment, operations: none, answers: none, head, time: now() });
  }

  function fromMemory(
    environment: string,
    operations: readonly Operation[],
    answers: readonly Answered[],
    time: Millis,
  ): Answers {
    if (operations.length > 0) tell({ environment, operations, answers, head: null, time });
    return { answers, facts: none };
  }

  async function fullGroup(lane: Lane): Promise<void> {
    if (lane.queued >= operationsMax) return;
    await new Promise<void>((resolve) => {
      lane.filled = resolve;
    });
  }

  async function run(environment: string, lane: Lane): Promise<void> {
    // One turn of the event loop, so that calls which arrive together are committed together.
    await new Promise((resolve) => setImmediate(resolve));
    let last: Promise<void> | null = null;
    for (;;) {
      if (lane.queue.length === 0) {
        await last;
        if (lane.queue.length === 0) break;
        await new Promise((resolve) => setImmediate(resolve));
      }
      const group = takeGroup(lane);
      const before: Promise<void> | null = last;
      let next: () => void = () => undefined;
      const mayGoOn = new Promise<void>((resolve) => {
        next = resolve;
      });
      const done: Promise<void> = commitGroup(environment, group, { before, next }).then(() => {
        for (const call of group) lane.waiting -= call.operations.length;
      });
      last = done;
      // One that is being written, and one that is judged on top of it: a full one, since less would better share the transaction after.
      await before;
      await Promise.race([done, mayGoOn.then(() => fullGroup(lane))]);
      if (lane.queue.length > 0) await new Promise((resolve) => setImmediate(resolve));
    }
    lane.running = null;
  }

  return {
    submit(environment, operations) {
      const lane = lanes.of(environment);
      if (lane.running === null && shared === null) {
        const time = now();
        const remembered = operations.map((operation) => decidedCalls.find(environment, operation, time));
        if (isComplete(remembered)) return Promise.resolve(fromMemory(environment, operations, remembered, time));
      }
      if (lane.waiting + operations.length > limits.waitingOperationsMax) {
        const message = 'Too many identity calls are waiting to be stored. Send this one again shortly.';
        return Promise.reject(new OnymError('overloaded', message, { retryAfterSeconds }));
      }
      return new Promise((resolve, reject) => {
        lane.queue.push({ operations, resolve, reject });
        lane.waiting += operations.length;
        lane.queued += operations.length;
        if (lane.queued >= operationsMax) lane.filled?.();
        lane.running ??= run(environment, lane);
      });
    },
    rehearse: (environment, operations) => identityStore.commit(environment, operations, now(), { dryRun: true }),
    async erase(environment, distinctId, request) {
      const fact = await identityStore.erase(environment, distinctId, request);
      if (request.dryRun) return fact;
      decidedCalls.forget(environment, fact.seq);
      heardUpTo(environment, lanes.of(environment), fact.seq - 1, fact.seq);
      tell({ environment, operations: none, answers: none, head: fact.seq, time: fact.time });
      return fact;
    },
    listen(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    follow: async () => (shared === null ? async () => undefined : shared.follow(hear)),
    async settled(environment) {
      const lane = lanes.of(environment);
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
    waiting: () => lanes.values().reduce((sum, lane) => sum + lane.waiting, 0),
    async idle() {
      for (let busy = running(); busy.length > 0; busy = running()) await Promise.all(busy);
    },
  };

  function running(): Promise<void>[] {
    return lanes.values().flatMap((lane) => lane.running ?? []);
  }
}

/** What they take of a transaction: an identify writes about twice as much as a link, and none may hold up other work for long. */
function weightOf(operations: readonly Operation[]): number {
  let weight = operations.length;
  for (const { op } of operations) if (op === 'identify') weight++;
  return weight;
}

function isComplete(answers: readonly (Answered | null)[]): answers is Answered[] {
  return answers.every((answer) => answer !== null);
}

const isRecorded = (answer: Answered | OperationError): boolean => !('error' in answer) && answer.recorded;

/** Hears of every call about who somebody is, with its answer. */
export interface CallObserver {
  observe(environment: string, operation: Operation, answer: Answered | OperationError, time: Millis): void;
}

/** Tells them of each identify, alias and track that was asked of this process; steering is no call of an application. */
export function tellOfCalls(...observers: readonly CallObserver[]): Listener {
  return ({ environment, operations, answers, time }) => {
    for (let index = 0; index < operations.length; index++) {
      const operation = operations[index]!;
      if (isSteering(operation)) continue;
      for (const observer of observers) observer.observe(environment, operation, answers[index]!, time);
    }
  };
}

/** Tells of every environment where this process steered: identities are not what they were, and may have become smaller. */
export function tellOfSteering(heard: (environment: string) => void): Listener {
  return ({ environment, operations }) => {
    if (operations.some(isSteering)) heard(environment);
  };
}

/** Tells of every environment whose ledger has grown. */
export function tellOfRows(heard: (environment: string) => void): Listener {
  return ({ environment, head }) => {
    if (head !== null) heard(environment);
  };
}
