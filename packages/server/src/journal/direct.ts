import { randomUUID } from 'node:crypto';
import type { OnymError } from '../errors.ts';
import type { EventStore } from '../events/types.ts';
import { createGate } from '../gate.ts';
import { limits as defaultLimits } from '../limits.ts';
import { perEnvironment } from '../per-environment.ts';
import { AbandonedInsert, type DirectInsert, type DirectInsertParts, insertDirectly } from './direct-insert.ts';
import type { DrainLoop } from './drain.ts';
import { overloaded, unavailable, withinWait } from './trouble.ts';
import type { Journal, NotKept } from './types.ts';
import { createWaitingCalls, type WaitingLimits } from './waiting-calls.ts';

/** How long the first event waits for others, where no insert is under way. */
const gatherMs = 5;
const retryAfterSeconds = 5;

export interface DirectOptions extends Omit<DirectInsertParts, 'gate' | 'stats' | 'random'> {
  readonly eventStore: Pick<EventStore, 'insertEvents' | 'eventCount'>;
  readonly limits?: Partial<Record<keyof WaitingLimits, number>>;
  readonly random?: () => number;
}

/** Of one environment: one insert at a time, and what came meanwhile goes with the next. */
interface Lane {
  readonly environment: string;
  insert: (DirectInsert & { readonly ended: Promise<void> }) | null;
  timer: NodeJS.Timeout | null;
  /** Whether an insert was given up, and nothing was heard of the event store since. */
  isInDoubt: boolean;
}

const nothing: NotKept = new Map();

/**
 * Events are acknowledged once the event store has taken them: nothing of them is on this node's disk, and what was not acknowledged ends with
 * the process. In the place of a journal with its drain.
 */
