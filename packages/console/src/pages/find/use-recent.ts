import { useInfiniteQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { answered, api } from '../../api/client.ts';
import { environmentKey } from '../../api/query-client.ts';
import type { operations } from '../../api/schema.d.ts';
import type { Item } from '../../finding/found.ts';

type Answer = operations['listIdentities']['responses'][200]['content']['application/json'];
export type RecentPerson = Answer['identities'][number];

export const recentKey = (environment: string) => [...environmentKey(environment), 'recent'] as const;

/** Recent people, page by page, as items of a list. */
export function useRecent(environment: string) {
  const { data, error, hasNextPage, isFetching, fetchNextPage, isPending } = useInfiniteQuery({
    queryKey: recentKey(environment),
    queryFn: ({ pageParam, signal }) =>
      answered(
        api.GET('/v1/identities', {
          params: { query: { environment, ...(pageParam === null ? {} : { next: pageParam }) } },
          signal,
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
  });
  const items = useMemo(
    () =>
      (data?.pages ?? [])
        .flatMap(({ identities }) => identities)
        .map((person) => ({ ...itemOf(person), recent: person })),
    [data],
  );
  return { items, error, hasNextPage, isFetching, isPending, fetchNextPage };
}

export type Recent = ReturnType<typeof useRecent>;

const itemOf = ({ identity_id, canonical_id, known }: RecentPerson): Item => ({
  type: 'person',
  key: identity_id,
  person: {
    identityId: identity_id,
    canonicalId: canonical_id,
    known,
    match: { by: 'identifier', distinctId: canonical_id, how: 'exact' },
  },
});
