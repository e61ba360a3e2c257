import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { limits } from '../../limits.ts';
import { nodeId } from '../../node-id.ts';
import * as schemas from '../aside-schemas.ts';
import { needs } from '../auth.ts';
import { cursorOf } from '../cursors.ts';
import { environmentFor } from '../read-request.ts';
import type { RouteContext } from '../route-context.ts';
import { checkSelection } from '../selection.ts';
import { eventToWire, timeToWire } from '../wire.ts';

const cursor = cursorOf('quarantine', Type.Integer({ minimum: 1 }));

/** Events that were acknowledged, and that the event store would not take. */
export async function quarantineRoutes(app: FastifyInstance, { services }: RouteContext): Promise<void> {
  const { quarantine } = services;

  app.get<schemas.QuarantineRoute>('/quarantine', needs('read', schemas.quarantine), async (request) => {
    const { query } = request;
    const environment = environmentFor(request, services, query.environment);
    const limit = query.limit ?? limits.pageSizeDefault;
    const after = query.next === undefined ? 0 : cursor.decode(query.next);
    const events = quarantine.list(environment, { after, limit: limit + 1 });
    const page = events.slice(0, limit);
    return {
      events: page.map(({ id, quarantinedAt, message, event }) => ({
        id,
        quarantined_at: timeToWire(quarantinedAt),
        message,
        event: eventToWire(event, nodeId(environment, event.distinct_id)),
      })),
      next: events.length > limit ? cursor.encode(page.at(-1)!.id) : null,
    };
  });

  app.post<schemas.QuarantineSelectionRoute>(
    '/quarantine/replay',
    needs('steer', schemas.replayQuarantine),
    async (request) => {
      checkSelection(request.body);
      const environment = environmentFor(request, services, request.body.environment);
      return { ok: true, ...(await quarantine.replay(environment, request.body.ids ?? null)) };
    },
  );

  app.post<schemas.QuarantineSelectionRoute>(
    '/quarantine/discard',
    needs('steer', schemas.discardQuarantine),
    async (request) => {
      checkSelection(request.body);
      const environment = environmentFor(request, services, request.body.environment);
      return { ok: true, discarded: quarantine.discard(environment, request.body.ids ?? null) };
    },
  );
}
