import { canonicalOf, componentOf, foldTraits, type Link, type State } from '@onym/core';
import { membersOf } from './members.ts';
import type { IdentityProfile, ProfilePage } from './store.ts';

/** A page of what an identity is; it is loaded whole. */
export function profileOf(state: State, distinctId: string, page: ProfilePage): IdentityProfile {
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
