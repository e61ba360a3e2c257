import type { Millis } from '@onym/core';

/** What a publishable key may be allowed to do. A secret key may do everything. */
export type Scope = 'track' | 'identify' | 'alias';

export const allScopes: readonly Scope[] = ['track', 'identify', 'alias'];

export type KeyKind = 'publishable' | 'secret';

export interface Key {
  /** Unique, and never given again: ledger rows name their key by it. */
  readonly name: string;
  readonly kind: KeyKind;
  /** Meaningless for a secret key. */
  readonly scopes: readonly Scope[];
  readonly environments: readonly string[];
  readonly createdAt: Millis;
  /** A few seconds late at most; null when it was never used. */
  readonly lastUsedAt: Millis | null;
  readonly revokedAt: Millis | null;
}

export interface NewKey {
  readonly name: string;
  readonly kind: KeyKind;
  readonly environments: readonly string[];
  /** Of a publishable key; all of them by default. */
  readonly scopes?: readonly Scope[];
}

/** API keys, stored as hashes: a secret is shown when it is made and never again. */
export interface KeyStore {
  /** Throws OnymError `invalid-payload` for a name that is or was in use, or a key without environments. */
  create(key: NewKey): { key: Key; secret: string };
  /** Every key ever made, revoked ones included, oldest first. */
  list(): Key[];
  /** Replaces the scopes or the environments of a key. Throws OnymError `not-found`. */
  restrict(name: string, to: { scopes?: readonly Scope[]; environments?: readonly string[] }): Key;
  /** The key stops working at once, in other processes within about a second. Repeating it changes nothing. */
  revoke(name: string): Key;

  /** The unrevoked key with this secret, or null. Notes that it was used. Cheap enough for each request. */
  authenticate(secret: string): Key | null;
  /** False once the key is revoked; for streams that outlive the request that was authenticated. */
  isActive(name: string): boolean;

  /**
   * At each start, before serving. A given secret is registered under its variable's name, and replaces the one it registered before. Where
   * none is given and no key of that kind was ever made, one is made; its secret is returned, to be shown once.
   * These keys follow the configured environments, until someone restricts them.
   */
  ensureInitialKeys(configured: {
    readonly writeKey: string | null;
    readonly secretKey: string | null;
    readonly environments: readonly string[];
  }): { readonly writeKey: string | null; readonly secretKey: string | null };

  /** Writes what is pending; the store is unusable then. */
  close(): void;
}
