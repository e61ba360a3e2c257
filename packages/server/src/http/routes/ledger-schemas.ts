import { type Static, Type } from 'typebox';
import { environment, errorResponses, limit, next } from '../schemas.ts';

/** Schemas of /v1/ledger and below. */

const tags = ['ledger'];

export const ledgerFilterFields = {
  kind: Type.Optional(
    Type.String({
      description: 'Only rows of one of these `kinds`, separated by commas.',
      examples: ['merged,split'],
    }),
  ),
  verdict: Type.Optional(
    Type.String({
      description: 'Only rows with one of these verdicts, separated by commas.',
      examples: ['refused,held'],
    }),
  ),
};

const ledgerQuery = Type.Object({
  environment,
  after: Type.Optional(
    Type.String({
      description:
        'Rows after this seq, or `next` of the page before. 0, the default, is the beginning; `head` is the end: only what is new.',
    }),
  ),
  before: Type.Optional(
    Type.String({
      description:
        'Instead of `after`: rows before this seq, or `next` of the page before, newest first. `head` begins with the newest.',
    }),
  ),
  ...ledgerFilterFields,
  limit,
});

const ledgerHeaders = Type.Object({
  'last-event-id': Type.Optional(
    Type.String({ description: 'Seq of the last row of the stream that was cut; goes before `after`.' }),
  ),
});

export interface LedgerRoute {
  Querystring: Static<typeof ledgerQuery>;
  Headers: Static<typeof ledgerHeaders>;
}

export const ledger = {
  summary: 'The ledger',
  description:
    'Every operation and verdict in seq order, without gaps. With `Accept: text/event-stream`, live: one event per row, its id the seq. With `kind` or `verdict`, a page may hold fewer rows than `limit`, or none, while `next` says that there are more to be looked at.',
  operationId: 'getLedger',
  tags,
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
              'Events named `ledger`, each with a LedgerRow as data. With `after=head`, first one named `start`, whose id is the place it starts at.',
          }),
        },
      },
    },
    ...errorResponses(400, 401, 403, 422, 429),
  },
};

const rowParams = Type.Object({ seq: Type.Integer({ minimum: 1, description: 'Number of the row.' }) });
const rowQuery = Type.Object({ environment });

export interface LedgerRowRoute {
  Params: Static<typeof rowParams>;
  Querystring: Static<typeof rowQuery>;
}

export const ledgerRow = {
  summary: 'A row of the ledger',
  description: 'One operation and its verdict, by its seq.',
  operationId: 'getLedgerRow',
  tags,
  params: rowParams,
  querystring: rowQuery,
  response: {
    200: {
      description: 'The row.',
      content: { 'application/json': { schema: Type.Ref('LedgerRow#') } },
    },
    ...errorResponses(400, 401, 403, 404, 422),
  },
};
