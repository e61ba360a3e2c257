import { type Static, Type } from 'typebox';
import { limits } from '../../limits.ts';
import { environment, errorResponses, time } from '../schemas.ts';

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

const count = (description: string) => Type.Integer({ minimum: 0, description });

export const receipt = Type.Object(
  {
    id: Type.String({ format: 'uuid', description: 'Random; the ledger has it too.' }),
    erased_at: time('Time of the ledger row. Of a dry run: now.'),
    identifiers: count('Identifiers of the identity.'),
    events: count('Events of any of them.'),
    links: count('Links that named one, of any status.'),
    traits: count('Trait values, earlier ones included.'),
    ledger_rows: count('Rows of the ledger that were rewritten.'),
    dead_letters: count('Rejected items that named one.'),
    separations: count('Separations that named one, lifted ones included.'),
  },
  { description: 'How much was erased. It names nobody.' },
);

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
        receipt,
      },
      { description: 'The receipt.' },
    ),
    ...errorResponses(400, 401, 403, 404, 422),
  },
};

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
    200: { description: 'What became of each.', content: { 'application/x-ndjson': { schema: Type.String() } } },
    ...errorResponses(400, 401, 403, 413, 422),
  },
};

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
    200: { description: 'The lines.', content: { 'application/x-ndjson': { schema: Type.String() } } },
    ...errorResponses(400, 401, 403, 404, 422),
  },
};
