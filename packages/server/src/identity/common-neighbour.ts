import { canonicalOf, componentOf, type Link, type State, shortestPath } from '@onym/core';
import { membersOf } from './members.ts';

/** The identity that has turned-down evidence with both of two others: where they nearly met. */
export interface CommonNeighbour {
  readonly canonicalId: string;
  /** From one to the other: turned-down evidence at the ends, active links between. */
  readonly path: readonly Link[];
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

/** Identifiers outside these identities whose rows `commonNeighbour` needs. */
export function neighboursOf(state: State, ids: readonly string[]): string[] {
  return ids
    .flatMap((id) => membersOf(state, id))
    .flatMap((id) => state.linksOf.get(id) ?? [])
    .flatMap((seq) => {
      const { primary, secondary } = state.links.get(seq)!;
      return [primary, secondary];
    });
}

/** null for two ids of one identity, and when no third one has evidence with both. `loadWhole` loads the one that was found. */
export function commonNeighbour(
  state: State,
  a: string,
  b: string,
  loadWhole: (id: string) => void,
): CommonNeighbour | null {
  const ofB = contactsOf(state, membersOf(state, b));
  let nearest: { first: Contact; last: Contact } | null = null;
  for (const [identity, first] of contactsOf(state, membersOf(state, a))) {
    const last = ofB.get(identity);
    if (last === undefined) continue;
    if (nearest === null || first.link.seq + last.link.seq < nearest.first.link.seq + nearest.last.link.seq) {
      nearest = { first, last };
    }
  }
  if (nearest === null) return null;
  const { first, last } = nearest;
  loadWhole(first.id);
  const between = first.id === last.id ? [] : shortestPath(state, first.id, last.id);
  return { canonicalId: canonicalOf(state, first.id), path: [first.link, ...between, last.link] };
}
