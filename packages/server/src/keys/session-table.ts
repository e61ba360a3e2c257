import type { Millis } from '@onym/core';

/** Who is signed in, or may sign in once, by the hash of what they hold. */
export interface SessionRow {
  /** SHA-256 of the secret, in lower-case hexadecimal digits. */
  readonly hash: string;
  /** `sign-in`: begins one session, once. */
  readonly kind: 'session' | 'sign-in';
  /** Name of the key that it acts as. */
  readonly key: string;
  readonly created_at: Millis;
  readonly ends_at: Millis;
}

/** Where sessions are kept: beside the keys, of one node or of all. Nothing is remembered elsewhere, so what ends here ends everywhere. */
export interface SessionTable {
  /** Durable when it resolves. Rows that have ended by then go, and of its kind and key all but the newest `max`. */
  add(row: SessionRow, max: number): Promise<void>;
  /** null as well where its key is revoked. It may have ended. */
  find(hash: string): Promise<SessionRow | null>;
  /** Removes what it finds: of several who ask, one gets it. */
  take(hash: string): Promise<SessionRow | null>;
  close(): Promise<void>;
}
