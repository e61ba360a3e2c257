import type { Migration } from '../../disk/sqlite.ts';

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
  'ALTER TABLE key ADD COLUMN created_by TEXT; ALTER TABLE key ADD COLUMN revoked_by TEXT',
  `CREATE TABLE session (
    hash       BLOB NOT NULL PRIMARY KEY,
    kind       TEXT NOT NULL,
    key        TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    ends_at    INTEGER NOT NULL
  ) STRICT`,
];
