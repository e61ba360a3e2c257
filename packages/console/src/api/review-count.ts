import { queryOptions } from '@tanstack/react-query';
import { answered, api } from './client.ts';
import { environmentKey } from './query-client.ts';

const countMax = 100;

/** How many held links wait: `3`, or `100+`. Without their previews, which is what takes time. */
export const reviewCountQuery = (environment: string) =>
  queryOptions({
    queryKey: [...environmentKey(environment), 'review-count'],
    queryFn: async ({ signal }) => {
      const query = { environment, limit: countMax, blast_radius: false };
      const { held, next } = await answered(api.GET('/v1/review', { params: { query }, signal }));
      return next === null ? String(held.length) : `${countMax}+`;
    },
    staleTime: 60_000,
  });
