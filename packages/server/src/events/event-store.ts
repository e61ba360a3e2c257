import { OnymError } from '../errors.ts';
import { limits } from '../limits.ts';
import { compact } from './compaction.ts';
import { damagedParts, dropDamagedProjection, size, unreadableParts } from './damaged-parts.ts';
import { databasesOf } from './databases.ts';
import { openEngine } from './engine/open-engine.ts';
import type { EngineOptions } from './engine.ts';
import { erase } from './erasure.ts';
import { expire } from './expiry.ts';
import { createExporter } from './export.ts';
import { findSent } from './find-sent.ts';
import { freeze, thaw } from './freeze.ts';
import { insertEvents } from './insert.ts';
import {
  type Prepared,
  prepareEnvironment,
  progressOf,
  project,
  resetProjection,
  saveProjected,
} from './projection.ts';
import { createQueryRunner, type QueryLimits } from './query.ts';
import { rawRows, tallyOf } from './raw-rows.ts';
import { createReadsUnderWay } from './reads-under-way.ts';
import { identifiersWith } from './search.ts';
import { readPending } from './state.ts';
import { countEach, counts, readMap, recentUuids, timeline } from './timeline.ts';
import type { EventStore, FrozenEvents } from './types.ts';

export type EventStoreOptions = EngineOptions & {
  /** Bounds of users' queries, where they differ from `limits`. */
  queryLimits?: Partial<QueryLimits>;
  now?: () => number;
};

/** Opens the engine. Environments are usable once they are prepared. Only one embedded store per process. */
export async function createEventStore(options: EventStoreOptions): Promise<EventStore> {
  const engine = await openEngine(options);
  const now = options.now ?? Date.now;
  const reads = createReadsUnderWay(now);
  const queries = createQueryRunner(engine, reads, { ...limits, ...options.queryLimits });
  const exporter = createExporter(engine, reads);
  const environments = new Map<string, Promise<Prepared>>();
  const compactions = new Map<string, Promise<number>>();

  function prepare(environment: string): Promise<Prepared> {
    let prepared = environments.get(environment);
    if (prepared === undefined) {
      prepared = prepareEnvironment(engine, databasesOf(environment), now);
      environments.set(environment, prepared);
      prepared.catch(() => environments.delete(environment));
    }
    return prepared;
  }

  function open(environment: string): Promise<Prepared> {
    const prepared = environments.get(environment);
    if (prepared === undefined) {
      throw new OnymError(
        'environment-not-found',
        `The environment ${environment} is not prepared in the event store.`,
      );
    }
    return prepared;
  }

  return {
    async prepare(environment) {
      await prepare(environment);
    },
    async insertEvents(environment, ndjson, token) {
      const { databases } = await open(environment);
      await insertEvents(engine, databases, ndjson, token);
    },
    async progress(environment) {
      return progressOf(engine, await open(environment));
    },
    async projectedSeq(environment) {
      return (await progressOf(engine, await open(environment))).projected;
    },
    async pending(environment) {
      const prepared = await open(environment);
      if (!engine.exclusive) return readPending(engine, prepared.databases);
      const { pendingNodes, foldedAtMs } = prepared;
      const foldedAgoMs = foldedAtMs === null ? null : Math.max(0, now() - foldedAtMs);
      return { identifiers: pendingNodes, isAny: pendingNodes > 0, foldedAgoMs };
    },
    async eventCount(environment) {
      const { databases } = await open(environment);
      const [row] = await engine.rows<{ events: number }>(`SELECT count() AS events FROM ${databases.data}.events`);
      return row?.events ?? 0;
    },
    async resetProjection(environment) {
      const prepared = await open(environment);
      await prepared.inTurn(async () => {
        await resetProjection(engine, prepared);
        await dropDamagedProjection(engine, prepared.databases);
      });
    },
    async project(environment, projection) {
      const prepared = await open(environment);
      await prepared.inTurn(() => project(engine, prepared, projection));
    },
    async compact(environment, safeSeq, among = {}) {
      const prepared = await open(environment);
      let compaction = compactions.get(environment);
      if (compaction === undefined) {
        compaction = compact(engine, prepared, safeSeq, { readsSettled: reads.settled, ...among }).finally(() =>
          compactions.delete(environment),
        );
        compactions.set(environment, compaction);
      }
      return compaction;
    },
    async timeline(environment, nodeIds, options) {
      const { databases } = await open(environment);
      return reads.during(() => timeline(engine, databases, nodeIds, options));
    },
    async counts(environment, nodeIds) {
      const { databases } = await open(environment);
      return reads.during(() => counts(engine, databases, nodeIds));
    },
    async countEach(environment, nodeIds) {
      const { databases } = await open(environment);
      return reads.during(() => countEach(engine, databases, nodeIds));
    },
    async identifiersWith(environment, text, limit) {
      const { databases } = await open(environment);
      return reads.during(() => identifiersWith(engine, databases, text, limit, now));
    },
    async findSent(environment, events) {
      const { databases } = await open(environment);
      return findSent(engine, databases, environment, events);
    },
    async recentUuids(environment, limit) {
      const { databases } = await open(environment);
      return recentUuids(engine, databases, limit);
    },
    async readMap(environment, after, limit) {
      const { databases } = await open(environment);
      return readMap(engine, databases, after, limit);
    },
    async query(environment, sql, options) {
      const { databases } = await open(environment);
      return queries.query(databases, sql, options);
    },
    queryStats: queries.stats,
    async exportTable(environment, what, format) {
      const prepared = await open(environment);
      // In turn: the overlay the export reads is the one of its view.
      return prepared.inTurn(async () => exporter.run(prepared.databases, prepared.overlay ?? 'large', what, format));
    },
    async erase(environment, erasures) {
      const prepared = await open(environment);
      return erase(engine, prepared, environment, erasures);
    },
    async expire(environment, options) {
      return expire(engine, await open(environment), options);
    },
    async rawRows(environment, range) {
      return rawRows(engine, (await open(environment)).databases, range);
    },
    async tally(environment) {
      return tallyOf(engine, (await open(environment)).databases);
    },
    async size(environment) {
      return size(engine, (await open(environment)).databases);
    },
    async damaged(environment) {
      return damagedParts(engine, (await open(environment)).databases);
    },
    async unreadable(environment, options) {
      return unreadableParts(engine, (await open(environment)).databases, options);
    },
    async freeze(names) {
      await thaw(engine);
      const frozen = new Map<string, FrozenEvents>();
      for (const name of names) frozen.set(name, await freeze(engine, (await open(name)).databases));
      return frozen;
    },
    thaw: () => thaw(engine),
    readsUnderWay: reads.settled,
    oldestReadStartedAt: reads.oldestStartedAt,
    async close() {
      await reads.settled();
      await queries.close();
      await Promise.allSettled([...compactions.values()]);
      for (const environment of environments.values()) {
        const prepared = await environment;
        await prepared.inTurn(() => saveProjected(engine, prepared, prepared.projected));
      }
      await engine.close();
    },
  };
}
