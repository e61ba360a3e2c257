import { infiniteQueryOptions } from '@tanstack/react-query';
import { answered, api } from '../../api/client.ts';
import { environmentKey } from '../../api/query-client.ts';
import type { operations } from '../../api/schema.d.ts';

type Body<Operation extends 'getReview' | 'getConflicts'> =
  operations[Operation]['responses'][200]['content']['application/json'];
export type HeldLink = Body<'getReview'>['held'][number];
export type Conflict = Body<'getConflicts'>['conflicts'][number];

/** Each held link comes with a preview, which the server makes for each. */
const heldPage = 25;
const conflictsPage = 50;

const nextParam = (next: string | null) => (next === null ? {} : { next });

export const heldQuery = (environment: string) =>
  infiniteQueryOptions({
    queryKey: [...environmentKey(environment), 'review'],
    queryFn: ({ pageParam, signal }) =>
      answered(
        api.GET('/v1/review', { params: { query: { environment, limit: heldPage, ...nextParam(pageParam) } }, signal }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
  });

export const conflictsQuery = (environment: string) =>
  infiniteQueryOptions({
    queryKey: [...environmentKey(environment), 'conflicts'],
    queryFn: ({ pageParam, signal }) =>
      answered(
        api.GET('/v1/conflicts', {
          params: { query: { environment, limit: conflictsPage, ...nextParam(pageParam) } },
          signal,
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
  });
