import { randomBytes } from 'node:crypto';
import type { Millis } from '@onym/core';
import { limits } from '../limits.ts';
import { hashOf } from './secrets.ts';
import type { SessionRow, SessionTable } from './session-table.ts';
import type { Key, KeyStore } from './types.ts';

/** Somebody who has shown a secret key, and acts as that key from then on. */
export interface Session {
  /** As it stands now. */
  readonly key: Key;
  readonly endsAt: Millis;
}

/** With the secret that it is known by, which is shown once and stored as a hash. */
export interface Begun extends Session {
  readonly secret: string;
}

/** All that waits rejects with OnymError `identity-store-unavailable` where the place they are kept in does not answer. */
export interface Sessions {
  /** Of a secret key. It lasts `sessionMaxMs`, whatever is done with it. */
  begin(key: Key): Promise<Begun>;
  /** null once it has ended: its time is over, it was signed out of, here or on another node, or its key is revoked. */
  find(secret: string): Promise<Session | null>;
  end(secret: string): Promise<void>;
  /** A token that begins one session as this key, once, within `signInTokenMaxMs`. */
  invite(key: Key): Promise<{ readonly token: string; readonly endsAt: Millis }>;
  /** null where the token is unknown, used or too old, or its key is revoked. */
  accept(token: string): Promise<Begun | null>;
  close(): Promise<void>;
}

export interface SessionParts {
  readonly table: SessionTable;
  readonly keys: Pick<KeyStore, 'active'>;
  readonly now?: () => Millis;
}

const secretBytes = 32;

export function createSessions({ table, keys, now = Date.now }: SessionParts): Sessions {
  async function keep(kind: SessionRow['kind'], key: Key, lastsMs: number): Promise<Begun> {
    const secret = randomBytes(secretBytes).toString('base64url');
    const time = now();
    const row = { hash: hashOf(secret), kind, key: key.name, created_at: time, ends_at: time + lastsMs };
    await table.add(row, limits.sessionsPerKeyMax);
    return { secret, key, endsAt: row.ends_at };
  }

  function standing(row: SessionRow | null, kind: SessionRow['kind']): Session | null {
    if (row === null || row.kind !== kind || row.ends_at <= now()) return null;
    const key = keys.active(row.key);
    return key === null ? null : { key, endsAt: row.ends_at };
  }

  const begin = (key: Key) => keep('session', key, limits.sessionMaxMs);

  return {
    begin,
    find: async (secret) => standing(await table.find(hashOf(secret)), 'session'),
    async end(secret) {
      await table.take(hashOf(secret));
    },
    async invite(key) {
      const { secret, endsAt } = await keep('sign-in', key, limits.signInTokenMaxMs);
      return { token: secret, endsAt };
    },
    async accept(token) {
      const invited = standing(await table.take(hashOf(token)), 'sign-in');
      return invited === null ? null : begin(invited.key);
    },
    close: () => table.close(),
  };
}
