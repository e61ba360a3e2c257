import { queryOptions } from '@tanstack/react-query';
import { environmentKey } from '../api/query-client.ts';
import type { Act } from './act.ts';
import { perform } from './perform.ts';

/** What the act would do now. Never from memory: the world may have changed since. */
export const dryRunQuery = (environment: string, act: Act) =>
  queryOptions({
    queryKey: [...environmentKey(environment), 'dry-run', act],
    queryFn: ({ signal }) => perform(environment, act, { dryRun: true, signal }),
    staleTime: 0,
    gcTime: 0,
  });
