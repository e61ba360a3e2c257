import { queryOptions } from '@tanstack/react-query';
import { answered, api } from '../api/client.ts';
import { environmentKey } from '../api/query-client.ts';

const idsMax = 1_000;

/** Whom an act is about, with the first thousand identifiers. */
export const personOfActQuery = (environment: string, id: string, by: 'distinct_id' | 'identity_id') =>
  queryOptions({
    queryKey: [...environmentKey(environment), 'person-of-act', id, by],
    queryFn: ({ signal }) =>
      answered(
        api.GET('/v1/identities/{id}', { params: { path: { id }, query: { environment, by, limit: idsMax } }, signal }),
      ),
  });
