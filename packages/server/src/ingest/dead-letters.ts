import { setImmediate as nextTurn } from 'node:timers/promises';
import { inTransaction, migrate, openDatabase, scrub } from '../disk/sqlite.ts';
import type { Forgets } from '../forgets.ts';
import { limits } from '../limits.ts';
import type { DeadLetter } from './types.ts';

export interface DeadLetters extends Forgets {
  /** Never throws and never waits; beyond `waitingDeadLettersMax` letters are only counted. */
  add(letters: readonly DeadLetter[]): void;
  stats(): { kept: number; dropped: number };
  /** Newest first. */
  list(limit: number): (Omit<DeadLetter, 'item'> & { readonly item: string })[];
  /** Of each group of ids, how many name one of them, in whatever field; those of no environment count too. */
  naming(environment: string, groups: readonly ReadonlySet<string>[]): Promise<number[]>;
  close(): void;
}

/** Looked through in one turn of the event loop. */
const rowsPerTurn = 500;
const flushIntervalMs = 1_000;

/** Rejected items with their reason, newest kept: a bounded table, written behind the answers. */
export function openDeadLetters(file: string, log: { error(details: object, message: string): void }): DeadLetters {
  const database = openDatabase(file);
  database.pragma('secure_delete = ON');
  migrate(database, [
    // Files from before steps were numbered have it.
    `CREATE TABLE IF NOT EXISTS dead_letter (
    id INTEGER PRIMARY KEY,
    call TEXT NOT NULL,
    environment TEXT,
    key TEXT NOT NULL,
    received_at INTEGER NOT NULL,
    error_code TEXT NOT NULL,
    message TEXT NOT NULL,
    item TEXT NOT NULL
  )`,
  ]);
  const insert = database.prepare(
    'INSERT INTO dead_letter (call, environment, key, received_at, error_code, message, item) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  const trim = database.prepare('DELETE FROM dead_letter WHERE id <= (SELECT max(id) FROM dead_letter) - ?');
  const next = database.prepare(
    'SELECT id, item FROM dead_letter WHERE id > ? AND (environment = ? OR environment IS NULL) ORDER BY id LIMIT ?',
  );
  const remove = database.prepare('DELETE FROM dead_letter WHERE id IN (SELECT value FROM json_each(?))');
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
          const item = letter.item.slice(0, limits.deadLetterCharactersMax);
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

  async function* rowsOf(environment: string): AsyncGenerator<{ id: number; item: string }> {
    flush();
    for (let after = 0; ; ) {
      const rows = next.all(after, environment, rowsPerTurn) as { id: number; item: string }[];
      yield* rows;
      if (rows.length < rowsPerTurn) return;
      after = rows.at(-1)!.id;
      await nextTurn();
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
    async naming(environment, groups) {
      const counts = groups.map(() => 0);
      const groupsById = new Map<string, number[]>();
      for (const [group, ids] of groups.entries()) {
        for (const id of ids) groupsById.set(id, [...(groupsById.get(id) ?? []), group]);
      }
      for await (const { item } of rowsOf(environment)) {
        const named = new Set([...idsIn(item)].flatMap((id) => groupsById.get(id) ?? []));
        for (const group of named) counts[group]!++;
      }
      return counts;
    },
    async forget(environment, distinctIds) {
      const ids: number[] = [];
      const named = new Set(distinctIds);
      for await (const { id, item } of rowsOf(environment)) {
        for (const text of idsIn(item)) {
          if (!named.has(text)) continue;
          ids.push(id);
          break;
        }
      }
      if (ids.length > 0) inTransaction(database, () => remove.run(JSON.stringify(ids)));
      scrub(database);
    },
    close() {
      clearInterval(timer);
      flush();
      database.close();
    },
  };
}

const jsonStrings = /"(?:[^"\\]|\\.)*"/g;

/** The item may be cut at its end, so that its strings are looked at one by one. A number may stand for an id as well. */
function* idsIn(item: string): Generator<string> {
  for (const [quoted] of item.matchAll(jsonStrings)) {
    yield quoted.includes('\\') ? unquoted(quoted) : quoted.slice(1, -1);
  }
  for (const [number] of item.matchAll(/(?<=:)-?\d[\d.]*/g)) yield number;
}

function unquoted(json: string): string {
  try {
    return JSON.parse(json) as string;
  } catch {
    return '';
  }
}
