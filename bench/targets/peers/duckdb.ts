import { DuckDBInstance } from '@duckdb/node-api';
import type { Names } from './stored-rows.ts';

/** Rounds go with the logarithm of the longest path: this is beyond any. */
const roundsMax = 64;

export interface LabelPropagation {
  /** From a file of pairs to a table of names on disk. */
  run(file: string): Promise<{ rounds: number; seconds: number }>;
  names(ids: readonly string[]): Promise<Names>;
  close(): Promise<void>;
}

/**
 * Who is one person, in SQL: all nodes of a label take the least label that any of their neighbours has, then their label's label, until
 * nothing changes. Where each node hears its own neighbours alone, long chains take ten times the rounds. It keeps no history, and begins anew
 * with each file.
 */
export async function openDuckDb(file: string): Promise<LabelPropagation> {
  const instance = await DuckDBInstance.create(file);
  const connection = await instance.connect();
  const run = (sql: string, parameters?: Record<string, string>) => connection.runAndReadAll(sql, parameters);

  async function propagated(): Promise<boolean> {
    await run(`CREATE OR REPLACE TABLE heard AS
      SELECT l.node, least(l.label, coalesce(m.label, l.label)) AS label FROM label l LEFT JOIN
        (SELECT x.label AS root, min(y.label) AS label
         FROM edge e JOIN label x ON x.node = e.a JOIN label y ON y.node = e.b GROUP BY x.label) m ON m.root = l.label`);
    const changed = await run('SELECT count(*) FROM heard h JOIN label l USING (node) WHERE h.label <> l.label');
    await run(`CREATE OR REPLACE TABLE label AS
      SELECT h.node, n.label FROM heard h JOIN heard n ON n.node = h.label`);
    return Number(changed.getRows()[0]![0]) > 0;
  }

  return {
    async run(pairs) {
      const start = performance.now();
      await run(
        'CREATE OR REPLACE TABLE pair AS SELECT id AS a, other_id AS b FROM read_csv($file, all_varchar = true)',
        {
          file: pairs,
        },
      );
      await run(`CREATE OR REPLACE TABLE node AS
        SELECT id, row_number() OVER () AS node FROM (SELECT a AS id FROM pair UNION SELECT b FROM pair)`);
      await run(`CREATE OR REPLACE TABLE edge AS
        WITH numbered AS (SELECT x.node AS a, y.node AS b FROM pair JOIN node x ON x.id = pair.a JOIN node y ON y.id = pair.b)
        SELECT a, b FROM numbered UNION ALL SELECT b, a FROM numbered`);
      await run('CREATE OR REPLACE TABLE label AS SELECT node, node AS label FROM node');
      let rounds = 1;
      while (await propagated()) {
        if (++rounds > roundsMax) throw new Error('The labels do not settle.');
      }
      await run(`CREATE OR REPLACE TABLE person AS
        SELECT n.id, m.id AS name FROM node n JOIN label l USING (node) JOIN node m ON m.node = l.label`);
      await run('CHECKPOINT');
      return { rounds, seconds: (performance.now() - start) / 1_000 };
    },
    async names(ids) {
      const wanted = new Set(ids);
      const rows = (await run('SELECT id, name FROM person')).getRows() as [string, string][];
      return new Map(rows.filter(([id]) => wanted.has(id)));
    },
    async close() {
      connection.closeSync();
      instance.closeSync();
    },
  };
}
