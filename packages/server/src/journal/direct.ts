import { randomUUID } from 'node:crypto';
import { OnymError } from '../errors.ts';
import type { EventStore, StoredEvent } from '../events/types.ts';
import { createGate } from '../gate.ts';
import { limits as defaultLimits } from '../limits.ts';
import { perEnvironment } from '../per-environment.ts';
import { AbandonedInsert, type DirectInsert, type DirectInsertParts, insertDirectly } from './direct-insert.ts';
import type { DrainLoop } from './drain.ts';
import type { Journal, NotKept } from './types.ts';

/** How long the first event waits for others, where no insert is under way. */
const gatherMs = 5;
/** What an event is beside its properties and ids, in memory and as a row. */
const eventLengthMin = 400;
const retryAfterSeconds = 5;

export type DirectLimits = Pick<
  typeof defaultLimits,
  'waitingEventsMax' | 'waitingEventsLengthMax' | 'drainRowsMax' | 'drainBytesMax' | 'acknowledgeWaitMaxMs'
>;

export interface DirectOptions extends Omit<DirectInsertParts, 'gate' | 'stats' | 'random'> {
  readonly eventStore: Pick<EventStore, 'insertEvents' | 'eventCount'>;
  readonly limits?: Partial<Record<keyof DirectLimits, number>>;
  readonly random?: () => number;
}

interface Call {
  readonly events: readonly StoredEvent[];
  readonly length: number;
  /** Both do nothing from the second time on. */
  settle(notKept: NotKept): void;
  fail(error: OnymError): void;
}

/** Of one environment: one insert at a time, and what came meanwhile goes with the next. */
interface Lane {
  readonly environment: string;
  waiting: Call[];
  insert: (DirectInsert & { readonly calls: readonly Call[]; readonly ended: Promise<void> }) | null;
  timer: NodeJS.Timeout | null;
  /** Whether an insert was given up, and nothing was heard of the event store since. */
  isInDoubt: boolean;
}

const nothing: NotKept = new Map();

const overloaded = (message: string): OnymError => new OnymError('overloaded', message, { retryAfterSeconds });

/**
 * Events are acknowledged once the event store has taken them: nothing of them is on this node's disk, and what was not acknowledged ends with
 * the process. In the place of a journal with its drain.
 */
