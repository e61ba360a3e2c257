import type { FastifyInstance } from 'fastify';
import { type Static, Type } from 'typebox';
import { OnymError } from '../../errors.ts';
import { distinctIdOf } from '../../ingest/distinct-ids.ts';
import { limits } from '../../limits.ts';
import { needs } from '../auth.ts';
import { eventSource } from '../event-stream.ts';
import { isLiveWanted } from '../live-streams.ts';
import { environmentFor } from '../read-request.ts';
import type { RouteContext } from '../route-context.ts';
import { environment, errorResponses } from '../schemas.ts';

const eventsQuery = Type.Object({
  environment,
  distinct_id: Type.Optional(
    Type.String({ description: 'Only events of this person: of the identity that the identifier belongs to then.' }),
  ),
  event: Type.Optional(Type.String({ description: 'Only events of this name.' })),
});

const schema = {
  summary: 'Events as they come',
  description: `Live, with \`Accept: text/event-stream\`: each event once it is acknowledged, from the opening of the stream on. A reader who takes them too slowly (${limits.streamedEventsWaitingMax} wait) gets an event named \`dropped\` with the \`count\` of those left out. What came before is in a person's timeline and in SQL.`,
  operationId: 'streamEvents',
  tags: ['events'],
  querystring: eventsQuery,
  response: {
    200: {
      description: 'The live stream.',
      content: {
        'text/event-stream': {
          schema: Type.String({ description: 'Events named `event`, each with an Event as data; or `dropped`.' }),
        },
      },
    },
    ...errorResponses(400, 401, 403, 422, 429),
  },
};

interface EventsRoute {
  Querystring: Static<typeof eventsQuery>;
}

export async function eventRoutes(app: FastifyInstance, { services, live }: RouteContext): Promise<void> {
  app.get<EventsRoute>('/events', needs('read', schema), async (request, reply) => {
    const { environment: named, distinct_id: id, event = null } = request.query;
    const at = environmentFor(request, services, named);
    if (!isLiveWanted(request)) {
      throw new OnymError(
        'invalid-payload',
        'This is a live stream: send Accept: text/event-stream. Past events are at /v1/identities/:id/events and in /v1/query.',
      );
    }
    const filter = { distinctId: id === undefined ? null : distinctIdOf(id, 'distinct_id'), event };
    return live.send(request, reply, at, eventSource(services, at, filter));
  });
}
