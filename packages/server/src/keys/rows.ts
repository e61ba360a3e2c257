import type { Key, Scope } from './types.ts';

/** A key as it is stored, with the hash its secret is known by. */
export interface KeyRow {
  readonly name: string;
  readonly kind: Key['kind'];
  /** SHA-256 of the secret, in lower-case hexadecimal digits. */
  readonly hash: string;
  /** JSON arrays. */
  readonly scopes: string;
  readonly environments: string;
  /** JSON array; null for all. */
  readonly origins: string | null;
  /** 1 for a key that follows the configured environments. */
  readonly initial: 0 | 1;
  readonly created_at: number;
  readonly created_by: string | null;
  readonly last_used_at: number | null;
  readonly revoked_at: number | null;
  readonly revoked_by: string | null;
}

export function keyOf(row: KeyRow): Key {
  return {
    name: row.name,
    kind: row.kind,
    scopes: JSON.parse(row.scopes) as Scope[],
    environments: JSON.parse(row.environments) as string[],
    origins: row.origins === null ? null : (JSON.parse(row.origins) as string[]),
    createdAt: row.created_at,
    createdBy: row.created_by,
    lastUsedAt: row.last_used_at,
    revokedAt: row.revoked_at,
    revokedBy: row.revoked_by,
  };
}
