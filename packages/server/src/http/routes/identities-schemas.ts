import { type Static, Type } from 'typebox';
import { limits } from '../../limits.ts';
import { asOf, asOfSeq, distinctId, environment, errorResponses, limit, next, source, time } from '../schemas.ts';

/** Schemas of /v1/resolve, /v1/identities and below. */

const tags = ['identities'];
const readErrors = errorResponses(400, 401, 403, 404, 422);
const uuid = (description: string) => Type.String({ format: 'uuid', description });

export const resolvedFields = {
  identity_id: uuid('Node id of the canonical id.'),
  canonical_id: Type.String({ description: 'The identifier that names the identity.' }),
  known: Type.Boolean({ description: 'True once an identify (or the like) named one of its identifiers.' }),
};

const resolveBody = Type.Object(
  {
    environment,
    distinct_ids: Type.Array(Type.String(), {
      description: `At most ${limits.resolveIdsMax}. A whole number is its digits.`,
      examples: [['user_123', 'anonymous-1']],
    }),
    as_of: Type.Optional(
      Type.Union([Type.String(), Type.Number()], { description: 'Answer as of this received time (ISO 8601).' }),
    ),
    as_of_seq: asOfSeq,
  },
  { additionalProperties: false },
);

export interface ResolveRoute {
  Body: Static<typeof resolveBody>;
}

export const resolve = {
  summary: 'Who are these ids?',
  description: 'One entry for every id asked; one that was never linked answers with itself.',
  operationId: 'resolve',
  tags,
  body: resolveBody,
  response: {
    200: Type.Object(
      { identities: Type.Record(Type.String(), Type.Object(resolvedFields), { description: 'By distinct_id.' }) },
      { description: 'The identities.' },
    ),
    ...errorResponses(400, 401, 403, 413, 415, 422),
  },
};

const by = Type.Optional(
  Type.Unsafe<'distinct_id' | 'identity_id'>({
    type: 'string',
    enum: ['distinct_id', 'identity_id'],
    description:
      'How to read the id. Without it, a UUID is read first as an identity_id (or node id), then as a distinct_id.',
  }),
);
const idParam = Type.String({ description: 'A distinct_id, percent-encoded, or an identity_id.', minLength: 1 });
const idParams = Type.Object({ id: idParam });

const identityQuery = Type.Object({
  environment,
  as_of: asOf,
  as_of_seq: asOfSeq,
  by,
  limit,
  next: Type.Optional(Type.String({ description: '`next` of the page before.' })),
});

export interface IdentityRoute {
  Params: Static<typeof idParams>;
  Querystring: Static<typeof identityQuery>;
}

const nullableTime = (description: string) => Type.Union([time(description), Type.Null()]);

export const identifier = Type.Object({
  distinct_id: distinctId('The identifier.'),
  known: Type.Boolean(),
  first_seen: nullableTime('Earliest effective time of what names it.'),
});

/** What a profile has beside its lists. */
export const profileFields = {
  ...resolvedFields,
  created_at: nullableTime('Earliest effective time of what holds it together.'),
  identifier_count: Type.Integer({ description: 'Of all pages.' }),
  traits: Type.Record(Type.String(), Type.Unknown(), { description: 'The value in force of each key.' }),
  event_count: Type.Integer(),
  first_seen: nullableTime('Its first event.'),
  last_seen: nullableTime('Its last event.'),
};

export const identity = {
  summary: 'An identity',
  description: 'The profile of the person that an identifier belongs to. identifiers and links are paged together.',
  operationId: 'getIdentity',
  tags,
  params: idParams,
  querystring: identityQuery,
  response: {
    200: Type.Object(
      {
        ...profileFields,
        identifiers: Type.Array(identifier, { description: 'Ascending by distinct_id.' }),
        trait_origins: Type.Record(
          Type.String(),
          Type.Object({
            distinct_id: distinctId('The identifier it was set on.'),
            time: time('The earlier of the client’s timestamp and the received time.'),
            seq: Type.Integer({ description: 'Ledger row that set it.' }),
            once: Type.Boolean({ description: 'Set by traits_once.' }),
          }),
          { description: 'Where each of the traits comes from.' },
        ),
        links: Type.Array(Type.Ref('Link#'), { description: 'Ascending by seq.' }),
        next: next('identifiers and links'),
      },
      { description: 'The identity.' },
    ),
    ...readErrors,
  },
};

