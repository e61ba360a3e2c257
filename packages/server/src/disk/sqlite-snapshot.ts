import { openDatabase } from './sqlite.ts';

/** A database file as it was at one moment, while others go on writing to it. */
export interface Snapshot {
  /**
   * Writes it into a file, in one piece without a -wal beside it, a little at a time between other work. `progress` is told bytes, and stops
   * the copy by throwing.
   */
  copyTo(file: string, progress: (done: number, total: number) => void): Promise<void>;
  close(): void;
}

/** Copied in one turn of the event loop: about a millisecond. */
const bytesPerTurn = 1024 * 1024;

/** The moment is that of the call. Until it is closed the -wal file of the database grows by what is written to it. */
export function snapshotOf(file: string): Snapshot {
  const database = openDatabase(file);
  let pageBytes: number;
  try {
    // On a connection of its own the copy would begin anew after each write of another one, but for this transaction.
    database.exec('BEGIN');
    pageBytes = database.pragma('page_size', { simple: true }) as number;
    database.prepare('SELECT count(*) FROM sqlite_schema').get();
  } catch (error) {
    database.close();
    throw error;
  }
  return {
    async copyTo(target, progress) {
      await database.backup(target, {
        progress({ totalPages, remainingPages }) {
          progress((totalPages - remainingPages) * pageBytes, totalPages * pageBytes);
          return Math.ceil(bytesPerTurn / pageBytes);
        },
      });
      const copy = openDatabase(target);
      try {
        copy.pragma('journal_mode = DELETE');
      } finally {
        copy.close();
      }
    },
    close: () => void database.close(),
  };
}
