import type { Fact, Source } from '@onym/core';
import { deltaOf, newIdentifiersOf } from '../delta.ts';
import { matchRowsOf } from '../matching.ts';
import type { WorkingSet } from '../working-set.ts';
import type { ComponentToWrite, Delta, MovedComponents } from '../written-rows.ts';
import type { Statements } from './statements.ts';

/** Writes the ledger rows and everything the engine changed, row by row. Runs inside the commit's transaction. */
export function writeChanges(
  sql: Statements,
  set: WorkingSet,
  facts: readonly Fact[],
  sourceId: (source: Source) => number,
  isMatching: (key: string) => boolean,
): void {
  const { id: env, name } = set.environment;
  const stamp = set.state.head;
  for (const row of newIdentifiersOf(set.state, name)) {
    const { distinct_id: id, node, component, flags, first_seen } = row;
    const added = sql.addIdentifier.run(env, id, nodePrefixOf(node), component, flags, first_seen, stamp);
    set.setRef(id, Number(added.lastInsertRowid));
  }
  for (const row of matchRowsOf(set.state.changed.traits, set.ref, isMatching)) {
    sql.addMatch.run(env, row.key, row.value, row.identifier);
  }
  writeDelta(sql, env, deltaOf(set.state, facts, { ref: set.ref, sourceId }));
}

function writeDelta(sql: Statements, env: number, delta: Delta): void {
  const { stamp } = delta;
  for (const root of delta.dropped) sql.dropComponents.run(env, root);
  for (const moved of delta.moved) moveComponents(sql, env, moved);
  for (const row of delta.placed) sql.placeIdentifier.run(row.component, row.ref);
  for (const row of delta.identifiers) sql.saveIdentifier.run(row.flags, row.first_seen, stamp, row.ref);
  for (const row of delta.components) saveComponent(sql, env, row, stamp);
  writeLinks(sql, env, delta);
  for (const row of delta.identifies) {
    sql.addIdentify.run(row.identifier, row.seq, row.effective_time, row.batch, row.revoked_seq);
  }
  for (const row of delta.revokedIdentifies) sql.revokeIdentify.run(row.revoked_seq, row.identifier, row.seq);
  writeTraits(sql, delta);
  for (const row of delta.separations) sql.addSeparation.run(env, row.a, row.b, row.seq, row.lifted_seq);
  for (const row of delta.liftedSeparations) sql.liftSeparation.run(row.lifted_seq, row.a, row.b, row.seq);
  for (const row of delta.settings) sql.addSettings.run(env, row.seq, row.settings);
  for (const row of delta.ledger) sql.addLedger.run(env, row.seq, row.time, row.source, row.body);
  for (const row of delta.batches) sql.saveBatch.run(env, row.name, row.first_seq, row.last_seq);
  saveEnvironment(sql, env, delta.environment);
}

function moveComponents(sql: Statements, env: number, { root, into, moved_seq }: MovedComponents): void {
  if (root === into) sql.moveComponents.run(moved_seq, env, root);
  else if (moved_seq === null) sql.reroot.run(into, env, root);
  else sql.moveAndReroot.run(moved_seq, into, env, root);
}

/** One identity's row, as it is from ledger row `stamp` on. */
export function saveComponent(
  sql: Pick<Statements, 'saveComponent'>,
  env: number,
  row: ComponentToWrite,
  stamp: number,
): void {
  const { id, canonical, known, size, created_at, changed_seq, separated } = row;
  sql.saveComponent.run(env, id, id, canonical, known, size, created_at, changed_seq, stamp, separated);
}

function writeLinks(sql: Statements, env: number, { links, changedLinks }: Delta): void {
  for (const row of links) {
    sql.addLink.run(
      env,
      row.seq,
      row.kind,
      row.rule,
      row.primary_ref,
      row.secondary_ref,
      row.lo,
      row.hi,
      row.time,
      row.effective_time,
      row.source,
      row.waived,
      row.approves,
      row.verdict,
      row.redundant,
      row.status,
      row.reason,
      row.status_seq,
    );
  }
  for (const row of changedLinks) {
    sql.saveLink.run(row.redundant, row.status, row.reason, row.status_seq, env, row.seq);
  }
}

function writeTraits(sql: Statements, { traits, revokedTraits }: Delta): void {
  for (const row of traits) {
    sql.addTrait.run(
      row.identifier,
      row.key,
      row.once,
      row.effective_time,
      row.seq,
      row.time,
      row.timestamp,
      row.value,
      row.source,
      row.revoked_seq,
    );
  }
  for (const row of revokedTraits) {
    sql.revokeTrait.run(row.revoked_seq, row.identifier, row.key, row.once, row.effective_time, row.seq);
  }
}

export function saveEnvironment(
  sql: Pick<Statements, 'saveEnvironment'>,
  env: number,
  { head, last_time, last_lift, next_component }: Delta['environment'],
): void {
  sql.saveEnvironment.run(head, last_time, last_lift, next_component, env);
}

/** The first 48 bits of a node id: an index entry that fits a JavaScript number. */
export function nodePrefixOf(node: string): number {
  return Number.parseInt(node.slice(0, 8) + node.slice(9, 13), 16);
}
