import { idsOfSplit } from './identifiers.ts';
import type { State } from './state.ts';
import type { DistinctId, Operation, Pair, Seq, TraitKey } from './types.ts';

/** What must be in the working set before a question is answered. */
export interface Needs {
  readonly ids: readonly DistinctId[];
  /** Pairs of `ids` whose links are needed. */
  readonly pairs: readonly Pair[];
  /** Those of `ids` whose identify facts are needed. */
  readonly identifies: readonly DistinctId[];
  readonly traitKeys: readonly TraitKey[];
  /** Links by name; their two ids and pair are needed too. */
  readonly links: readonly Seq[];
  /** Rows a revert names: their links, and the identifiers they speak of. */
  readonly rows: readonly Seq[];
  /** How much of each identifier, those that `links` and `rows` name included. */
  readonly extent: Extent;
}

/**
 * - `row`: what it is, which identity it belongs to, and who is kept from that;
 * - `recorded`: all links, identify facts, traits and separations that name it as well;
 * - `whole`: all that, of every identifier of its identity.
 */
export type Extent = 'row' | 'recorded' | 'whole';

/**
 * What an answer needs, as far as the state shows it: with more of it there, a question may find that it needs more. When nothing is
 * lacking (see `lacks`), the state holds all that the answer depends on.
 */
export type Question = (state: State) => readonly Needs[];

const nothing: Needs = { ids: [], pairs: [], identifies: [], traitKeys: [], links: [], rows: [], extent: 'row' };

export function needsOf(operation: Operation): Needs {
  switch (operation.op) {
    case 'identify': {
      const { distinctId, anonymousId } = operation;
      const linked = anonymousId !== null && anonymousId !== distinctId;
      return {
        ...nothing,
        ids: linked ? [distinctId, anonymousId] : [distinctId],
        pairs: linked ? [[distinctId, anonymousId]] : [],
        identifies: [distinctId],
        traitKeys: operation.traits.map(({ key }) => ({ id: distinctId, key, timestamp: operation.timestamp })),
      };
    }
    case 'alias':
    case 'link':
      return {
        ...nothing,
        ids: [operation.primary, operation.secondary],
        pairs: [[operation.primary, operation.secondary]],
      };
    case 'track':
      return {
        ...nothing,
        ids: [operation.distinctId, operation.anonymousId],
        pairs: [[operation.distinctId, operation.anonymousId]],
      };
    case 'split':
      return 'link' in operation.target
        ? { ...nothing, links: [operation.target.link], extent: 'whole' }
        : { ...nothing, ids: idsOfSplit(operation.target), extent: 'whole' };
    case 'separate':
    case 'lift':
      return { ...nothing, ids: [operation.a, operation.b] };
    case 'revert':
      return { ...nothing, rows: operation.seqs, extent: 'whole' };
    case 'approve':
    case 'reject':
      return { ...nothing, links: [operation.link] };
    case 'settings':
      return nothing;
  }
}

/** What is known of these identifiers to this extent. */
export const needsOfIds = (ids: Iterable<DistinctId>, extent: Extent): Needs => ({ ...nothing, ids: [...ids], extent });

/** Before an operation is rehearsed: the identities it can change, whole, to be seen before and after. */
export function needsToRehearse(operation: Operation): Needs {
  const { ids, links, rows } = needsOf(operation);
  return { ...nothing, ids, links, rows, extent: 'whole' };
}

/** The identifiers that these needs name, by way of links and rows too. */
export function idsNamed(state: State, needs: Needs): readonly DistinctId[] {
  if (needs.links.length === 0 && needs.rows.length === 0) return needs.ids;
  const ids = new Set(needs.ids);
  for (const seq of [...needs.links, ...needs.rows]) {
    const link = state.links.get(seq);
    if (link !== undefined) ids.add(link.primary).add(link.secondary);
    const subject = state.subjects.get(seq);
    if (subject !== undefined) ids.add(subject);
  }
  return [...ids];
}
