import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { defaultSettings, type Fact, type RevertOperation, type Settings, type Source } from '@onym/core';
import { inSnapshot, inTransaction, migrate, openDatabase, scrub, touch } from '../../disk/sqlite.ts';
import { nodeId } from '../../node-id.ts';
import { environmentNotFound, infoOf } from '../environment.ts';
import { historyAt } from '../history.ts';
import { judgementOf } from '../judgement.ts';
import { decodeFact, type LedgerRow, readRow } from '../ledger-codec.ts';
import { createReads, membersAt, type Reading, resolvedAt } from '../readings.ts';
import { recentPage } from '../recent.ts';
import { groupByComponent } from '../row-groups.ts';
import { type EnvironmentRow, linkOf, separationOf } from '../rows.ts';
import { beforeAllSeparations, separationsAt } from '../separations.ts';
import type { EnvironmentInfo, IdentityStore, PendingErasure, Resolved } from '../store.ts';
import { createWorkingSet, type WorkingSet } from '../working-set.ts';
import { readChanges } from './changes.ts';
import { eraseIdentity } from './erase.ts';
import { prepareErasureStatements } from './erase-statements.ts';
import { fill, namesIn } from './look-up.ts';
import { matchesOf, setMatching } from './matching.ts';
import { namesOf } from './resolved.ts';
import { migrations } from './schema.ts';
import { createSources } from './sources.ts';
import { prepareStatements } from './statements.ts';
import { nodePrefixOf, writeChanges } from './write.ts';

/** Pages of the write-ahead log after which SQLite folds it into the file; larger than its default, so that commits rarely wait. */
const walPagesMax = 8_000;
const cacheKiB = 65_536;
/** Rows looked at before other work has its turn. */
const componentsPerLook = 50_000;
const rowsPerLook = 10_000;

export interface SqliteStoreOptions {
  /** Nothing of it needs to outlive the process. */
  readonly scratch?: boolean;
  /** Where copies to try things on are kept while they are open. Default: beside the file. */
  readonly scratchDirectory?: string | undefined;
}

