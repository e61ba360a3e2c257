import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { answered, api } from '../../api/client.ts';
import { pagesOf } from '../../api/pages-of.ts';
import { environmentKey } from '../../api/query-client.ts';
import type { components, operations } from '../../api/schema.d.ts';

type Answer<Operation extends keyof operations> = operations[Operation] extends {
  responses: { 200: { content: { 'application/json': infer Body } } };
}
  ? Body
  : never;

export type Finding = Answer<'getLint'>['findings'][number];
export type DeadLetter = Answer<'listDeadLetters'>['dead_letters'][number];
export type ServerStatus = Answer<'getStatus'>;
export type Key = components['schemas']['Key'];

export const findingsQuery = (environment: string) =>
  queryOptions({
    queryKey: [...environmentKey(environment), 'lint'],
    queryFn: ({ signal }) => answered(api.GET('/v1/lint', { params: { query: { environment } }, signal })),
  });

export const deadLettersQuery = (environment: string, error_code: string | undefined) =>
  infiniteQueryOptions({
    queryKey: [...environmentKey(environment), 'dead-letters', error_code ?? null],
    queryFn: ({ pageParam, signal }) =>
      answered(
        api.GET('/v1/dead-letters', {
          params: { query: { environment, error_code, ...(pageParam !== null && { next: pageParam }) } },
          signal,
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
  });

export const keysKey = ['keys'] as const;

/** All keys that this session may see, page after page. */
export const keysQuery = queryOptions({
  queryKey: keysKey,
  queryFn: async ({ signal }): Promise<readonly Key[]> => {
    const all: Key[] = [];
    const pages = pagesOf((next) => answered(api.GET('/v1/keys', { params: { query: { next } }, signal })));
    for await (const { keys } of pages) all.push(...keys);
    return all;
  },
});

const statusEveryMs = 5_000;

/** Figures of now, again and again while they are looked at. `at`: when they came, for rates. */
export const statusQuery = (environment: string) =>
  queryOptions({
    queryKey: [...environmentKey(environment), 'status'],
    queryFn: async ({ signal, client, queryKey }): Promise<StatusReading> => {
      const before = client.getQueryData<StatusReading>(queryKey);
      const now = await answered(api.GET('/v1/status', { params: { query: { environment } }, signal }));
      return { now, at: Date.now(), before: before === undefined ? null : { now: before.now, at: before.at } };
    },
    refetchInterval: statusEveryMs,
    staleTime: 0,
  });

export interface StatusReading {
  readonly now: ServerStatus;
  /** Epoch milliseconds. */
  readonly at: number;
  /** The reading before this one. */
  readonly before: { readonly now: ServerStatus; readonly at: number } | null;
}
