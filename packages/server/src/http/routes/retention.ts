import type { FastifyInstance } from 'fastify';
import { needs } from '../auth.ts';
import { environmentFor } from '../read-request.ts';
import type { RouteContext } from '../route-context.ts';
import { timeToWire } from '../wire.ts';
import { type RetentionRoute, retentionSchema } from './retention-schemas.ts';

export async function retentionRoutes(app: FastifyInstance, { services }: RouteContext): Promise<void> {
  app.post<RetentionRoute>('/retention', needs('erase', retentionSchema), async (request) => {
    const environment = environmentFor(request, services, request.body.environment);
    const dryRun = request.query.dry_run ?? false;
    const removed = await services.retention.run(environment, { days: request.body.days ?? null, dryRun });
    return { ok: true, dry_run: dryRun, ...removed, before: timeToWire(removed.before) };
  });
}
