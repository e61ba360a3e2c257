import { queryOptions } from '@tanstack/react-query';
import { type Answer, ask } from '../../api/ask-sql.ts';
import { answered, api } from '../../api/client.ts';
import { environmentKey } from '../../api/query-client.ts';
import type { operations } from '../../api/schema.d.ts';

/** An answer stays what it was until it is asked again. */
export const answerQuery = (environment: string, sql: string) =>
  queryOptions({
    queryKey: ['sql', environment, sql],
    queryFn: ({ signal }): Promise<Answer> => ask({ environment, sql }, signal),
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });

export const schemaQuery = (environment: string) =>
  queryOptions({
    queryKey: [...environmentKey(environment), 'schema'],
    queryFn: ({ signal }) => answered(api.GET('/v1/schema', { params: { query: { environment } }, signal })),
    staleTime: 60_000,
  });

export type Schema = operations['schema']['responses'][200]['content']['application/json'];
