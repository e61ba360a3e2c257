import { QueryClient } from '@tanstack/react-query';
import { isApiError, isAway } from './api-error.ts';

const retriesMax = 5;

/** A refusal is an answer; a server that is away is asked again for a while. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      retry: (failures, error) => (isApiError(error) ? isAway(error) : true) && failures < retriesMax,
      retryDelay: (failures) => Math.min(500 * 2 ** failures, 5_000),
    },
    mutations: { retry: false },
  },
});

/** Every query of an environment's people has this as the beginning of its key. */
export const environmentKey = (environment: string) => ['environment', environment] as const;

/** After an act: whatever is shown of the environment is read again. */
export const forgetEnvironment = (environment: string): Promise<void> =>
  queryClient.invalidateQueries({ queryKey: environmentKey(environment) });
