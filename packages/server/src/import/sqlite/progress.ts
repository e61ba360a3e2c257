import { type Database, inTransaction, migrate, openDatabase } from '../../disk/sqlite.ts';
import { type ImportProgress, type ProgressRow, progressOf } from '../progress.ts';

export function openSqliteProgress(file: string): ImportProgress {
  const database: Database = openDatabase(file);
  migrate(database, [
    // Files from before steps were numbered have it.
    `CREATE TABLE IF NOT EXISTS import (
    environment TEXT NOT NULL, batch TEXT NOT NULL, fingerprint TEXT NOT NULL, file_name TEXT, line INTEGER NOT NULL,
    tally TEXT NOT NULL, head_before INTEGER NOT NULL, head INTEGER NOT NULL, state TEXT NOT NULL, saved_at INTEGER NOT NULL,
    PRIMARY KEY (environment, batch)) WITHOUT ROWID`,
  ]);
  const find = database.prepare<[string, string], ProgressRow>(
    'SELECT * FROM import WHERE environment = ? AND batch = ?',
  );
  const save = database.prepare(`INSERT OR REPLACE INTO import VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  const reverted = database.prepare(`UPDATE import SET state = 'reverted' WHERE environment = ? AND batch = ?`);
  return {
    async find(environment, batch) {
      const row = find.get(environment, batch);
      return row === undefined ? null : progressOf(row);
    },
    async save(environment, batch, { fingerprint, fileName, line, tally, headBefore, head, state }, now) {
      const values = [fingerprint, fileName, line, JSON.stringify(tally), headBefore, head, state, now];
      inTransaction(database, () => save.run(environment, batch, ...values));
    },
    async reverted(environment, batch) {
      inTransaction(database, () => reverted.run(environment, batch));
    },
    close: async () => void database.close(),
  };
}
