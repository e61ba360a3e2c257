import { queryOptions } from '@tanstack/react-query';
import { environmentKey } from './query-client.ts';
import { rowsOf } from './rows.ts';

/** A batch, as its links tell of it. */
export interface Batch {
  readonly batch: string;
  readonly links: number;
  /** Those that have not been taken back. */
  readonly active: number;
  /** ISO 8601, of the last link. */
  readonly time: string;
  readonly seq: number;
}

export const batchesListedMax = 20;

const batches = (condition: string): string =>
  `SELECT batch, count() AS links, countIf(status IN ('active', 'approved')) AS active,
    formatDateTime(max(time), '%Y-%m-%dT%H:%i:%SZ') AS time, max(seq) AS seq
  FROM links WHERE ${condition} GROUP BY batch ORDER BY seq DESC LIMIT ${batchesListedMax}`;

/** Batches that imports made and that linked somebody, the latest first. Needs the scope `query`. */
export const importedBatches = (environment: string) =>
  queryOptions({
    queryKey: [...environmentKey(environment), 'imports'],
    queryFn: ({ signal }) =>
      rowsOf<Batch>({ environment, sql: batches("lib = 'onym-import' AND batch IS NOT NULL") }, signal),
  });

/** The batch of this name, of an import or of calls that named it; null where no link is of it. Needs the scope `query`. */
export const batchNamed = (environment: string, batch: string) =>
  queryOptions({
    queryKey: [...environmentKey(environment), 'batch', batch],
    queryFn: async ({ signal }) => {
      const asked = { environment, sql: batches('batch = {batch:String}'), params: { batch } };
      return (await rowsOf<Batch>(asked, signal))[0] ?? null;
    },
  });
