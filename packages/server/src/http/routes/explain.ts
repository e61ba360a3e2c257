import type { FastifyInstance } from 'fastify';
import { type Static, Type } from 'typebox';
import { distinctIdOf } from '../../ingest/distinct-ids.ts';
import { needs } from '../auth.ts';
import { environmentFor } from '../read-request.ts';
import type { RouteContext } from '../route-context.ts';
import { environment, errorResponses } from '../schemas.ts';
import { linkToWire, separationToWire } from '../wire.ts';

const explainQuery = Type.Object({
  environment,
  a: Type.String({ description: 'One identifier.' }),
  b: Type.String({ description: 'Another.' }),
});

const links = (description: string) => Type.Array(Type.Ref('Link#'), { description });

const schema = {
  summary: 'Why two ids are one person, or not',
  description: 'The chain of evidence between two identifiers, and what stands between them.',
  operationId: 'explain',
  tags: ['identities'],
  querystring: explainQuery,
  response: {
    200: Type.Object(
      {
        same: Type.Boolean({ description: 'True when both are one identity.' }),
        path: links('A shortest chain of active links from a to b; empty when they are not one.'),
        refused: links('Refused evidence between their identities.'),
        held: links('Held evidence between their identities.'),
        separations: Type.Array(Type.Object({ a: Type.String(), b: Type.String(), seq: Type.Integer() }), {
          description: 'Standing statements that keep them apart.',
        }),
        neighbour: Type.Union(
          [
            Type.Object({
              canonical_id: Type.String({ description: 'The identity that has turned-down evidence with both.' }),
              path: links('From a to b: turned-down evidence at the ends, active links between.'),
            }),
            Type.Null(),
          ],
          { description: 'Where they nearly met; null when they are one, or nowhere.' },
        ),
      },
      { description: 'The evidence.' },
    ),
    ...errorResponses(400, 401, 403, 422),
  },
};

export async function explainRoutes(app: FastifyInstance, { services }: RouteContext): Promise<void> {
  app.get<{ Querystring: Static<typeof explainQuery> }>('/explain', needs('read', schema), async (request) => {
    const { query } = request;
    const at = environmentFor(request, services, query.environment);
    const evidence = await services.people.explain(at, distinctIdOf(query.a, 'a'), distinctIdOf(query.b, 'b'));
    return {
      same: evidence.same,
      path: evidence.path.map(linkToWire),
      refused: evidence.refused.map(linkToWire),
      held: evidence.held.map(linkToWire),
      separations: evidence.separations.map(separationToWire),
      neighbour:
        evidence.neighbour === null
          ? null
          : { canonical_id: evidence.neighbour.canonicalId, path: evidence.neighbour.path.map(linkToWire) },
    };
  });
}
