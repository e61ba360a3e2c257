import { randomUUID } from 'node:crypto';
import { defaultSettings, type Fact, isSteering, type RevertOperation, type Settings, type Source } from '@onym/core';
import type { Sql } from '../../postgres/connection.ts';
import { migrate } from '../../postgres/migrate.ts';
import { openPostgres, type Postgres } from '../../postgres/postgres.ts';
import { environmentNotFound, infoOf } from '../environment.ts';
import { historyAt } from '../history.ts';
import { judgementOf } from '../judgement.ts';
import { decodeFact, type LedgerRow, readRow } from '../ledger-codec.ts';
import { createReads, membersAt, type Reading, resolvedAt } from '../readings.ts';
import { recentPage } from '../recent.ts';
import { groupByComponent } from '../row-groups.ts';
import { type EnvironmentRow, flag, linkOf, separationOf } from '../rows.ts';
import { beforeAllSeparations, separationsAt } from '../separations.ts';
import type { EnvironmentInfo, IdentityStore, PendingErasure, Resolved } from '../store.ts';
import { createWorkingSet, type WorkingSet } from '../working-set.ts';
import type { NewLedgerRow } from '../written-rows.ts';
import { readChanges } from './changes.ts';
import { eraseIdentity } from './erase.ts';
import { eraseStatements } from './erase-statements.ts';
import { fill, namesIn } from './look-up.ts';
import { matchesOf, matchingKeys, setMatching } from './matching.ts';
import { migrations } from './schema.ts';
import { copyTables } from './scratch.ts';
import { createPostgresLedger } from './shared-ledger.ts';
import { createSources } from './sources.ts';
import { statements } from './statements.ts';
import { createStatistics } from './statistics.ts';
import { writeChanges } from './write.ts';

/** Rows looked at in one statement. */
const rowsPerLook = 50_000;

/** The identity store of many nodes: one writer at a time for each environment, who holds its row; everyone reads. */
export async function openPostgresStore(postgres: Postgres): Promise<IdentityStore> {
  await migrate(postgres.connections, postgres.options.schema, { room: 'identity', steps: migrations });
  return storeOver(postgres);
}

