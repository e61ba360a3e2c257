import type { Millis } from '@onym/core';

/** What a key may be allowed to do, with what that is. */
export const scopeMeanings = {
  track: 'send events',
  identify: 'say who a user is',
  alias: 'say that two ids are one person',
  query: 'ask in SQL, export tables',
  read: 'see identities, timelines, evidence, the ledger, lint; subject access',
  steer: 'split, revert, separate, approve, reject',
  erase: 'erase people',
  import: 'import files',
  metrics: 'scrape /metrics',
  keys: 'list, make, restrict and revoke keys, within what it may itself',
} as const;

export type Scope = keyof typeof scopeMeanings;

export const allScopes = Object.keys(scopeMeanings) as readonly Scope[];

/** What applications do. A publishable key is readable by anyone, so it may do no more. */
export const ingestScopes = ['track', 'identify', 'alias'] as const satisfies readonly Scope[];

export type IngestScope = (typeof ingestScopes)[number];

export type KeyKind = 'publishable' | 'secret';

/** The scopes that a key of each kind may have, and has unless told otherwise. */
export const scopesByKind: Readonly<Record<KeyKind, readonly Scope[]>> = {
  publishable: ingestScopes,
  secret: allScopes,
};

export interface Key {
  /** Unique, and never given again: ledger rows name their key by it. */
  readonly name: string;
  readonly kind: KeyKind;
  readonly scopes: readonly Scope[];
  readonly environments: readonly string[];
  /** Pages that a publishable key may be used from; null for all. Says nothing of callers that are no browsers. */
  readonly origins: readonly string[] | null;
  readonly createdAt: Millis;
  /** Name of the key that made it; `local` for the command line, null for a start, and where it was not noted yet. */
  readonly createdBy: string | null;
  /** A few seconds late at most; null when it was never used. */
  readonly lastUsedAt: Millis | null;
  readonly revokedAt: Millis | null;
  /** As `createdBy`. */
  readonly revokedBy: string | null;
}

export interface NewKey {
  readonly name: string;
  readonly kind: KeyKind;
  readonly environments: readonly string[];
  /** Every scope of its kind by default. */
  readonly scopes?: readonly Scope[];
  /** All by default; publishable keys alone can have some. */
  readonly origins?: readonly string[];
}

/** What may be replaced of a key; `origins: null` lets all pages use it again. */
export interface KeyChange {
  readonly scopes?: readonly Scope[];
  readonly environments?: readonly string[];
  readonly origins?: readonly string[] | null;
}

/**
 * A key that asks for a change of keys, wherever it is and whoever holds it. It gives no scope in an environment where it does not have it
 * itself, and changes no key that may use an environment that it may not. Without one it is whoever has the machine, who may do all.
 */
export interface Asking {
  readonly key: Key;
  /** It knows that the key to be changed is itself. */
  readonly self?: boolean | undefined;
}

/**
 * API keys, stored as hashes: a secret is shown when it is made and never again. What is asked with each request is answered from memory,
 * without waiting; what others change, in this process or elsewhere, is obeyed within a second.
 */
export interface KeyStore {
  /**
   * Rejects with OnymError: `invalid-payload` for a name that is or was in use, no environment, or scopes that its kind cannot have or none;
   * `environment-not-found` for an environment that the server does not serve; `forbidden` for what the key that asks can't give, and
   * `invalid-api-key` where that was revoked meanwhile; as all that waits, `identity-store-unavailable`.
   */
  create(key: NewKey, asking?: Asking): Promise<{ key: Key; secret: string }>;
  /** Every key ever made, revoked ones included, oldest first. */
  list(): Promise<Key[]>;
  /** Replaces the scopes, the environments or the origins of a key. Rejects as `create`, and with `not-found`. */
  restrict(name: string, to: KeyChange, asking?: Asking): Promise<Key>;
  /** The key stops working at once here, elsewhere within a second. Repeating it changes nothing. Rejects as `restrict`. */
  revoke(name: string, asking?: Asking): Promise<Key>;

  /**
   * The unrevoked key with this secret, or null. Notes that it was used. Cheap enough for each request. Throws OnymError
   * `identity-store-unavailable` where nobody can say: the store has not answered for `keysWithoutStoreMaxMs`, or it does not answer and the
   * key may have been made meanwhile.
   */
  authenticate(secret: string): Key | null;
  /** The key as it stands now; null once it is revoked, or nobody can say. For streams that outlive the request that was authenticated. */
  active(name: string): Key | null;
  /** What became of the key with this secret. Does not count as a use. */
  stateOf(secret: string): 'active' | 'revoked' | 'unknown';

  /**
   * At each start of a server, before it serves: notes the environments there are. The first start, before any key was ever made, makes a key
   * of each kind: the given secret is registered, under the name of its variable; where none is given one is made, and returned, to
   * be shown once. Later starts make none, whatever is given, and no start ever ends a key; of several at the same time one is the first.
   * The keys of the first start follow the configured environments, until someone restricts them.
   */
  start(configured: StartedWith): Promise<Started>;

  /** Writes what is pending; the store is unusable then. */
  close(): Promise<void>;
}

export interface StartedWith {
  readonly initialKeys: KeyPair;
  readonly environments: readonly string[];
}

export interface Started {
  readonly isFirst: boolean;
  /** Those that this start made up. */
  readonly made: KeyPair;
}

/** A secret of each kind, or null. */
export interface KeyPair {
  readonly writeKey: string | null;
  readonly secretKey: string | null;
}
