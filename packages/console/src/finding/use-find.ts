import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useMemo } from 'react';
import { isApiError } from '../api/api-error.ts';
import { batchNamed } from '../api/batches.ts';
import { useEnvironment } from '../shell/use-environment.ts';
import { useScopes } from '../shell/use-scopes.ts';
import { type Item, itemsOf, meantBy } from './found.ts';
import { isThereQuery, searchQuery } from './queries.ts';
import { useDebounced } from './use-debounced.ts';

const waitMs = 120;

export interface Find {
  /** What the text may mean, as far as it is known. */
  readonly items: readonly Item[];
  /** Those are of an earlier text. */
  readonly isPending: boolean;
  readonly error: Error | null;
  /** What Enter opens where nothing was chosen. Waits for the answer. */
  readonly meant: () => Promise<Item | null>;
}

/** Finds what a text means, while it is typed. */
export function useFind(typed: string): Find {
  const environment = useEnvironment();
  const mayQuery = useScopes().includes('query');
  const queryClient = useQueryClient();
  const text = typed.trim();
  const asked = useDebounced(text, waitMs);
  const search = useQuery({
    ...searchQuery(environment, asked),
    enabled: asked !== '',
    placeholderData: keepPreviousData,
  });
  const batch = useQuery({ ...batchNamed(environment, asked), enabled: mayQuery && asked !== '' });
  const items = useMemo(
    () => (text === '' ? [] : itemsOf(text, search.data ?? [], batch.data?.batch ?? null)),
    [text, search.data, batch.data],
  );

  const meant = useCallback(async () => {
    if (text === '') return null;
    const [people, named, isThere] = await Promise.all([
      queryClient.fetchQuery(searchQuery(environment, text)),
      mayQuery ? queryClient.fetchQuery(batchNamed(environment, text)) : null,
      queryClient.fetchQuery(isThereQuery(environment, text)),
    ]);
    return meantBy(itemsOf(text, people, named?.batch ?? null), isThere);
  }, [environment, text, mayQuery, queryClient]);

  const isPending = text !== '' && (asked !== text || search.isFetching);
  return { items, isPending, error: isApiError(search.error) ? search.error : null, meant };
}
