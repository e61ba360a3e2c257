import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { OnymError } from '../../errors.ts';
import { stringifyExact } from '../../exact-json/stringify.ts';
import { needs } from '../auth.ts';
import { answerPreflight, openToOrigin } from '../cors.ts';
import { aliasCall, type IngestCall, identifyCall, trackCall } from '../ingest-calls.ts';
import { ingestArray, ingestOne, ingestOptionsOf } from '../ingest-request.ts';
import { aliasSchema, identifySchema, trackSchema } from '../ingest-schemas.ts';
import type { RouteContext } from '../route-context.ts';
import { noValidation } from '../validation.ts';

/** The three calls of applications. CORS is open on these alone: their keys are publishable, and they read nothing. */
export async function ingestRoutes(app: FastifyInstance, context: RouteContext): Promise<void> {
  // No child logger per request: these are the routes that are called for every event.
  app.setChildLoggerFactory((logger) => logger as never);
  // Before anything that can fail, so that errors have the headers too: without them a page sees a failed fetch, and sends again.
  app.addHook('onRequest', (request, reply, done) => {
    openToOrigin(request.headers.origin, reply);
    done();
  });
  addCall(app, context, trackCall, trackSchema);
  addCall(app, context, identifyCall, identifySchema);
  addCall(app, context, aliasCall, aliasSchema);
}

function addCall<Item, Result>(
  app: FastifyInstance,
  context: RouteContext,
  call: IngestCall<Item, Result>,
  schema: object,
): void {
  const url = `/${call.name}`;
  // A `timestamp` in the address is there to get past caches. A dry run of any call is told what it may have.
  const names = { notInQuery: ['environment', 'batch'], inQuery: ['dry_run'] };
  app.post(url, { ...needs(call.name, schema, names), validatorCompiler: noValidation }, (request, reply) =>
    handle(call, request, reply, context),
  );
  app.options(url, needs(null, { hide: true }), answerPreflight);
}

async function handle<Item, Result>(
  call: IngestCall<Item, Result>,
  request: FastifyRequest,
  reply: FastifyReply,
  context: RouteContext,
): Promise<string> {
  const { body } = request;
  if (body === undefined) {
    throw new OnymError('invalid-json', 'The body is empty. Send a JSON object or array.');
  }
  const options = ingestOptionsOf(request.query, call.name, request.key!);
  reply.type('application/json; charset=utf-8');
  if (!Array.isArray(body)) return stringifyExact(await ingestOne(call, request, options, context));
  const answer = await ingestArray(call, request, body, options, context);
  // Whatever the first item's error, an array without one good item is 422.
  if (!answer.ok) reply.code(422);
  return stringifyExact(answer);
}
