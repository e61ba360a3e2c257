import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { localKeyName } from './checks.ts';
import { allScopes, type Key, type KeyStore } from './types.ts';

export interface LocalAccess {
  readonly url: string;
  readonly secret: string;
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** A key store that also takes one secret which lives as long as this process, for who can read the data directory. */
export function withLocalKey(
  keys: KeyStore,
  environments: readonly string[],
  createdAt: number,
): { keys: KeyStore; secret: string } {
  const secret = `sk_local_${randomBytes(24).toString('base64url')}`;
  const expected = digest(secret);
  const key: Key = {
    name: localKeyName,
    kind: 'secret',
    scopes: allScopes,
    environments,
    origins: null,
    createdAt,
    lastUsedAt: null,
    revokedAt: null,
  };
  return {
    secret,
    keys: {
      ...keys,
      // Stored keys first: they are what every event comes with.
      authenticate: (given) => keys.authenticate(given) ?? (timingSafeEqual(digest(given), expected) ? key : null),
      stateOf: (given) => (timingSafeEqual(digest(given), expected) ? 'active' : keys.stateOf(given)),
      active: (name) => (name === localKeyName ? key : keys.active(name)),
    },
  };
}

export function writeLocalAccess(file: string, access: LocalAccess): void {
  writeFileSync(file, JSON.stringify(access), { mode: 0o600 });
}

/** null when no server has left its access here, or it cannot be read. */
export function readLocalAccess(file: string): LocalAccess | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as LocalAccess;
  } catch {
    return null;
  }
}

export function removeLocalAccess(file: string): void {
  rmSync(file, { force: true });
}
