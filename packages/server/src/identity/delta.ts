import {
  type Component,
  type ComponentId,
  type Fact,
  type Link,
  rootOf,
  type Seq,
  type Source,
  type State,
} from '@onym/core';
import { stringifyExact } from '../exact-json/stringify.ts';
import { nodeId } from '../node-id.ts';
import { encodeFact } from './ledger-codec.ts';
import { codeOfKind, flagsOf } from './rows.ts';
import type {
  ChangedLinkRow,
  ComponentToWrite,
  Delta,
  MovedComponents,
  NewIdentifierRow,
  NewLedgerRow,
  NewLinkRow,
} from './written-rows.ts';

/** How the store names what a delta's rows speak of. */
export interface RefsOf {
  ref(distinctId: string): number;
  /** Of a source of the facts, or of one that rows have already. */
  sourceId(source: Source): number;
}

/** To be added before anything else is written: the delta names identifiers by the refs that they get. */
export function newIdentifiersOf(state: State, environment: string): NewIdentifierRow[] {
  return [...state.changed.createdIdentifiers].map((id) => {
    const identifier = state.identifiers.get(id)!;
    return {
      distinct_id: id,
      node: nodeId(environment, id),
      component: rootOf(state, identifier.component),
      flags: flagsOf(identifier),
      first_seen: identifier.firstSeen,
    };
  });
}

/** Everything else that these facts have changed in the state. */
export function deltaOf(state: State, facts: readonly Fact[], refs: RefsOf): Delta {
  const { ref, sourceId } = refs;
  const { changed } = state;
  const changedIds = [...changed.identifiers].filter((id) => !changed.createdIdentifiers.has(id));
  const identifies = changed.identifies.map(({ id, fact }) => ({
    identifier: ref(id),
    seq: fact.seq,
    effective_time: fact.effectiveTime,
    batch: fact.batch,
    revoked_seq: fact.revokedSeq,
  }));
  const traits = changed.traits.map(({ id, write }) => ({
    identifier: ref(id),
    key: write.key,
    once: codeOfKind(write.kind),
    effective_time: write.effectiveTime,
    seq: write.seq,
    time: write.time,
    timestamp: write.timestamp,
    value: stringifyExact(write.value),
    source: sourceId(write.source),
    revoked_seq: write.revokedSeq,
  }));
  const separations = changed.separations.map(({ pair: [a, b], seq, liftedSeq }) => ({
    a: Math.min(ref(a), ref(b)),
    b: Math.max(ref(a), ref(b)),
    seq,
    lifted_seq: liftedSeq,
  }));
  const { renamedAlone, ...steps } = stepsOf(state, refs);
  const components = [...changed.components].flatMap((id) => state.components.get(id) ?? []);
  const dropped = new Set(steps.dropped);
  const isStored = ({ id }: Component) => !changed.createdComponents.has(id) && !dropped.has(id);
  const linksOf = (seqs: Iterable<Seq>) => Array.from(seqs, (seq) => state.links.get(seq)!);
  return {
    stamp: state.head,
    ...steps,
    identifiers: changedIds.map((id) => {
      const identifier = state.identifiers.get(id)!;
      return { ref: ref(id), flags: flagsOf(identifier), first_seen: identifier.firstSeen };
    }),
    components: components
      .filter((component) => !isStored(component))
      .map((component) => componentToWrite(component, refs)),
    changedComponents: components.filter(isStored).map((component) => ({
      ...componentToWrite(component, refs),
      moved_seq: renamedAlone.get(component.id) ?? null,
    })),
    links: linksOf(changed.createdLinks).map((link) => newLinkOf(link, refs)),
    changedLinks: linksOf(changed.links)
      .filter(({ seq }) => !changed.createdLinks.has(seq))
      .map(changedLinkOf),
    identifies: identifies.filter((row) => row.revoked_seq === null),
    revokedIdentifies: identifies.filter((row) => row.revoked_seq !== null),
    traits: traits.filter((row) => row.revoked_seq === null),
    revokedTraits: traits.filter((row) => row.revoked_seq !== null),
    separations: separations.filter((row) => row.lifted_seq === null),
    liftedSeparations: separations.filter((row) => row.lifted_seq !== null),
    settings: changed.settings.map(({ seq, settings }) => ({ seq, settings: JSON.stringify(settings) })),
    ledger: facts.map((fact) => ledgerRowOf(fact, refs)),
    batches: batchesOf(facts),
    environment: {
      head: state.head,
      last_time: state.lastTime,
      last_lift: state.lastLift,
      next_component: state.nextComponent,
    },
  };
}

export const ledgerRowOf = (fact: Fact, { ref, sourceId }: RefsOf): NewLedgerRow => ({
  seq: fact.seq,
  time: fact.time,
  source: sourceId(fact.source),
  op: fact.op,
  subject: 'subject' in fact && fact.subject !== null ? ref(fact.subject) : null,
  body: encodeFact(fact, ref),
});

