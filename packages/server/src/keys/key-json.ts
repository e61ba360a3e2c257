import type { Key } from './types.ts';

/** A key as programs see it, on the command line and over HTTP. */
export function keyToJson(key: Key) {
  return {
    name: key.name,
    kind: key.kind,
    scopes: key.scopes,
    environments: key.environments,
    origins: key.origins,
    created_at: new Date(key.createdAt).toISOString(),
    created_by: key.createdBy,
    last_used_at: optionalTime(key.lastUsedAt),
    revoked_at: optionalTime(key.revokedAt),
    revoked_by: key.revokedBy,
  };
}

const optionalTime = (time: number | null): string | null => (time === null ? null : new Date(time).toISOString());
