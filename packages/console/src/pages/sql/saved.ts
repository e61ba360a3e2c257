import { queryOptions } from '@tanstack/react-query';
import { answered, api } from '../../api/client.ts';
import { pagesOf } from '../../api/pages-of.ts';
import { environmentKey, queryClient } from '../../api/query-client.ts';
import type { components } from '../../api/schema.d.ts';

/** Saved queries of an environment: kept in the server, for everybody who may query it. */

export type SavedQuery = components['schemas']['SavedQuery'];
type Draft = Pick<SavedQuery, 'name' | 'sql' | 'chart'>;

const keyOf = (environment: string) => [...environmentKey(environment), 'saved-queries'];

/** All of them, page after page. */
export const savedQueries = (environment: string) =>
  queryOptions({
    queryKey: keyOf(environment),
    queryFn: async ({ signal }): Promise<readonly SavedQuery[]> => {
      const all: SavedQuery[] = [];
      const pages = pagesOf((next) =>
        answered(api.GET('/v1/queries', { params: { query: { environment, next } }, signal })),
      );
      for await (const { queries } of pages) all.push(...queries);
      return all;
    },
  });

const again = (environment: string) => queryClient.invalidateQueries({ queryKey: keyOf(environment) });

export async function saveQuery(environment: string, draft: Draft): Promise<SavedQuery> {
  const { query } = await answered(api.POST('/v1/queries', { body: { environment, ...draft } }));
  await again(environment);
  return query;
}

/** Over the version that was read: where somebody changed it meanwhile, that is an error, and nothing is lost. */
export async function changeQuery(environment: string, { id, version }: SavedQuery, draft: Draft): Promise<SavedQuery> {
  const { query } = await answered(
    api.PUT('/v1/queries/{id}', { params: { path: { id } }, body: { environment, version, ...draft } }),
  );
  await again(environment);
  return query;
}

export async function removeSaved({ environment, id, version }: SavedQuery & { environment: string }): Promise<void> {
  await answered(api.DELETE('/v1/queries/{id}', { params: { path: { id }, query: { environment, version } } }));
  await again(environment);
}
