import type { FastifyInstance, FastifyReply, FastifyRequest, onRequestHookHandler } from 'fastify';
import { OnymError } from '../../errors.ts';
import { checkOrigin, keyOf, mayRead, needs } from '../auth.ts';
import { answerPreflight, openToOrigin } from '../cors.ts';
import type { Protocol, ProtocolRoute } from '../protocols/protocol.ts';
import { submit } from '../protocols/submit.ts';
import type { RouteContext } from '../route-context.ts';
import { noValidation } from '../validation.ts';

/** The calls of applications. CORS is open on these routes alone: their keys are publishable, and they read nothing. */
export async function callRoutes(
  app: FastifyInstance,
  context: RouteContext,
  protocols: readonly Protocol[],
): Promise<void> {
  // No child logger per request: these are the routes that are called for every event.
  app.setChildLoggerFactory((logger) => logger as never);
  // Before anything that can fail, so that errors have the headers too: without them a page sees a failed fetch, and sends again.
  app.addHook('onRequest', (request, reply, done) => {
    openToOrigin(request.headers.origin, reply);
    done();
  });
  for (const route of protocols.flat()) {
    app.post(
      route.url,
      {
        ...needs(route.scope, route.schema, route.config),
        validatorCompiler: noValidation,
        // A key that comes in the body is counted once it is there.
        ...(route.scope === null ? {} : { onRequest: admitted(context) }),
      },
      (request, reply) => answer(route, request, reply, context),
    );
    app.options(route.url, needs(null, { hide: true }), answerPreflight);
  }
}

const admitted =
  ({ rates }: RouteContext): onRequestHookHandler =>
  (request, reply, done) => {
    try {
      rates.admit(request, reply);
    } catch (error) {
      done(error as Error);
      return;
    }
    done();
  };

function answer(
  route: ProtocolRoute,
  request: FastifyRequest,
  reply: FastifyReply,
  context: RouteContext,
): Promise<string> {
  if (route.secretOf !== undefined) {
    request.key = keyOf(context.keys, route.secretOf(request), 'where the protocol has it');
    checkOrigin(request.key, request);
    context.rates.admit(request, reply);
  }
  const { body } = request;
  if (body === undefined) {
    throw new OnymError('invalid-json', 'The body is empty. Send a JSON object or array.');
  }
  const options = route.optionsOf(request);
  const said = route.read(body);
  context.rates.admitRest(request, reply, said.items.length - 1);
  return submit(said, request, options, context).then((submitted) => {
    const { status, text } = said.write(submitted, mayRead(request.key!));
    reply.code(status).type('application/json; charset=utf-8');
    return text;
  });
}