function storeOver(postgres: Postgres): IdentityStore {
  const { connections, options } = postgres;
  const { schema } = options;
  const sources = createSources(connections.alone);
  const ledger = createPostgresLedger(postgres);
  const statistics = createStatistics(connections);
  /** By environment. Nodes that share a ledger have the same settings. */
  const matching = new Map<number, ReadonlySet<string>>();

  async function environmentRow(sql: Sql, name: string, statement = statements.environment): Promise<EnvironmentRow> {
    const [row] = await sql.rows(statement, [name]);
    if (row !== undefined) return row;
    throw environmentNotFound(name);
  }

  const locked = (sql: Sql, name: string) => environmentRow(sql, name, statements.lockEnvironment);

  async function workingSet(sql: Sql, row: EnvironmentRow): Promise<WorkingSet> {
    return createWorkingSet(row, await sql.rows(statements.settings, [row.id]), sources.byId);
  }

  async function answer<T>(sql: Sql, row: EnvironmentRow, { question, answer: answerFrom }: Reading<T>): Promise<T> {
    const set = await workingSet(sql, row);
    await fill(sql, sources, set, question);
    return answerFrom(set.state);
  }

  /** A read of several statements that see one moment. */
  function reading<T>(environment: string, read: (sql: Sql, row: EnvironmentRow) => Promise<T>): Promise<T> {
    return connections.snapshot(async (sql) => read(sql, await environmentRow(sql, environment)));
  }

  async function info(sql: Sql, name: string): Promise<EnvironmentInfo> {
    const row = await environmentRow(sql, name);
    return infoOf(row, await sql.rows(statements.settings, [row.id]));
  }

  async function matchingOf(sql: Sql, env: number): Promise<ReadonlySet<string>> {
    let keys = matching.get(env);
    if (keys === undefined) {
      keys = new Set(await matchingKeys(sql, env));
      matching.set(env, keys);
    }
    return keys;
  }

  async function factsOf(sql: Sql, found: LedgerRow[]): Promise<Fact[]> {
    const rows = (await sources.met(found)).map(readRow);
    const names = await namesIn(sql, rows);
    return rows.map((row) => decodeFact(row, sources.byId, (ref) => names.get(ref)!));
  }

  /** Whether exactly these rows stand in the ledger: whoever wrote them, they did what this commit was to do. */
  async function isWritten(sql: Sql, environment: string, written: readonly NewLedgerRow[]): Promise<boolean> {
    if (written.length === 0) return false;
    // Waits for the transaction whose end nobody told us, if it still runs.
    const { id: env } = await locked(sql, environment);
    const rows = await sql.rows(statements.ledgerRows, [env, written.map(({ seq }) => seq)]);
    return (
      rows.length === written.length &&
      rows.every((row, index) => {
        const { seq, time, source, body } = written[index]!;
        return row.seq === seq && row.time === time && row.source === source && row.body === body;
      })
    );
  }

  const store: IdentityStore = {
    async prepare(environment: string, settings: Settings, now) {
      await connections.write(async (sql) => {
        const [added] = await sql.rows(statements.addEnvironment, [environment]);
        if (added === undefined) return;
        await sql.rows(statements.addSettings, [added.id, 0, JSON.stringify(defaultSettings)]);
      });
      const source: Source = { key: null, lib: null, batch: null, public: false };
      await store.commit(environment, [{ op: 'settings', settings, timestamp: null, source }], now);
      return store.environment(environment);
    },

    environment: (environment) => connections.snapshot((sql) => info(sql, environment)),

    async environments() {
      return (await connections.alone.rows(statements.environments, [])).map(({ name }) => name);
    },

    async commit(environment, operations, now, commitOptions) {
      if (commitOptions?.dryRun) {
        return reading(environment, (sql, row) => answer(sql, row, judgementOf(operations, now, commitOptions)));
      }
      await sources.know(operations.map(({ source }) => source));
      const { commit } = await connections.write(
        async (sql) => {
          // Anew at each try: what is remembered was true at a moment that may have passed.
          const row = await locked(sql, environment);
          const isRemembered = (commitOptions?.rememberedAt ?? row.head) === row.head;
          const judgement = judgementOf(operations, now, isRemembered ? commitOptions : {});
          const set = await workingSet(sql, row);
          await fill(sql, sources, set, judgement.question);
          const judged = judgement.answer(set.state);
          if (judged.facts.length === 0) return { commit: judged, written: [] };
          const matching = await matchingOf(sql, row.id);
          const written = await writeChanges(sql, set, judged.facts, sources, (key) => matching.has(key));
          const { touched, head } = judged;
          const isSteered = operations.some(isSteering);
          await ledger.tell(sql, { environment, before: row.head, head, touched: isSteered ? null : touched });
          return { commit: judged, written };
        },
        ({ written }, sql) => isWritten(sql, environment, written),
      );
      statistics.grown(commit.head);
      return commit;
    },

    shared: ledger,

    async tryWrite() {
      await connections.alone.rows(statements.touchEnvironment, []);
    },

    async resolve(environment, distinctIds, asOf) {
      return reading(environment, async (sql, row) => {
        const resolved = new Map<string, Resolved>();
        if (asOf !== undefined && asOf < row.head) {
          // Each from a set of its own: what is in memory stays bounded by one identity.
          for (const id of distinctIds) {
            if (resolved.has(id)) continue;
            for (const [member, identity] of await answer(sql, row, resolvedAt(id, asOf)))
              resolved.set(member, identity);
          }
          return { seq: asOf, resolved: new Map(distinctIds.map((id) => [id, resolved.get(id)!])) };
        }
        for (const id of distinctIds) resolved.set(id, { canonicalId: id, known: false });
        for (const found of await sql.rows(statements.resolve, [row.id, [...resolved.keys()]])) {
          resolved.set(found.distinct_id, { canonicalId: found.canonical, known: found.known === 1 });
        }
        return { seq: row.head, resolved };
      });
    },

    async known(environment, distinctIds) {
      return reading(environment, async (sql, { id: env }) => {
        const rows = await sql.rows(statements.known, [env, [...distinctIds], flag.known]);
        return new Set(rows.map(({ distinct_id }) => distinct_id));
      });
    },

    async history(environment, distinctId, page) {
      return reading(environment, async (sql, row) => {
        const seqs = await answer(sql, row, historyAt(distinctId, page));
        // The statement gives them ascending.
        const facts = await factsOf(sql, await sql.rows(statements.ledgerRows, [row.id, seqs]));
        return page.order === 'ascending' ? facts : facts.reverse();
      });
    },

    async ledger(environment, after, limit) {
      return reading(environment, async (sql, { id: env }) =>
        factsOf(sql, await sql.rows(statements.ledger, [env, after, limit])),
      );
    },

    changes: (environment, after, limit) =>
      reading(environment, (sql, row) => readChanges(sql, sources, row, after, limit)),

    async byNodeId(environment, node) {
      return reading(environment, async (sql, { id: env }) => {
        const [found] = await sql.rows(statements.byNode, [env, node]);
        return found?.distinct_id ?? null;
      });
    },

    async link(environment, seq) {
      return reading(environment, async (sql, { id: env }) => {
        const [row] = await sources.met(await sql.rows(statements.links, [env, [seq]]));
        return row === undefined ? null : linkOf(row, sources.byId);
      });
    },

    async waiting(environment, status, { before, limit }) {
      return reading(environment, async (sql, { id: env }) => {
        const values = [env, status, before ?? Number.MAX_SAFE_INTEGER, limit];
        const rows = await sources.met(await sql.rows(statements.waiting, values));
        return rows.map((row) => linkOf(row, sources.byId));
      });
    },

    async separations(environment, distinctId, page) {
      return reading(environment, async (sql, row) => {
        if (distinctId !== null) return answer(sql, row, separationsAt(distinctId, page));
        const { seq, pair } = page.after ?? beforeAllSeparations;
        const rows = await sql.rows(statements.separationsInForce, [row.id, seq, ...pair, page.limit]);
        return rows.map(separationOf);
      });
    },

    recent: (environment, page) =>
      reading(environment, (sql, { id: env }) =>
        recentPage(
          ({ changedSeq, component }, rows) => sql.rows(statements.recent, [env, changedSeq, component, rows]),
          page,
        ),
      ),

    async identifiersFrom(environment, text, limit) {
      return reading(environment, async (sql, { id: env }) => {
        const rows = await sql.rows(statements.identifiersFrom, [env, text, limit]);
        return rows.map(({ distinct_id }) => distinct_id);
      });
    },

    async match(environment, keys) {
      await connections.write(async (sql) => {
        const { id: env } = await locked(sql, environment);
        await setMatching(sql, env, keys);
      });
      matching.clear();
    },

    async byTrait(environment, text, limit) {
      return reading(environment, (sql, { id: env }) => matchesOf(sql, env, text, limit));
    },

    async heldBy(environment, key) {
      const ids = await sources.idsWhere((source) => source.public && source.key === key);
      return reading(environment, async (sql, { id: env }) => {
        return (await sql.rows(statements.heldBy, [env, ids]))[0]!.count;
      });
    },

    async rowsOf(environment, scope, rowsMax) {
      const fitting = await sources.idsWhere((source) =>
        'batch' in scope ? source.batch === scope.batch : source.key === scope.key,
      );
      const components = new Map<number, number>();
      // Not one snapshot: it would be long. Each group is judged anew when it is reverted.
      const { alone } = connections;
      const { id: env } = await environmentRow(alone, environment);
      const span = await spanOf(alone, env, scope);
      if (span === null || fitting.length === 0) return [];
      for (let first = span.first; first <= span.last; first += rowsPerLook) {
        const last = Math.min(span.last, first + rowsPerLook - 1);
        const rows = await alone.rows(statements.rowsOfSources, [env, first, last, fitting]);
        for (const { seq, root } of rows) components.set(seq, root);
      }
      return groupByComponent([...components.keys()], (seq) => components.get(seq)!, rowsMax);
    },

    async addRepeats(environment, repeats) {
      if (repeats.size === 0) return;
      const { id: env } = await environmentRow(connections.alone, environment);
      // Nodes that lock in one order do not wait for each other in a circle.
      const all = [...repeats].sort(([one], [other]) => one - other);
      await connections.alone.rows(statements.addRepeats, [
        env,
        all.map(([seq]) => seq),
        all.map(([, { count }]) => count),
        all.map(([, { lastTime }]) => lastTime),
      ]);
    },

    async repeats(environment, seqs) {
      return reading(environment, async (sql, { id: env }) => {
        const rows = await sql.rows(statements.repeats, [env, [...seqs]]);
        return new Map(rows.map(({ seq, count, last_time }) => [seq, { count, lastTime: last_time }]));
      });
    },

    async members(environment, distinctId, asOf) {
      return reading(environment, async (sql, row) => {
        if (asOf !== undefined && asOf < row.head) return answer(sql, row, membersAt(distinctId, asOf));
        const [found] = await sql.rows(statements.roots, [row.id, distinctId]);
        if (found === undefined) return [distinctId];
        const rows = await sql.rows(statements.memberIds, [row.id, found.root]);
        return rows.map(({ distinct_id }) => distinct_id).sort();
      });
    },

    async seqAt(environment, time) {
      return reading(environment, async (sql, { id: env }) => {
        const [found] = await sql.rows(statements.lastSeqUpTo, [env, time]);
        return found?.seq ?? 0;
      });
    },

    async has(environment, distinctId) {
      return reading(environment, async (sql, { id: env }) => {
        return (await sql.rows(statements.roots, [env, distinctId])).length > 0;
      });
    },

    ...createReads((environment, question) => reading(environment, (sql, row) => answer(sql, row, question))),

    async erase(environment, distinctId, request) {
      await sources.know([request.source]);
      if (request.dryRun) {
        return reading(environment, async (sql, row) =>
          eraseIdentity(sql, sources, await workingSet(sql, row), distinctId, request),
        );
      }
      return connections.write(
        async (sql) => {
          const row = await locked(sql, environment);
          const fact = await eraseIdentity(sql, sources, await workingSet(sql, row), distinctId, request);
          await ledger.tell(sql, { environment, before: row.head, head: fact.seq, touched: null });
          return fact;
        },
        async ({ seq, receipt }, sql) => {
          const { id: env } = await locked(sql, environment);
          const [row] = await sql.rows(statements.ledgerRows, [env, [seq]]);
          return row !== undefined && readRow(row).body.q?.id === receipt.id;
        },
      );
    },

    async pendingErasures(environment) {
      return reading(environment, async (sql, { id: env }) => {
        const rows = await sql.rows(eraseStatements.pending, [env]);
        return rows.map(({ seq, time, rest }) => ({
          seq,
          time,
          ...(JSON.parse(rest) as Pick<PendingErasure, 'distinctIds' | 'strays' | 'links'>),
        }));
      });
    },

    async finishErasures(environment, seqs) {
      const { id: env } = await environmentRow(connections.alone, environment);
      await connections.alone.rows(eraseStatements.dropPending, [env, [...seqs]]);
    },

    async largest(environment, { changedAfter, limit }) {
      return reading(environment, (sql, { id: env }) => sql.rows(statements.largest, [env, changedAfter, limit]));
    },

    async scratch() {
      const copy = `${schema}_scratch_${randomUUID().replaceAll('-', '')}`;
      const closers = [() => connections.script(`DROP SCHEMA IF EXISTS ${copy} CASCADE`)];
      const closeAll = async () => {
        for (const close of closers.splice(0).reverse()) await close();
      };
      try {
        const other = await openPostgres({ ...options, schema: copy });
        closers.push(() => other.close());
        const opened = await openPostgresStore(other);
        closers.push(() => opened.close());
        await copyTables(connections, schema, copy);
        return { ...opened, close: closeAll };
      } catch (error) {
        await closeAll();
        throw error;
      }
    },

    async close() {
      await statistics.close();
      await ledger.close();
    },
  };
  return store;
}

async function spanOf(
  sql: Sql,
  env: number,
  scope: RevertOperation['scope'],
): Promise<{ first: number; last: number } | null> {
  if ('batch' in scope) {
    const [batch] = await sql.rows(statements.batch, [env, scope.batch]);
    return batch === undefined ? null : { first: batch.first_seq, last: batch.last_seq };
  }
  const [first] = await sql.rows(statements.firstSeqFrom, [env, scope.from]);
  const [last] = await sql.rows(statements.lastSeqUpTo, [env, scope.to]);
  return first === undefined || last === undefined ? null : { first: first.seq, last: last.seq };
}
