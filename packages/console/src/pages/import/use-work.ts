import { useSyncExternalStore } from 'react';
import { queryClient } from '../../api/query-client.ts';
import { type Work, workOf } from './work.ts';

const subscribe = (listener: () => void) => queryClient.getQueryCache().subscribe(listener);

/** The work on a file, or null. At once, as the fields of a form must be: a query's observer is told a moment later. */
export const useWork = (environment: string): Work | null =>
  useSyncExternalStore(subscribe, () => workOf(environment) ?? null);
