import { useInfiniteQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useEnvironment } from '../../shell/use-environment.ts';
import { historyQuery, type LedgerRow } from './queries.ts';
import { useAllPages } from './use-all-pages.ts';
import { useName } from './use-name.ts';

/** A thousand rows each; beyond, one has to ask for more. */
const pagesMax = 20;

export interface History {
  /** As they happened. */
  readonly rows: readonly LedgerRow[];
  readonly isPending: boolean;
  readonly isReading: boolean;
  /** There are more than are read unasked. */
  readonly hasMore: boolean;
  readonly readMore: () => void;
  readonly error: unknown;
  readonly retry: () => void;
}

/** The rows that made the person of the address. */
export function useHistory(): History {
  const environment = useEnvironment();
  const name = useName();
  const query = useInfiniteQuery(historyQuery({ environment, name }));
  const pages = useAllPages(query, pagesMax);
  const rows = useMemo(() => pages.flatMap((page) => page.rows), [pages]);
  return {
    rows,
    isPending: query.isPending,
    isReading: query.isFetching,
    hasMore: query.hasNextPage && !query.isFetching && pages.length >= pagesMax,
    readMore: () => void query.fetchNextPage(),
    error: query.error,
    retry: () => void query.refetch(),
  };
}
