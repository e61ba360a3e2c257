import type { Seq } from '@onym/core';
import type { EventStore, Projection } from '../events/types.ts';
import type { IdentityStore } from '../identity/store.ts';
import type { DrainLoop } from '../journal/drain.ts';
import { limits as defaultLimits } from '../limits.ts';
import type { Log } from '../log.ts';
import { perEnvironment } from '../per-environment.ts';
import { projectionOf } from './projection.ts';

/** Commits of this span are projected together while nobody reads. */
const notifyDelayMs = 200;
/** After a failure in the background; doubled by each further one. */
const retryMaxMs = 5_000;
/** A large import is not slowed down by projecting it all along; whoever reads does not wait for this. */
const restFactor = 4;
const restMaxMs = 5_000;
/** Rows read at a time: reading holds up every other call. */
const sliceRows = 2_000;
/** A fold scans all events once, however many rows it folds: rarely, then. */
const compactionRows = 2_000;
const compactionIntervalMs = 60_000;

export interface ProjectorOptions {
  identityStore: Pick<IdentityStore, 'environment' | 'changes'>;
  eventStore: Pick<EventStore, 'projectedSeq' | 'project' | 'resetProjection' | 'compact'>;
  drain: Pick<DrainLoop, 'safeSeq'>;
  log: Log;
  /** Milliseconds of a clock that never goes back. */
  clock?: () => number;
  limits?: { projectionRowsMax?: number };
}

export interface Projector {
  /** Projects in the background, beginning with what these environments lack from before the start, and compacts. */
  start(environments: readonly string[]): void;
  /** Resolves when the event store's projection has reached the ledger's head as of the call. */
  sync(environment: string): Promise<void>;
  /** To be called after each commit: projects soon. Costs nothing when called often. */
  notify(environment: string): void;
  /** Folds what is pending into the events, unless that is under way. Resolves to the number of identifiers folded. */
  compact(environment: string): Promise<number>;
  /** For metrics; seqs are null until the first projection. */
  stats(): { environment: string; projectedSeq: Seq | null; pendingRows: number; failures: number }[];
  /** Ends the background work and waits for what is under way. */
  close(): Promise<void>;
}

/** Of one environment. */
interface Lane {
  environment: string;
  projected: Seq | null;
  run: Promise<void> | null;
  /** Begins when `run` ends; shared by all who came during it. */
  nextRun: Promise<void> | null;
  /** Identifier rows projected since the last compaction. */
  pendingRows: number;
  compaction: Promise<number> | null;
  timer: NodeJS.Timeout | null;
  failures: number;
  /** How long the background leaves the environment alone after its last run. */
  restMs: number;
}

