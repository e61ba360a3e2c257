import type { Seq } from '@onym/core';
import { OnymError } from '../errors.ts';
import type { EventStore } from '../events/types.ts';
import type { IdentityStore } from '../identity/store.ts';
import { limits as defaultLimits } from '../limits.ts';
import type { Log } from '../log.ts';
import type { Nodes } from '../nodes/nodes.ts';
import type { Turns } from '../nodes/turns.ts';
import { perEnvironment } from '../per-environment.ts';
import { createFolding, foldIntervalMs, foldingTurn } from './folding.ts';
import { readChanges } from './read-changes.ts';

/** Commits of this span are projected together while nobody reads. */
const notifyDelayMs = 200;
/** After a failure in the background; doubled by each further one. */
const retryMaxMs = 5_000;
/** A large import is not slowed down by projecting it all along; whoever reads does not wait for this. */
const restFactor = 4;
const restMaxMs = 5_000;
/** So many rows projected by this process are folded at once; fewer in a while. */
const foldRows = 2_000;

export interface ProjectorOptions {
  identityStore: Pick<IdentityStore, 'environment' | 'changes' | 'pendingErasures'>;
  eventStore: Pick<EventStore, 'progress' | 'project' | 'resetProjection' | 'compact' | 'pending'>;
  nodes: Pick<Nodes, 'safeSeq' | 'readsSettled'>;
  turns: Pick<Turns, 'take' | 'tryTake'>;
  /** True where other nodes project and compact the same. */
  shared: boolean;
  log: Log;
  /** Milliseconds of a clock that never goes back. */
  clock?: () => number;
  random?: () => number;
  limits?: { projectionRowsMax?: number };
}

