import { inTransaction, migrate, openDatabase, scrub } from '../../disk/sqlite.ts';
import { limits } from '../../limits.ts';
import type { FindingTable } from '../finding-table.ts';
import type { Finding } from '../rules.ts';
import { newestOf, withoutIds } from '../sums.ts';

interface Row {
  readonly rule: Finding['rule'];
  readonly key: string;
  readonly lib: string;
  readonly count: number;
  readonly first_time: number;
  readonly last_time: number;
  readonly examples: string;
}

/** In a file of this process alone. */
export function openSqliteFindingTable(file: string): FindingTable {
  const database = openDatabase(file);
  // Best effort: a second of findings is not worth waiting for the disk.
  database.pragma('synchronous = NORMAL');
  // Ids are personal data: an erased one is overwritten.
  database.pragma('secure_delete = ON');
  migrate(database, [
    // Files from before steps were numbered have it.
    `CREATE TABLE IF NOT EXISTS finding (
    environment TEXT NOT NULL,
    rule TEXT NOT NULL,
    key TEXT NOT NULL,
    lib TEXT NOT NULL,
    count INTEGER NOT NULL,
    first_time INTEGER NOT NULL,
    last_time INTEGER NOT NULL,
    examples TEXT NOT NULL,
    PRIMARY KEY (environment, rule, key, lib)
  )`,
  ]);
  const list = database.prepare<[string, number], Row>(
    `SELECT rule, key, lib, count, first_time, last_time, examples FROM finding WHERE environment = ?
     ORDER BY last_time DESC, rowid DESC LIMIT ?`,
  );
  /** Answers with the examples that it had before, or has now. */
  const add = database
    .prepare<unknown[], string>(
      `INSERT INTO finding AS f (environment, rule, key, lib, count, first_time, last_time, examples) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET count = f.count + excluded.count, first_time = min(f.first_time, excluded.first_time),
         last_time = max(f.last_time, excluded.last_time) RETURNING examples`,
    )
    .pluck();
  const setExamples = database.prepare(
    'UPDATE finding SET examples = ? WHERE environment = ? AND rule = ? AND key = ? AND lib = ?',
  );
  const dropOldest = database.prepare(
    `DELETE FROM finding WHERE rowid IN
       (SELECT rowid FROM finding WHERE environment = ? ORDER BY last_time DESC, rowid DESC LIMIT -1 OFFSET ?)`,
  );

  return {
    // Its number is not needed: here it is always known whether a batch has arrived.
    async add(environment, { findings }) {
      inTransaction(database, () => {
        for (const { rule, key, lib, count, firstTime, lastTime, examples } of findings) {
          const place = [environment, rule, key ?? '', lib ?? ''];
          const own = JSON.stringify(examples);
          const found = add.get(...place, count, firstTime, lastTime, own)!;
          if (found !== own) setExamples.run(JSON.stringify(newestOf(examples, JSON.parse(found))), ...place);
        }
        dropOldest.run(environment, limits.lintFindingsMax);
      });
    },
    list: async (environment) =>
      list.all(environment, limits.lintFindingsMax).map(({ key, lib, first_time, last_time, examples, ...row }) => ({
        ...row,
        key: key === '' ? null : key,
        lib: lib === '' ? null : lib,
        firstTime: first_time,
        lastTime: last_time,
        examples: JSON.parse(examples),
      })),
    async forget(environment, ids) {
      inTransaction(database, () => {
        for (const { rule, key, lib, examples } of list.all(environment, -1)) {
          const kept = withoutIds(JSON.parse(examples), ids);
          if (kept !== null) setExamples.run(JSON.stringify(kept), environment, rule, key, lib);
        }
      });
      scrub(database);
    },
    close: async () => void database.close(),
  };
}
