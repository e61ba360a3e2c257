import { pairKey } from './identifiers.ts';
import { type Reach, reach } from './lacks.ts';
import { replay } from './refold.ts';
import { isGood } from './rules.ts';
import { emptyState, everSeparatedFrom, pushTo, type State } from './state.ts';
import type { DistinctId, Link, Seq } from './types.ts';

/** Whether a link held its pair together at a ledger seq, whatever became of it later. */
function wasActiveAt(link: Link, seq: Seq): boolean {
  return isGood(link.verdict) && link.seq <= seq && (link.status === 'active' || (link.statusSeq ?? 0) > seq);
}

/** The identifiers of this one's identity as of a ledger seq. */
export function togetherAt(id: DistinctId, seq: Seq): Reach {
  return reach([id], (state, member) =>
    (state.linksOf.get(member) ?? []).flatMap((linkSeq) => {
      const link = state.links.get(linkSeq)!;
      return wasActiveAt(link, seq) ? [link.primary, link.secondary] : [];
    }),
  );
}

/**
 * These identifiers as they were at a ledger seq: what had not been said is left out, what had not been taken back stands, and the rest
 * is folded again. `ids` must be closed under links active at that seq (`togetherAt`), and loaded with links, identify facts, traits and separations.
 */
export function stateAsOf(state: State, ids: Iterable<DistinctId>, seq: Seq): State {
  const past = emptyState(state.settings[0]!.settings, state.compile);
  past.settings.push(...state.settings.slice(1).filter((entry) => entry.seq <= seq));
  for (const id of ids) {
    for (const linkSeq of state.linksOf.get(id) ?? []) {
      const link = state.links.get(linkSeq)!;
      if (!wasActiveAt(link, seq)) continue;
      past.links.set(linkSeq, { ...link, status: 'active', statusSeq: null });
      pushTo(past.linksOf, id, linkSeq);
    }
    past.identifies.set(
      id,
      (state.identifies.get(id) ?? []).flatMap((fact) => standingAt(fact, seq)),
    );
    const traits = [...(state.traits.get(id) ?? [])].map(
      ([key, writes]) => [key, writes.flatMap((write) => standingAt(write, seq))] as const,
    );
    past.traits.set(id, new Map(traits));
    for (const other of everSeparatedFrom(state, id)) {
      const key = pairKey(id, other);
      const list = (state.separations.get(key) ?? []).filter((separation) => separation.seq <= seq);
      if (list.length === 0) continue;
      past.separations.set(
        key,
        list.map((entry) => ({
          ...entry,
          liftedSeq: entry.liftedSeq !== null && entry.liftedSeq <= seq ? entry.liftedSeq : null,
        })),
      );
    }
  }
  // A link may have been turned down by then, and changed once more since: the replay finds out.
  const replayed = replay(past, [...ids].sort(), (link, change) => {
    past.links.set(link.seq, { ...past.links.get(link.seq)!, ...change });
  });
  return { ...replayed, links: past.links, linksOf: past.linksOf, traits: past.traits, identifies: past.identifies };
}

function standingAt<T extends { readonly seq: Seq; readonly revokedSeq: Seq | null }>(fact: T, seq: Seq): T[] {
  if (fact.seq > seq || (fact.revokedSeq !== null && fact.revokedSeq <= seq)) return [];
  return [{ ...fact, revokedSeq: null }];
}