export function createDirect(options: DirectOptions): { journal: Journal; drain: DrainLoop } {
  const { log } = options;
  const limits: DirectLimits = { ...defaultLimits, ...options.limits } as DirectLimits;
  const id = randomUUID();
  const stats = { drainedEvents: 0, repeatedEvents: 0, quarantinedEvents: 0, failedAttempts: 0 };
  const gate = createGate();
  const ending = new AbortController();
  const parts = { ...options, gate, stats, random: options.random ?? Math.random };
  const lanes = perEnvironment<Lane>((environment) => ({
    environment,
    waiting: [],
    insert: null,
    timer: null,
    isInDoubt: false,
  }));
  let waitingEvents = 0;
  let waitingLength = 0;
  let insertingEvents = 0;
  let lastToken = 0;

  /** Of the same kind as what failed last. */
  function unavailable({ insert }: Lane, message: string): OnymError {
    const cause = insert?.cause;
    const code =
      cause instanceof OnymError && cause.code === 'identity-store-unavailable'
        ? cause.code
        : 'event-store-unavailable';
    return new OnymError(code, message, { cause, retryAfterSeconds });
  }

  const notKeptAt = (lane: Lane): OnymError =>
    unavailable(
      lane,
      'The event store does not take events just now, and nothing of this call was kept. Send it again.',
    );
  const perhapsKeptAt = (lane: Lane): OnymError =>
    unavailable(
      lane,
      'The event store has not said whether it took the events: they may be kept, or not. Send them again with the same uuid each, and they count once.',
    );

  function callOf(
    lane: Lane,
    events: readonly StoredEvent[],
    length: number,
  ): { call: Call; answered: Promise<NotKept> } {
    let call!: Call;
    const answered = new Promise<NotKept>((resolve, reject) => {
      const late = setTimeout(() => expire(lane, call), limits.acknowledgeWaitMaxMs);
      const settled = () => clearTimeout(late);
      call = {
        events,
        length,
        settle(notKept) {
          settled();
          resolve(notKept);
        },
        fail(error) {
          settled();
          reject(error);
        },
      };
    });
    return { call, answered };
  }

  function leaveQueue(lane: Lane, calls: readonly Call[]): void {
    lane.waiting = lane.waiting.filter((call) => !calls.includes(call));
    for (const call of calls) {
      waitingEvents -= call.events.length;
      waitingLength -= call.length;
    }
  }

  function expire(lane: Lane, call: Call): void {
    if (lane.waiting.includes(call)) {
      leaveQueue(lane, [call]);
      call.fail(notKeptAt(lane));
    } else call.fail(lane.insert?.wasSent === false ? notKeptAt(lane) : perhapsKeptAt(lane));
  }

  function takeCalls(lane: Lane): Call[] {
    let events = 0;
    let length = 0;
    const taken: Call[] = [];
    for (const call of lane.waiting) {
      events += call.events.length;
      length += call.length;
      if (taken.length > 0 && (events > limits.drainRowsMax || length > limits.drainBytesMax)) break;
      taken.push(call);
    }
    leaveQueue(lane, taken);
    return taken;
  }

  function schedule(lane: Lane, delayMs: number): void {
    if (lane.insert !== null || lane.timer !== null || lane.waiting.length === 0 || ending.signal.aborted) return;
    lane.timer = setTimeout(() => {
      lane.timer = null;
      begin(lane);
    }, delayMs);
  }

  function begin(lane: Lane): void {
    const calls = takeCalls(lane);
    if (calls.length === 0) return;
    const events = calls.flatMap((call) => call.events);
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
      calls,
      ended: new Promise<void>((resolve) => {
        ended = resolve;
      }),
    };
    lane.insert = insert;
    insertDirectly(parts, insert)
      .then(
        (notKept) => {
          lane.isInDoubt = false;
          for (const call of calls) call.settle(notKept);
        },
        (error: unknown) => {
          lane.isInDoubt = true;
          if (!(error instanceof AbandonedInsert) && !ending.signal.aborted)
            log.error({ environment: lane.environment, err: error }, 'An insert into the event store failed.');
          for (const call of calls) call.fail(insert.wasSent ? perhapsKeptAt(lane) : notKeptAt(lane));
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
    let deadline: NodeJS.Timeout | undefined;
    const tooLong = new Promise<never>((_, reject) => {
      deadline = setTimeout(() => reject(notThereYet(behind[0]!)), defaultLimits.drainWaitMaxMs);
    });
    try {
      await Promise.race([Promise.all(behind.map((lane) => lane.insert!.ended)), tooLong]);
    } finally {
      clearTimeout(deadline);
    }
  }

  const notThereYet = (lane: Lane): OnymError =>
    unavailable(lane, 'The event store does not take events. Those acknowledged are safe in it; ask again later.');

  const isFailing = ({ insert, isInDoubt }: Lane): boolean => isInDoubt || (insert !== null && insert.failures > 0);

  const journal: Journal = {
    id,
    append(environment, events) {
      if (events.length === 0) return Promise.resolve(nothing);
      if (ending.signal.aborted) return Promise.reject(overloaded('The server is stopping. Send it again.'));
      let length = 0;
      for (const event of events) length += eventLengthMin + event.properties.length + event.distinct_id.length;
      if (
        waitingEvents + events.length > limits.waitingEventsMax ||
        waitingLength + length > limits.waitingEventsLengthMax
      ) {
        return Promise.reject(overloaded('Too many events wait for the event store. Send it again later.'));
      }
      const lane = lanes.of(environment);
      const { call, answered } = callOf(lane, events, length);
      lane.waiting.push(call);
      waitingEvents += events.length;
      waitingLength += length;
      schedule(lane, gatherMs);
      return answered;
    },
    waiting: () => waitingEvents + insertingEvents,
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
        const { waiting } = lane;
        leaveQueue(lane, waiting);
        for (const call of waiting)
          call.fail(overloaded('The server is stopping. Nothing of this call was kept: send it again.'));
      }
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
