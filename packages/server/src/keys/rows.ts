import type { Database, Migration, Statement } from '../disk/sqlite.ts';
import type { Key, KeyKind, Scope } from './types.ts';

/** A key as it is stored, with the hash its secret is known by. */
export interface KeyRow {
  readonly name: string;
  readonly kind: KeyKind;
  readonly hash: Buffer;
  /** JSON arrays. */
  readonly scopes: string;
  readonly environments: string;
  /** JSON array; null for all. */
  readonly origins: string | null;
  /** 1 for a key that follows the configured environments. */
  readonly initial: 0 | 1;
  readonly created_at: number;
  readonly last_used_at: number | null;
  readonly revoked_at: number | null;
}

export const migrations: readonly Migration[] = [
  // Files from before steps were numbered have it.
  `CREATE TABLE IF NOT EXISTS key (
    name         TEXT NOT NULL PRIMARY KEY,
    kind         TEXT NOT NULL,
    hash         BLOB NOT NULL UNIQUE,
    scopes       TEXT NOT NULL,
    environments TEXT NOT NULL,
    initial      INTEGER NOT NULL,
    created_at   INTEGER NOT NULL,
    last_used_at INTEGER,
    revoked_at   INTEGER
  ) STRICT`,
  // Until here the scopes of secret keys meant nothing, and each could do everything: it still can.
  `UPDATE key SET scopes = '["track","identify","alias","query","read","steer","erase","import","metrics","keys"]'
    WHERE kind = 'secret';
  CREATE TABLE environment (name TEXT NOT NULL PRIMARY KEY) STRICT;
  INSERT OR IGNORE INTO environment SELECT value FROM key, json_each(key.environments)`,
  'ALTER TABLE key ADD COLUMN origins TEXT',
];

export interface KeyStatements {
  readonly all: Statement<[], KeyRow>;
  readonly byName: Statement<[string], KeyRow>;
  readonly byHash: Statement<[Buffer], KeyRow>;
  readonly anyKey: Statement<[], unknown>;
  readonly insert: Statement<[KeyRow]>;
  readonly restrict: Statement<[Pick<KeyRow, 'name' | 'scopes' | 'environments' | 'origins'>]>;
  /** Lets the initial keys follow the configured environments. */
  readonly follow: Statement<[{ environments: string }]>;
  readonly revoke: Statement<[{ name: string; now: number }]>;
  readonly touch: Statement<[{ name: string; time: number }]>;
  readonly environments: Statement<[], string>;
  /** Both take a JSON array, and write nothing where nothing changes. */
  readonly addEnvironments: Statement<[string]>;
  readonly removeOtherEnvironments: Statement<[string]>;
}

export function prepareStatements(database: Database): KeyStatements {
  return {
    all: database.prepare('SELECT * FROM key ORDER BY created_at, rowid'),
    byName: database.prepare('SELECT * FROM key WHERE name = ?'),
    byHash: database.prepare('SELECT * FROM key WHERE hash = ?'),
    anyKey: database.prepare('SELECT 1 FROM key LIMIT 1'),
    insert: database.prepare(`
      INSERT INTO key (name, kind, hash, scopes, environments, origins, initial, created_at, last_used_at, revoked_at)
      VALUES (@name, @kind, @hash, @scopes, @environments, @origins, @initial, @created_at, @last_used_at, @revoked_at)`),
    restrict: database.prepare(
      'UPDATE key SET scopes = @scopes, environments = @environments, origins = @origins, initial = 0 WHERE name = @name',
    ),
    follow: database.prepare(
      'UPDATE key SET environments = @environments WHERE initial = 1 AND environments <> @environments',
    ),
    revoke: database.prepare('UPDATE key SET revoked_at = @now WHERE name = @name AND revoked_at IS NULL'),
    touch: database.prepare('UPDATE key SET last_used_at = max(coalesce(last_used_at, 0), @time) WHERE name = @name'),
    environments: database.prepare<[], string>('SELECT name FROM environment ORDER BY rowid').pluck(),
    addEnvironments: database.prepare('INSERT OR IGNORE INTO environment SELECT value FROM json_each(?)'),
    removeOtherEnvironments: database.prepare(
      'DELETE FROM environment WHERE name NOT IN (SELECT value FROM json_each(?))',
    ),
  };
}

export function keyOf(row: KeyRow): Key {
  return {
    name: row.name,
    kind: row.kind,
    scopes: JSON.parse(row.scopes) as Scope[],
    environments: JSON.parse(row.environments) as string[],
    origins: row.origins === null ? null : (JSON.parse(row.origins) as string[]),
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at,
    revokedAt: row.revoked_at,
  };
}
