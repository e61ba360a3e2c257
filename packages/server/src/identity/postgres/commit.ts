import { isSteering, type Operation } from '@onym/core';
import type { Connections, Sql } from '../../postgres/connection.ts';
import { send } from '../../postgres/many-rows.ts';
import { carriesOn, isSamePlace, type Place, placeOf } from '../carried-sets.ts';
import { judgementOf } from '../judgement.ts';
import type { EnvironmentRow } from '../rows.ts';
import { type Commit, type CommitOptions, NotFollowed } from '../store.ts';
import type { WorkingSet } from '../working-set.ts';
import type { NewLedgerRow } from '../written-rows.ts';
import { fill, holds } from './look-up.ts';
import type { Matching } from './matching.ts';
import type { PostgresLedger } from './shared-ledger.ts';
import type { Sources } from './sources.ts';
import { statements } from './statements.ts';
import { addNewIdentifiers, type Writes, writesOf } from './write.ts';

/** What a commit leaves to the next. */
interface Left {
  readonly set: WorkingSet;
  readonly place: Place;
  /** Whether the store came to hold just what the set does. */
  readonly isDurable: Promise<boolean>;
}

interface Judged {
  readonly commit: Commit;
  readonly set: WorkingSet;
  /** null where identifiers have no refs yet. */
  readonly writes: Writes | null;
}

export interface CommittingOptions {
  readonly connections: Connections;
  readonly sources: Sources;
  readonly matching: Matching;
  readonly ledger: PostgresLedger;
  /** The environment's row, held until the transaction ends. */
  locked(sql: Sql, environment: string): Promise<EnvironmentRow>;
  workingSet(sql: Sql, row: EnvironmentRow): Promise<WorkingSet>;
}

/**
 * Commits of evidence are judged on the working set that the one before left (see carried-sets.ts), and where that lacks nothing even before it
 * is durable: PostgreSQL writes one commit while the next is judged. Whether they fit together the environment's row says, once it is held.
 */
export function createCommitting(options: CommittingOptions) {
  const { connections, sources, matching, ledger, locked, workingSet } = options;
  /** By environment. Who takes one is who goes on from it. */
  const left = new Map<string, Left>();

  function judgedAhead(set: WorkingSet, operations: readonly Operation[], now: number): Judged | null {
    const judgement = judgementOf(operations, now);
    if (!holds(set, judgement.question)) return null;
    const commit = judgement.answer(set.state);
    return { commit, set, writes: writesNow(commit, set) };
  }

  function writesNow(commit: Commit, set: WorkingSet): Writes | null {
    return set.state.changed.createdIdentifiers.size > 0 ? null : writesFrom(commit, set);
  }

  function writesFrom({ facts }: Commit, set: WorkingSet): Writes {
    return writesOf(set, facts, sources, matching.isMatchingIn(set.environment.name));
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

  return {
    /** Nothing is left of what is held of identities. */
    forget: () => left.clear(),

    async commit(
      environment: string,
      operations: readonly Operation[],
      now: number,
      options: CommitOptions = {},
    ): Promise<Commit> {
      await sources.know(operations.map(({ source }) => source));
      await matching.know(environment);
      const isSteered = operations.some(isSteering);
      const before = left.get(environment) ?? null;
      left.delete(environment);
      const mayBeAhead = before !== null && !isSteered && (options.remembered ?? []).every((answer) => answer === null);
      const ahead = mayBeAhead ? judgedAhead(before.set, operations, now) : null;
      const isFollowed = before !== null && (await before.isDurable);
      if (before !== null && !isFollowed && options.next !== undefined) throw new NotFollowed();

      let end: (isDurable: boolean) => void = () => undefined;
      const isDurable = new Promise<boolean>((resolve) => (end = resolve));
      let tries = 0;

      async function judgedAt(sql: Sql, row: EnvironmentRow): Promise<Judged> {
        const isUsable = tries === 1 && isFollowed && !isSteered && isSamePlace(before.place, row);
        if (isUsable && ahead !== null) return ahead;
        // Anew at each try: what is remembered was true at a moment that may have passed.
        const isRemembered = (options.rememberedAt ?? row.head) === row.head;
        const judgement = judgementOf(operations, now, isRemembered ? options : {});
        const set = isUsable ? before.set : await workingSet(sql, row);
        await fill(sql, sources, set, judgement.question);
        const commit = judgement.answer(set.state);
        return { commit, set, writes: writesNow(commit, set) };
      }

      let mine: Left | null = null;
      /** All that this commit needs of the set is written down. */
      function leave(set: WorkingSet): void {
        if (isSteered || tries > 1 || !carriesOn(set)) return;
        mine = { set, place: placeOf(set.state), isDurable };
        if (options.next === undefined) return;
        left.set(environment, mine);
        options.next();
      }

      function leaveNothing(): void {
        end(false);
        if (mine !== null && left.get(environment) === mine) left.delete(environment);
        mine = null;
      }

      async function work(sql: Sql) {
        tries++;
        // Whoever went on from the first try went on from what never was.
        if (tries > 1) leaveNothing();
        const row = await locked(sql, environment);
        const judged = await judgedAt(sql, row);
        const { commit, set } = judged;
        if (commit.facts.length === 0) {
          leave(set);
          return { commit, written: [] };
        }
        if (judged.writes === null) await addNewIdentifiers(sql, set);
        const writes = judged.writes ?? writesFrom(commit, set);
        leave(set);
        const { touched, head } = commit;
        await Promise.all([
          ...writes.statements.map((write) => send(sql, write)),
          ledger.tell(sql, { environment, before: row.head, head, touched: isSteered ? null : touched }),
        ]);
        return { commit, written: writes.ledger };
      }

      try {
        const { commit } = await connections.write(work, ({ written }, sql) => isWritten(sql, environment, written));
        end(true);
        if (mine !== null && options.next === undefined) left.set(environment, mine);
        return commit;
      } catch (error) {
        leaveNothing();
        throw error;
      }
    },
  };
}
