import { type Database, inTransaction, migrate, openDatabase, scrub } from '../../disk/sqlite.ts';
import { rowOf, type SavedQueryRow, savedQueryOf } from '../rows.ts';
import type { SavedQueryTable } from '../saved-query-table.ts';

const steps: readonly string[] = [
  `CREATE TABLE saved_query (
    environment TEXT NOT NULL,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    sql TEXT NOT NULL,
    chart TEXT,
    version INTEGER NOT NULL,
    saved_by TEXT NOT NULL,
    saved_at INTEGER NOT NULL,
    PRIMARY KEY (environment, id),
    UNIQUE (environment, name)
  ) STRICT`,
];

/** In a file of this process alone. */
export function openSqliteSavedQueries(file: string): SavedQueryTable {
  const database = openDatabase(file);
  // A statement may name people: what an erasure took out of it is overwritten.
  database.pragma('secure_delete = ON');
  migrate(database, steps);
  const statements = prepareStatements(database);
  const isTaken = ({ environment, name, id }: SavedQueryRow) =>
    statements.named.get(environment, name, id) !== undefined;

  return {
    async page(environment, { after, limit }) {
      return statements.page.all(environment, after ?? '', limit).map(savedQueryOf);
    },
    async find(environment, id) {
      const row = statements.find.get(environment, id);
      return row === undefined ? null : savedQueryOf(row);
    },
    async add(query, max) {
      const row = rowOf(query);
      return inTransaction(database, () => {
        if (isTaken(row)) return 'name-taken';
        if (statements.count.get(row.environment)! >= max) return 'full';
        statements.add.run(row);
        return 'added';
      });
    },
    async replace(query, version) {
      const row = rowOf(query);
      return inTransaction(database, () => {
        if (statements.find.get(row.environment, row.id)?.version !== version) return 'missed';
        if (isTaken(row)) return 'name-taken';
        statements.replace.run(row);
        return 'replaced';
      });
    },
    remove: async (environment, id, version) =>
      inTransaction(database, () => statements.remove.run(environment, id, version, version).changes > 0),
    scrub: async () => scrub(database),
    close: async () => void database.close(),
  };
}

function prepareStatements(database: Database) {
  return {
    page: database.prepare<[string, string, number], SavedQueryRow>(
      'SELECT * FROM saved_query WHERE environment = ? AND name > ? ORDER BY name LIMIT ?',
    ),
    find: database.prepare<[string, string], SavedQueryRow>(
      'SELECT * FROM saved_query WHERE environment = ? AND id = ?',
    ),
    named: database.prepare<[string, string, string]>(
      'SELECT 1 FROM saved_query WHERE environment = ? AND name = ? AND id <> ?',
    ),
    count: database.prepare<[string], number>('SELECT count(*) FROM saved_query WHERE environment = ?').pluck(),
    add: database.prepare<[SavedQueryRow]>(
      `INSERT INTO saved_query (environment, id, name, sql, chart, version, saved_by, saved_at)
       VALUES (@environment, @id, @name, @sql, @chart, @version, @saved_by, @saved_at)`,
    ),
    replace: database.prepare<[SavedQueryRow]>(
      `UPDATE saved_query SET name = @name, sql = @sql, chart = @chart, version = @version, saved_by = @saved_by, saved_at = @saved_at
       WHERE environment = @environment AND id = @id`,
    ),
    remove: database.prepare<[string, string, number | null, number | null]>(
      'DELETE FROM saved_query WHERE environment = ? AND id = ? AND (? IS NULL OR version = ?)',
    ),
  };
}
