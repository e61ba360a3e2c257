import { setImmediate as turn } from 'node:timers/promises';
import {
  canonicalOf,
  componentOf,
  defaultSettings,
  needsOf,
  type Operation,
  type RevertOperation,
  run,
  type Settings,
  type Source,
  type State,
  settingsFrom,
  stateAsOf,
} from '@onym/core';
import { inTransaction, migrate, openDatabase, scrub, touch } from '../disk/sqlite.ts';
import { OnymError } from '../errors.ts';
import { nodeId } from '../node-id.ts';
import { neighboursOf } from './common-neighbour.ts';
import { recordedOf } from './erasure.ts';
import { membersOf } from './members.ts';
import { idsOf, rehearse } from './rehearsal.ts';
import { groupByComponent } from './row-groups.ts';
import { readChanges } from './sqlite/changes.ts';
import { decodeFact } from './sqlite/codec.ts';
import { eraseIdentity } from './sqlite/erase.ts';
import { prepareErasureStatements } from './sqlite/erase-statements.ts';
import { createWorkingSet, type EnvironmentRow, flag, linkOf, type WorkingSet } from './sqlite/load.ts';
import { migrations } from './sqlite/schema.ts';
import { createSources } from './sqlite/sources.ts';
import { prepareStatements } from './sqlite/statements.ts';
import { nodePrefixOf, writeChanges } from './sqlite/write.ts';
import type { Commit, Committed, EnvironmentInfo, IdentityStore, PendingErasure, Resolved } from './types.ts';
import { explainOf, profileOf, traitHistoryOf } from './views.ts';

/** Pages of the write-ahead log after which SQLite folds it into the file; larger than its default, so that commits rarely wait. */
const walPagesMax = 8_000;
const cacheKiB = 65_536;
/** Rows looked at before other work has its turn. */
const componentsPerLook = 50_000;
const rowsPerLook = 10_000;

/** Loads what is to be judged, and says which operations are: those without an answer, and those whose identities they bear on. */
function loadJudged(
  set: WorkingSet,
  operations: readonly Operation[],
  remembered: readonly (Committed | null)[],
): boolean[] {
  const isJudged = operations.map((_, index) => (remembered[index] ?? null) === null);
  for (const [index, operation] of operations.entries()) if (isJudged[index]) set.load(needsOf(operation));
  for (let grew = isJudged.some(Boolean); grew; ) {
    grew = false;
    for (const [index, operation] of operations.entries()) {
      if (isJudged[index] || !remembered[index]!.components.some((id) => set.state.components.has(id))) continue;
      set.load(needsOf(operation));
      isJudged[index] = true;
      grew = true;
    }
  }
  return isJudged;
}

