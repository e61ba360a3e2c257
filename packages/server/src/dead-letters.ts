import type { DeadLetter } from './http/services.ts';
import { limits } from './limits.ts';
import { inTransaction, openDatabase } from './sqlite.ts';

export interface DeadLetters {
  /** Never throws and never waits; beyond `waitingDeadLettersMax` letters are only counted. */
  add(letters: readonly DeadLetter[]): void;
  stats(): { kept: number; dropped: number };
  /** Newest first. */
  list(limit: number): (Omit<DeadLetter, 'item'> & { readonly item: string })[];
  close(): void;
}

const flushIntervalMs = 1_000;

/** Rejected items with their reason, newest kept: a bounded table, written behind the answers. */
export function openDeadLetters(file: string, log: { error(details: object, message: string): void }): DeadLetters {
  const database = openDatabase(file);
  database.exec(`CREATE TABLE IF NOT EXISTS dead_letter (
    id INTEGER PRIMARY KEY,
    call TEXT NOT NULL,
    environment TEXT,
    key TEXT NOT NULL,
    received_at INTEGER NOT NULL,
    error_code TEXT NOT NULL,
    message TEXT NOT NULL,
    item TEXT NOT NULL
  )`);
  const insert = database.prepare(
    'INSERT INTO dead_letter (call, environment, key, received_at, error_code, message, item) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  const trim = database.prepare('DELETE FROM dead_letter WHERE id <= (SELECT max(id) FROM dead_letter) - ?');
  const list = database.prepare('SELECT * FROM dead_letter ORDER BY id DESC LIMIT ?');
  const waiting: DeadLetter[] = [];
  let kept = 0;
  let dropped = 0;

  function flush(): void {
    if (waiting.length === 0) return;
    const letters = waiting.splice(0);
    try {
      inTransaction(database, () => {
        for (const letter of letters) {
          const item = (JSON.stringify(letter.item) ?? 'null').slice(0, limits.deadLetterCharactersMax);
          insert.run(
            letter.call,
            letter.environment,
            letter.key,
            letter.receivedAt,
            letter.errorCode,
            letter.message,
            item,
          );
        }
        trim.run(limits.deadLettersMax);
      });
      kept += letters.length;
    } catch (error) {
      dropped += letters.length;
      log.error({ err: error, count: letters.length }, 'rejected items could not be kept');
    }
  }

  const timer = setInterval(flush, flushIntervalMs);
  timer.unref();

  return {
    add(letters) {
      for (const letter of letters) {
        if (waiting.length < limits.waitingDeadLettersMax) waiting.push(letter);
        else dropped++;
      }
    },
    stats: () => ({ kept: kept + waiting.length, dropped }),
    list(limit) {
      flush();
      return (list.all(limit) as Record<string, never>[]).map((row) => ({
        call: row.call!,
        environment: row.environment!,
        key: row.key!,
        receivedAt: row.received_at!,
        errorCode: row.error_code!,
        message: row.message!,
        item: row.item!,
      }));
    },
    close() {
      clearInterval(timer);
      flush();
      database.close();
    },
  };
}
