import { randomUUID } from 'node:crypto';
import {
  apply,
  type EraseFact,
  type ErasurePlan,
  eraseFrom,
  everConnected,
  everConnectedTo,
  everSeparatedFrom,
  type Fact,
  needsOfIds,
  pairKey,
  type Question,
  type Separation,
  type Seq,
  type State,
  settledLinks,
} from '@onym/core';
import { sidesOf } from './members.ts';
import type { ErasureRequest, Recorded } from './store.ts';

/** What every store's erasure has in common. The state has all that is recorded of the identifiers asked about. */

export interface Erasure extends ErasurePlan {
  /** The erased, and whoever was ever joined to them or separated from them: their state is folded again. */
  readonly connected: ReadonlySet<string>;
  readonly links: readonly Seq[];
  readonly traits: number;
  readonly separations: readonly Separation[];
}

/** The identity, all that is recorded of whoever was ever connected to it, and the rows of whoever that names besides. */
export function toErase(distinctId: string): Question {
  const connected = everConnectedTo([distinctId]);
  return (state) => {
    const further = connected.question(state);
    const seqs = [...connected.ids].flatMap((id) => state.linksOf.get(id) ?? []);
    const named = new Set(sidesOf(state, seqs));
    return [needsOfIds([distinctId], 'whole'), needsOfIds(named, 'row'), ...further];
  };
}

export function planErasure(state: State, members: readonly string[]): Erasure {
  const erased = new Set(members);
  const connected = everConnected(state, members);
  const links = new Set<Seq>();
  const separations = new Set<Separation>();
  let traits = 0;
  for (const id of members) {
    const recorded = recordedOf(state, id);
    for (const link of recorded.links) links.add(link.seq);
    for (const separation of recorded.separations) separations.add(separation);
    traits += recorded.traits.length;
  }
  const tokens = new Map(members.map((id) => [id, `erased:${randomUUID()}`]));
  return {
    erased,
    connected,
    tokenOf: (id) => tokens.get(id)!,
    settled: settledLinks(state, connected, erased),
    links: [...links].sort((a, b) => a - b),
    traits,
    separations: [...separations],
  };
}

/** The row that says an erasure happened. */
export function eraseFactOf(
  state: Pick<State, 'head' | 'lastTime'>,
  erasure: Erasure,
  ledgerRows: number,
  { id, now, source, events, deadLetters }: ErasureRequest,
): EraseFact {
  return {
    op: 'erase',
    seq: state.head + 1,
    time: Math.max(now, state.lastTime),
    timestamp: null,
    source,
    verdict: 'applied',
    reason: null,
    receipt: {
      id,
      identifiers: erasure.erased.size,
      events,
      links: erasure.links.length,
      traits: erasure.traits,
      ledgerRows,
      deadLetters,
      separations: erasure.separations.length,
    },
  };
}

/** What is left of these rows, and which of them are not as they were. */
export function rewrite(facts: readonly Fact[], plan: ErasurePlan): { left: Fact[]; changed: Fact[] } {
  const left = facts.map((fact) => eraseFrom(fact, plan));
  return { left, changed: left.filter((fact, index) => fact !== facts[index]) };
}

/** Folds rows that bear on the identifiers of `connected`; separations among others are left out. */
export function foldConnected(state: State, facts: readonly Fact[], connected: ReadonlySet<string>): void {
  for (const fact of facts) {
    if (fact.op !== 'revert') apply(state, fact);
    else apply(state, { ...fact, separations: fact.separations.filter(([a]) => connected.has(a)) });
  }
}

export function recordedOf(state: State, distinctId: string): Recorded {
  const links = (state.linksOf.get(distinctId) ?? []).map((seq) => state.links.get(seq)!);
  const traits = [...(state.traits.get(distinctId)?.values() ?? [])].flat();
  const separations = everSeparatedFrom(state, distinctId).flatMap(
    (other) => state.separations.get(pairKey(distinctId, other)) ?? [],
  );
  const rows = new Set<Seq | null>();
  for (const { seq, statusSeq } of links) rows.add(seq).add(statusSeq);
  for (const { seq, revokedSeq } of [...traits, ...(state.identifies.get(distinctId) ?? [])]) {
    rows.add(seq).add(revokedSeq);
  }
  for (const { seq, liftedSeq } of separations) rows.add(seq).add(liftedSeq);
  rows.delete(null);
  const bySeq = (a: { seq: Seq }, b: { seq: Seq }) => a.seq - b.seq;
  return {
    traits: traits.sort((a, b) => bySeq(a, b) || (a.key < b.key ? -1 : 1)),
    links: [...links].sort(bySeq),
    separations: separations.sort((a, b) => bySeq(a, b) || (a.pair.join() < b.pair.join() ? -1 : 1)),
    rows: ([...rows] as Seq[]).sort((a, b) => a - b),
  };
}
