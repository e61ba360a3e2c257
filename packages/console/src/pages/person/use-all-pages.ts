import type { InfiniteData, UseInfiniteQueryResult } from '@tanstack/react-query';
import { useEffect } from 'react';

/** Reads on until the end, or this many pages, and gives the pages read. */
export function useAllPages<Page>(
  {
    data,
    hasNextPage,
    isFetching,
    isError,
    isPlaceholderData,
    fetchNextPage,
  }: UseInfiniteQueryResult<InfiniteData<Page>>,
  pagesMax: number,
): readonly Page[] {
  const pages = data?.pages ?? none;
  const goesOn = hasNextPage && !isFetching && !isError && !isPlaceholderData && pages.length < pagesMax;
  useEffect(() => {
    if (goesOn) void fetchNextPage();
  }, [goesOn, fetchNextPage]);
  return pages;
}

const none: never[] = [];
