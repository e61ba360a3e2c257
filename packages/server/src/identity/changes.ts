import { pushTo, type Source, type State, type TraitWrite } from '@onym/core';
import { profileTraitsOf } from './profile-traits.ts';
import { flag, type LinkRow, linkOf, type SeparationRow, separationOf, type TraitRow, traitOf } from './rows.ts';
import type { Changes } from './store.ts';

/** An identifier that changed, or whose component moved, as it is now. */
export interface ChangedIdentifierRow {
  readonly distinct_id: string;
  readonly flags: number;
  readonly first_seen: number | null;
  /** The canonical id of its identity, and when that was created. */
  readonly canonical: string;
  readonly created_at: number | null;
  /** Of the first identify fact that stands. */
  readonly identified_seq: number | null;
}

/** An identity that changed. */
export interface ChangedComponentRow {
  readonly root: number;
  readonly canonical: string;
  readonly known: number;
  readonly created_at: number | null;
}

/** What changed from one ledger seq (not included) to another, as it is now. */
export interface ChangedRows {
  readonly identifiers: readonly ChangedIdentifierRow[];
  readonly components: readonly ChangedComponentRow[];
  /** All identifiers of those components, and their traits. */
  readonly members: readonly { ref: number; distinct_id: string; root: number; flags: number }[];
  readonly traits: readonly TraitRow[];
  /** In the order of their seqs, as are separations. */
  readonly links: readonly LinkRow[];
  readonly separations: readonly SeparationRow[];
}

/**
 * Up to where one read of changes goes. One ledger row may change very much (a revert takes back hundreds of rows), so that the rows
 * changed are bounded, not the ledger's alone. `beyond`: the seq that the row after the first `limit` changed ones carries, one for each
 * kind of row that has as many. What a single ledger row changed stays together.
 */
export function lastSeqOf(end: number, beyond: readonly (number | null | undefined)[]): number {
  return Math.min(end, ...beyond.flatMap((seq) => seq ?? []));
}

export function changesOf(rows: ChangedRows, seq: number, sourceOf: (id: number) => Source): Changes {
  const members = new Map<number, (typeof rows.members)[number][]>();
  for (const member of rows.members) pushTo(members, member.root, member);
  const traits = traitsOf(rows, sourceOf);
  return {
    identifiers: rows.identifiers.map((row) => ({
      distinctId: row.distinct_id,
      canonicalId: row.canonical,
      known: isKnown(row),
      identifiedSeq: row.identified_seq,
      firstSeen: row.first_seen,
    })),
    identities: rows.components.flatMap((row) => {
      if (row.created_at === null) return [];
      const all = members.get(row.root) ?? [];
      const ids = idsOf(all);
      return {
        canonicalId: row.canonical,
        known: row.known === 1,
        createdAt: row.created_at,
        ...profileTraitsOf({ traits }, ids),
        identifiers: ids,
        knownIdentifiers: idsOf(all.filter(isKnown)),
      };
    }),
    retired: rows.identifiers.filter(isRetired).map((row) => row.distinct_id),
    links: rows.links.map((row) => linkOf(row, sourceOf)),
    separations: rows.separations.map(separationOf),
    seq,
  };
}

const isKnown = ({ flags }: { readonly flags: number }) => (flags & flag.known) !== 0;

const idsOf = (members: readonly { readonly distinct_id: string }[]) => members.map((row) => row.distinct_id).sort();

/** Was canonical of an identity that is no more. */
const isRetired = ({ distinct_id, canonical, created_at, flags }: ChangedIdentifierRow) =>
  !(canonical === distinct_id && created_at !== null) && (flags & flag.wasCanonical) !== 0;

function traitsOf({ members, traits }: ChangedRows, sourceOf: (id: number) => Source): State['traits'] {
  const names = new Map(members.map(({ ref, distinct_id }) => [ref, distinct_id]));
  const byId: State['traits'] = new Map();
  for (const row of [...traits].sort((a, b) => a.seq - b.seq)) {
    const id = names.get(row.identifier)!;
    const byKey = byId.get(id) ?? new Map<string, TraitWrite[]>();
    byId.set(id, byKey);
    pushTo(byKey, row.key, traitOf(row, sourceOf));
  }
  return byId;
}
