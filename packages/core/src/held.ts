import type { ComponentId } from './state.ts';
import type { DistinctId, Pair, Seq, TraitKey } from './types.ts';

/** What can be looked up of a store's rows, each kind by what it is found by. */
export interface Lookups {
  /** The identifier's row and its identity's. */
  readonly ids: Set<DistinctId>;
  /** All links, identify facts, traits and separations that name the identifier. */
  readonly recorded: Set<DistinctId>;
  readonly identifies: Set<DistinctId>;
  /** The links on a pair, by `pairKey`. */
  readonly pairs: Map<string, Pair>;
  /** Of one key of an identifier, what can decide a write with this timestamp (see `repeatedWrite`): a history may be long. */
  readonly traitKeys: Map<string, TraitKey>;
  readonly links: Set<Seq>;
  /** A ledger row's link, and the identifier it speaks of. */
  readonly rows: Set<Seq>;
  /** The identifiers of an identity. */
  readonly members: Set<ComponentId>;
  /** The separations that its identifiers stand in. */
  readonly separations: Set<ComponentId>;
  /** How many of its identifiers are of the types that have a maximum. */
  readonly typeCounts: Set<ComponentId>;
}

/** What a working set that a store fills is sure to hold. Anything else may exist, and be absent from it all the same. */
export interface Held {
  readonly done: Lookups;
  /** What must be looked up because of what was: rows name identifiers, identities stand in separations. */
  readonly due: Pick<Lookups, 'ids' | 'separations' | 'typeCounts'>;
  /** Every link that names one of these is here. */
  readonly linked: Set<DistinctId>;
}

export function noLookups(): Lookups {
  return {
    ids: new Set(),
    recorded: new Set(),
    identifies: new Set(),
    pairs: new Map(),
    traitKeys: new Map(),
    links: new Set(),
    rows: new Set(),
    members: new Set(),
    separations: new Set(),
    typeCounts: new Set(),
  };
}

export function nothingHeld(): Held {
  return {
    done: noLookups(),
    due: { ids: new Set(), separations: new Set(), typeCounts: new Set() },
    linked: new Set(),
  };
}

/** No id and no key holds NUL. */
export const traitKeyOf = ({ id, key, timestamp }: TraitKey): string => `${id}\u0000${key}\u0000${timestamp}`;

/** These have been looked up: of them, what is absent is not there. */
export function noteLookups({ done, due }: Held, lookups: Lookups): void {
  for (const part of ['ids', 'recorded', 'identifies'] as const) for (const id of lookups[part]) done[part].add(id);
  for (const part of ['links', 'rows', 'members', 'separations', 'typeCounts'] as const) {
    for (const number of lookups[part]) done[part].add(number);
  }
  for (const [key, pair] of lookups.pairs) done.pairs.set(key, pair);
  for (const [key, wanted] of lookups.traitKeys) done.traitKeys.set(key, wanted);
  for (const id of lookups.ids) due.ids.delete(id);
  for (const component of lookups.separations) due.separations.delete(component);
  for (const component of lookups.typeCounts) due.typeCounts.delete(component);
}
