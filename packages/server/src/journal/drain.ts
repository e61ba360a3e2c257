import type { OnymError } from '../errors.ts';
import { isRowError } from '../events/row-error.ts';
import type { EventStore } from '../events/types.ts';
import { createGate } from '../gate.ts';
import type { IdentityStore } from '../identity/store.ts';
import type { Log } from '../log.ts';
import { perEnvironment } from '../per-environment.ts';
import { encodeDrain, eventOf } from './encode-drain.ts';
import { createReusedBytes } from './reused-bytes.ts';
import { backoffMs, isTold, troubleOf, unavailable, withinWait } from './trouble.ts';
import type { Drain, JournalReader } from './types.ts';

/** How often it is looked whether a drain pays, while nobody reads: who reads drains at once. */
const tickMs = 200;
/** Events wait at least so many ticks for others; and at most, 3 s, which is as old as an event gets before its drain begins. */
const ticksMin = 4;
const ticksMax = 15;
/** An insert twice as large costs the engine a fifth less a row, up to some such number. More would keep the next reader waiting. */
const worthwhileRows = 20_000;

export interface DrainOptions {
  journal: JournalReader;
  eventStore: Pick<EventStore, 'insertEvents'>;
  identityStore: Pick<IdentityStore, 'environment' | 'resolve'>;
  /** Where other nodes drain to the same event store: what they have sent already is left out. */
  findSent?: EventStore['findSent'] | undefined;
  log: Log;
  /** Milliseconds of a clock that never goes back. */
  clock?: () => number;
  random?: () => number;
}

export interface DrainLoop {
  /** Begins to drain in the background. Without it only `flush` drains. */
  start(): void;
  /**
   * Resolves when everything acknowledged before the call (of one environment, or of all) is in the event store or in quarantine.
   * Throws OnymError `event-store-unavailable` while the event store fails, `identity-store-unavailable` while that does.
   */
  flush(environment?: string): Promise<void>;
  /**
   * Runs `work` while nothing is on its way: all that was acknowledged before is in the event store, or in the journal and there alone. Drains
   * wait until it has ended, so it must be short. Throws OnymError `event-store-unavailable` while the event store fails.
   */
  still<Result>(work: () => Promise<Result>): Promise<Result>;
  /**
   * The least map seq that events on their way may have been bound at; null when none are. Read the projected seq before this,
   * or in the same turn: what begins later is bound at a later seq.
   */
  safeSeq(environment: string): number | null;
  /** Since the start, for metrics; `drainedEvents` that were left out as repeats are `repeatedEvents` too, `failing` environments are in backoff. */
  stats(): {
    drainedEvents: number;
    repeatedEvents: number;
    quarantinedEvents: number;
    failedAttempts: number;
    failing: string[];
  };
  /** Ends the background work and waits for an insert under way. What is left stays in the journal. */
  close(): Promise<void>;
}

/** Of one environment. At most one pass at a time. */
interface Lane {
  environment: string;
  pass: Promise<void> | null;
  /** The wait of a pass for the disk, once its last rows have arrived. */
  settling: Promise<void> | null;
  /** Ticks that have seen what waits now. */
  ticks: number;
  /** The journal's head at the last tick. */
  seenHead: number;
  /** Consecutive failed passes, and when the next may begin. */
  failures: number;
  retryAt: number;
}

