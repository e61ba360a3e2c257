import type { Millis } from '@onym/core';
import { type Database, inSnapshot, inTransaction, migrate, openDatabase } from '../../disk/sqlite.ts';
import { type Change, changesNothing, type Standing } from '../changes.ts';
import type { KeyTable } from '../key-table.ts';
import type { KeyRow } from '../rows.ts';
import { migrations } from './schema.ts';

/** How soon another process's change (`onym keys revoke`) is seen. */
const lookEveryMs = 1_000;

/** A SQLite file of its own. `now` is the clock. */
export function openSqliteKeyTable(file: string, { now = Date.now }: { now?: () => Millis } = {}): KeyTable {
  const database = openDatabase(file);
  migrate(database, migrations);
  const statements = prepareStatements(database);
  let version: unknown = null;
  let lookedAt = Number.NEGATIVE_INFINITY;
  let latest = read();

  function read(): Standing {
    return inSnapshot(database, () => ({ keys: statements.keys.all(), environments: statements.environments.all() }));
  }

  /** data_version changes when another connection commits. */
  function look(): void {
    const time = now();
    // A clock set back must not delay a revocation.
    if (Math.abs(time - lookedAt) < lookEveryMs) return;
    lookedAt = time;
    const current = database.pragma('data_version', { simple: true });
    if (current === version) return;
    version = current;
    latest = read();
  }

  function write({ rows, environments }: Change<unknown>): void {
    for (const row of rows) statements.put.run(row);
    if (environments === null) return;
    statements.removeEnvironments.run();
    for (const name of environments) statements.addEnvironment.run(name);
  }

  return {
    standing() {
      look();
      return latest;
    },
    silentMs: () => 0,
    read: async () => read(),
    async change(decide) {
      const change = inTransaction(database, () => {
        const decided = decide(read());
        if (!changesNothing(decided)) write(decided);
        return decided;
      });
      latest = read();
      return change.result;
    },
    async touch(uses) {
      inTransaction(database, () => {
        for (const [name, time] of uses) statements.touch.run({ name, time });
      });
    },
    async close() {
      database.close();
    },
  };
}

function prepareStatements(database: Database) {
  return {
    keys: database.prepare<[], KeyRow>(`
      SELECT name, kind, lower(hex(hash)) AS hash, scopes, environments, origins, initial, created_at,
        created_by, last_used_at, revoked_at, revoked_by
      FROM key ORDER BY created_at, rowid`),
    environments: database.prepare<[], string>('SELECT name FROM environment ORDER BY rowid').pluck(),
    put: database.prepare<[KeyRow]>(`
      INSERT INTO key (name, kind, hash, scopes, environments, origins, initial, created_at, created_by, last_used_at, revoked_at, revoked_by)
      VALUES (@name, @kind, unhex(@hash), @scopes, @environments, @origins, @initial, @created_at, @created_by, @last_used_at,
        @revoked_at, @revoked_by)
      ON CONFLICT (name) DO UPDATE SET scopes = excluded.scopes, environments = excluded.environments,
        origins = excluded.origins, initial = excluded.initial, revoked_at = excluded.revoked_at, revoked_by = excluded.revoked_by`),
    touch: database.prepare<[{ name: string; time: Millis }]>(
      'UPDATE key SET last_used_at = max(coalesce(last_used_at, 0), @time) WHERE name = @name',
    ),
    removeEnvironments: database.prepare<[]>('DELETE FROM environment'),
    addEnvironment: database.prepare<[string]>('INSERT INTO environment (name) VALUES (?)'),
  };
}
