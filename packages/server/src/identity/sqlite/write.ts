import { type Component, type Fact, type Identifier, rootOf, type Seq, type Source, type State } from '@onym/core';
import { stringifyExact } from '../../exact-json/stringify.ts';
import { nodeId } from '../../node-id.ts';
import { codeOfKind, encodeFact } from './codec.ts';
import { type EnvironmentRow, flag, type WorkingSet } from './load.ts';
import type { Statements } from './statements.ts';

/** Writes the ledger rows and everything the engine changed. Runs inside the commit's transaction. */
export function writeChanges(
  sql: Statements,
  environment: EnvironmentRow,
  set: WorkingSet,
  facts: readonly Fact[],
  sourceId: (source: Source) => number,
): void {
  const { state } = set;
  const { changed } = state;
  const env = environment.id;
  const stamp = state.head;

  writeSteps(sql, env, state, set);
  for (const id of changed.createdIdentifiers) {
    const identifier = state.identifiers.get(id)!;
    const { lastInsertRowid } = sql.addIdentifier.run(
      env,
      id,
      nodePrefix(environment.name, id),
      rootOf(state, identifier.component),
      flagsOf(identifier),
      identifier.firstSeen,
      stamp,
    );
    set.setRef(id, Number(lastInsertRowid));
  }
  for (const id of changed.identifiers) {
    if (changed.createdIdentifiers.has(id)) continue;
    const identifier = state.identifiers.get(id)!;
    sql.saveIdentifier.run(flagsOf(identifier), identifier.firstSeen, stamp, set.ref(id));
  }
  for (const id of changed.components) {
    const component = state.components.get(id);
    if (component !== undefined) saveComponent(sql, env, set, component, stamp);
  }
  writeLinks(sql, env, state, set, sourceId);
  writeFacts(sql, state, set, sourceId, env);
  for (const fact of facts) {
    sql.addLedger.run(env, fact.seq, fact.time, sourceId(fact.source), encodeFact(fact, set.ref));
    if (fact.source.batch !== null) sql.saveBatch.run(env, fact.source.batch, fact.seq, fact.seq);
  }
  sql.saveEnvironment.run(state.head, state.lastTime, state.lastLift, state.nextComponent, env);
}

/** One identity's row, as it is from ledger row `stamp` on. */
export function saveComponent(
  sql: Pick<Statements, 'saveComponent'>,
  env: number,
  set: WorkingSet,
  component: Component,
  stamp: Seq,
): void {
  sql.saveComponent.run({
    env,
    id: component.id,
    canonical: set.ref(component.canonical),
    known: component.known ? 1 : 0,
    size: component.size,
    createdAt: component.createdAt,
    changedSeq: component.changedSeq,
    profileSeq: stamp,
    separated: component.separated.size,
  });
}

/** Components that this very commit made are not stored yet: their identifiers go straight to the root. */
function writeSteps(sql: Statements, env: number, state: State, set: WorkingSet): void {
  const { steps, createdComponents, createdIdentifiers } = state.changed;
  const stored = (component: number) => !createdComponents.has(component);
  for (const step of steps) {
    if (step.step === 'rename') {
      if (stored(step.component)) sql.moveComponents.run(step.seq, env, step.component);
    } else if (step.step === 'join') {
      const renamed = step.renamed === 'from' ? step.from : step.into;
      if (stored(renamed)) sql.moveComponents.run(step.seq, env, renamed);
      if (stored(step.from)) sql.reroot.run(step.into, env, step.from);
    } else {
      sql.dropComponents.run(env, step.component);
      for (const part of step.parts) {
        for (const id of part.members) {
          if (!createdIdentifiers.has(id)) sql.placeIdentifier.run(part.component, set.ref(id));
        }
      }
    }
  }
}

function writeLinks(
  sql: Statements,
  env: number,
  state: State,
  set: WorkingSet,
  sourceId: (source: Source) => number,
): void {
  for (const seq of state.changed.links) {
    const link = state.links.get(seq)!;
    const redundant = link.redundant ? 1 : 0;
    if (!state.changed.createdLinks.has(seq)) {
      sql.saveLink.run(redundant, link.status, link.reason, link.statusSeq, env, seq);
      continue;
    }
    const primary = set.ref(link.primary);
    const secondary = set.ref(link.secondary);
    sql.addLink.run(
      env,
      seq,
      link.kind,
      link.rule,
      primary,
      secondary,
      Math.min(primary, secondary),
      Math.max(primary, secondary),
      link.time,
      link.effectiveTime,
      sourceId(link.source),
      link.waived.length === 0 ? null : JSON.stringify(link.waived),
      link.approves,
      link.verdict,
      redundant,
      link.status,
      link.reason,
      link.statusSeq,
    );
  }
}

function writeFacts(
  sql: Statements,
  state: State,
  set: WorkingSet,
  sourceId: (source: Source) => number,
  env: number,
): void {
  const { identifies, traits, separations, settings } = state.changed;
  for (const { id, fact } of identifies) {
    sql.saveIdentify.run(set.ref(id), fact.seq, fact.effectiveTime, fact.batch, fact.revokedSeq);
  }
  for (const { id, write } of traits) {
    sql.saveTrait.run(
      set.ref(id),
      write.key,
      codeOfKind(write.kind),
      write.effectiveTime,
      write.seq,
      write.time,
      write.timestamp,
      stringifyExact(write.value),
      sourceId(write.source),
      write.revokedSeq,
    );
  }
  for (const { pair, seq, liftedSeq } of separations) {
    const [a, b] = pair.map(set.ref) as [number, number];
    sql.saveSeparation.run(env, Math.min(a, b), Math.max(a, b), seq, liftedSeq);
  }
  for (const entry of settings) sql.addSettings.run(env, entry.seq, JSON.stringify(entry.settings));
}

export function flagsOf(identifier: Identifier): number {
  return (
    (identifier.known ? flag.known : 0) |
    (identifier.wasAnonymous ? flag.wasAnonymous : 0) |
    (identifier.wasCanonical ? flag.wasCanonical : 0)
  );
}

/** The first 48 bits of the node id: an index entry that fits a JavaScript number. */
export function nodePrefix(environment: string, distinctId: string): number {
  return nodePrefixOf(nodeId(environment, distinctId));
}

export function nodePrefixOf(node: string): number {
  return Number.parseInt(node.slice(0, 8) + node.slice(9, 13), 16);
}
