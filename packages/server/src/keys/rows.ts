import { type Database, inTransaction, type Statement } from '../sqlite.ts';
import type { Key, KeyKind, Scope } from './types.ts';

/** A key as it is stored, with the hash its secret is known by. */
export interface KeyRow {
  readonly name: string;
  readonly kind: KeyKind;
  readonly hash: Buffer;
  /** JSON arrays. */
  readonly scopes: string;
  readonly environments: string;
  /** 1 for a key that follows the configured environments. */
  readonly initial: 0 | 1;
  readonly created_at: number;
  readonly last_used_at: number | null;
  readonly revoked_at: number | null;
}

/** Safe when two processes start together. */
export function createTable(database: Database): void {
  inTransaction(database, () => {
    database.exec(`
      CREATE TABLE IF NOT EXISTS key (
        name         TEXT NOT NULL PRIMARY KEY,
        kind         TEXT NOT NULL,
        hash         BLOB NOT NULL UNIQUE,
        scopes       TEXT NOT NULL,
        environments TEXT NOT NULL,
        initial      INTEGER NOT NULL,
        created_at   INTEGER NOT NULL,
        last_used_at INTEGER,
        revoked_at   INTEGER
      ) STRICT`);
  });
}

export interface KeyStatements {
  readonly all: Statement<[], KeyRow>;
  readonly byName: Statement<[string], KeyRow>;
  readonly byHash: Statement<[Buffer], KeyRow>;
  readonly anyOfKind: Statement<[KeyKind], { name: string }>;
  readonly insert: Statement<[KeyRow]>;
  /** Another secret under the same name; revoked or not, it works again. */
  readonly renew: Statement<[{ name: string; hash: Buffer }]>;
  readonly restrict: Statement<[{ name: string; scopes: string; environments: string }]>;
  /** Lets the initial keys follow the configured environments. */
  readonly follow: Statement<[{ environments: string }]>;
  readonly revoke: Statement<[{ name: string; now: number }]>;
  readonly touch: Statement<[{ name: string; time: number }]>;
}

export function prepareStatements(database: Database): KeyStatements {
  return {
    all: database.prepare('SELECT * FROM key ORDER BY created_at, rowid'),
    byName: database.prepare('SELECT * FROM key WHERE name = ?'),
    byHash: database.prepare('SELECT * FROM key WHERE hash = ?'),
    anyOfKind: database.prepare('SELECT name FROM key WHERE kind = ? LIMIT 1'),
    insert: database.prepare(`
      INSERT INTO key (name, kind, hash, scopes, environments, initial, created_at, last_used_at, revoked_at)
      VALUES (@name, @kind, @hash, @scopes, @environments, @initial, @created_at, @last_used_at, @revoked_at)`),
    renew: database.prepare('UPDATE key SET hash = @hash, revoked_at = NULL WHERE name = @name'),
    restrict: database.prepare(
      'UPDATE key SET scopes = @scopes, environments = @environments, initial = 0 WHERE name = @name',
    ),
    follow: database.prepare(
      'UPDATE key SET environments = @environments WHERE initial = 1 AND environments <> @environments',
    ),
    revoke: database.prepare('UPDATE key SET revoked_at = @now WHERE name = @name AND revoked_at IS NULL'),
    touch: database.prepare('UPDATE key SET last_used_at = max(coalesce(last_used_at, 0), @time) WHERE name = @name'),
  };
}

export function keyOf(row: KeyRow): Key {
  return {
    name: row.name,
    kind: row.kind,
    scopes: JSON.parse(row.scopes) as Scope[],
    environments: JSON.parse(row.environments) as string[],
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at,
    revokedAt: row.revoked_at,
  };
}
