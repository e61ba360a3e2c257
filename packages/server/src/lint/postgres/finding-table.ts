import { randomUUID } from 'node:crypto';
import { limits } from '../../limits.ts';
import type { Sql, Statement } from '../../postgres/connection.ts';
import { fromStoredText, toStoredText } from '../../postgres/exact-text.ts';
import { migrate } from '../../postgres/migrate.ts';
import type { Postgres } from '../../postgres/postgres.ts';
import type { FindingTable } from '../finding-table.ts';
import type { Example, Finding } from '../rules.ts';
import { keyOf, newestOf, withoutIds } from '../sums.ts';

/** '' stands for no key and no lib. `examples` are JSON. `finding_writer` says which batch of a process was the last to arrive. */
export const steps: readonly string[] = [
  `
  CREATE TABLE finding (
    environment text COLLATE "C" NOT NULL,
    rule text COLLATE "C" NOT NULL,
    key text COLLATE "C" NOT NULL,
    lib text COLLATE "C" NOT NULL,
    count bigint NOT NULL,
    first_time bigint NOT NULL,
    last_time bigint NOT NULL,
    examples text NOT NULL,
    PRIMARY KEY (environment, rule, key, lib)
  );
  CREATE TABLE finding_writer (
    writer uuid NOT NULL,
    environment text COLLATE "C" NOT NULL,
    batch bigint NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (writer, environment)
  );
  `,
];

interface Place {
  readonly rule: Finding['rule'];
  readonly key: string;
  readonly lib: string;
}
interface Shown extends Place {
  readonly examples: string;
}
interface Row extends Shown {
  readonly count: number;
  readonly first_time: number;
  readonly last_time: number;
}

const statement = <R = unknown>(name: string, text: string): Statement<R> => ({ name: `finding_${name}`, text });

const statements = {
  /** A row where the batch has not arrived before. */
  batch: statement<{ batch: number }>(
    'batch',
    `INSERT INTO finding_writer AS w (writer, environment, batch) VALUES ($1, $2, $3)
     ON CONFLICT (writer, environment) DO UPDATE SET batch = excluded.batch, at = now() WHERE w.batch < excluded.batch RETURNING batch`,
  ),
  /** Answers with the examples that were there before, or are now. */
  add: statement<Shown>(
    'add',
    `INSERT INTO finding AS f (environment, rule, key, lib, count, first_time, last_time, examples)
     SELECT $1, * FROM unnest($2::text[], $3::text[], $4::text[], $5::bigint[], $6::bigint[], $7::bigint[], $8::text[])
     ON CONFLICT (environment, rule, key, lib) DO UPDATE SET count = f.count + excluded.count,
       first_time = least(f.first_time, excluded.first_time), last_time = greatest(f.last_time, excluded.last_time)
     RETURNING rule, key, lib, examples`,
  ),
  setExamples: statement(
    'set_examples',
    `UPDATE finding AS f SET examples = w.examples
     FROM unnest($2::text[], $3::text[], $4::text[], $5::text[]) AS w(rule, key, lib, examples)
     WHERE f.environment = $1 AND f.rule = w.rule AND f.key = w.key AND f.lib = w.lib`,
  ),
  dropOldest: statement(
    'drop_oldest',
    `DELETE FROM finding WHERE environment = $1 AND (rule, key, lib) IN
       (SELECT rule, key, lib FROM finding WHERE environment = $1 ORDER BY last_time DESC, rule, key, lib OFFSET $2)`,
  ),
  list: statement<Row>(
    'list',
    `SELECT rule, key, lib, count, first_time, last_time, examples FROM finding WHERE environment = $1
     ORDER BY last_time DESC, rule, key, lib LIMIT $2`,
  ),
  lockShown: statement<Shown>(
    'lock_shown',
    `SELECT rule, key, lib, examples FROM finding WHERE environment = $1 AND examples <> '[]' ORDER BY rule, key, lib FOR UPDATE`,
  ),
  dropWriters: statement('drop_writers', "DELETE FROM finding_writer WHERE at < now() - interval '7 days'"),
};

/** In a table that all nodes add to. */
export async function openPostgresFindingTable({ connections, options }: Postgres): Promise<FindingTable> {
  await migrate(connections, options.schema, { room: 'lint', steps });
  // Of processes that are long gone: who still tries to write does so each second.
  await connections.alone.rows(statements.dropWriters, []);
  const writer = randomUUID();

  const setExamples = async (sql: Sql, environment: string, changed: readonly Shown[]) => {
    if (changed.length === 0) return;
    await sql.rows(statements.setExamples, [environment, ...columnsOf(changed, ['rule', 'key', 'lib', 'examples'])]);
  };

  return {
    async add(environment, { number, findings }) {
      const rows = findings.map(rowOf).sort(byPlace);
      const own = new Map(findings.map((finding) => [placeOf(rowOf(finding)), finding.examples]));
      await connections.write(async (sql) => {
        const isNew = (await sql.rows(statements.batch, [writer, environment, number])).length > 0;
        if (!isNew) return;
        const found = await sql.rows(statements.add, [environment, ...columnsOf(rows, columns)]);
        const changed = found.flatMap((row) => {
          const examples = JSON.stringify(newestOf(own.get(placeOf(row)) ?? [], examplesOf(row)));
          return examples === row.examples ? [] : [{ ...row, examples }];
        });
        await setExamples(sql, environment, changed);
        await sql.rows(statements.dropOldest, [environment, limits.lintFindingsMax]);
      });
    },
    async list(environment) {
      const rows = await connections.alone.rows(statements.list, [environment, limits.lintFindingsMax]);
      return rows.map((row) => ({
        rule: row.rule,
        key: row.key === '' ? null : fromStoredText(row.key),
        lib: row.lib === '' ? null : row.lib,
        count: row.count,
        firstTime: row.first_time,
        lastTime: row.last_time,
        examples: examplesOf(row),
      }));
    },
    async forget(environment, ids) {
      await connections.write(async (sql) => {
        const shown = await sql.rows(statements.lockShown, [environment]);
        const changed = shown.flatMap((row) => {
          const kept = withoutIds(examplesOf(row), ids);
          return kept === null ? [] : [{ ...row, examples: JSON.stringify(kept) }];
        });
        await setExamples(sql, environment, changed);
      });
    },
    close: async () => undefined,
  };
}

const columns = ['rule', 'key', 'lib', 'count', 'first_time', 'last_time', 'examples'] as const;

const rowOf = ({ rule, key, lib, count, firstTime, lastTime, examples }: Finding): Row => ({
  rule,
  key: key === null ? '' : toStoredText(key),
  lib: lib ?? '',
  count,
  first_time: firstTime,
  last_time: lastTime,
  examples: JSON.stringify(examples),
});

const placeOf = (row: Place): string => keyOf(row.rule, row);

/** Nodes that lock in one order do not wait for each other in a circle. */
const byPlace = (a: Place, b: Place): number => (placeOf(a) < placeOf(b) ? -1 : 1);

const examplesOf = ({ examples }: Shown): Example[] => JSON.parse(examples);

const columnsOf = <R extends object>(rows: readonly R[], names: readonly (keyof R)[]): unknown[][] =>
  names.map((name) => rows.map((row) => row[name]));
