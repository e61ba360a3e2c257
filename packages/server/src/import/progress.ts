import { type Database, inTransaction, migrate, openDatabase } from '../disk/sqlite.ts';
import type { Tally } from './types.ts';

/** How far a batch has come. It holds no identifier. */
export interface Progress {
  readonly fingerprint: string;
  readonly fileName: string | null;
  /** Everything up to this line is done. */
  readonly line: number;
  readonly tally: Tally;
  /** The ledger's head before the import began, and after its last chunk. */
  readonly headBefore: number;
  readonly head: number;
  /** `reverted`: was taken back since; the next run begins anew. */
  readonly state: 'running' | 'done' | 'reverted';
}

export interface ProgressFile {
  find(environment: string, batch: string): Progress | null;
  /** Durable when it returns. */
  save(environment: string, batch: string, progress: Progress): void;
  reverted(environment: string, batch: string): void;
  close(): void;
}

interface Row {
  fingerprint: string;
  file_name: string | null;
  line: number;
  tally: string;
  head_before: number;
  head: number;
  state: Progress['state'];
}

export function openProgress(file: string, now: () => number): ProgressFile {
  const database: Database = openDatabase(file);
  migrate(database, [
    // Files from before steps were numbered have it.
    `CREATE TABLE IF NOT EXISTS import (
    environment TEXT NOT NULL, batch TEXT NOT NULL, fingerprint TEXT NOT NULL, file_name TEXT, line INTEGER NOT NULL,
    tally TEXT NOT NULL, head_before INTEGER NOT NULL, head INTEGER NOT NULL, state TEXT NOT NULL, saved_at INTEGER NOT NULL,
    PRIMARY KEY (environment, batch)) WITHOUT ROWID`,
  ]);
  const find = database.prepare('SELECT * FROM import WHERE environment = ? AND batch = ?');
  const save = database.prepare(`INSERT OR REPLACE INTO import VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  const reverted = database.prepare(`UPDATE import SET state = 'reverted' WHERE environment = ? AND batch = ?`);
  return {
    find(environment, batch) {
      const row = find.get(environment, batch) as Row | undefined;
      if (row === undefined) return null;
      return {
        fingerprint: row.fingerprint,
        fileName: row.file_name,
        line: row.line,
        tally: JSON.parse(row.tally),
        headBefore: row.head_before,
        head: row.head,
        state: row.state,
      };
    },
    save(environment, batch, { fingerprint, fileName, line, tally, headBefore, head, state }) {
      inTransaction(database, () =>
        save.run(
          environment,
          batch,
          fingerprint,
          fileName,
          line,
          JSON.stringify(tally),
          headBefore,
          head,
          state,
          now(),
        ),
      );
    },
    reverted(environment, batch) {
      inTransaction(database, () => reverted.run(environment, batch));
    },
    close: () => void database.close(),
  };
}
