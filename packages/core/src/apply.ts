import { connect } from './connect.ts';
import { refold } from './refold.ts';
import { isGood } from './rules.ts';
import {
  addIdentify,
  addLink,
  addSeparation,
  addTrait,
  changeLink,
  componentOf,
  ensureIdentifier,
  liftSeparation,
  makeKnown,
  type State,
  seeIdentifier,
  separationOn,
} from './state.ts';
import type { DistinctId, EvidenceFact, Fact, Link, LinkFact, Pair, RejectFact, Seq } from './types.ts';

/** Folds one ledger row into the state. The row was decided against this very state, or against the one a replay has rebuilt. */
export function apply(state: State, fact: Fact): void {
  state.head = fact.seq;
  state.lastTime = fact.time;
  switch (fact.op) {
    case 'identify':
    case 'alias':
    case 'track':
    case 'approve':
      applyEvidence(state, fact);
      return;
    case 'split':
    case 'revert':
      revoke(state, fact.revoked, fact.seq, fact.op === 'split' ? 'links' : 'everything');
      separate(state, fact.separations, fact.seq);
      return;
    case 'separate':
      separate(state, [[fact.a, fact.b]], fact.seq);
      return;
    case 'lift':
      liftSeparation(state, fact.a, fact.b, fact.seq);
      return;
    case 'reject':
      applyReject(state, fact);
      return;
    case 'settings': {
      const entry = { seq: fact.seq, settings: fact.settings };
      state.settings.push(entry);
      state.changed.settings.push(entry);
      return;
    }
    case 'erased':
    case 'erase':
      return;
  }
}

function applyEvidence(state: State, fact: EvidenceFact): void {
  const { seq, time } = fact;
  const effectiveTime = fact.timestamp === null ? time : Math.min(fact.timestamp, time);
  if (fact.subject !== null) {
    ensureIdentifier(state, fact.subject);
    state.subjects.set(seq, fact.subject);
  }
  if (fact.identified !== null) {
    addIdentify(state, fact.identified, { seq, effectiveTime, batch: fact.source.batch, revokedSeq: null });
    makeKnown(state, fact.identified, seq);
    seeIdentifier(state, fact.identified, effectiveTime);
  }
  for (const trait of fact.traits) {
    addTrait(state, fact.subject!, {
      ...trait,
      seq,
      time,
      effectiveTime,
      timestamp: fact.timestamp,
      source: fact.source,
      revokedSeq: null,
    });
    seeIdentifier(state, fact.subject!, effectiveTime);
  }
  if (fact.link !== null) applyLink(state, fact, fact.link, effectiveTime);
}

function applyLink(state: State, fact: EvidenceFact, asked: LinkFact, effectiveTime: number): void {
  const isActive = isGood(asked.verdict);
  const link: Link = {
    seq: fact.seq,
    kind: asked.kind,
    rule: asked.rule,
    primary: asked.primary,
    secondary: asked.secondary,
    time: fact.time,
    effectiveTime,
    source: fact.source,
    waived: asked.waived,
    approves: asked.approves,
    verdict: asked.verdict,
    redundant: asked.verdict === 'unchanged',
    status: isActive ? 'active' : asked.verdict === 'held' ? 'held' : 'refused',
    reason: asked.reason,
    statusSeq: null,
  };
  ensureIdentifier(state, link.primary);
  ensureIdentifier(state, link.secondary);
  addLink(state, link);
  if (isActive) connect(state, link);
  // By what was answered: an erasure may write into the link what a refold made of it later, and what was approved stays so.
  if (asked.approves !== null && isGood(fact.verdict)) {
    changeLink(state, asked.approves, { status: 'approved', statusSeq: fact.seq });
  }
}

/** Takes back the links, or everything, that these rows recorded and that still stands, and refolds the components it held. */
function revoke(state: State, seqs: readonly Seq[], seq: Seq, what: 'links' | 'everything'): void {
  /** Identifiers whose component is refolded; false where only traits went, which changes nobody's identity. */
  const touched = new Map<DistinctId, boolean>();
  for (const revoked of seqs) {
    const link = state.links.get(revoked);
    if (link !== undefined && isRevocable(link)) {
      if (link.status === 'active') touched.set(link.primary, true).set(link.secondary, true);
      changeLink(state, revoked, { status: 'revoked', statusSeq: seq });
    }
    const subject = state.subjects.get(revoked);
    if (what === 'links' || subject === undefined) continue;
    const identified = revokeIdentify(state, subject, revoked, seq);
    const traits = revokeTraits(state, subject, revoked, seq);
    if (identified || traits) touched.set(subject, identified || (touched.get(subject) ?? false));
  }
  const refolded = new Set<number>();
  for (const [id, structural] of [...touched].sort(([, a], [, b]) => Number(b) - Number(a))) {
    // A part of a component that was refolded here already is fresh.
    const component = componentOf(state, id)!;
    if (refolded.has(component.id)) continue;
    const before = state.nextComponent;
    refold(state, component.id, seq, structural);
    refolded.add(component.id);
    for (let part = before; part < state.nextComponent; part++) refolded.add(part);
  }
}

/** Links that a revert takes back: what joins, and what waits or may be approved. */
export function isRevocable(link: Link): boolean {
  return link.status === 'active' || link.status === 'held' || link.status === 'refused';
}

/** Takes back the identify fact of one row. True when it stood. */
function revokeIdentify(state: State, subject: DistinctId, revoked: Seq, seq: Seq): boolean {
  let any = false;
  const facts = state.identifies.get(subject) ?? [];
  for (const [index, fact] of facts.entries()) {
    if (fact.seq !== revoked || fact.revokedSeq !== null) continue;
    facts[index] = { ...fact, revokedSeq: seq };
    state.changed.identifies.push({ id: subject, fact: facts[index] });
    any = true;
  }
  return any;
}

/** Takes back the traits of one row. True when any stood. */
function revokeTraits(state: State, subject: DistinctId, revoked: Seq, seq: Seq): boolean {
  let any = false;
  for (const writes of state.traits.get(subject)?.values() ?? []) {
    for (const [index, write] of writes.entries()) {
      if (write.seq !== revoked || write.revokedSeq !== null) continue;
      writes[index] = { ...write, revokedSeq: seq };
      state.changed.traits.push({ id: subject, write: writes[index] });
      any = true;
    }
  }
  return any;
}

function separate(state: State, pairs: readonly Pair[], seq: Seq): void {
  for (const [a, b] of pairs) if (separationOn(state, a, b) === null) addSeparation(state, a, b, seq);
}

function applyReject(state: State, fact: RejectFact): void {
  changeLink(state, fact.link, { status: 'rejected', statusSeq: fact.seq });
  separate(state, [[fact.a, fact.b]], fact.seq);
}

/** Everything from the ledger's first row on (R1). */
export function fold(state: State, facts: Iterable<Fact>): State {
  for (const fact of facts) apply(state, fact);
  return state;
}
