import { limits } from '../limits.ts';
import type { RecentIdentity, RecentPlace } from './store.ts';

/** A component, a part of another's identity or an identity of its own, as a store's index by the last change has it. */
export interface RecentRow {
  readonly id: number;
  readonly root: number;
  /** null for one that is no identity any more, and what it was called is gone. */
  readonly canonical: string | null;
  readonly known: number;
  readonly size: number;
  readonly created_at: number | null;
  readonly profile_seq: number;
  readonly time: number | null;
}

/** Rows of an index looked at in one statement: components that were joined to others lie between. */
const rowsPerLook = 1_000;

/** `look` reads rows after a place, last changed first. */
export async function recentPage(
  look: (after: RecentPlace, rows: number) => Promise<readonly RecentRow[]>,
  { after, limit }: { readonly after: RecentPlace | null; readonly limit: number },
): Promise<{ identities: RecentIdentity[]; next: RecentPlace | null }> {
  const identities: RecentIdentity[] = [];
  let place = after ?? { changedSeq: Number.MAX_SAFE_INTEGER, component: Number.MAX_SAFE_INTEGER };
  const size = Math.min(rowsPerLook, 4 * limit);
  for (let looked = 0; looked < limits.recentRowsPerPage; looked += size) {
    const rows = await look(place, size);
    for (const row of rows) {
      if (identities.length === limit) return { identities, next: place };
      place = { changedSeq: row.profile_seq, component: row.id };
      const identity = row.id === row.root ? identityOf(row) : null;
      if (identity !== null) identities.push(identity);
    }
    if (rows.length < size) return { identities, next: null };
  }
  return { identities, next: place };
}

function identityOf({ canonical, known, size, created_at, profile_seq, time }: RecentRow): RecentIdentity | null {
  if (canonical === null || created_at === null || time === null) return null;
  return {
    canonicalId: canonical,
    known: known === 1,
    createdAt: created_at,
    size,
    changedSeq: profile_seq,
    changedAt: time,
  };
}
