import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { limits } from '../../limits.ts';
import type { Conflict } from '../../steering/types.ts';
import { needs } from '../auth.ts';
import { cursorOf } from '../cursors.ts';
import { environmentFor } from '../read-request.ts';
import type { RouteContext } from '../route-context.ts';
import { linkToWire, timeToWire } from '../wire.ts';
import * as schemas from './review-schemas.ts';

const reviewCursor = cursorOf('review', Type.Integer({ minimum: 1 }));
const conflictCursor = cursorOf('conflicts', Type.Integer({ minimum: 1 }));

/** What waits for a person: held links and refused evidence. */
export async function reviewRoutes(app: FastifyInstance, { services }: RouteContext): Promise<void> {
  app.get<schemas.ReviewRoute>('/review', needs('read', schemas.review), async (request) => {
    const { query } = request;
    const environment = environmentFor(request, services, query.environment);
    const limit = Math.min(query.limit ?? limits.pageSizeDefault, limits.reviewPageSizeMax);
    const before = query.next === undefined ? null : reviewCursor.decode(query.next);
    const withRadius = query.blast_radius ?? true;
    const items = await services.steering.review(environment, { before, limit: limit + 1, withRadius });
    const page = items.slice(0, limit);
    return {
      held: page.map(({ link, repeats, blastRadius }) => ({
        link: linkToWire(link),
        repeats,
        ...(blastRadius !== null && { blast_radius: blastRadius }),
      })),
      next: items.length > limit ? reviewCursor.encode(page.at(-1)!.link.seq) : null,
    };
  });

  app.get<schemas.QueueRoute>('/conflicts', needs('read', schemas.conflicts), async (request) => {
    const { query } = request;
    const environment = environmentFor(request, services, query.environment);
    const before = query.next === undefined ? null : conflictCursor.decode(query.next);
    const page = { before, limit: query.limit ?? limits.pageSizeDefault };
    const { conflicts, next } = await services.steering.conflicts(environment, page);
    return { conflicts: conflicts.map(conflictToWire), next: next === null ? null : conflictCursor.encode(next) };
  });
}

function conflictToWire(conflict: Conflict) {
  return {
    reason: conflict.reason,
    distinct_id: conflict.distinctId,
    count: conflict.count,
    first_time: timeToWire(conflict.firstTime),
    last_time: timeToWire(conflict.lastTime),
    claimants: conflict.claimants,
    links: conflict.links.map(linkToWire),
    sources: conflict.sources,
  };
}