/** The embedded identity store: one SQLite file for all environments, one writer, every commit on disk when it is answered. */
export function openSqliteStore(file: string, options: SqliteStoreOptions = {}): IdentityStore {
  const database = openDatabase(file, options);
  migrate(database, migrations);
  database.pragma(`wal_autocheckpoint = ${walPagesMax}`);
  database.pragma(`cache_size = -${cacheKiB}`);
  // What is deleted or replaced is overwritten, so that an erased name does not stay behind in a free part of a page.
  database.pragma('secure_delete = ON');
  const sql = prepareStatements(database);
  const erasures = prepareErasureStatements(database);
  const sources = createSources(sql);
  /** By environment. */
  const matching = new Map<number, ReadonlySet<string>>();

  function environmentRow(name: string): EnvironmentRow {
    const row = sql.environment.get(name);
    if (row === undefined) throw environmentNotFound(name);
    return row;
  }

  const workingSet = (row: EnvironmentRow): WorkingSet => createWorkingSet(row, sql.settings.all(row.id), sources.byId);

  function isMatchingIn(env: number): (key: string) => boolean {
    const keys = matching.get(env) ?? new Set(sql.matchingKeys.all(env));
    matching.set(env, keys);
    return (key) => keys.has(key);
  }

  function info(name: string): EnvironmentInfo {
    const row = environmentRow(name);
    return infoOf(row, sql.settings.all(row.id));
  }

  /** A read of several statements that see one moment. */
  const snapshot = <T>(read: () => T): T => inSnapshot(database, read);

  function answer<T>(row: EnvironmentRow, { question, answer }: Reading<T>): T {
    const set = workingSet(row);
    fill(sql, set, question);
    return answer(set.state);
  }

  function factsOf(found: readonly LedgerRow[]): Fact[] {
    const rows = found.map(readRow);
    const names = namesIn(sql, rows);
    return rows.map((row) => decodeFact(row, sources.byId, (ref) => names.get(ref)!));
  }

  /** What a transaction that is rolled back has added to the sources is gone with it. */
  function withSources<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      sources.reload();
      throw error;
    }
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
      yield sql.rowsOfSources.all(env, first, last, JSON.stringify(fitting));
      await turn();
    }
  }

  function spanOfBatch(env: number, name: string): { first: number; last: number } | null {
    const row = sql.batch.get(env, name);
    return row === undefined ? null : { first: row.first_seq, last: row.last_seq };
  }

  function spanOfTime(env: number, from: number, to: number): { first: number; last: number } | null {
    const first = sql.firstSeqFrom.get(env, from) ?? null;
    const last = sql.seqAtTime.get(env, to) ?? null;
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
      return sql.environments.all();
    },

    async commit(environment, operations, now, options) {
      const judgement = judgementOf(operations, now, options);
      if (options?.dryRun) return snapshot(() => answer(environmentRow(environment), judgement));
      return withSources(() =>
        inTransaction(database, () => {
          const set = workingSet(environmentRow(environment));
          fill(sql, set, judgement.question);
          const commit = judgement.answer(set.state);
          if (commit.facts.length > 0)
            writeChanges(sql, set, commit.facts, sources.idOf, isMatchingIn(set.environment.id));
          return commit;
        }),
      );
    },

    shared: null,

    async tryWrite() {
      inTransaction(database, () => touch(database));
    },

    async resolve(environment, distinctIds, asOf) {
      return snapshot(() => {
        const row = environmentRow(environment);
        if (asOf !== undefined && asOf < row.head) {
          const resolved = new Map<string, Resolved>();
          // Each from a set of its own: what is in memory stays bounded by one identity.
          for (const id of distinctIds) {
            if (resolved.has(id)) continue;
            for (const [member, identity] of answer(row, resolvedAt(id, asOf))) resolved.set(member, identity);
          }
          return { seq: asOf, resolved: new Map(distinctIds.map((id) => [id, resolved.get(id)!])) };
        }
        const resolved = namesOf(distinctIds, sql.resolve.get(JSON.stringify(distinctIds), row.id) ?? null);
        return { seq: row.head, resolved };
      });
    },

    async known(environment, distinctIds) {
      const { id: env } = environmentRow(environment);
      return new Set(sql.known.all(JSON.stringify(distinctIds), env));
    },

    async history(environment, distinctId, page) {
      return snapshot(() => {
        const row = environmentRow(environment);
        const seqs = answer(row, historyAt(distinctId, page));
        return factsOf(sql.ledgerRows.all(JSON.stringify(seqs), row.id));
      });
    },

    async ledger(environment, after, limit) {
      return factsOf(sql.ledger.all(environmentRow(environment).id, after, limit));
    },

    async changes(environment, after, limit) {
      return snapshot(() => readChanges(sql, environmentRow(environment), sources.byId, after, limit));
    },

    async byNodeId(environment, node) {
      const row = environmentRow(environment);
      const found = sql.identifiersByNode.all(nodePrefixOf(node), row.id);
      return found.find((id) => nodeId(environment, id) === node) ?? null;
    },

    async link(environment, seq) {
      const row = sql.link.get(environmentRow(environment).id, seq);
      return row === undefined ? null : linkOf(row, sources.byId);
    },

    async waiting(environment, status, { before, limit }) {
      const below = before ?? Number.MAX_SAFE_INTEGER;
      const rows = sql.waiting.all(environmentRow(environment).id, status, below, limit);
      return rows.map((row) => linkOf(row, sources.byId));
    },

    async separations(environment, distinctId, page) {
      if (distinctId !== null) {
        return snapshot(() => answer(environmentRow(environment), separationsAt(distinctId, page)));
      }
      const { id: env } = environmentRow(environment);
      const { seq, pair } = page.after ?? beforeAllSeparations;
      const rows = sql.separationsInForce.all({ env, seq, a: pair[0], b: pair[1], limit: page.limit });
      return rows.map(separationOf);
    },

    async recent(environment, page) {
      const { id: env } = environmentRow(environment);
      return recentPage(async ({ changedSeq, component }, rows) => {
        await turn();
        return sql.recent.all(env, changedSeq, component, rows);
      }, page);
    },

    async identifiersFrom(environment, text, limit) {
      return sql.identifiersFrom.all(environmentRow(environment).id, text, limit);
    },

    async match(environment, keys) {
      inTransaction(database, () => setMatching(sql, environmentRow(environment).id, keys));
      matching.clear();
    },

    async byTrait(environment, text, limit) {
      return snapshot(() => matchesOf(sql, environmentRow(environment).id, text, limit));
    },

    async heldBy(environment, key) {
      const ids = sources.idsWhere((source) => source.public && source.key === key);
      return sql.heldBy.get(environmentRow(environment).id, JSON.stringify(ids))!;
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
        const row = sql.repeats.get(env, seq);
        if (row !== undefined) found.set(seq, { count: row.count, lastTime: row.last_time });
      }
      return found;
    },

    async members(environment, distinctId, asOf) {
      const row = environmentRow(environment);
      if (asOf !== undefined && asOf < row.head) {
        return snapshot(() => answer(row, membersAt(distinctId, asOf)));
      }
      const root = sql.rootOf.get(row.id, distinctId);
      return root === undefined ? [distinctId] : sql.memberIds.all(row.id, root).sort();
    },

    async seqAt(environment, time) {
      return sql.seqAtTime.get(environmentRow(environment).id, time) ?? 0;
    },

    async has(environment, distinctId) {
      return sql.rootOf.get(environmentRow(environment).id, distinctId) !== undefined;
    },

    ...createReads(async (environment, reading) => snapshot(() => answer(environmentRow(environment), reading))),

    async erase(environment, distinctId, request) {
      const work = () =>
        eraseIdentity({ ...sql, ...erasures }, sources, workingSet(environmentRow(environment)), distinctId, request);
      return request.dryRun ? snapshot(work) : withSources(() => inTransaction(database, work));
    },

    async pendingErasures(environment) {
      return erasures.pending.all(environmentRow(environment).id).map(({ seq, time, rest }) => ({
        seq,
        time,
        ...(JSON.parse(rest) as Pick<PendingErasure, 'distinctIds' | 'strays' | 'links'>),
      }));
    },

    async finishErasures(environment, seqs) {
      const { id: env } = environmentRow(environment);
      inTransaction(database, () => {
        for (const seq of seqs) erasures.dropPending.run(env, seq);
      });
      scrub(database);
    },

    async largest(environment, { changedAfter, limit }) {
      const { id: env, next_component: end } = environmentRow(environment);
      let largest: { canonicalId: string; size: number }[] = [];
      for (let from = 0; from < end; from += componentsPerLook) {
        const floor = largest.length === limit ? largest.at(-1)!.size : 0;
        const found = sql.largest.all(env, from, from + componentsPerLook, changedAfter, floor, limit);
        largest = [...largest, ...found].sort((a, b) => b.size - a.size).slice(0, limit);
        await turn();
      }
      return largest;
    },

    async scratch() {
      const copy = join(options.scratchDirectory ?? dirname(file), `scratch-${randomUUID()}.db`);
      const remove = () => rmSync(copy, { force: true });
      try {
        await database.backup(copy);
        const opened = openSqliteStore(copy, { scratch: true });
        return {
          ...opened,
          async close() {
            await opened.close();
            remove();
          },
        };
      } catch (error) {
        remove();
        throw error;
      }
    },

    async close() {
      if (database.open) database.close();
    },
  };
  return store;
}
