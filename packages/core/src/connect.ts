import { knownByLink, survivorOf } from './rules.ts';
import { componentOf, joinComponents, makeKnown, type State, seeIdentifier } from './state.ts';
import type { Link } from './types.ts';

/** What an active link does: makes its sides known, and joins their identities unless they are one already. */
export function connect(state: State, link: Link): void {
  const judged = {
    rule: link.rule,
    primary: link.primary,
    secondary: link.secondary,
    seq: link.seq,
    public: link.source.public,
  };
  const survivor = survivorOf(state, judged);
  for (const id of knownByLink(state, judged)) makeKnown(state, id, link.seq);
  if (componentOf(state, link.primary) !== componentOf(state, link.secondary)) {
    joinComponents(state, link, survivor, link.seq);
  }
  seeIdentifier(state, link.primary, link.effectiveTime);
  seeIdentifier(state, link.secondary, link.effectiveTime);
  if (link.rule === 'alias') return;
  const secondary = state.identifiers.get(link.secondary)!;
  if (secondary.wasAnonymous) return;
  secondary.wasAnonymous = true;
  state.changed.identifiers.add(secondary.id);
}
