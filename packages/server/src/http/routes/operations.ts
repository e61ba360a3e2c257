import type { FastifyInstance } from 'fastify';
import { type Static, Type } from 'typebox';
import { OnymError } from '../../errors.ts';
import { needs } from '../auth.ts';
import { errorBody, prepareErrorReply } from '../errors.ts';
import { jsonLine } from '../json-line.ts';
import type { RouteContext } from '../route-context.ts';
import { errorResponses, jsonResponse } from '../schemas.ts';

const readyRetryAfterSeconds = 1;
const tags = ['operations'];
const readyQuery = Type.Object({
  calls: Type.Optional(
    Type.Literal('track', {
      description: 'Ask for events alone: without PostgreSQL they are kept all the same, and identities are not.',
    }),
  ),
});
const ok = Type.Object({ ok: Type.Literal(true) });
const reasons = Type.Array(Type.String(), { description: 'Why not, for people; empty when ready.' });
const ready = Type.Object({ ok: Type.Literal(true), ready: Type.Literal(true), reasons });
const notReady = Type.Intersect([Type.Ref('Error#'), Type.Object({ ready: Type.Literal(false), reasons })]);

/** For whoever runs the server. Those without a key tell nothing of anyone. */
export async function operationRoutes(app: FastifyInstance, { services, metrics }: RouteContext): Promise<void> {
  app.get(
    '/healthz',
    {
      schema: {
        summary: 'Is the process alive?',
        operationId: 'getHealth',
        tags,
        response: { 200: jsonResponse('It is.', ok) },
      } as object,
      config: { scope: null },
    },
    async () => ({ ok: true }),
  );

  app.get(
    '/readyz',
    {
      schema: {
        summary: 'Are calls kept?',
        description:
          'Looks at the disk and at how the last writes went; where that leaves a doubt, a little is written.',
        operationId: 'getReadiness',
        tags,
        querystring: readyQuery,
        response: {
          200: jsonResponse('They are.', ready),
          ...errorResponses(400),
          503: jsonResponse(
            'They can not be, and why: starting, stopping, a full disk, a full journal, no PostgreSQL.',
            notReady,
          ),
        },
      } as object,
      config: { scope: null },
    },
    async (request, reply) => {
      const { calls } = request.query as Static<typeof readyQuery>;
      const obstacles = await services.obstacles(calls);
      const reasons = obstacles.map(({ reason }) => reason);
      if (obstacles[0] === undefined) return { ok: true, ready: true, reasons };
      const error = new OnymError(obstacles[0].code, reasons.join(' '), { retryAfterSeconds: readyRetryAfterSeconds });
      return prepareErrorReply(reply, error).send(jsonLine({ ...errorBody(error), ready: false, reasons }));
    },
  );

  app.get(
    '/metrics',
    needs('metrics', {
      summary: 'Metrics',
      description:
        'In the Prometheus text format. Without a key on a port of its own, where ONYM_METRICS_PORT names one.',
      operationId: 'getMetrics',
      tags,
      response: {
        200: { description: 'The metrics.', content: { 'text/plain': { schema: Type.String() } } },
        ...errorResponses(401, 403),
      },
    }),
    async (_request, reply) => {
      const text = await metrics.text();
      return reply.header('content-type', metrics.registry.contentType).send(text);
    },
  );

  app.get(
    '/openapi.json',
    {
      schema: {
        summary: 'This document',
        operationId: 'getOpenApi',
        tags,
        response: { 200: jsonResponse('OpenAPI 3.1.', Type.Record(Type.String(), Type.Unknown())) },
      } as object,
      config: { scope: null },
    },
    async () => app.swagger(),
  );
}