const timelineQuery = Type.Object({
  environment,
  by,
  limit,
  before: Type.Optional(
    Type.String({ description: '`next` of the page before, or a moment (ISO 8601): events earlier than it.' }),
  ),
  event: Type.Optional(Type.String({ description: 'Only events of this name.' })),
});

export interface TimelineRoute {
  Params: Static<typeof idParams>;
  Querystring: Static<typeof timelineQuery>;
}

export const timeline = {
  summary: 'An identity’s events',
  description: 'The merged timeline of all its identifiers, newest first.',
  operationId: 'getTimeline',
  tags,
  params: idParams,
  querystring: timelineQuery,
  response: {
    200: Type.Object({ events: Type.Array(Type.Ref('Event#')), next: next('events') }, { description: 'The events.' }),
    ...readErrors,
  },
};

const historyQuery = Type.Object({
  environment,
  as_of: asOf,
  as_of_seq: asOfSeq,
  by,
  order: Type.Optional(
    Type.Unsafe<'asc' | 'desc'>({
      type: 'string',
      enum: ['asc', 'desc'],
      default: 'asc',
      description: '`asc`: as it happened. `desc`: newest first.',
    }),
  ),
  limit,
  next: Type.Optional(Type.String({ description: '`next` of the page before.' })),
});

export interface HistoryRoute {
  Params: Static<typeof idParams>;
  Querystring: Static<typeof historyQuery>;
}

export const history = {
  summary: 'How an identity came to be',
  description:
    'The ledger’s rows that bear on it: that name one of its identifiers, whatever the verdict, or changed what is recorded of one. Also those of identifiers that were joined to it and taken away since, up to the row that did it. With `as_of` or `as_of_seq`, of the identity as of then, up to then.',
  operationId: 'getHistory',
  tags,
  params: idParams,
  querystring: historyQuery,
  response: {
    200: Type.Object(
      { rows: Type.Array(Type.Ref('LedgerRow#')), next: next('rows') },
      { description: 'A page of rows; none for an identity that has only events.' },
    ),
    ...readErrors,
  },
};

const traitParams = Type.Object({ id: idParam, key: Type.String({ description: 'Key of the trait.', minLength: 1 }) });
const traitQuery = Type.Object({
  environment,
  by,
  limit,
  next: Type.Optional(Type.String({ description: '`next` of the page before.' })),
});

export interface TraitRoute {
  Params: Static<typeof traitParams>;
  Querystring: Static<typeof traitQuery>;
}

export const traitValue = Type.Object({
  value: Type.Unknown({ description: 'Any JSON.' }),
  once: Type.Boolean({ description: 'Set by traits_once.' }),
  distinct_id: distinctId('The identifier it was set on.'),
  time: time('Received.'),
  effective_time: time('The earlier of the client’s timestamp and the received time.'),
  seq: Type.Integer({ description: 'Ledger row that set it.' }),
  revoked_seq: Type.Union([Type.Integer(), Type.Null()], { description: 'Ledger row that took it back.' }),
  source,
});

export const traitHistory = {
  summary: 'Every value of a trait',
  description: 'With where each came from, newest effective time first.',
  operationId: 'getTraitHistory',
  tags,
  params: traitParams,
  querystring: traitQuery,
  response: {
    200: Type.Object(
      {
        key: Type.String(),
        values: Type.Array(traitValue),
        next: next('values'),
      },
      { description: 'The values.' },
    ),
    ...readErrors,
  },
};