export const componentToWrite = (component: Component, { ref }: Pick<RefsOf, 'ref'>): ComponentToWrite => ({
  id: component.id,
  canonical: ref(component.canonical),
  known: component.known ? 1 : 0,
  size: component.size,
  created_at: component.createdAt,
  changed_seq: component.changedSeq,
  separated: component.separated.size,
});

/**
 * What the steps come to, taken together: which stored components have another root or moved, which are gone, and who was put elsewhere.
 * Components that this very commit made are not stored yet: their identifiers go straight to the root. `renamedAlone`: roots that stay, and
 * moved, and have no other component below them.
 */
function stepsOf(
  state: State,
  { ref }: RefsOf,
): Pick<Delta, 'dropped' | 'moved' | 'movedAlone' | 'placed'> & { renamedAlone: Map<ComponentId, Seq> } {
  const { steps, createdComponents, createdIdentifiers } = state.changed;
  /** The stored roots below each component, by now. `isAlone`: an identity of one identifier is one component. */
  const below = new Map<ComponentId, { root: ComponentId; isAlone: boolean; movedSeq: Seq | null }[]>();
  /** `size`: of the component before the step. The first step that names a stored one finds it as it is stored. */
  const rootsBelow = (component: ComponentId, size: number) => {
    let roots = below.get(component);
    if (roots === undefined) {
      roots = createdComponents.has(component) ? [] : [{ root: component, isAlone: size === 1, movedSeq: null }];
      below.set(component, roots);
    }
    return roots;
  };
  const dropped: ComponentId[] = [];
  const refolded = new Set<string>();
  for (const step of steps) {
    if (step.step === 'rename') {
      for (const stored of rootsBelow(step.component, step.size)) stored.movedSeq = step.seq;
    } else if (step.step === 'join') {
      const from = rootsBelow(step.from, step.sizes.from);
      const into = rootsBelow(step.into, step.sizes.into);
      for (const stored of step.renamed === 'from' ? from : into) stored.movedSeq = step.seq;
      into.push(...from.splice(0));
    } else {
      dropped.push(
        ...rootsBelow(step.component, Number.NaN)
          .splice(0)
          .map(({ root }) => root),
      );
      for (const { members } of step.parts) for (const id of members) refolded.add(id);
    }
  }
  const stay: MovedComponents[] = [];
  const go: MovedComponents[] = [];
  const movedAlone: MovedComponents[] = [];
  const renamedAlone = new Map<ComponentId, Seq>();
  for (const [into, roots] of below) {
    for (const { root, isAlone, movedSeq } of roots) {
      const moved = { root, into, moved_seq: movedSeq };
      if (root !== into) (isAlone ? movedAlone : go).push(moved);
      else if (movedSeq === null) continue;
      else if (isAlone) renamedAlone.set(root, movedSeq);
      else stay.push(moved);
    }
  }
  return {
    dropped,
    moved: [...stay, ...go],
    movedAlone,
    renamedAlone,
    placed: [...refolded]
      .filter((id) => !createdIdentifiers.has(id))
      .map((id) => ({ ref: ref(id), component: rootOf(state, state.identifiers.get(id)!.component) })),
  };
}

function newLinkOf(link: Link, { ref, sourceId }: RefsOf): NewLinkRow {
  const [primary, secondary] = [ref(link.primary), ref(link.secondary)];
  return {
    seq: link.seq,
    kind: link.kind,
    rule: link.rule,
    primary_ref: primary,
    secondary_ref: secondary,
    lo: Math.min(primary, secondary),
    hi: Math.max(primary, secondary),
    time: link.time,
    effective_time: link.effectiveTime,
    source: sourceId(link.source),
    waived: link.waived.length === 0 ? null : JSON.stringify(link.waived),
    approves: link.approves,
    verdict: link.verdict,
    redundant: link.redundant ? 1 : 0,
    status: link.status,
    reason: link.reason,
    status_seq: link.statusSeq,
  };
}

const changedLinkOf = (link: Link): ChangedLinkRow => ({
  seq: link.seq,
  redundant: link.redundant ? 1 : 0,
  status: link.status,
  reason: link.reason,
  status_seq: link.statusSeq,
});

function batchesOf(facts: readonly Fact[]): Delta['batches'] {
  const batches = new Map<string, { name: string; first_seq: number; last_seq: number }>();
  for (const { seq, source } of facts) {
    if (source.batch === null) continue;
    const batch = batches.get(source.batch);
    if (batch === undefined) batches.set(source.batch, { name: source.batch, first_seq: seq, last_seq: seq });
    else batch.last_seq = seq;
  }
  return [...batches.values()];
}
