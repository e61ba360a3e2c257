import type { EraseFact } from '@onym/core';
import type { Sql } from '../../postgres/connection.ts';
import { writeRows } from '../../postgres/many-rows.ts';
import { planErasure, toErase } from '../erasure.ts';
import { type ErasureDelta, erasureDelta, rowsToRead } from '../erasure-delta.ts';
import { readRow } from '../ledger-codec.ts';
import { membersOf } from '../members.ts';
import { flag } from '../rows.ts';
import type { ErasureRequest } from '../store.ts';
import type { WorkingSet } from '../working-set.ts';
import { eraseStatements } from './erase-statements.ts';
import { fill, namesIn } from './look-up.ts';
import type { Sources } from './sources.ts';
import { statements } from './statements.ts';
import { componentColumns, ledgerColumns, saveComponents, saveEnvironment } from './write.ts';

/** Runs inside a transaction. */
export async function eraseIdentity(
  sql: Sql,
  sources: Sources,
  set: WorkingSet,
  distinctId: string,
  request: ErasureRequest,
): Promise<EraseFact> {
  const { id: env } = set.environment;
  await fill(sql, sources, set, toErase(distinctId));
  const erasure = planErasure(set.state, membersOf(set.state, distinctId));
  const splits = set.hasRef(distinctId) ? (await sql.rows(eraseStatements.splits, [env])).map(readRow) : [];
  const seqs = rowsToRead(set, erasure, splits);
  const rows = (await sources.met(await sql.rows(statements.ledgerRows, [env, seqs]))).map(readRow);
  const { fact, write } = erasureDelta(set, erasure, request, rows, await namesIn(sql, rows), sources);
  if (!request.dryRun) await writeErasure(sql, env, write());
  return fact;
}

async function writeErasure(sql: Sql, env: number, delta: ErasureDelta): Promise<void> {
  const own = eraseStatements;
  const stamp = delta.ledger.seq;
  const erased = delta.erased.map(({ ref }) => ref);
  await writeRows(
    sql,
    own.rewriteLedger,
    [env],
    delta.rewritten.map((row) => ledgerColumns(env, row)),
  );
  await writeRows(sql, own.addLedger, [], [ledgerColumns(env, delta.ledger)]);
  await sql.rows(own.dropLinks, [env, delta.droppedLinks]);
  await sql.rows(own.dropRepeats, [env, delta.droppedRepeats]);
  for (const drop of [own.dropIdentifies, own.dropTraits, own.dropSeparations]) await sql.rows(drop, [erased]);
  await writeRows(sql, own.dropMatches, [env], delta.matches);
  if (delta.mayBeUnnamed.length > 0) {
    const refs = [delta.mayBeUnnamed.map(({ ref }) => ref)];
    const named = new Set((await sql.rows(own.named, refs)).map(({ ref }) => ref));
    const unnamed = delta.mayBeUnnamed.filter(({ ref }) => !named.has(ref));
    await sql.rows(own.dropComponents, [env, unnamed.map(({ root }) => root)]);
    await sql.rows(own.dropIdentifiers, [unnamed.map(({ ref }) => ref)]);
  }
  await sql.rows(own.dropComponents, [env, delta.droppedRoots]);
  await sql.rows(own.dropIdentifiers, [delta.strays.map(({ ref }) => ref)]);
  await writeRows(sql, own.refoldIdentifiers, [flag.wasCanonical, stamp], delta.identifiers);
  await writeRows(
    sql,
    saveComponents,
    [],
    delta.components.map((row) => componentColumns(env, row, stamp)),
  );
  await writeRows(sql, own.settleLinks, [env], delta.links);
  await writeRows(sql, own.forgetIdentifiers, [], delta.erased);
  const { environment, pending } = delta;
  const last_lift = delta.liftWentAway ? (await sql.rows(own.lastLift, [env]))[0]!.seq : environment.last_lift;
  await saveEnvironment(sql, env, { ...environment, last_lift });
  const { seq, time, ...rest } = pending;
  await sql.rows(own.addPending, [env, seq, time, JSON.stringify(rest)]);
}
