import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type Static, Type } from 'typebox';
import { OnymError } from '../../errors.ts';
import { limits } from '../../limits.ts';
import { needs } from '../auth.ts';
import { cursorOf } from '../cursors.ts';
import { ledgerStream } from '../ledger-stream.ts';
import { environmentFor } from '../read-request.ts';
import type { RouteContext } from '../route-context.ts';
import { environment, errorResponses, limit, next } from '../schemas.ts';
import { factToWire } from '../wire.ts';

const cursor = cursorOf('ledger', Type.Integer({ minimum: 0 }));
const streamRetryAfterSeconds = 10;

const ledgerQuery = Type.Object({
  environment,
  after: Type.Optional(
    Type.String({
      description: 'Rows after this seq, or `next` of the page before. 0, the default, is the beginning.',
    }),
  ),
  limit,
});

const ledgerHeaders = Type.Object({
  'last-event-id': Type.Optional(
    Type.String({ description: 'Seq of the last row of the stream that was cut; goes before `after`.' }),
  ),
});

const schema = {
  summary: 'The ledger',
  description:
    'Every operation and verdict in seq order, without gaps. With `Accept: text/event-stream`, live: one event per row, its id the seq.',
  operationId: 'getLedger',
  tags: ['ledger'],
  querystring: ledgerQuery,
  headers: ledgerHeaders,
  response: {
    200: {
      description: 'A page of rows, or the live stream.',
      content: {
        'application/json': {
          schema: Type.Object({ rows: Type.Array(Type.Ref('LedgerRow#')), next: next('rows') }),
        },
        'text/event-stream': {
          schema: Type.String({ description: 'Events named `ledger`, each with a row as data.' }),
        },
      },
    },
    ...errorResponses(400, 401, 403, 422, 429),
  },
};

interface LedgerRoute {
  Querystring: Static<typeof ledgerQuery>;
  Headers: Static<typeof ledgerHeaders>;
}

export async function ledgerRoutes(app: FastifyInstance, context: RouteContext): Promise<void> {
  const { services } = context;
  let streams = 0;

  app.get<LedgerRoute>('/ledger', needs('read', schema), async (request, reply) => {
    const { query } = request;
    const named = environmentFor(request, services, query.environment);
    const isLive = request.headers.accept?.includes('text/event-stream') ?? false;
    if (isLive) {
      const after = positionOf(request.headers['last-event-id'] ?? query.after);
      if (streams >= limits.concurrentStreamsMax) {
        throw new OnymError(
          'too-many-requests',
          `${limits.concurrentStreamsMax} streams are open already. Close one, or read pages instead.`,
          { retryAfterSeconds: streamRetryAfterSeconds },
        );
      }
      streams++;
      return sendStream(request, reply, named, after, context, () => streams--);
    }
    const pageSize = query.limit ?? limits.pageSizeDefault;
    const facts = await services.ledgerPage(named, positionOf(query.after), pageSize + 1);
    const shown = facts.slice(0, pageSize);
    const last = shown.at(-1);
    return {
      rows: shown.map(factToWire),
      next: facts.length > pageSize && last !== undefined ? cursor.encode(last.seq) : null,
    };
  });
}

function positionOf(after: string | undefined): number {
  if (after === undefined || after === '') return 0;
  if (!/^\d+$/.test(after)) return cursor.decode(after);
  const seq = Number(after);
  if (Number.isSafeInteger(seq)) return seq;
  throw new OnymError('invalid-payload', 'after is larger than any seq. Send the seq of a ledger row.');
}

function sendStream(
  request: FastifyRequest,
  reply: FastifyReply,
  named: string,
  after: number,
  context: RouteContext,
  onEnd: () => void,
): FastifyReply {
  const gone = new AbortController();
  reply.raw.once('close', () => {
    gone.abort();
    onEnd();
  });
  const stream = ledgerStream({ environment: named, after, key: request.key!.name, gone: gone.signal }, context);
  return reply
    .header('content-type', 'text/event-stream; charset=utf-8')
    .header('cache-control', 'no-cache, no-transform')
    .header('x-accel-buffering', 'no')
    .send(Readable.from(stream, { objectMode: false, highWaterMark: 64 * 1024 }));
}