/** Takes events from the journal to the event store, exactly once, in large inserts. */
export function createDrain(options: DrainOptions): DrainLoop {
  const { journal, eventStore, log } = options;
  const clock = options.clock ?? (() => performance.now());
  const random = options.random ?? Math.random;
  const lanes = perEnvironment<Lane>((environment) => ({
    environment,
    pass: null,
    settling: null,
    ticks: 0,
    seenHead: 0,
    failures: 0,
    retryAt: 0,
  }));
  const stats = { drainedEvents: 0, repeatedEvents: 0, quarantinedEvents: 0, failedAttempts: 0 };
  const memory = createReusedBytes();
  const gate = createGate();
  let timer: NodeJS.Timeout | null = null;
  let closed = false;

  async function send(drain: Drain): Promise<void> {
    try {
      stats.repeatedEvents += await memory.lend(async (bytes) => {
        const { ndjson, repeats } = await encodeDrain(options, drain, bytes);
        // What is sent is recorded first: after a crash these very rows are sent again.
        await journal.settled();
        // The same rows and more, or fewer, may have been sent under this token before: what it stands for is there already then.
        await eventStore.insertEvents(drain.environment, ndjson, drain.token);
        return repeats.size;
      });
    } catch (error) {
      stats.failedAttempts++;
      if (!isRowError(error)) throw error;
      await isolate(drain, error);
      return;
    }
    journal.finish(drain);
    stats.drainedEvents += drain.to - drain.from;
  }

  /** Finds the row at fault by halving. Each step is recorded, so a crash in between costs no row and doubles none. */
  async function isolate(drain: Drain, error: unknown): Promise<void> {
    if (drain.to - drain.from > 1) {
      for (const half of journal.split(drain)) await send(half);
      return;
    }
    const event = eventOf(journal, drain);
    journal.quarantine(drain, event, error instanceof Error ? error.message : String(error));
    stats.quarantinedEvents++;
    log.error(
      { environment: drain.environment, uuid: event.uuid, code: (error as { code?: unknown }).code },
      'The event store can not take an event. It is in quarantine in the journal.',
    );
  }

  /** Drains what was there when it began. */
  async function pass(lane: Lane): Promise<void> {
    const { environment } = lane;
    lane.ticks = 0;
    const upTo = journal.head();
    for (const drain of journal.underWay(environment)) await gate.pass(() => send(drain));
    for (let more = true; more && !closed; ) {
      more = await gate.pass(async () => {
        const { head } = await options.identityStore.environment(environment);
        const drain = journal.begin(environment, upTo, head);
        if (drain !== null) await send(drain);
        return drain !== null;
      });
    }
    // Were it not on disk that they have arrived, they would be sent once more after a crash, perhaps after an erasure.
    lane.settling = journal.settled();
    await lane.settling.finally(() => {
      lane.settling = null;
    });
  }

  function unavailableAt(lane: Lane, cause: unknown): OnymError {
    const waitMs = Math.max(0, lane.retryAt - clock());
    const seconds = Math.max(1, Math.ceil(waitMs / 1000));
    return unavailable(cause, 'Those acknowledged are safe in the journal; ask again later.', seconds);
  }

  /** The pass under way, or a new one. */
  function drainOnce(lane: Lane): Promise<void> {
    lane.pass ??= pass(lane)
      .then(
        () => {
          if (lane.failures > 0) log.info({ environment: lane.environment }, 'The event store takes events again.');
          lane.failures = 0;
        },
        (error: unknown) => {
          lane.retryAt = clock() + backoffMs(++lane.failures, random);
          if (isTold(lane.failures)) {
            const details = { environment: lane.environment, failures: lane.failures, err: error };
            log.warn(details, `${troubleOf(error)} They stay in the journal.`);
          }
          throw unavailableAt(lane, error);
        },
      )
      .finally(() => {
        lane.pass = null;
      });
    return lane.pass;
  }

  const inBackoff = (lane: Lane): boolean => lane.failures > 0 && clock() < lane.retryAt;

  /** Whether to drain now: there is enough, or what there is has waited long enough, or no more is to be expected soon. */
  function pays(lane: Lane): boolean {
    const head = journal.head();
    const isQuiet = head === lane.seenHead;
    lane.seenHead = head;
    if (++lane.ticks < ticksMin) return false;
    if (isQuiet || lane.failures > 0 || lane.ticks >= ticksMax) return true;
    return journal.waitingRows(lane.environment) >= worthwhileRows;
  }

  function tick(): void {
    for (const environment of journal.environments()) {
      const lane = lanes.of(environment);
      if (lane.pass !== null || inBackoff(lane) || !pays(lane)) continue;
      drainOnce(lane).catch(() => {});
    }
  }

  async function flushLane(lane: Lane, target: number): Promise<void> {
    const behind = () => {
      const oldest = journal.oldest(lane.environment);
      return oldest !== null && oldest <= target;
    };
    while (behind()) {
      if (closed || inBackoff(lane)) throw unavailableAt(lane, null);
      await drainOnce(lane);
    }
  }

  async function flush(environment?: string): Promise<void> {
    const target = journal.head();
    const wanted = environment === undefined ? journal.environments() : [environment];
    const behind = wanted.filter((name) => (journal.oldest(name) ?? Number.POSITIVE_INFINITY) <= target);
    const settling = environment === undefined ? lanes.values() : [lanes.of(environment)];
    for (const lane of settling.filter(({ settling: wait }) => wait !== null)) {
      await lane.settling!.catch((error: unknown) => {
        throw unavailableAt(lane, error);
      });
    }
    if (behind.length === 0) return;
    const drained = Promise.all(behind.map((name) => flushLane(lanes.of(name), target)));
    await withinWait(drained, () => unavailableAt(lanes.of(behind[0]!), null));
  }

  return {
    start() {
      timer ??= setInterval(tick, tickMs);
    },
    flush,
    async still(work) {
      await flush();
      return gate.hold(() => {
        const behind = journal.environments().find((name) => journal.underWay(name).length > 0);
        if (behind !== undefined) throw unavailableAt(lanes.of(behind), null);
        return work();
      });
    },
    safeSeq(environment) {
      const seqs = journal.underWay(environment).map((drain) => drain.seq);
      return seqs.length === 0 ? null : Math.min(...seqs);
    },
    stats: () => ({
      ...stats,
      failing: lanes
        .values()
        .filter((lane) => lane.failures > 0)
        .map((lane) => lane.environment),
    }),
    async close() {
      closed = true;
      if (timer !== null) clearInterval(timer);
      await Promise.allSettled(lanes.values().map((lane) => lane.pass));
    },
  };
}
