import { inTransaction, migrate, openDatabase, scrub } from '../disk/sqlite.ts';
import type { Finding } from './rules.ts';

/** Where findings outlive the process. */
export interface FindingTable {
  read(): { environment: string; finding: Finding }[];
  write(environment: string, changes: { changed: readonly Finding[]; dropped: readonly Finding[] }): void;
  /** Leaves nothing of overwritten rows in the files. */
  scrub(): void;
  close(): void;
}

interface Row {
  readonly environment: string;
  readonly rule: Finding['rule'];
  readonly key: string;
  readonly lib: string;
  readonly count: number;
  readonly first_time: number;
  readonly last_time: number;
  readonly examples: string;
}

export function openFindingTable(file: string): FindingTable {
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
  const all = database.prepare<[], Row>('SELECT * FROM finding');
  const save = database.prepare(
    `INSERT INTO finding (environment, rule, key, lib, count, first_time, last_time, examples) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET count = excluded.count, first_time = excluded.first_time, last_time = excluded.last_time,
       examples = excluded.examples`,
  );
  const drop = database.prepare('DELETE FROM finding WHERE environment = ? AND rule = ? AND key = ? AND lib = ?');

  return {
    read: () =>
      all.all().map(({ environment, rule, key, lib, count, first_time, last_time, examples }) => ({
        environment,
        finding: {
          rule,
          key: key === '' ? null : key,
          lib: lib === '' ? null : lib,
          count,
          firstTime: first_time,
          lastTime: last_time,
          examples: JSON.parse(examples),
        },
      })),
    write(environment, { changed, dropped }) {
      inTransaction(database, () => {
        for (const { rule, key, lib } of dropped) drop.run(environment, rule, key ?? '', lib ?? '');
        for (const { rule, key, lib, count, firstTime, lastTime, examples } of changed) {
          save.run(environment, rule, key ?? '', lib ?? '', count, firstTime, lastTime, JSON.stringify(examples));
        }
      });
    },
    scrub: () => scrub(database),
    close: () => void database.close(),
  };
}
