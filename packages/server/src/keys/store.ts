import { timingSafeEqual } from 'node:crypto';
import type { Millis } from '@onym/core';
import { OnymError } from '../errors.ts';
import { limits } from '../limits.ts';
import { beginning, creation, restriction, revocation, type Standing } from './changes.ts';
import type { KeyTable } from './key-table.ts';
import { keyOf } from './rows.ts';
import { hashOf, newSecret } from './secrets.ts';
import type { Key, KeyStore } from './types.ts';
import { createKeyUses } from './uses.ts';

/** While what is stored was seen this lately, a key that is not among it is unknown, and not perhaps made meanwhile. */
const unseenMaxMs = 1_000;
const retryAfterSeconds = 1;

/** What of the keys is needed for each request. */
interface Held {
  readonly standing: Standing;
  readonly byHash: ReadonlyMap<string, { readonly hash: Buffer; readonly key: Key }>;
  /** Keys by secrets that were sent and are theirs, so that those who send again cost no hash each time. */
  readonly bySecret: Map<string, Key>;
  /** Those that are not revoked. */
  readonly byName: ReadonlyMap<string, Key>;
}

/** Keys in a table, read from memory. `now` is the clock. */
export function createKeyStore(table: KeyTable, { now = Date.now }: { now?: () => Millis } = {}): KeyStore {
  const uses = createKeyUses(table.touch);
  let latest = heldOf(table.standing());

  function held(): Held {
    const standing = table.standing();
    if (standing !== latest.standing) latest = heldOf(standing);
    return latest;
  }

  return {
    async create(key, asking) {
      const secret = newSecret(key.kind);
      const row = await table.change((standing) => creation(standing, key, { secret, now: now(), asking }));
      return { key: keyOf(row), secret };
    },

    async list() {
      await uses.flush();
      return (await table.read()).keys.map(keyOf);
    },

    restrict: async (name, to, asking) =>
      keyOf(await table.change((standing) => restriction(standing, name, to, asking))),
    revoke: async (name, asking) => keyOf(await table.change((standing) => revocation(standing, name, now(), asking))),

    authenticate(secret) {
      const silentMs = table.silentMs();
      if (silentMs > limits.keysWithoutStoreMaxMs) throw silentTooLong(silentMs);
      const { byHash, bySecret } = held();
      const known = bySecret.get(secret);
      if (known !== undefined) {
        uses.note(known.name, now());
        return known;
      }
      const hash = hashOf(secret);
      const found = byHash.get(hash);
      if (found === undefined || !timingSafeEqual(found.hash, Buffer.from(hash, 'hex'))) {
        if (silentMs > unseenMaxMs) throw perhapsUnseen();
        return null;
      }
      if (found.key.revokedAt !== null) return null;
      if (bySecret.size === limits.knownSecretsMax) bySecret.clear();
      bySecret.set(secret, found.key);
      uses.note(found.key.name, now());
      return found.key;
    },

    active: (name) => (table.silentMs() > limits.keysWithoutStoreMaxMs ? null : (held().byName.get(name) ?? null)),

    stateOf(secret) {
      const found = held().byHash.get(hashOf(secret));
      if (found === undefined) return 'unknown';
      return found.key.revokedAt === null ? 'active' : 'revoked';
    },

    start: (configured) => table.change((standing) => beginning(standing, configured, now())),

    async close() {
      await uses.close();
      await table.close();
    },
  };
}

function heldOf(standing: Standing): Held {
  const all = standing.keys.map((row) => ({ hash: Buffer.from(row.hash, 'hex'), key: keyOf(row), hex: row.hash }));
  return {
    standing,
    byHash: new Map(all.map((each) => [each.hex, each])),
    bySecret: new Map(),
    byName: new Map(all.filter(({ key }) => key.revokedAt === null).map(({ key }) => [key.name, key])),
  };
}

const silentTooLong = (silentMs: number): OnymError =>
  new OnymError(
    'identity-store-unavailable',
    `PostgreSQL, where the keys are kept, has not answered for ${Math.floor(silentMs / 60_000)} minutes, so nobody can say whether this key still holds. Nothing was stored. Send it again once PostgreSQL is back.`,
    { retryAfterSeconds },
  );

const perhapsUnseen = (): OnymError =>
  new OnymError(
    'identity-store-unavailable',
    'PostgreSQL, where the keys are kept, does not answer, and the API key is none of those that were there when it last did. Nothing was stored. Send it again shortly: it may have been made meanwhile.',
    { retryAfterSeconds },
  );
