import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { needs } from '../auth.ts';
import type { RouteContext } from '../route-context.ts';
import { errorResponses, jsonResponse } from '../schemas.ts';
import { optionalTimeToWire } from '../wire.ts';

const environment = Type.Object({
  name: Type.String(),
  since: Type.Union([Type.String(), Type.Null()], { description: 'Time of its first ledger row; null without one.' }),
  ledger_head: Type.Integer({ description: 'Its last ledger seq.' }),
  events: Type.Integer({ description: 'In the event store; those of the last second may still be on their way.' }),
  settings: Type.Ref('Settings#'),
});

const schema = {
  summary: 'Environments',
  description: 'Those that the server serves and the key may use.',
  operationId: 'listEnvironments',
  tags: ['operations'],
  response: {
    200: jsonResponse('All of them.', Type.Object({ environments: Type.Array(environment) })),
    ...errorResponses(401, 403),
  },
};

export async function environmentRoutes(app: FastifyInstance, { services }: RouteContext): Promise<void> {
  app.get('/environments', needs('read', schema), async ({ key }) => {
    const names = services.environments().filter((name) => key!.environments.includes(name));
    const states = await Promise.all(names.map((name) => services.environmentStates.state(name)));
    return {
      environments: states.map(({ name, since, ledgerHead, events, settings: { rules: _, ...settings } }) => ({
        name,
        since: optionalTimeToWire(since),
        ledger_head: ledgerHead,
        events,
        settings,
      })),
    };
  });
}
