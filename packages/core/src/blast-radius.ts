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

/** What a call changes: whose identity, under which name, with which traits. Lists may be shortened; `counts` never are. */
export interface BlastRadius {
  readonly counts: { readonly before: number; readonly after: number; readonly moved: number; readonly traits: number };
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
  const [identitiesBefore, identitiesAfter] = [distinct(before.values()), distinct(after.values())];
  return {
    counts: {
      before: identitiesBefore.length,
      after: identitiesAfter.length,
      moved: moved.length,
      traits: traits.length,
    },
    before: identitiesBefore,
    after: identitiesAfter,
    moved,
    traits,
  };
}

/** Of independent parts of one operation. Every identifier that moves is kept, as their events are to be counted; of the rest the first. */
export function mergeRadii(radii: Iterable<BlastRadius>, listedMax: number): BlastRadius {
  const counts = { before: 0, after: 0, moved: 0, traits: 0 };
  const merged = {
    counts,
    before: [] as ProfileSnapshot[],
    after: [] as ProfileSnapshot[],
    moved: [] as BlastRadius['moved'][number][],
    traits: [] as BlastRadius['traits'][number][],
  };
  for (const radius of radii) {
    for (const key of ['before', 'after', 'moved', 'traits'] as const) counts[key] += radius.counts[key];
    merged.before.push(...radius.before.slice(0, Math.max(0, listedMax - merged.before.length)));
    merged.after.push(...radius.after.slice(0, Math.max(0, listedMax - merged.after.length)));
    merged.traits.push(...radius.traits.slice(0, Math.max(0, listedMax - merged.traits.length)));
    for (const move of radius.moved) merged.moved.push(move);
  }
  return merged;
}

function sameTrait(a: Json | undefined, b: Json | undefined): boolean {
  return a === undefined || b === undefined ? a === b : jsonEquals(a, b);
}
