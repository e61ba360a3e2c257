import { type TSchema, Type } from 'typebox';
import { statusByErrorCode } from '../errors.ts';
import { limits } from '../limits.ts';

/** Shapes that several routes share, as the OpenAPI document names them. wire.ts makes them. */

export const nullable = <S extends TSchema>(schema: S, description: string) =>
  Type.Union([schema, Type.Null()], { description });
export const time = (description: string) => Type.String({ format: 'date-time', description });
export const oneOf = (values: readonly string[], description: string) =>
  Type.Unsafe<string>({ type: 'string', enum: [...values], description });

export const verdict = oneOf(
  ['applied', 'unchanged', 'refused', 'held'],
  '`applied`: it changed something. `unchanged`: it was so already. `refused`, `held`: it joins nothing; see `reason`.',
);
const reason = Type.String({
  description: 'Why it was refused or held, such as `anonymous-id-belongs-to-another-identity` or `needs-secret-key`.',
});
export const seq = Type.Integer({
  minimum: 0,
  description: 'Number of a ledger row. A link is named by the row of its call.',
});
export const reasonOrNull = nullable(Type.String(), 'Why it was refused or held, or null.');

const sourceShape = Type.Object(
  {
    key: nullable(Type.String(), 'Name of the key that sent the call.'),
    lib: nullable(Type.String(), '`$lib` of the call.'),
    batch: nullable(Type.String(), 'Batch the call belongs to.'),
    public: Type.Boolean({ description: 'True when a publishable key sent it.' }),
  },
  { $id: 'Source', description: 'Who sent a call.' },
);
export const source = Type.Ref('Source#');

export const errorShape = Type.Object(
  {
    ok: Type.Literal(false),
    error_code: oneOf(Object.keys(statusByErrorCode), 'What kind of error, for programs.'),
    message: Type.String({ description: 'What is wrong and what to do next, for people.' }),
  },
  { $id: 'Error', description: 'Every error of every route.' },
);

/** Answers to keys that may change things and not read hold nothing of the graph. */
export const forReaders = 'For keys with the scope `read`.';

export const answer = Type.Object(
  {
    ok: Type.Literal(true),
    verdict,
    reason: Type.Optional(reason),
    identity_id: Type.Optional(
      Type.String({ format: 'uuid', description: `The identity the identifier belongs to now. ${forReaders}` }),
    ),
    canonical_id: Type.Optional(Type.String({ description: `The identifier that names it. ${forReaders}` })),
    seq: nullable(seq, 'The ledger row of this call; for a repeat, the earlier row; else null.'),
    link: Type.Optional(
      Type.Object(
        { verdict, reason: Type.Optional(reason), seq: nullable(seq, 'Ledger row of the evidence.') },
        { description: `track only: what became of the link evidence that the event carried. ${forReaders}` },
      ),
    ),
    blast_radius: Type.Optional(Type.Ref('BlastRadius#')),
  },
  { $id: 'Answer', description: 'What became of one call.' },
);

const rejected = Type.Array(
  Type.Object({
    index: Type.Integer({ minimum: 0, description: 'Place in the array sent.' }),
    error_code: Type.String(),
    message: Type.String(),
  }),
  { description: 'Items that were not accepted. They are kept as dead letters.' },
);
const results = Type.Array(Type.Union([Type.Ref('Answer#'), Type.Null()]), {
  description: '`results[i]` answers item i; null where it was rejected.',
});

export const arrayAnswer = Type.Object(
  {
    ok: Type.Literal(true),
    accepted: Type.Integer({ minimum: 1, description: 'Refused and held calls count as accepted.' }),
    rejected,
    results,
  },
  { $id: 'ArrayAnswer', description: 'Answer to an array with at least one good item.' },
);

export const arrayError = Type.Object(
  {
    ok: Type.Literal(false),
    error_code: Type.String({ description: 'That of the first item.' }),
    message: Type.String(),
    accepted: Type.Literal(0),
    rejected,
    results,
  },
  { $id: 'ArrayError', description: 'Answer to an array without one good item.' },
);

export const linkKind = oneOf(['identify', 'alias', 'track', 'import', 'manual'], 'What recorded it.');