/** The embedded identity store: one SQLite file for all environments, one writer, every commit on disk when it is answered. */
export function openSqliteStore(file: string, options: { scratch?: boolean } = {}): IdentityStore {
  const database = openDatabase(file, options);
  migrate(database, migrations);
  database.pragma(`wal_autocheckpoint = ${walPagesMax}`);
  database.pragma(`cache_size = -${cacheKiB}`);
  // What is deleted or replaced is overwritten, so that an erased name does not stay behind in a free part of a page.
  database.pragma('secure_delete = ON');
  const sql = prepareStatements(database);
  const erasures = prepareErasureStatements(database);
  const sources = createSources(sql);

  function environmentRow(name: string): EnvironmentRow {
    const row = sql.environment.get(name) as EnvironmentRow | undefined;
    if (row === undefined) {
      throw new OnymError(
        'environment-not-found',
        `There is no environment ${JSON.stringify(name)} in the identity store.`,
      );
    }
    return row;
  }

  function workingSet(environment: string): { row: EnvironmentRow; set: WorkingSet } {
    const row = environmentRow(environment);
    return { row, set: createWorkingSet(sql, row, sources.byId) };
  }

  function info(name: string): EnvironmentInfo {
    const row = environmentRow(name);
    const settings = (sql.settings.all(row.id) as { settings: string }[]).map((entry) =>
      settingsFrom(JSON.parse(entry.settings)),
    );
    return { name, head: row.head, settings: settings.at(-1)!, initialSettings: settings[0]! };
  }

  /** A read of several statements that see one moment. */
  const snapshot = <T>(read: () => T): T => database.transaction(read).deferred();

  function pastOf(set: WorkingSet, distinctId: string, seq: number): State {
    return stateAsOf(set.state, set.wholeAsOf(distinctId, seq), seq);
  }

  function resolveAsOf(environment: string, distinctIds: readonly string[], seq: number) {
    const resolved = new Map<string, Resolved>();
    for (const id of distinctIds) {
      if (resolved.has(id)) continue;
      // A set of its own: what is remembered of one identity stays bounded by it.
      const past = pastOf(workingSet(environment).set, id, seq);
      const known = componentOf(past, id)?.known ?? false;
      for (const member of membersOf(past, id)) resolved.set(member, { canonicalId: canonicalOf(past, id), known });
    }
    return { seq, resolved: new Map(distinctIds.map((id) => [id, resolved.get(id)!])) };
  }

  async function* rowsInScope(
    env: number,
    scope: RevertOperation['scope'],
  ): AsyncGenerator<{ seq: number; root: number }[]> {
    const fitting = sources.idsWhere((source) =>
      'batch' in scope ? source.batch === scope.batch : source.key === scope.key,
    );
    const span = 'batch' in scope ? spanOfBatch(env, scope.batch) : spanOfTime(env, scope.from, scope.to);
    if (span === null || fitting.length === 0) return;
    for (let first = span.first; first <= span.last; first += rowsPerLook) {
      const last = Math.min(span.last, first + rowsPerLook - 1);
      yield sql.rowsOfSources.all(env, first, last, JSON.stringify(fitting)) as { seq: number; root: number }[];
      await turn();
    }
  }

  function spanOfBatch(env: number, name: string): { first: number; last: number } | null {
    const row = sql.batch.get(env, name) as { first_seq: number; last_seq: number } | undefined;
    return row === undefined ? null : { first: row.first_seq, last: row.last_seq };
  }

  function spanOfTime(env: number, from: number, to: number): { first: number; last: number } | null {
    const first = sql.firstSeqFrom.get(env, from) as number | null;
    const last = sql.seqAtTime.get(env, to) as number | null;
    return first === null || last === null ? null : { first, last };
  }

  const store: IdentityStore = {
    async prepare(environment: string, settings: Settings, now) {
      inTransaction(database, () => {
        if (sql.addEnvironment.run(environment).changes === 0) return;
        sql.addSettings.run(environmentRow(environment).id, 0, JSON.stringify(defaultSettings));
      });
      const source: Source = { key: null, lib: null, batch: null, public: false };
      await store.commit(environment, [{ op: 'settings', settings, timestamp: null, source }], now);
      return info(environment);
    },

    async environment(environment) {
      return info(environment);
    },

    async environments() {
      return sql.environments.all() as string[];
    },

    async commit(environment, operations, now, options) {
      const judge = (): Commit => {
        const { row, set } = workingSet(environment);
        const isJudged = loadJudged(set, operations, options?.remembered ?? []);
        if (options?.dryRun) {
          return rehearse(set.state, operations, now, (state, operation) => {
            const ids = idsOf(state, operation);
            for (const id of ids) set.whole(id);
            return ids;
          });
        }
        const { outcomes, facts } = run(
          set.state,
          operations.filter((_, index) => isJudged[index]),
          now,
        );
        if (facts.length > 0) writeChanges(sql, row, set, facts, sources.idOf);
        const { state } = set;
        let next = 0;
        const answers = isJudged.map((judged, index) => (judged ? outcomes[next++]! : options!.remembered![index]!));
        return { answers, touched: [...state.changed.components], facts, radii: [], head: state.head };
      };
      try {
        return options?.dryRun ? snapshot(judge) : inTransaction(database, judge);
      } catch (error) {
        // Sources that a rolled back transaction added are gone with it.
        sources.reload();
        throw error;
      }
    },

    async tryWrite() {
      inTransaction(database, () => touch(database));
    },

    async resolve(environment, distinctIds, asOf) {
      return snapshot(() => {
        const row = environmentRow(environment);
        if (asOf !== undefined && asOf < row.head) return resolveAsOf(environment, distinctIds, asOf);
        const resolved = new Map(
          distinctIds.map((id) => {
            const found = sql.resolve.get(row.id, id) as { canonical: string; known: number } | undefined;
            return [
              id,
              found ? { canonicalId: found.canonical, known: found.known === 1 } : { canonicalId: id, known: false },
            ];
          }),
        );
        return { seq: row.head, resolved };
      });
    },

    async known(environment, distinctIds) {
      const { id: env } = environmentRow(environment);
      return new Set(distinctIds.filter((id) => ((sql.flags.get(env, id) as number | undefined) ?? 0) & flag.known));
    },

    async ledger(environment, after, limit) {
      const row = environmentRow(environment);
      const rows = sql.ledger.all(row.id, after, limit) as {
        seq: number;
        time: number;
        source: number;
        body: string;
      }[];
      const names = new Map<number, string>();
      const name = (ref: number) => {
        let found = names.get(ref);
        if (found === undefined) {
          found = sql.identifierByRef.get(ref) as string;
          names.set(ref, found);
        }
        return found;
      };
      return rows.map((entry) => decodeFact(entry, sources.byId(entry.source), name));
    },

    async changes(environment, after, limit) {
      return snapshot(() => {
        const { row, set } = workingSet(environment);
        return readChanges(sql, row, set, sources.byId, after, limit);
      });
    },

    async byNodeId(environment, node) {
      const row = environmentRow(environment);
      const found = sql.identifiersByNode.all(nodePrefixOf(node), row.id) as string[];
      return found.find((id) => nodeId(environment, id) === node) ?? null;
    },

    async link(environment, seq) {
      const row = sql.link.get(environmentRow(environment).id, seq) as Record<string, unknown> | undefined;
      return row === undefined ? null : linkOf(row, sources.byId);
    },

    async waiting(environment, status, { before, limit }) {
      const below = before ?? Number.MAX_SAFE_INTEGER;
      const rows = sql.waiting.all(environmentRow(environment).id, status, below, limit);
      return (rows as Record<string, unknown>[]).map((row) => linkOf(row, sources.byId));
    },

    async rowsOf(environment, scope, rowsMax) {
      // Not one snapshot: a million rows would hold up every other call. Each group is judged anew when it is reverted.
      const { id: env } = environmentRow(environment);
      const seqs: number[] = [];
      const components = new Map<number, number>();
      for await (const rows of rowsInScope(env, scope)) {
        for (const { seq, root } of rows) {
          seqs.push(seq);
          components.set(seq, root);
        }
      }
      return groupByComponent(seqs, (seq) => components.get(seq)!, rowsMax);
    },

    async addRepeats(environment, repeats) {
      const { id: env } = environmentRow(environment);
      inTransaction(database, () => {
        for (const [seq, { count, lastTime }] of repeats) sql.addRepeats.run(env, seq, count, lastTime);
      });
    },

    async repeats(environment, seqs) {
      const { id: env } = environmentRow(environment);
      const found = new Map<number, { count: number; lastTime: number }>();
      for (const seq of seqs) {
        const row = sql.repeats.get(env, seq) as { count: number; last_time: number } | undefined;
        if (row !== undefined) found.set(seq, { count: row.count, lastTime: row.last_time });
      }
      return found;
    },

    async members(environment, distinctId, asOf) {
      const row = environmentRow(environment);
      if (asOf !== undefined && asOf < row.head) {
        return snapshot(() => membersOf(pastOf(workingSet(environment).set, distinctId, asOf), distinctId));
      }
      const found = sql.identifier.get(row.id, distinctId) as { root: number } | undefined;
      if (found === undefined) return [distinctId];
      return (sql.memberIds.all(row.id, found.root) as string[]).sort();
    },

    async profile(environment, distinctId, page, asOf) {
      return snapshot(() => {
        const { row, set } = workingSet(environment);
        if (asOf !== undefined && asOf < row.head) return profileOf(pastOf(set, distinctId, asOf), distinctId, page);
        set.whole(distinctId);
        return profileOf(set.state, distinctId, page);
      });
    },

    async seqAt(environment, time) {
      return (sql.seqAtTime.get(environmentRow(environment).id, time) as number | null) ?? 0;
    },

    async has(environment, distinctId) {
      return sql.identifier.get(environmentRow(environment).id, distinctId) !== undefined;
    },

    async traitHistory(environment, distinctId, key, page) {
      return snapshot(() => {
        const { set } = workingSet(environment);
        set.whole(distinctId);
        return traitHistoryOf(set.state, distinctId, key, page);
      });
    },

    async explain(environment, a, b) {
      return snapshot(() => {
        const { set } = workingSet(environment);
        set.whole(a);
        set.whole(b);
        for (const id of neighboursOf(set.state, [a, b])) set.identifier(id);
        return explainOf(set.state, a, b, set.whole);
      });
    },

    async recorded(environment, distinctId) {
      return snapshot(() => {
        const { set } = workingSet(environment);
        set.recorded(distinctId);
        return recordedOf(set.state, distinctId);
      });
    },

    async erase(environment, distinctId, request) {
      const work = () => {
        const { row, set } = workingSet(environment);
        return eraseIdentity({ ...sql, ...erasures }, sources, row, set, distinctId, request);
      };
      try {
        return request.dryRun ? snapshot(work) : inTransaction(database, work);
      } catch (error) {
        sources.reload();
        throw error;
      }
    },

    async pendingErasures(environment) {
      const rows = erasures.pending.all(environmentRow(environment).id);
      return (rows as { seq: number; time: number; rest: string }[]).map(({ seq, time, rest }) => ({
        seq,
        time,
        ...(JSON.parse(rest) as Pick<PendingErasure, 'distinctIds' | 'strays' | 'links'>),
      }));
    },

    async finishErasure(environment, seq) {
      const { id: env } = environmentRow(environment);
      inTransaction(database, () => erasures.dropPending.run(env, seq));
      scrub(database);
    },

    async largest(environment, { changedAfter, limit }) {
      const { id: env, next_component: end } = environmentRow(environment);
      let largest: { canonicalId: string; size: number }[] = [];
      for (let from = 0; from < end; from += componentsPerLook) {
        const floor = largest.length === limit ? largest.at(-1)!.size : 0;
        const found = sql.largest.all(env, from, from + componentsPerLook, changedAfter, floor, limit);
        largest = [...largest, ...(found as typeof largest)].sort((a, b) => b.size - a.size).slice(0, limit);
        await turn();
      }
      return largest;
    },

    async scratch(copy) {
      await database.backup(copy);
      return openSqliteStore(copy, { scratch: true });
    },

    async close() {
      if (database.open) database.close();
    },
  };
  return store;
}
