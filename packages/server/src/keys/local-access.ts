import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { localKeyName } from './checks.ts';
import { allScopes, type Key, type KeyStore } from './types.ts';

export interface LocalAccess {
  readonly url: string;
  readonly secret: string;
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

const localPrefix = 'sk_local_';

/** A key store that also takes one secret which lives as long as this process, for who can read the data directory. */
export function withLocalKey(
  keys: KeyStore,
  environments: readonly string[],
  createdAt: number,
): { keys: KeyStore; secret: string } {
  const secret = `${localPrefix}${randomBytes(24).toString('base64url')}`;
  const expected = digest(secret);
  const isLocal = (given: string) => given.startsWith(localPrefix) && timingSafeEqual(digest(given), expected);
  const key: Key = {
    name: localKeyName,
    kind: 'secret',
    scopes: allScopes,
    environments,
    origins: null,
    createdAt,
    createdBy: null,
    lastUsedAt: null,
    revokedAt: null,
    revokedBy: null,
  };
  return {
    secret,
    keys: {
      ...keys,
      // First: where stored keys are may be away.
      authenticate: (given) => (isLocal(given) ? key : keys.authenticate(given)),
      stateOf: (given) => (isLocal(given) ? 'active' : keys.stateOf(given)),
      active: (name) => (name === localKeyName ? key : keys.active(name)),
    },
  };
}

/** An address that listens everywhere is reached here. */
export function reachable(url: string): string {
  return url.replace('//0.0.0.0:', '//127.0.0.1:').replace('//[::]:', '//[::1]:');
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
