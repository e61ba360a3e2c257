import { hash as digest, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Millis } from '@onym/core';
import { ConfigError } from '../config.ts';
import { OnymError } from '../errors.ts';
import { inTransaction, openDatabase } from '../sqlite.ts';
import { createTable, type KeyRow, keyOf, prepareStatements } from './rows.ts';
import { allScopes, type Key, type KeyKind, type KeyStore, type NewKey } from './types.ts';

/** How soon another process's change (`onym keys revoke`) is seen. */
const refreshIntervalMs = 1_000;
/** How late `lastUsedAt` may be. */
const flushIntervalMs = 5_000;
const nameBytesMax = 128;
const secretBytes = 24;

const prefixByKind = { publishable: 'pk_', secret: 'sk_' } as const;

interface Active {
  readonly hash: Buffer;
  readonly key: Key;
}

/** Keys in a SQLite file of their own, read from memory. `now` is the clock. */
export function openKeyStore(file: string, { now = Date.now }: { now?: () => Millis } = {}): KeyStore {
  const database = openDatabase(file);
  createTable(database);
  const statements = prepareStatements(database);

  let activeByHash = new Map<string, Active>();
  let activeNames = new Set<string>();
  let version: unknown = null;
  let refreshedAt = Number.NEGATIVE_INFINITY;
  const usedAt = new Map<string, Millis>();
  let flushTimer: NodeJS.Timeout | null = null;

  function load(): void {
    const rows = statements.all.all().filter((row) => row.revoked_at === null);
    activeByHash = new Map(rows.map((row) => [row.hash.toString('hex'), { hash: row.hash, key: keyOf(row) }]));
    activeNames = new Set(rows.map((row) => row.name));
  }

  /** data_version changes when another connection commits. Our own changes call load() themselves. */
  function refresh(): void {
    const time = now();
    // A clock set back must not delay a revocation.
    if (Math.abs(time - refreshedAt) < refreshIntervalMs) return;
    refreshedAt = time;
    const current = database.pragma('data_version', { simple: true });
    if (current === version) return;
    version = current;
    load();
  }

  function flush(): void {
    if (flushTimer !== null) clearTimeout(flushTimer);
    flushTimer = null;
    if (usedAt.size === 0) return;
    inTransaction(database, () => {
      for (const [name, time] of usedAt) statements.touch.run({ name, time });
    });
    usedAt.clear();
  }

  function flushOrRetry(): void {
    flushTimer = null;
    try {
      flush();
    } catch {
      // A full disk or a locked file: when a key was used is not worth a failed request. It stays in `usedAt`.
      scheduleFlush();
    }
  }

  function scheduleFlush(): void {
    flushTimer ??= setTimeout(flushOrRetry, flushIntervalMs).unref();
  }

  function existing(name: string): KeyRow {
    const row = statements.byName.get(name);
    if (row !== undefined) return row;
    throw new OnymError(
      'not-found',
      `There is no key named ${JSON.stringify(name)}. List the keys to see their names.`,
    );
  }

  function insert(key: NewKey, secret: string, initial: 0 | 1): void {
    if (key.name.trim() === '' || Buffer.byteLength(key.name) > nameBytesMax) {
      throw new OnymError('invalid-payload', `A key needs a name of 1 to ${nameBytesMax} bytes.`);
    }
    if (key.environments.length === 0) {
      throw new OnymError('invalid-payload', `The key ${JSON.stringify(key.name)} names no environment. Give it one.`);
    }
    if (statements.byName.get(key.name) !== undefined) {
      throw new OnymError(
        'invalid-payload',
        `The name ${JSON.stringify(key.name)} is or was in use. Names are never given again, because the ledger names keys by them: choose another.`,
      );
    }
    statements.insert.run({
      name: key.name,
      kind: key.kind,
      hash: hashOf(secret),
      scopes: JSON.stringify(key.kind === 'secret' ? allScopes : (key.scopes ?? allScopes)),
      environments: JSON.stringify(key.environments),
      initial,
      created_at: now(),
      last_used_at: null,
      revoked_at: null,
    });
  }

  /** Registers a secret that a variable gave; what the variable gave before stops working. */
  function register(variable: string, kind: KeyKind, secret: string, environments: readonly string[]): void {
    const sameSecret = statements.byHash.get(hashOf(secret));
    if (sameSecret !== undefined) {
      if (sameSecret.kind !== kind)
        throw new ConfigError(`${variable} is also a ${sameSecret.kind} key. Use another secret.`);
      if (sameSecret.revoked_at !== null)
        throw new ConfigError(`${variable} holds a key that was revoked. Set another.`);
      return;
    }
    if (statements.byName.get(variable) === undefined) insert({ name: variable, kind, environments }, secret, 1);
    else statements.renew.run({ name: variable, hash: hashOf(secret) });
  }

  function generateFirst(name: string, kind: KeyKind, environments: readonly string[]): string | null {
    if (statements.anyOfKind.get(kind) !== undefined) return null;
    const secret = newSecret(kind);
    insert({ name, kind, environments }, secret, 1);
    return secret;
  }

  return {
    create(key) {
      const secret = newSecret(key.kind);
      inTransaction(database, () => insert(key, secret, 0));
      load();
      return { key: keyOf(existing(key.name)), secret };
    },

    list() {
      flushOrRetry();
      return statements.all.all().map(keyOf);
    },

    restrict(name, to) {
      inTransaction(database, () => {
        const row = existing(name);
        if (to.environments?.length === 0) {
          throw new OnymError('invalid-payload', `The key ${JSON.stringify(name)} needs an environment. Or revoke it.`);
        }
        statements.restrict.run({
          name,
          scopes: to.scopes === undefined ? row.scopes : JSON.stringify(to.scopes),
          environments: to.environments === undefined ? row.environments : JSON.stringify(to.environments),
        });
      });
      load();
      return keyOf(existing(name));
    },

    revoke(name) {
      inTransaction(database, () => {
        existing(name);
        statements.revoke.run({ name, now: now() });
      });
      load();
      return keyOf(existing(name));
    },

    authenticate(secret) {
      refresh();
      // As text a digest takes a third of the time.
      const hex = digest('sha256', secret, 'hex');
      const active = activeByHash.get(hex);
      if (active === undefined || !timingSafeEqual(active.hash, Buffer.from(hex, 'hex'))) return null;
      usedAt.set(active.key.name, now());
      scheduleFlush();
      return active.key;
    },

    isActive(name) {
      refresh();
      return activeNames.has(name);
    },

    ensureInitialKeys({ writeKey, secretKey, environments }) {
      const generated = inTransaction(database, () => {
        if (writeKey !== null) register('ONYM_WRITE_KEY', 'publishable', writeKey, environments);
        if (secretKey !== null) register('ONYM_SECRET_KEY', 'secret', secretKey, environments);
        statements.follow.run({ environments: JSON.stringify(environments) });
        return {
          writeKey: generateFirst('first-write-key', 'publishable', environments),
          secretKey: generateFirst('first-secret-key', 'secret', environments),
        };
      });
      load();
      return generated;
    },

    close() {
      try {
        flush();
      } finally {
        if (flushTimer !== null) clearTimeout(flushTimer);
        database.close();
      }
    },
  };
}

function newSecret(kind: KeyKind): string {
  return prefixByKind[kind] + randomBytes(secretBytes).toString('base64url');
}

/** Secrets are random, so a plain hash is enough: there is nothing to guess from a dictionary. */
function hashOf(secret: string): Buffer {
  return digest('sha256', secret, 'buffer');
}
