import { byKind, type State, type TraitWrite } from '@onym/core';
import { membersOf } from './members.ts';
import type { TraitHistoryPage, TraitPlace } from './store.ts';

/** What was ever said of a key in an identity that is loaded whole, and stands: the newest effective time first. */
export function traitHistoryOf(
  state: State,
  distinctId: string,
  key: string,
  page: TraitHistoryPage,
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
