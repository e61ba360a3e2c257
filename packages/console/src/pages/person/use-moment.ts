import { useInfiniteQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useEnvironment } from '../../shell/use-environment.ts';
import { type Moment, momentOf } from './moment.ts';
import { identityQuery } from './queries.ts';
import { usePersonSearch } from './search.ts';
import { useAllPages } from './use-all-pages.ts';
import { useName } from './use-name.ts';

/** A thousand identifiers each: what is beyond is not listed. */
const pagesMax = 50;

export interface MomentRead {
  /** Null until the first page is there. */
  readonly moment: Moment | null;
  readonly error: unknown;
  readonly retry: () => void;
}

/** The person of the address at the moment of the address. What is read of it comes page by page. */
export function useMoment(): MomentRead {
  const environment = useEnvironment();
  const name = useName();
  const { as_of_seq } = usePersonSearch();
  const query = useInfiniteQuery(identityQuery({ environment, name }, as_of_seq));
  const pages = useAllPages(query, pagesMax);
  const moment = useMemo(() => (pages.length === 0 ? null : momentOf(pages)), [pages]);
  return { moment, error: query.error, retry: () => void query.refetch() };
}
