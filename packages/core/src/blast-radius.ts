import { componentOf, type State } from './state.ts';
import { foldTraits, jsonEquals } from './traits.ts';
import type { DistinctId, Json } from './types.ts';

/** One identity at one moment. */
export interface ProfileSnapshot {
  readonly canonicalId: DistinctId;
  readonly known: boolean;
  readonly identifiers: readonly DistinctId[];
  readonly traits: ReadonlyMap<string, Json>;
}

/** What a call changes: whose identity, under which name, with which traits. */
export interface BlastRadius {
  readonly before: readonly ProfileSnapshot[];
  readonly after: readonly ProfileSnapshot[];
  /** Identifiers whose canonical id changes: their events change hands. */
  readonly moved: readonly { readonly distinctId: DistinctId; readonly from: DistinctId; readonly to: DistinctId }[];
  /** Per id that is or becomes canonical: how the profile that is found under it changes. undefined: no such trait. */
  readonly traits: readonly {
    readonly canonicalId: DistinctId;
    readonly key: string;
    readonly from: Json | undefined;
    readonly to: Json | undefined;
  }[];
}

/** The identities of these identifiers; their components must be loaded whole. */
export function snapshotOf(state: State, ids: Iterable<DistinctId>): Map<DistinctId, ProfileSnapshot> {
  const byMember = new Map<DistinctId, ProfileSnapshot>();
  for (const id of ids) {
    if (byMember.has(id)) continue;
    const component = componentOf(state, id);
    const identifiers = component === null ? [id] : [...state.members.get(component.id)!].sort();
    const traits = new Map([...foldTraits(state, identifiers)].map(([key, write]) => [key, write.value]));
    const snapshot = { canonicalId: component?.canonical ?? id, known: component?.known ?? false, identifiers, traits };
    for (const member of identifiers) byMember.set(member, snapshot);
  }
  return byMember;
}

/** Both sides must cover the same identifiers. */
export function compareSnapshots(
  before: ReadonlyMap<DistinctId, ProfileSnapshot>,
  after: ReadonlyMap<DistinctId, ProfileSnapshot>,
): BlastRadius {
  const moved = [...before].flatMap(([distinctId, { canonicalId: from }]) => {
    const to = after.get(distinctId)!.canonicalId;
    return from === to ? [] : [{ distinctId, from, to }];
  });
  const distinct = (snapshots: Iterable<ProfileSnapshot>) => [...new Set(snapshots)];
  const names = new Set([...before.values(), ...after.values()].map(({ canonicalId }) => canonicalId));
  const traits = [...names].sort().flatMap((canonicalId) => {
    const from = before.get(canonicalId)?.traits ?? new Map<string, Json>();
    const to = after.get(canonicalId)?.traits ?? new Map<string, Json>();
    return [...new Set([...from.keys(), ...to.keys()])]
      .sort()
      .filter((key) => !sameTrait(from.get(key), to.get(key)))
      .map((key) => ({ canonicalId, key, from: from.get(key), to: to.get(key) }));
  });
  return { before: distinct(before.values()), after: distinct(after.values()), moved, traits };
}

function sameTrait(a: Json | undefined, b: Json | undefined): boolean {
  return a === undefined || b === undefined ? a === b : jsonEquals(a, b);
}