/** Keeps the event store's projection of the identity store up with the ledger. One per environment among all nodes. */
export function createProjector(options: ProjectorOptions): Projector {
  const { identityStore, eventStore, drain, log } = options;
  const clock = options.clock ?? (() => performance.now());
  const projectionRowsMax = options.limits?.projectionRowsMax ?? defaultLimits.projectionRowsMax;
  const lanes = perEnvironment<Lane>((environment) => ({
    environment,
    projected: null,
    run: null,
    nextRun: null,
    pendingRows: 0,
    compaction: null,
    timer: null,
    failures: 0,
    restMs: 0,
  }));
  let compactionTimer: NodeJS.Timeout | null = null;
  let closed = false;

  async function firstSeq(environment: string, head: Seq): Promise<Seq> {
    const seq = await eventStore.projectedSeq(environment);
    if (seq <= head) return seq;
    log.error(
      { environment, projectedSeq: seq, ledgerHead: head },
      'The event store is ahead of the ledger: the identity store was restored from an older backup. Projecting all of it again.',
    );
    await eventStore.resetProjection(environment);
    return 0;
  }

  async function project(lane: Lane): Promise<void> {
    const { environment } = lane;
    const { head } = await identityStore.environment(environment);
    let seq = lane.projected ?? (await firstSeq(environment, head));
    while (seq < head) {
      const projection = await read(environment, seq, head);
      await eventStore.project(environment, projection);
      seq = projection.seq;
      lane.projected = seq;
      lane.pendingRows += projection.identifiers.length;
    }
    lane.projected = seq;
  }

  /** One projection of up to `projectionRowsMax`, read in slices, so that calls have their turn in between. */
  async function read(environment: string, after: Seq, head: Seq): Promise<Projection> {
    const slices: Projection[] = [];
    let seq = after;
    let rows = 0;
    while (seq < head && seq - after < projectionRowsMax && rows < projectionRowsMax) {
      if (seq > after) await new Promise((resolve) => setImmediate(resolve));
      const changes = await identityStore.changes(environment, seq, Math.min(sliceRows, projectionRowsMax));
      if (changes.seq <= seq) throw new Error(`The ledger of ${environment} ends at ${seq}, before its head ${head}.`);
      slices.push(projectionOf(environment, changes));
      seq = changes.seq;
      rows += changes.identifiers.length;
    }
    const more = seq < head ? { more: true } : {};
    if (slices.length === 1) return { ...slices[0]!, ...more };
    return {
      identifiers: slices.flatMap(({ identifiers }) => identifiers),
      identities: slices.flatMap(({ identities }) => identities),
      links: slices.flatMap(({ links }) => links),
      separations: slices.flatMap(({ separations }) => separations),
      seq,
      ...more,
    };
  }

  function startRun(lane: Lane): Promise<void> {
    const startedAt = clock();
    lane.run = project(lane).finally(() => {
      lane.run = null;
      lane.restMs = Math.min(restMaxMs, (clock() - startedAt) * restFactor);
    });
    return lane.run;
  }

  /** A run under way may have read the head before the caller came, so that caller is served by the one after it. */
  function sync(environment: string): Promise<void> {
    const lane = lanes.of(environment);
    if (lane.run === null) return startRun(lane);
    lane.nextRun ??= lane.run
      .catch(() => undefined)
      .then(() => {
        lane.nextRun = null;
        return startRun(lane);
      });
    return lane.nextRun;
  }

  function schedule(lane: Lane, delayMs: number): void {
    if (closed || lane.timer !== null) return;
    lane.timer = setTimeout(() => {
      lane.timer = null;
      tick(lane).catch((error: unknown) =>
        log.error({ environment: lane.environment, err: error }, 'The projector failed.'),
      );
    }, delayMs);
  }

  async function tick(lane: Lane): Promise<void> {
    try {
      await sync(lane.environment);
      if (lane.failures > 0) log.info({ environment: lane.environment }, 'The projection goes on.');
      lane.failures = 0;
    } catch (error) {
      lane.failures++;
      if ((lane.failures & (lane.failures - 1)) === 0) {
        log.warn(
          { environment: lane.environment, failures: lane.failures, err: error },
          'The projection fails; trying again.',
        );
      }
      schedule(lane, Math.min(retryMaxMs, notifyDelayMs * 2 ** Math.min(lane.failures, 16)));
      return;
    }
    if (lane.pendingRows >= compactionRows) await compactQuietly(lane);
  }

  async function compact(lane: Lane): Promise<number> {
    const projected = lane.projected ?? 0;
    const pendingRows = lane.pendingRows;
    // Both in one turn: a drain that begins after it binds its events at `projected` or later.
    const safeSeq = Math.min(drain.safeSeq(lane.environment) ?? projected, projected);
    const folded = await eventStore.compact(lane.environment, safeSeq);
    // Held back by a drain: the rest is for the next time.
    if (safeSeq === projected) lane.pendingRows -= pendingRows;
    return folded;
  }

  function compactOnce(lane: Lane): Promise<number> {
    lane.compaction ??= compact(lane).finally(() => {
      lane.compaction = null;
    });
    return lane.compaction;
  }

  async function compactQuietly(lane: Lane): Promise<void> {
    try {
      await compactOnce(lane);
    } catch (error) {
      log.warn(
        { environment: lane.environment, err: error },
        'A compaction failed. Queries stay right; it is tried again.',
      );
    }
  }

  return {
    start(environments) {
      for (const environment of environments) {
        const lane = lanes.of(environment);
        // An earlier process may have left rows pending.
        lane.pendingRows++;
        schedule(lane, 0);
      }
      compactionTimer ??= setInterval(() => {
        for (const lane of lanes.values()) if (lane.pendingRows > 0) void compactQuietly(lane);
      }, compactionIntervalMs);
    },
    sync,
    notify(environment) {
      const lane = lanes.of(environment);
      schedule(lane, Math.max(notifyDelayMs, lane.restMs));
    },
    compact: (environment) => compactOnce(lanes.of(environment)),
    stats: () =>
      lanes.values().map(({ environment, projected, pendingRows, failures }) => ({
        environment,
        projectedSeq: projected,
        pendingRows,
        failures,
      })),
    async close() {
      closed = true;
      if (compactionTimer !== null) clearInterval(compactionTimer);
      for (const lane of lanes.values()) if (lane.timer !== null) clearTimeout(lane.timer);
      await Promise.allSettled(lanes.values().flatMap((lane) => [lane.run, lane.nextRun, lane.compaction]));
    },
  };
}
