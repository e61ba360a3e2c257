import { inTransaction, migrate, openDatabase } from '../../disk/sqlite.ts';
import type { SessionRow, SessionTable } from '../session-table.ts';
import { migrations } from './schema.ts';

/** In the file of the keys. */
export function openSqliteSessionTable(file: string): SessionTable {
  const database = openDatabase(file);
  migrate(database, migrations);
  const columns = 'lower(hex(hash)) AS hash, kind, key, created_at, ends_at';
  const dropEnded = database.prepare<[number]>('DELETE FROM session WHERE ends_at <= ?');
  const dropOldest = database.prepare<[string, string, number]>(
    `DELETE FROM session WHERE hash IN
       (SELECT hash FROM session WHERE key = ? AND kind = ? ORDER BY created_at DESC, rowid DESC LIMIT -1 OFFSET ?)`,
  );
  const insert = database.prepare<[SessionRow]>(
    'INSERT INTO session (hash, kind, key, created_at, ends_at) VALUES (unhex(@hash), @kind, @key, @created_at, @ends_at)',
  );
  const find = database.prepare<[string], SessionRow>(
    `SELECT ${columns} FROM session WHERE hash = unhex(?)
       AND NOT EXISTS (SELECT 1 FROM key WHERE key.name = session.key AND key.revoked_at IS NOT NULL)`,
  );
  const take = database.prepare<[string], SessionRow>(`DELETE FROM session WHERE hash = unhex(?) RETURNING ${columns}`);

  return {
    async add(row, max) {
      inTransaction(database, () => {
        dropEnded.run(row.created_at);
        insert.run(row);
        dropOldest.run(row.key, row.kind, max);
      });
    },
    find: async (hash) => find.get(hash) ?? null,
    take: async (hash) => inTransaction(database, () => take.get(hash) ?? null),
    async close() {
      database.close();
    },
  };
}
