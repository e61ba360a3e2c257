import {
  canonicalOf,
  componentOf,
  type Link,
  needsOfIds,
  type Pair,
  type Question,
  type Seq,
  type State,
  sameIdentity,
  separatedFrom,
  separationOn,
  shortestPath,
} from '@onym/core';
import { membersOf, sidesOf } from './members.ts';
import type { CommonNeighbour, Explanation } from './store.ts';

/** Both identities, whoever their evidence names, and the one where they nearly met. */
export function toExplain(a: string, b: string): Question {
  return (state) => {
    const both = needsOfIds([a, b], 'whole');
    const components = [a, b].flatMap((id) => componentOf(state, id) ?? []);
    if (!components.every(({ id }) => state.members.has(id))) return [both];
    const seqs = [a, b].flatMap((id) => membersOf(state, id)).flatMap((id) => state.linksOf.get(id) ?? []);
    const named = needsOfIds(sidesOf(state, new Set(seqs)), 'row');
    if (!named.ids.every((id) => state.identifiers.has(id))) return [both, named];
    const nearest = sameIdentity(state, a, b) ? null : nearestContacts(state, a, b);
    return nearest === null ? [both, named] : [both, named, needsOfIds([nearest.first.id], 'whole')];
  };
}

/** Of a state that lacks nothing of `toExplain`. */
export function explainOf(state: State, a: string, b: string): Explanation {
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
    neighbour: same ? null : commonNeighbour(state, a, b),
    separations: separations.sort((x, y) => bySeq(x, y) || (x.pair.join() < y.pair.join() ? -1 : 1)),
  };
}

interface Contact {
  /** The neighbour's identifier that the evidence names. */
  readonly id: string;
  readonly link: Link;
}

/** Refused and held links that lead out of an identity, by the identity they lead to; of several the oldest. */
function contactsOf(state: State, members: readonly string[]): Map<unknown, Contact> {
  const inside = new Set(members);
  const seqs = new Set(members.flatMap((id) => state.linksOf.get(id) ?? []));
  const contacts = new Map<unknown, Contact>();
  for (const seq of [...seqs].sort((a, b) => a - b)) {
    const link = state.links.get(seq)!;
    if (link.status !== 'refused' && link.status !== 'held') continue;
    const id = inside.has(link.primary) ? link.secondary : link.primary;
    if (inside.has(id)) continue;
    const identity = componentOf(state, id) ?? id;
    if (!contacts.has(identity)) contacts.set(identity, { id, link });
  }
  return contacts;
}

/** null for two ids of one identity, and when no third one has evidence with both. */
function nearestContacts(state: State, a: string, b: string): { first: Contact; last: Contact } | null {
  const ofB = contactsOf(state, membersOf(state, b));
  let nearest: { first: Contact; last: Contact } | null = null;
  for (const [identity, first] of contactsOf(state, membersOf(state, a))) {
    const last = ofB.get(identity);
    if (last === undefined) continue;
    if (nearest === null || first.link.seq + last.link.seq < nearest.first.link.seq + nearest.last.link.seq) {
      nearest = { first, last };
    }
  }
  return nearest;
}

function commonNeighbour(state: State, a: string, b: string): CommonNeighbour | null {
  const nearest = nearestContacts(state, a, b);
  if (nearest === null) return null;
  const { first, last } = nearest;
  const between = first.id === last.id ? [] : shortestPath(state, first.id, last.id);
  return { canonicalId: canonicalOf(state, first.id), path: [first.link, ...between, last.link] };
}