export interface Projector {
  /** Projects in the background, beginning with what these environments lack from before the start, and compacts. */
  start(environments: readonly string[]): void;
  /**
   * Resolves when queries see the ledger up to its head as of the call, on every node, whoever has projected it. Throws OnymError
   * `identity-store-unavailable` where its turn was lost on the way.
   */
  sync(environment: string): Promise<void>;
  /** To be called after each commit: projects soon. Costs nothing when called often. */
  notify(environment: string): void;
  /**
   * Folds what is pending into the events, unless that is under way, on whatever node. Resolves to the number of identifiers folded by this one.
   */
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
  /** Resolves to false where another node had the turn, and this one was not to wait. */
  run: Promise<boolean> | null;
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

/**
 * Keeps the event store's projection of the identity store up with the ledger. Among several nodes each has one, and they take turns: a run is in
 * the turn `project:<environment>`, a folding in `compact:<environment>`. Whoever waits in the first may ask for the second, never the other
 * way round.
 */
export function createProjector(options: ProjectorOptions): Projector {
  const { identityStore, eventStore, turns, shared, log } = options;
  const clock = options.clock ?? (() => performance.now());
  const random = options.random ?? Math.random;
  const rowsMax = options.limits?.projectionRowsMax ?? defaultLimits.projectionRowsMax;
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
  const folding = createFolding(options);
  let compactionTimer: NodeJS.Timeout | null = null;
  let closed = false;

  /** In the turn of the environment's projection. What the event store says is asked before the ledger, which is never behind it then. */
  async function project(lane: Lane, lost: AbortSignal): Promise<void> {
    const { environment } = lane;
    const progress = await eventStore.progress(environment);
    const { head } = await identityStore.environment(environment);
    let seq = progress.written;
    let shown = progress.projected;
    if (seq > head) {
      log.error(
        { environment, projectedSeq: seq, ledgerHead: head },
        'The event store is ahead of the ledger: the identity store was restored from an older backup. Projecting all of it again.',
      );
      await turns.take(foldingTurn(environment), () => eventStore.resetProjection(environment));
      seq = 0;
      shown = 0;
      lane.projected = null;
    }
    while (shown < head) {
      // Where another node wrote all and did not come to show it, nothing is left to be read.
      const projection = await readChanges(identityStore, environment, { after: seq, head, rowsMax });
      if (lost.aborted) {
        throw new OnymError('identity-store-unavailable', 'Another node may be projecting by now. Ask again.');
      }
      await eventStore.project(environment, projection);
      seq = projection.seq;
      if (projection.more !== true) shown = seq;
      lane.projected = shared ? shown : seq;
      lane.pendingRows += projection.identifiers.length;
    }
    lane.projected = Math.max(shown, lane.projected ?? 0);
  }

  /** Whether queries see the ledger as it is now: what others have projected is not to be taken a turn for. */
  async function isProjected(lane: Lane): Promise<boolean> {
    // The first run is for the case that the event store is ahead.
    if (!shared || lane.projected === null) return false;
    const { head } = await identityStore.environment(lane.environment);
    const { projected } = await eventStore.progress(lane.environment);
    if (projected < head) return false;
    lane.projected = projected;
    return true;
  }

  async function run(lane: Lane, waits: boolean): Promise<boolean> {
    if (await isProjected(lane)) return true;
    const work = async (lost: AbortSignal) => {
      await project(lane, lost);
      return true;
    };
    const name = `project:${lane.environment}`;
    return waits ? turns.take(name, work) : ((await turns.tryTake(name, work)) ?? false);
  }

  function startRun(lane: Lane, waits: boolean): Promise<boolean> {
    const startedAt = clock();
    lane.run = run(lane, waits).finally(() => {
      lane.run = null;
      lane.restMs = Math.min(restMaxMs, (clock() - startedAt) * restFactor);
    });
    return lane.run;
  }

  /** A run under way may have read the head before the caller came, so that caller is served by the one after it. */
  async function sync(environment: string): Promise<void> {
    const lane = lanes.of(environment);
    if (lane.run === null) {
      await startRun(lane, true);
      return;
    }
    lane.nextRun ??= lane.run
      .catch(() => undefined)
      .then(async () => {
        lane.nextRun = null;
        await startRun(lane, true);
      });
    await lane.nextRun;
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

  /** Where several nodes hear of the same commit, one of them is to have projected it before the others look. */
  const spread = (delayMs: number): number => (shared ? delayMs * (1 + random()) : delayMs);

  async function tick(lane: Lane): Promise<void> {
    try {
      if (lane.run !== null) await sync(lane.environment);
      else if (!(await startRun(lane, !shared))) {
        schedule(lane, spread(notifyDelayMs));
        return;
      }
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
    if (lane.pendingRows >= foldRows) await compactQuietly(lane);
  }

  async function compact(lane: Lane): Promise<number> {
    const pendingRows = lane.pendingRows;
    const folded = await folding.fold(lane.environment);
    // Held back: the rest is for the next time.
    if (folded?.isAll === true) lane.pendingRows -= pendingRows;
    return folded?.identifiers ?? 0;
  }

  function compactOnce(lane: Lane): Promise<number> {
    lane.compaction ??= compact(lane).finally(() => {
      lane.compaction = null;
    });
    return lane.compaction;
  }

  async function compactQuietly(lane: Lane, isDue: (lane: Lane) => Promise<boolean> = async () => true): Promise<void> {
    try {
      if (await isDue(lane)) await compactOnce(lane);
    } catch (error) {
      log.warn(
        { environment: lane.environment, err: error },
        'A compaction failed. Queries stay right; it is tried again.',
      );
    }
  }

  async function isFoldDue(lane: Lane): Promise<boolean> {
    return shared ? folding.isDue(lane.environment) : lane.pendingRows > 0;
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
        for (const lane of lanes.values()) void compactQuietly(lane, isFoldDue);
      }, foldIntervalMs);
    },
    sync,
    notify(environment) {
      const lane = lanes.of(environment);
      schedule(lane, spread(Math.max(notifyDelayMs, lane.restMs)));
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
