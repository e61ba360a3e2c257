import { hash as digest, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Millis } from '@onym/core';
import { inTransaction, migrate, openDatabase } from '../disk/sqlite.ts';
import { OnymError } from '../errors.ts';
import { checkName, environmentsFrom, scopesFor } from './checks.ts';
import { originsFrom } from './origins.ts';
import { type KeyRow, keyOf, migrations, prepareStatements } from './rows.ts';
import { type Key, type KeyKind, type KeyPair, type KeyStore, type NewKey, scopesByKind } from './types.ts';

/** How soon another process's change (`onym keys revoke`) is seen. */
const refreshIntervalMs = 1_000;
/** How late `lastUsedAt` may be. */
const flushIntervalMs = 5_000;
const secretBytes = 24;

const prefixByKind = { publishable: 'pk_', secret: 'sk_' } as const;

interface Active {
  readonly hash: Buffer;
  readonly key: Key;
}

/** Keys in a SQLite file of their own, read from memory. `now` is the clock. */
export function openKeyStore(file: string, { now = Date.now }: { now?: () => Millis } = {}): KeyStore {
  const database = openDatabase(file);
  migrate(database, migrations);
  const statements = prepareStatements(database);

  let activeByHash = new Map<string, Active>();
  let activeByName = new Map<string, Key>();
  let version: unknown = null;
  let refreshedAt = Number.NEGATIVE_INFINITY;
  const usedAt = new Map<string, Millis>();
  let flushTimer: NodeJS.Timeout | null = null;

  function load(): void {
    const rows = statements.all.all().filter((row) => row.revoked_at === null);
    const active = rows.map((row): Active => ({ hash: row.hash, key: keyOf(row) }));
    activeByHash = new Map(active.map((each) => [each.hash.toString('hex'), each]));
    activeByName = new Map(active.map(({ key }) => [key.name, key]));
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
    checkName(key.name);
    const environments = environmentsFrom(statements.environments.all(), key.environments);
    const scopes = scopesFor(key.kind, key.scopes ?? scopesByKind[key.kind]);
    const origins = key.origins && originsFrom(key.kind, key.origins);
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
      scopes: JSON.stringify(scopes),
      environments: JSON.stringify(environments),
      origins: origins === undefined ? null : JSON.stringify(origins),
      initial,
      created_at: now(),
      last_used_at: null,
      revoked_at: null,
    });
  }

  /** Registers what is given, and makes the rest, which it returns. */
  function insertFirst({ writeKey, secretKey }: KeyPair, environments: readonly string[]): KeyPair {
    const first = (kind: KeyKind, given: string | null, variable: string, generatedName: string): string | null => {
      const secret = given ?? newSecret(kind);
      insert({ name: given === null ? generatedName : variable, kind, environments }, secret, 1);
      return given === null ? secret : null;
    };
    return {
      writeKey: first('publishable', writeKey, 'ONYM_INITIAL_WRITE_KEY', 'first-write-key'),
      secretKey: first('secret', secretKey, 'ONYM_INITIAL_SECRET_KEY', 'first-secret-key'),
    };
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
        const { kind, ...row } = existing(name);
        const environments =
          to.environments && JSON.stringify(environmentsFrom(statements.environments.all(), to.environments));
        const scopes = to.scopes && JSON.stringify(scopesFor(kind, to.scopes));
        const origins = to.origins && JSON.stringify(originsFrom(kind, to.origins));
        statements.restrict.run({
          name,
          scopes: scopes ?? row.scopes,
          environments: environments ?? row.environments,
          origins: origins === undefined ? row.origins : origins,
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

    active(name) {
      refresh();
      return activeByName.get(name) ?? null;
    },

    stateOf(secret) {
      const row = statements.byHash.get(hashOf(secret));
      if (row === undefined) return 'unknown';
      return row.revoked_at === null ? 'active' : 'revoked';
    },

    start({ initialKeys, environments }) {
      const names = JSON.stringify(environments);
      const { isFirst, made } = inTransaction(database, () => {
        statements.removeOtherEnvironments.run(names);
        statements.addEnvironments.run(names);
        statements.follow.run({ environments: names });
        const isFirst = statements.anyKey.get() === undefined;
        return {
          isFirst,
          made: isFirst ? insertFirst(initialKeys, environments) : { writeKey: null, secretKey: null },
        };
      });
      load();
      return { isFirst, made };
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
