import type { EraseFact } from '@onym/core';
import { planErasure, toErase } from '../erasure.ts';
import { type ErasureDelta, erasureDelta, rowsToRead } from '../erasure-delta.ts';
import { readRow } from '../ledger-codec.ts';
import { membersOf } from '../members.ts';
import { flag } from '../rows.ts';
import type { ErasureRequest } from '../store.ts';
import type { WorkingSet } from '../working-set.ts';
import type { ErasureStatements } from './erase-statements.ts';
import { fill, namesIn } from './look-up.ts';
import type { Sources } from './sources.ts';
import type { Statements } from './statements.ts';
import { saveComponent, saveEnvironment } from './write.ts';

type Sql = Statements & ErasureStatements;

/** Runs inside a transaction. */
export function eraseIdentity(
  sql: Sql,
  sources: Pick<Sources, 'byId' | 'idOf'>,
  set: WorkingSet,
  distinctId: string,
  request: ErasureRequest,
): EraseFact {
  const { id: env } = set.environment;
  fill(sql, set, toErase(distinctId));
  const erasure = planErasure(set.state, membersOf(set.state, distinctId));
  const splits = set.hasRef(distinctId) ? sql.splits.all(env).map(readRow) : [];
  const seqs = rowsToRead(set, erasure, splits);
  const rows = sql.ledgerRows.all(JSON.stringify(seqs), env).map(readRow);
  const { fact, write } = erasureDelta(set, erasure, request, rows, namesIn(sql, rows), sources);
  if (!request.dryRun) writeErasure(sql, env, write());
  return fact;
}

function writeErasure(sql: Sql, env: number, delta: ErasureDelta): void {
  const stamp = delta.ledger.seq;
  for (const row of delta.rewritten) sql.rewriteLedger.run(row.source, row.body, env, row.seq);
  sql.addLedger.run(env, delta.ledger.seq, delta.ledger.time, delta.ledger.source, delta.ledger.body);
  for (const seq of delta.droppedLinks) sql.dropLink.run(env, seq);
  for (const seq of delta.droppedRepeats) sql.dropRepeats.run(env, seq);
  for (const { ref } of delta.erased) {
    sql.dropIdentifies.run(ref);
    sql.dropTraits.run(ref);
    sql.dropSeparations.run({ ref });
  }
  for (const row of delta.matches) sql.dropMatch.run(env, row.key, row.value, row.identifier);
  for (const { ref, root } of delta.mayBeUnnamed) {
    if (sql.isNamed.get({ ref }) === 1) continue;
    sql.dropComponents.run(env, root);
    sql.dropIdentifier.run(ref);
  }
  for (const root of delta.droppedRoots) sql.dropComponents.run(env, root);
  for (const { ref } of delta.strays) sql.dropIdentifier.run(ref);
  for (const row of delta.identifiers) {
    sql.refoldIdentifier.run(row.component, flag.wasCanonical, row.flags, row.first_seen, stamp, row.ref);
  }
  for (const row of delta.components) saveComponent(sql, env, row, stamp);
  for (const row of delta.links) {
    sql.settleLink.run(row.verdict, row.redundant, row.status, row.reason, row.status_seq, env, row.seq);
  }
  for (const { ref, token } of delta.erased) sql.forgetIdentifier.run(token, ref);
  const { environment, pending } = delta;
  const lastLift = delta.liftWentAway ? sql.lastLift.get(env)! : environment.last_lift;
  saveEnvironment(sql, env, { ...environment, last_lift: lastLift });
  const { seq, time, ...rest } = pending;
  sql.addPending.run(env, seq, time, JSON.stringify(rest));
}
