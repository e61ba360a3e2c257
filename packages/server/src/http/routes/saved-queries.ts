import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { limits } from '../../limits.ts';
import type { Draft, SavedQuery } from '../../saved-queries/types.ts';
import { needs } from '../auth.ts';
import { cursorOf } from '../cursors.ts';
import { environmentFor } from '../read-request.ts';
import type { RouteContext } from '../route-context.ts';
import { timeToWire } from '../wire.ts';
import * as schemas from './saved-queries-schemas.ts';

const cursor = cursorOf('queries', Type.String());

/** Queries that the people who may query an environment keep for each other. */
export async function savedQueryRoutes(app: FastifyInstance, { services }: RouteContext): Promise<void> {
  const { savedQueries } = services;

  app.get<schemas.ListSavedQueriesRoute>('/queries', needs('query', schemas.listSavedQueries), async (request) => {
    const { query } = request;
    const environment = environmentFor(request, services, query.environment);
    const limit = query.limit ?? limits.pageSizeDefault;
    const after = query.next === undefined ? null : cursor.decode(query.next);
    const found = await savedQueries.page(environment, { after, limit: limit + 1 });
    const page = found.slice(0, limit);
    return {
      queries: page.map(savedQueryToWire),
      next: found.length > limit ? cursor.encode(page.at(-1)!.name) : null,
    };
  });

  app.post<schemas.SaveQueryRoute>('/queries', needs('query', schemas.saveQuery), async (request) => {
    const { key, body } = request;
    const environment = environmentFor(request, services, body.environment);
    const saved = await savedQueries.add(environment, draftOf(body), key!.name);
    return { ok: true, query: savedQueryToWire(saved) };
  });

  app.put<schemas.ChangeQueryRoute>('/queries/:id', needs('query', schemas.changeQuery), async (request) => {
    const { key, body, params } = request;
    const environment = environmentFor(request, services, body.environment);
    const place = { environment, id: params.id, version: body.version };
    return { ok: true, query: savedQueryToWire(await savedQueries.replace(place, draftOf(body), key!.name)) };
  });

  app.delete<schemas.DeleteQueryRoute>('/queries/:id', needs('query', schemas.deleteSavedQuery), async (request) => {
    const { query, params } = request;
    const environment = environmentFor(request, services, query.environment);
    await savedQueries.remove({ environment, id: params.id, version: query.version ?? null });
    return { ok: true };
  });
}

const draftOf = ({ name, sql, chart }: schemas.SavedDraft): Draft => ({
  name,
  sql,
  chart: chart ? { kind: chart.kind, x: chart.x ?? null, y: chart.y ?? [] } : null,
});

const savedQueryToWire = ({ id, name, sql, chart, version, savedBy, savedAt }: SavedQuery) => ({
  id,
  name,
  sql,
  chart,
  version,
  saved_by: savedBy,
  saved_at: timeToWire(savedAt),
});
