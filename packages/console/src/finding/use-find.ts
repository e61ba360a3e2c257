import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useMemo } from 'react';
import { batchNamed } from '../api/batches.ts';
import { useEnvironment } from '../shell/use-environment.ts';
import { useScopes } from '../shell/use-scopes.ts';
import { type Item, isExact, itemsOf } from './found.ts';
import { searchQuery } from './queries.ts';
import { useDebounced } from './use-debounced.ts';

/** The indexes are asked for nearly every key, the event store once somebody has stopped typing. */
const quickAfterMs = 60;
const deepAfterMs = 250;

export interface Find {
  /** What the text may mean, as far as it is known. */
  readonly items: readonly Item[];
  /** There may be others yet. */
  readonly isPending: boolean;
  /** There are others than those listed. */
  readonly hasMore: boolean;
  readonly error: Error | null;
  /** What Enter opens where nothing was chosen: the id that the text is, or else the first of what it may mean. Waits for the answer. */
  readonly meant: () => Promise<Item | null>;
}

/** Finds what a text means, while it is typed. */
export function useFind(typed: string): Find {
  const environment = useEnvironment();
  const mayQuery = useScopes().includes('query');
  const queryClient = useQueryClient();
  const text = typed.trim();
  const quickText = useDebounced(text, quickAfterMs);
  const deepText = useDebounced(text, deepAfterMs);
  const quick = useQuery({
    ...searchQuery(environment, quickText, 'prefix'),
    enabled: quickText !== '',
    placeholderData: keepPreviousData,
  });
  const deep = useQuery({ ...searchQuery(environment, deepText, 'substring'), enabled: deepText !== '' });
  const batch = useQuery({ ...batchNamed(environment, deepText), enabled: mayQuery && deepText !== '' });
  const isDeep = deepText === text && deep.data !== undefined;
  const found = isDeep ? deep.data : quick.data;
  const named = deepText === text ? (batch.data?.batch ?? null) : null;
  const items = useMemo(() => itemsOf(text, text === '' ? [] : (found?.people ?? []), named), [text, found, named]);

  const meant = useCallback(async () => {
    if (text === '') return null;
    const quickly = await queryClient.fetchQuery(searchQuery(environment, text, 'prefix'));
    const exact = itemsOf(text, quickly.people, null).find(isExact);
    if (exact !== undefined) return exact;
    const [{ people }, batch] = await Promise.all([
      queryClient.fetchQuery(searchQuery(environment, text, 'substring')),
      mayQuery ? queryClient.fetchQuery(batchNamed(environment, text)) : null,
    ]);
    return itemsOf(text, people, batch?.batch ?? null)[0] ?? null;
  }, [environment, text, mayQuery, queryClient]);

  return {
    items,
    isPending: text !== '' && !isDeep && deep.error === null,
    hasMore: isDeep && !deep.data.isAll,
    error: quick.error,
    meant,
  };
}
