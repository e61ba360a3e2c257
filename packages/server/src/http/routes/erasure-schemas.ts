import { type Static, Type } from 'typebox';
import { limits } from '../../limits.ts';
import { environment, errorLine, errorResponses, linesResponse, seq } from '../schemas.ts';
import { identifier, profileFields, traitValue } from './identities-schemas.ts';

/** Erasure and subject access (docs/http.md, "Erasure and subject access"). */

const params = Type.Object({
  id: Type.String({ description: 'A distinct_id, percent-encoded, or an identity_id.', minLength: 1 }),
});
const by = Type.Unsafe<'distinct_id' | 'identity_id'>({
  type: 'string',
  enum: ['distinct_id', 'identity_id'],
  description: 'How to read the id.',
});

const eraseQuery = Type.Object({
  environment,
  by,
  dry_run: Type.Optional(Type.Boolean({ description: 'Count; erase nothing.' })),
});
export interface EraseRoute {
  Params: Static<typeof params>;
  Querystring: Static<typeof eraseQuery>;
}

export const erase = {
  summary: 'Erase a person',
  description:
    'Removes the whole identity, every identifier of it: events, traits, links, separations, queue entries, dead letters, and what the ledger says of them. It can not be taken back. The same ids, sent again, are strangers.',
  operationId: 'eraseIdentity',
  tags: ['identities'],
  params,
  querystring: eraseQuery,
  response: {
    200: Type.Object(
      {
        ok: Type.Literal(true),
        verdict: Type.Literal('applied'),
        seq: Type.Union([Type.Integer(), Type.Null()], {
          description: 'Ledger row of the erasure; null in a dry run.',
        }),
        receipt: Type.Ref('ErasureReceipt#'),
      },
      { description: 'The receipt.' },
    ),
    ...errorResponses(400, 401, 403, 404, 422),
  },
};

const count = (description: string) => Type.Integer({ minimum: 0, description });
const asked = Type.String({ description: 'The id, as it was sent.' });

const erasureLine = Type.Union(
  [
    Type.Object({
      type: Type.Literal('erased'),
      distinct_id: asked,
      seq: Type.Union([seq, Type.Null()], { description: 'Null in a dry run.' }),
      receipt: Type.Ref('ErasureReceipt#'),
    }),
    Type.Object({ type: Type.Literal('not_found'), distinct_id: asked }),
    Type.Object({
      type: Type.Literal('same_person'),
      distinct_id: asked,
      erased_with: Type.String({ description: 'The earlier id that is the same person.' }),
    }),
    Type.Object({
      type: Type.Literal('done'),
      dry_run: Type.Boolean(),
      erased: count('People.'),
      not_found: count('Ids that nobody knows.'),
      same_person: count('Ids of people who were erased already.'),
    }),
    errorLine,
  ],
  { $id: 'ErasureLine', description: 'What became of an id; then `done`, or `error`.' },
);

const eraseAllBody = Type.Object({
  environment,
  distinct_ids: Type.Array(Type.String({ minLength: 1 }), {
    minItems: 1,
    maxItems: limits.erasedIdsMax,
    description: `At most ${limits.erasedIdsMax}. A whole number is its digits.`,
  }),
});
const eraseAllQuery = Type.Object({
  dry_run: Type.Optional(Type.Boolean({ description: 'Count; erase nothing.' })),
});
export interface EraseAllRoute {
  Body: Static<typeof eraseAllBody>;
  Querystring: Static<typeof eraseAllQuery>;
}

export const eraseAll = {
  summary: 'Erase many people',
  description:
    'As DELETE /v1/identities/{id} does, with one receipt a person; the events of all of them are removed at once at the end. ' +
    'Answers lines of JSON, in the order of the ids: `erased` (with `seq` and `receipt`), `not_found`, and, last, `same_person` for ids that an earlier one has erased already; then `done`, once everything is gone, or `error`. ' +
    'Who leaves before the end stops it after a person; what was erased by then is completed.',
  operationId: 'eraseIdentities',
  tags: ['identities'],
  body: eraseAllBody,
  querystring: eraseAllQuery,
  response: {
    200: linesResponse('What became of each.', Type.Ref('ErasureLine#')),
    ...errorResponses(400, 401, 403, 413, 422),
  },
};

/** The fields of a shape that is described elsewhere follow the type. */
const beside = (type: string, shape: string) =>
  Type.Intersect([Type.Object({ type: Type.Literal(type) }), Type.Ref(shape)]);

const personLine = Type.Union(
  [
    Type.Object({ type: Type.Literal('identity'), ...profileFields }),
    Type.Object({ type: Type.Literal('identifier'), ...identifier.properties }),
    Type.Object({ type: Type.Literal('trait'), key: Type.String(), ...traitValue.properties }),
    beside('link', 'Link#'),
    Type.Object({
      type: Type.Literal('separation'),
      a: Type.String(),
      b: Type.String(),
      seq,
      lifted_seq: Type.Union([seq, Type.Null()], { description: 'Ledger row that lifted it.' }),
    }),
    beside('ledger', 'LedgerRow#'),
    beside('event', 'Event#'),
  ],
  { $id: 'PersonLine', description: 'A piece of all that is held of a person.' },
);

export const lineSchemas = [erasureLine, personLine];

const exportQuery = Type.Object({ environment, by: Type.Optional(by) });
export interface ExportPersonRoute {
  Params: Static<typeof params>;
  Querystring: Static<typeof exportQuery>;
}

export const exportPerson = {
  summary: 'All that is held of a person',
  description:
    'One JSON object a line, each with a `type`: `identity`, then every `identifier`, `trait` value, `link` of any status, `separation`, `ledger` row that bears on them, and `event`, newest first.',
  operationId: 'exportIdentity',
  tags: ['identities'],
  params,
  querystring: exportQuery,
  response: {
    200: linesResponse('All that is held.', Type.Ref('PersonLine#')),
    ...errorResponses(400, 401, 403, 404, 422),
  },
};