export function createDirect(options: DirectOptions): { journal: Journal; drain: DrainLoop } {
  const { log } = options;
  const limits = { ...defaultLimits, ...options.limits };
  const calls = createWaitingCalls(limits);
  const id = randomUUID();
  const stats = { drainedEvents: 0, repeatedEvents: 0, quarantinedEvents: 0, failedAttempts: 0 };
  const gate = createGate();
  const ending = new AbortController();
  const parts = { ...options, gate, stats, random: options.random ?? Math.random };
  const lanes = perEnvironment<Lane>((environment) => ({
    environment,
    insert: null,
    timer: null,
    isInDoubt: false,
  }));
  let insertingEvents = 0;
  let lastToken = 0;

  const unavailableAt = (lane: Lane, what: string): OnymError =>
    unavailable(lane.insert?.cause, what, retryAfterSeconds);
  const notKeptAt = (lane: Lane): OnymError => unavailableAt(lane, 'So nothing of this call was kept. Send it again.');
  const perhapsKeptAt = (lane: Lane): OnymError =>
    unavailableAt(
      lane,
      'It has not said whether it took those of this call: they may be kept, or not. Send them again with the same uuid each, and they count once.',
    );

  function schedule(lane: Lane, delayMs: number): void {
    if (lane.insert !== null || lane.timer !== null || calls.isEmpty(lane.environment) || ending.signal.aborted) return;
    lane.timer = setTimeout(() => {
      lane.timer = null;
      begin(lane);
    }, delayMs);
  }

  function begin(lane: Lane): void {
    const taken = calls.take(lane.environment);
    if (taken.length === 0) return;
    const events = taken.flatMap((call) => call.events);
    insertingEvents += events.length;
    const unwanted = new AbortController();
    // From its last call on: those before it came earlier, and have given up by then.
    const late = setTimeout(() => unwanted.abort(), limits.acknowledgeWaitMaxMs);
    let ended = (): void => undefined;
    const insert = {
      environment: lane.environment,
      events,
      token: `${id}:${lane.environment}:${++lastToken}`,
      seq: null,
      isAtLarge: false,
      wasSent: false,
      failures: 0,
      cause: undefined,
      unwanted: unwanted.signal,
      ending: ending.signal,
      ended: new Promise<void>((resolve) => {
        ended = resolve;
      }),
    };
    lane.insert = insert;
    insertDirectly(parts, insert)
      .then(
        (notKept) => {
          lane.isInDoubt = false;
          for (const call of taken) call.settle(notKept);
        },
        (error: unknown) => {
          lane.isInDoubt = true;
          if (!(error instanceof AbandonedInsert) && !ending.signal.aborted)
            log.error({ environment: lane.environment, err: error }, 'An insert into the event store failed.');
          for (const call of taken) call.fail(insert.wasSent ? perhapsKeptAt(lane) : notKeptAt(lane));
        },
      )
      .finally(() => {
        clearTimeout(late);
        insertingEvents -= events.length;
        lane.insert = null;
        ended();
        schedule(lane, 0);
      });
  }

  async function flush(environment?: string): Promise<void> {
    const wanted = environment === undefined ? lanes.values() : [lanes.of(environment)];
    const behind = wanted.filter((lane) => lane.insert !== null);
    if (behind.length === 0) return;
    const failing = behind.find((lane) => lane.insert!.failures > 0);
    if (failing !== undefined) throw notThereYet(failing);
    await withinWait(Promise.all(behind.map((lane) => lane.insert!.ended)), () => notThereYet(behind[0]!));
  }

  const notThereYet = (lane: Lane): OnymError =>
    unavailableAt(lane, 'Those acknowledged are safe in it; ask again later.');

  const isFailing = ({ insert, isInDoubt }: Lane): boolean => isInDoubt || (insert !== null && insert.failures > 0);

  const journal: Journal = {
    id,
    append(environment, events) {
      if (events.length === 0) return Promise.resolve(nothing);
      if (ending.signal.aborted) return Promise.reject(overloaded('The server is stopping. Send it again.'));
      const lane = lanes.of(environment);
      const answered = calls.add(environment, events, (wasTaken) =>
        wasTaken && lane.insert?.wasSent !== false ? perhapsKeptAt(lane) : notKeptAt(lane),
      );
      schedule(lane, gatherMs);
      return answered;
    },
    waiting: () => calls.count() + insertingEvents,
    failing: () => lanes.values().some(isFailing),
    async tryWrite() {
      for (const lane of lanes.values()) {
        // What fails is tried again all the while.
        if ((lane.insert?.failures ?? 0) > 0) throw notThereYet(lane);
        if (!lane.isInDoubt) continue;
        await options.eventStore.eventCount(lane.environment);
        lane.isInDoubt = false;
      }
    },
    async close() {
      ending.abort();
      for (const lane of lanes.values()) {
        if (lane.timer !== null) clearTimeout(lane.timer);
      }
      calls.refuse(overloaded('The server is stopping. Nothing of this call was kept: send it again.'));
      await Promise.all(lanes.values().map((lane) => lane.insert?.ended));
    },
    // Nothing is kept here.
    bytes: () => 0,
    isFull: () => false,
    oldestReceivedAt: () => null,
    head: () => 0,
    previous: () => null,
    setHeld: () => undefined,
    quarantinedCount: () => 0,
    quarantined: () => [],
    release: () => 0,
    discardQuarantined: () => 0,
    forget: async () => undefined,
  };

  const drain: DrainLoop = {
    start: () => undefined,
    flush,
    async still(work) {
      await flush();
      return gate.hold(() => {
        const atLarge = lanes.values().find((lane) => lane.insert?.isAtLarge);
        if (atLarge !== undefined) throw notThereYet(atLarge);
        return work();
      });
    },
    safeSeq: (environment) => lanes.of(environment).insert?.seq ?? null,
    stats: () => ({
      ...stats,
      failing: lanes
        .values()
        .filter(isFailing)
        .map((lane) => lane.environment),
    }),
    close: () => journal.close(),
  };

  return { journal, drain };
}
