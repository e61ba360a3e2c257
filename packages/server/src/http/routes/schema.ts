import type { FastifyInstance } from 'fastify';
import { type Static, Type } from 'typebox';
import { describeSchema } from '../../events/schema.ts';
import { limits } from '../../limits.ts';
import { needs } from '../auth.ts';
import { environmentFor } from '../read-request.ts';
import type { RouteContext } from '../route-context.ts';
import { environment, errorResponses, jsonResponse } from '../schemas.ts';

const query = Type.Object({ environment });

const column = Type.Object({
  name: Type.String(),
  type: Type.String({ description: 'As the engine names it.' }),
  comment: Type.String(),
});
const seenKeys = (rows: string) =>
  Type.Object(
    {
      sampled: Type.Integer({ description: `How many of the newest ${rows} were looked at.` }),
      keys: Type.Array(
        Type.Object({
          key: Type.String({ description: 'The path, as SQL knows it.' }),
          types: Type.Array(Type.String(), { description: 'Types of its values.' }),
          count: Type.Integer({ description: 'Sampled rows that hold it.' }),
          example: Type.Unknown({ description: 'A value of it.' }),
          sql: Type.String({ description: 'How to read it in SQL, with its type.' }),
        }),
        { description: `The most frequent first, at most ${limits.schemaKeysMax}.` },
      ),
    },
    { description: `Keys seen in the newest ${rows}, at most ${limits.schemaSampleRows} of them.` },
  );

const answer = Type.Object({
  views: Type.Array(Type.Object({ name: Type.String(), comment: Type.String(), columns: Type.Array(column) }), {
    description: 'What queries can read.',
  }),
  events: Type.Array(Type.Object({ event: Type.String(), count: Type.Integer() }), {
    description: `Names of the sampled events, at most ${limits.schemaEventsMax}.`,
  }),
  properties: seenKeys('events'),
  traits: seenKeys('profiles'),
});

const schema = {
  summary: 'What there is to ask about',
  description:
    'The views with their columns, and the events, properties and traits seen in the newest rows, with types and examples.',
  operationId: 'schema',
  tags: ['query'],
  querystring: query,
  response: { 200: jsonResponse('The views and the keys seen.', answer), ...errorResponses(401, 403, 422, 429) },
};

export async function schemaRoutes(app: FastifyInstance, { services }: RouteContext): Promise<void> {
  app.get<{ Querystring: Static<typeof query> }>('/schema', needs('query', schema), async (request, reply) => {
    const at = environmentFor(request, services, request.query.environment);
    const gone = new AbortController();
    reply.raw.once('close', () => gone.abort());
    return describeSchema(services.reads, at, { key: request.key!.name, signal: gone.signal });
  });
}
