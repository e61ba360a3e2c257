import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { exceedsBytes } from '../../characters.ts';
import { OnymError } from '../../errors.ts';
import { distinctIdOf } from '../../ingest/distinct-ids.ts';
import { limits } from '../../limits.ts';
import { needs } from '../auth.ts';
import { cursorOf } from '../cursors.ts';
import { environmentFor } from '../read-request.ts';
import type { RouteContext } from '../route-context.ts';
import { optionalTimeToWire, resolvedToWire, separationToWire, timeToWire } from '../wire.ts';
import * as schemas from './finding-schemas.ts';

const recentCursor = cursorOf('recent', Type.Object({ changedSeq: Type.Integer(), component: Type.Integer() }));
const separationCursor = cursorOf(
  'separations',
  Type.Object({ seq: Type.Integer({ minimum: 0 }), pair: Type.Tuple([Type.String(), Type.String()]) }),
);

/** Lists in which people are found. */
export async function findingRoutes(app: FastifyInstance, { services }: RouteContext): Promise<void> {
  const { people, search } = services;

  app.get<schemas.SearchRoute>('/search', needs('read', schemas.search), async (request, reply) => {
    const { q, depth = 'substring', limit = limits.searchPageSizeDefault, ...query } = request.query;
    const environment = environmentFor(request, services, query.environment);
    if (exceedsBytes(q, limits.searchBytesMax)) {
      throw new OnymError(
        'invalid-payload',
        `q is longer than ${limits.searchBytesMax} bytes. Send the beginning of it.`,
      );
    }
    const gone = new AbortController();
    reply.raw.once('close', () => gone.abort());
    const found = await search.find(environment, q, { limit, depth, signal: gone.signal }).catch((error) => {
      // Who types on does not wait for the answer.
      if (gone.signal.aborted) return null;
      throw error;
    });
    if (found === null) return reply.hijack();
    return {
      identifiers: found.identifiers.map(({ distinctId, match, seen, ...identity }) => ({
        distinct_id: distinctId,
        ...resolvedToWire(environment, identity),
        match,
        seen,
      })),
      traits: found.traits.map(({ key, value, distinctId, ...identity }) => ({
        key,
        value,
        distinct_id: distinctId,
        ...resolvedToWire(environment, identity),
      })),
      complete: found.isAll,
    };
  });

  app.get<schemas.RecentRoute>('/identities', needs('read', schemas.recent), async (request) => {
    const { query } = request;
    const environment = environmentFor(request, services, query.environment);
    const page = await people.recent(environment, {
      after: query.next === undefined ? null : recentCursor.decode(query.next),
      limit: query.limit ?? limits.recentPageSizeDefault,
    });
    return {
      identities: page.people.map((person) => ({
        ...resolvedToWire(environment, person),
        identifier_count: person.size,
        created_at: timeToWire(person.createdAt),
        changed_at: timeToWire(person.changedAt),
        changed_seq: person.changedSeq,
        event_count: person.counts.event_count,
        first_seen: optionalTimeToWire(person.counts.first_seen),
        last_seen: optionalTimeToWire(person.counts.last_seen),
      })),
      next: page.next === null ? null : recentCursor.encode(page.next),
    };
  });

  app.get<schemas.SeparationsRoute>('/separations', needs('read', schemas.separations), async (request) => {
    const { query } = request;
    const environment = environmentFor(request, services, query.environment);
    const limit = query.limit ?? limits.pageSizeDefault;
    const person = query.distinct_id === undefined ? null : distinctIdOf(query.distinct_id, 'distinct_id');
    const found = await people.separations(environment, person, {
      after: query.next === undefined ? null : separationCursor.decode(query.next),
      limit: limit + 1,
    });
    const shown = found.slice(0, limit);
    const { seq, pair } = shown.at(-1) ?? { seq: 0, pair: ['', ''] };
    return {
      separations: shown.map(separationToWire),
      next: found.length > limit ? separationCursor.encode({ seq, pair: [pair[0], pair[1]] }) : null,
    };
  });
}