export const link = Type.Object(
  {
    seq,
    kind: linkKind,
    primary_id: Type.String(),
    secondary_id: Type.String(),
    status: oneOf(['active', 'refused', 'held', 'approved', 'rejected', 'revoked'], 'Active links join.'),
    reason: reasonOrNull,
    verdict,
    redundant: Type.Boolean({ description: 'Recorded within one identity: it only keeps it together.' }),
    time: time('Received.'),
    effective_time: time('The earlier of the client’s timestamp and the received time.'),
    status_seq: nullable(seq, 'Row that last changed the status.'),
    approves: nullable(seq, 'The held or refused link that this one approves.'),
    waived: Type.Array(Type.String(), { description: 'Guard rails that an approval waived.' }),
    source,
  },
  { $id: 'Link', description: 'Recorded evidence that two identifiers are the same person.' },
);

export const event = Type.Object(
  {
    uuid: Type.String({ format: 'uuid' }),
    timestamp: time(
      `When it happened; at most ${limits.clockAheadMaxMs / 60_000} minutes after it was received. Order goes by it.`,
    ),
    client_timestamp: nullable(
      Type.String({ format: 'date-time' }),
      'What the client said, where that lies further ahead; else null.',
    ),
    received_at: time('When it was received.'),
    event: Type.String(),
    properties: Type.Record(Type.String(), Type.Unknown()),
    distinct_id: Type.String({ description: 'The identifier the event came with, unchanged by merges.' }),
    anonymous_id: nullable(Type.String(), 'As sent.'),
    device_id: nullable(Type.String(), 'As sent.'),
    session_id: nullable(Type.String(), 'As sent.'),
    identity_id: Type.String({ format: 'uuid', description: 'The identity it belongs to now.' }),
  },
  { $id: 'Event' },
);

export const sharedSchemas: readonly TSchema[] = [
  errorShape,
  answer,
  arrayAnswer,
  arrayError,
  sourceShape,
  link,
  event,
];

const errorDescriptions: Record<number, string> = {
  400: 'The request is malformed: `invalid-json`, `invalid-payload`.',
  401: 'No key, or an unknown or revoked one: `invalid-api-key`. By a browser, no session or one that has ended: `not-signed-in`.',
  403: 'The key may not do this: `forbidden`.',
  404: '`not-found`.',
  409: 'It stands against what is there: `batch-conflict`, `name-conflict`, `version-conflict`.',
  413: 'Body, array or statement too large: `payload-too-large`.',
  415: 'Content type or encoding is not supported: `unsupported-media-type`.',
  422: 'Understood but not acceptable: `environment-not-found`, `reserved-distinct-id`, `invalid-distinct-id`, `invalid-timestamp`, `review-queue-full`.',
  429: 'Too many at a time, `too-many-requests`, or too many calls with a publishable key, `rate-limited`. See Retry-After.',
  500: '`internal-error`.',
  503: 'Under pressure, nothing was stored: `overloaded`, `storage-full`, `event-store-unavailable`, `identity-store-unavailable`. See Retry-After.',
};

export type ResponseSchemas = Record<string, unknown>;

/** Response schemas of a route's errors. */
export function errorResponses(...statuses: readonly number[]): ResponseSchemas {
  return Object.fromEntries(
    [...statuses, 500, 503].map((status) => [
      status,
      {
        description: errorDescriptions[status],
        content: { 'application/json': { schema: Type.Ref('Error#') } },
      },
    ]),
  );
}

export function jsonResponse(description: string, schema: TSchema): ResponseSchemas {
  return { description, content: { 'application/json': { schema } } };
}

/** Of lines of JSON, each of which is as `schema` says. */
export function linesResponse(description: string, schema: TSchema): ResponseSchemas {
  return {
    description: `${description} Lines of JSON, each as described.`,
    content: { 'application/x-ndjson': { schema } },
  };
}

/** The last line of an answer that fails once it has begun. */
export const errorLine = Type.Object(
  { type: Type.Literal('error'), ok: Type.Literal(false), error_code: Type.String(), message: Type.String() },
  { description: 'It goes no further: the last line.' },
);

export const distinctId = (description: string) =>
  Type.String({ description: `${description} 1 to ${limits.distinctIdBytesMax} bytes of UTF-8.` });

export const environment = Type.Optional(
  Type.String({ description: 'Name of the environment.', default: 'production' }),
);

export const limit = Type.Optional(
  Type.Integer({
    minimum: 1,
    maximum: limits.pageSizeMax,
    default: limits.pageSizeDefault,
    description: 'Entries a page holds at most.',
  }),
);

export const asOf = Type.Optional(
  Type.String({ description: 'Answer as of this received time (ISO 8601): the last ledger row at or before it.' }),
);

export const next = (what: string) => nullable(Type.String(), `Where ${what} go on; null at the end.`);

export const asOfSeq = Type.Optional(Type.Integer({ minimum: 0, description: 'Answer as of this ledger row.' }));
