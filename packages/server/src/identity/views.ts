import {
  byKind,
  canonicalOf,
  componentOf,
  foldTraits,
  type Link,
  type Pair,
  type Seq,
  type State,
  sameIdentity,
  separatedFrom,
  separationOn,
  shortestPath,
  type TraitWrite,
} from '@onym/core';
import { commonNeighbour } from './common-neighbour.ts';
import { membersOf } from './members.ts';
import type { Explanation, IdentityProfile, IdentityStore, TraitPlace } from './types.ts';

/** Reads over a working set in which the identities asked for are loaded whole. Every store answers through these. */

export function profileOf(
  state: State,
  distinctId: string,
  page: Parameters<IdentityStore['profile']>[2],
): IdentityProfile {
  const component = componentOf(state, distinctId);
  const members = membersOf(state, distinctId);
  const start = page.identifiersAfter === null ? 0 : members.findIndex((id) => id > page.identifiersAfter!);
  return {
    canonicalId: canonicalOf(state, distinctId),
    known: component?.known ?? false,
    createdAt: component?.createdAt ?? null,
    size: members.length,
    identifiers: (start === -1 ? [] : members.slice(start, start + page.limit)).map((id) => ({
      distinctId: id,
      known: state.identifiers.get(id)?.known ?? false,
      firstSeen: state.identifiers.get(id)?.firstSeen ?? null,
    })),
    traits: Object.fromEntries(foldTraits(state, members)),
    links: linksAmong(state, members)
      .filter((link) => link.seq > page.linksAfter)
      .slice(0, page.limit),
  };
}

/** Active links among these identifiers, ascending by seq. */
function linksAmong(state: State, members: readonly string[]): Link[] {
  const seqs = new Set(members.flatMap((id) => state.linksOf.get(id) ?? []));
  return [...seqs]
    .map((seq) => state.links.get(seq)!)
    .filter((link) => link.status === 'active')
    .sort((a, b) => a.seq - b.seq);
}

export function traitHistoryOf(
  state: State,
  distinctId: string,
  key: string,
  page: Parameters<IdentityStore['traitHistory']>[3],
): (TraitWrite & { readonly distinctId: string })[] {
  const { after } = page;
  return membersOf(state, distinctId)
    .flatMap((id) => (state.traits.get(id)?.get(key) ?? []).map((write) => ({ ...write, distinctId: id })))
    .filter((write) => write.revokedSeq === null)
    .sort(latestFirst)
    .filter((write) => after === null || latestFirst(after, write) < 0)
    .slice(0, page.limit);
}

function latestFirst(a: TraitPlace, b: TraitPlace): number {
  return b.effectiveTime - a.effectiveTime || b.seq - a.seq || byKind(a, b);
}

export function explainOf(state: State, a: string, b: string, loadWhole: (id: string) => void = () => {}): Explanation {
  const same = sameIdentity(state, a, b);
  const membersOfA = new Set(membersOf(state, a));
  const membersOfB = new Set(membersOf(state, b));
  const between = (link: Link) =>
    (membersOfA.has(link.primary) && membersOfB.has(link.secondary)) ||
    (membersOfB.has(link.primary) && membersOfA.has(link.secondary));
  const seqs = new Set([...membersOfA].flatMap((id) => state.linksOf.get(id) ?? []));
  const waiting = [...seqs].map((seq) => state.links.get(seq)!).filter(between);
  const separations: { pair: Pair; seq: Seq }[] = [];
  for (const id of membersOfA) {
    for (const other of separatedFrom(state, id)) {
      if (!membersOfB.has(other) || (membersOfA.has(other) && id > other)) continue;
      const { pair, seq } = separationOn(state, id, other)!;
      separations.push({ pair, seq });
    }
  }
  const bySeq = (x: { seq: Seq }, y: { seq: Seq }) => x.seq - y.seq;
  return {
    same,
    path: same && a !== b ? shortestPath(state, a, b) : [],
    refused: waiting.filter((link) => link.status === 'refused').sort(bySeq),
    held: waiting.filter((link) => link.status === 'held').sort(bySeq),
    neighbour: same ? null : commonNeighbour(state, a, b, loadWhole),
    separations: separations.sort((x, y) => bySeq(x, y) || (x.pair.join() < y.pair.join() ? -1 : 1)),
  };
}
