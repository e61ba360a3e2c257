import { queryOptions, skipToken, useQuery } from '@tanstack/react-query';
import { answered, api } from '../../api/client.ts';
import { environmentKey } from '../../api/query-client.ts';
import { type Work, workKey } from './work.ts';

/** The work on a file, or null. */
export const useWork = (environment: string): Work | null =>
  useQuery<Work | null>({
    queryKey: workKey(environment),
    queryFn: skipToken,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: Number.POSITIVE_INFINITY,
    structuralSharing: false,
  }).data ?? null;

/** Imports that linked somebody, the latest first. */
export interface EarlierImport {
  readonly batch: string;
  readonly links: number;
  /** Those that have not been taken back. */
  readonly active: number;
  /** ISO 8601, of the last link. */
  readonly time: string;
  readonly seq: number;
}

export const earlierImportsMax = 20;

const sql = `SELECT batch, count() AS links, countIf(status IN ('active', 'approved')) AS active,
  formatDateTime(max(time), '%Y-%m-%dT%H:%i:%SZ') AS time, max(seq) AS seq
FROM links WHERE lib = 'onym-import' AND batch IS NOT NULL GROUP BY batch ORDER BY seq DESC LIMIT ${earlierImportsMax}`;

export const earlierImportsQuery = (environment: string) =>
  queryOptions({
    queryKey: [...environmentKey(environment), 'imports'],
    queryFn: async ({ signal }): Promise<readonly EarlierImport[]> => {
      const answer = await answered(api.POST('/v1/query', { body: { environment, sql }, signal }));
      return (answer as unknown as { data: EarlierImport[] }).data;
    },
  });
