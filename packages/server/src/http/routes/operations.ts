import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { OnymError } from '../../errors.ts';
import type { RouteContext } from '../route-context.ts';
import { errorResponses, jsonResponse } from '../schemas.ts';

const startRetryAfterSeconds = 1;
const tags = ['operations'];
const ok = Type.Object({ ok: Type.Literal(true) });

/** For whoever runs the server. Without a key: they tell nothing of anyone. */
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
        summary: 'Are calls accepted?',
        operationId: 'getReadiness',
        tags,
        response: { 200: jsonResponse('They are.', ok), ...errorResponses() },
      } as object,
      config: { scope: null },
    },
    async () => {
      if (services.ready()) return { ok: true };
      throw new OnymError('overloaded', 'Onym is starting or stopping. Try again in a moment.', {
        retryAfterSeconds: startRetryAfterSeconds,
      });
    },
  );

  app.get(
    '/metrics',
    {
      schema: {
        summary: 'Metrics',
        description: 'In the Prometheus text format.',
        operationId: 'getMetrics',
        tags,
        response: { 200: { description: 'The metrics.', content: { 'text/plain': { schema: Type.String() } } } },
      } as object,
      config: { scope: null },
    },
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
