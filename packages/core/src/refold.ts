import { connect } from './connect.ts';
import { pairKey, typeOf } from './identifiers.ts';
import { judgementBySituation, situationInRefold } from './rules.ts';
import {
  addSeparation,
  type Component,
  type ComponentId,
  changeLink,
  emptyState,
  ensureIdentifier,
  everSeparatedFrom,
  liftSeparation,
  makeKnown,
  rootOf,
  type State,
  seeIdentifier,
} from './state.ts';
import type { DistinctId, Link, Millis, Seq } from './types.ts';

/**
 * Rebuilds one component from the facts that stand, in seq order, as if what was revoked had never been.
 * Applied links join; redundant evidence is judged at its place, and what it turns into stays (decisions are recorded facts).
 * Separations judge only what came after them. The component must be loaded whole. `structural` is false when only traits were revoked.
 */
export function refold(state: State, componentId: ComponentId, seq: Seq, structural: boolean): void {
  const members = [...state.members.get(componentId)!].sort();
  const scratch = replay(state, members, (link, change) =>
    changeLink(state, link.seq, change.status === undefined ? change : { ...change, statusSeq: seq }),
  );
  adopt(state, componentId, members, scratch, seq, structural);
}

type LinkChange = Parameters<typeof changeLink>[2];

interface Step {
  readonly seq: Seq;
  /** Within one ledger row: known-ness before the link, separations after both. */
  readonly order: number;
  run(scratch: State): void;
}

/** Folds the standing facts of these members into a state of its own. `onChange` hears what redundant evidence turned into. */
export function replay(
  state: State,
  members: readonly DistinctId[],
  onChange: (link: Link, change: LinkChange) => void,
): State {
  const scratch = emptyState(state.settings[0]!.settings, state.compile);
  scratch.settings.push(...state.settings.slice(1));
  const steps: Step[] = [];
  const inside = new Set(members);
  const links = new Set<Seq>();
  for (const id of members) {
    ensureIdentifier(scratch, id);
    for (const fact of state.identifies.get(id) ?? []) {
      if (fact.revokedSeq !== null) continue;
      steps.push({
        seq: fact.seq,
        order: 0,
        run: () => {
          makeKnown(scratch, id, fact.seq);
          seeIdentifier(scratch, id, fact.effectiveTime);
        },
      });
    }
    const trait = firstTrait(state, id);
    if (trait !== null) steps.push({ ...trait, order: 0, run: () => seeIdentifier(scratch, id, trait.effectiveTime) });
    for (const linkSeq of state.linksOf.get(id) ?? []) links.add(linkSeq);
  }
  for (const linkSeq of links) {
    const link = state.links.get(linkSeq)!;
    if (link.status !== 'active') continue;
    steps.push({ seq: link.seq, order: 1, run: () => replayLink(scratch, link, onChange) });
  }
  for (const a of members) {
    for (const b of everSeparatedFrom(state, a)) {
      // Each pair once, and only where both sides are here: others cannot be crossed.
      if (a > b || !inside.has(b)) continue;
      for (const { seq, liftedSeq } of state.separations.get(pairKey(a, b)) ?? []) {
        steps.push({ seq, order: 2, run: () => addSeparation(scratch, a, b, seq) });
        if (liftedSeq !== null)
          steps.push({ seq: liftedSeq, order: 2, run: () => liftSeparation(scratch, a, b, liftedSeq) });
      }
    }
  }
  steps.sort((a, b) => a.seq - b.seq || a.order - b.order);
  for (const step of steps) step.run(scratch);
  return scratch;
}

function replayLink(scratch: State, link: Link, onChange: (link: Link, change: LinkChange) => void): void {
  if (link.redundant) {
    const situation = situationInRefold(scratch, { ...link, public: link.source.public });
    const { verdict, reason } = judgementBySituation[situation];
    if (verdict === 'refused' || verdict === 'held') {
      onChange(link, { status: verdict, reason });
      return;
    }
    if (verdict === 'applied') onChange(link, { redundant: false });
  }
  connect(scratch, link);
}

/** When the standing traits of an identifier first spoke of it: the least of their seqs, and of their times. */
function firstTrait(state: State, id: DistinctId): { seq: Seq; effectiveTime: Millis } | null {
  let seq = Number.POSITIVE_INFINITY;
  let effectiveTime = Number.POSITIVE_INFINITY;
  for (const writes of state.traits.get(id)?.values() ?? []) {
    for (const write of writes) {
      if (write.revokedSeq !== null) continue;
      seq = Math.min(seq, write.seq);
      effectiveTime = Math.min(effectiveTime, write.effectiveTime);
    }
  }
  return Number.isFinite(seq) ? { seq, effectiveTime } : null;
}

/** Puts the refolded parts in the component's place. The largest part keeps its id. */
function adopt(
  state: State,
  componentId: ComponentId,
  members: readonly DistinctId[],
  scratch: State,
  seq: Seq,
  structural: boolean,
): void {
  const parts = new Map<ComponentId, DistinctId[]>();
  for (const id of members) {
    const root = rootOf(scratch, scratch.identifiers.get(id)!.component);
    const part = parts.get(root);
    if (part === undefined) parts.set(root, [id]);
    else part.push(id);
  }
  const old = state.components.get(componentId)!;
  const ordered = [...parts].sort(([, a], [, b]) => b.length - a.length);
  const described: { component: ComponentId; members: DistinctId[] }[] = [];
  state.components.delete(componentId);
  state.members.delete(componentId);
  for (const [index, [scratchRoot, ids]] of ordered.entries()) {
    const folded = scratch.components.get(scratchRoot)!;
    const id = index === 0 ? componentId : state.nextComponent++;
    const component: Component = {
      id,
      canonical: folded.canonical,
      known: folded.known,
      size: ids.length,
      createdAt: folded.createdAt,
      changedSeq: structural ? seq : old.changedSeq,
      separated: new Set(ids.filter((member) => old.separated.has(member))),
      typeCounts: countTypes(ids),
    };
    state.components.set(id, component);
    state.members.set(id, new Set(ids));
    state.changed.components.add(id);
    if (index > 0) state.changed.createdComponents.add(id);
    described.push({ component: id, members: ids });
    for (const memberId of ids) {
      const member = state.identifiers.get(memberId)!;
      const replayed = scratch.identifiers.get(memberId)!;
      member.component = id;
      member.known = replayed.known;
      member.wasAnonymous = replayed.wasAnonymous;
      member.wasCanonical ||= memberId === component.canonical;
      member.firstSeen = replayed.firstSeen;
      state.changed.identifiers.add(memberId);
    }
  }
  state.changed.steps.push({ step: 'refold', seq, component: componentId, parts: described });
}

function countTypes(ids: readonly DistinctId[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const id of ids) {
    const type = typeOf(id);
    if (type !== null) counts.set(type, (counts.get(type) ?? 0) + 1);
  }
  return counts;
}
