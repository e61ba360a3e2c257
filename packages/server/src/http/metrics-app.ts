import Fastify, { type FastifyInstance } from 'fastify';
import { OnymError } from '../errors.ts';
import { sendError } from './errors.ts';
import type { HttpMetrics } from './metrics.ts';

/** /metrics alone, without a key, for a port of its own; not yet listening. */
export function createMetricsApp(metrics: Pick<HttpMetrics, 'text' | 'registry'>): FastifyInstance {
  const app = Fastify({ forceCloseConnections: true });
  app.setErrorHandler(sendError);
  app.setNotFoundHandler(() => {
    throw new OnymError('not-found', 'This port serves /metrics and nothing else.');
  });
  app.get('/metrics', async (_request, reply) => reply.type(metrics.registry.contentType).send(await metrics.text()));
  return app;
}
