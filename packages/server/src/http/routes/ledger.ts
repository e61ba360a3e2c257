import type { FastifyInstance } from 'fastify';
import { type Static, Type } from 'typebox';
import { OnymError } from '../../errors.ts';
import { limits } from '../../limits.ts';
import { needs } from '../auth.ts';
import { cursorOf } from '../cursors.ts';
import { ledgerSource } from '../ledger-stream.ts';
import { isLiveWanted } from '../live-streams.ts';
import { environmentFor } from '../read-request.ts';
import type { RouteContext } from '../route-context.ts';
import { environment, errorResponses, limit, next } from '../schemas.ts';
import { factToWire } from '../wire.ts';

const cursor = cursorOf('ledger', Type.Integer({ minimum: 0 }));

const ledgerQuery = Type.Object({
  environment,
  after: Type.Optional(
    Type.String({
      description:
        'Rows after this seq, or `next` of the page before. 0, the default, is the beginning; `head` is the end: only what is new.',
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
          schema: Type.String({
            description:
              'Events named `ledger`, each with a row as data. With `after=head`, first one named `start`, whose id is the place it starts at.',
          }),
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

export async function ledgerRoutes(app: FastifyInstance, { services, live }: RouteContext): Promise<void> {
  app.get<LedgerRoute>('/ledger', needs('read', schema), async (request, reply) => {
    const { query } = request;
    const named = environmentFor(request, services, query.environment);
    const asked = (isLiveWanted(request) ? request.headers['last-event-id'] : undefined) ?? query.after;
    const isHead = asked === 'head';
    const after = isHead ? await services.ledgerHead(named) : positionOf(asked);
    if (isLiveWanted(request)) return live.send(request, reply, named, ledgerSource(services, named, after, isHead));
    const pageSize = query.limit ?? limits.pageSizeDefault;
    const facts = await services.ledgerPage(named, after, pageSize + 1);
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
