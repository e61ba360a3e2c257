import { type Static, Type } from 'typebox';
import { limits } from '../limits.ts';
import { environment, errorResponses, forReaders, limit } from './schemas.ts';

/** Request and answer shapes of what steers identities (docs/http.md, "Steering"). */

const flag = (description: string) => Type.Optional(Type.Boolean({ description }));

const options = Type.Object({
  dry_run: flag('Judge and preview; write nothing. The answer has a `blast_radius`, for keys with the scope `read`.'),
  sync: flag('Answer only once the next query of anyone sees it.'),
});
export type Options = Static<typeof options>;

const moment = (description: string) => Type.Union([Type.String(), Type.Number()], { description });
const seqs = (description: string) => Type.Array(Type.Integer(), { description });
/** A $ref has no description of its own in an answer. */
const answered = { description: 'The verdict.', content: { 'application/json': { schema: Type.Ref('Answer#') } } };
const pair = Type.Object({ a: Type.String(), b: Type.String() });

const splitBody = Type.Object(
  {
    environment,
    link: Type.Optional(Type.Integer({ minimum: 1, description: 'Revoke this link and every other on its pair.' })),
    distinct_id: Type.Optional(Type.String({ description: 'Disconnect this identifier …' })),
    from: Type.Optional(Type.String({ description: '… from this one, at the smallest cut.' })),
    distinct_ids: Type.Optional(
      Type.Array(Type.String(), {
        minItems: 1,
        maxItems: limits.splitIdsMax,
        description:
          'Take these identifiers out of their identity: what holds them together stays, and what holds the rest together.',
      }),
    ),
  },
  { additionalProperties: false },
);

export const split = {
  summary: 'Take a merge back',
  description:
    'Revokes links and refolds the identity: what is left is what would have been without them. Leaves separations, so that the same evidence, sent again, is refused.',
  operationId: 'split',
  tags: ['steering'],
  querystring: options,
  body: splitBody,
  response: {
    200: Type.Intersect(
      [
        Type.Ref('Answer#'),
        Type.Object({
          revoked: seqs('Links revoked.'),
          separations: Type.Optional(Type.Array(pair, { description: `Pairs newly separated. ${forReaders}` })),
          still_connected: Type.Boolean({ description: 'True when other evidence still makes the two one identity.' }),
          path: Type.Optional(
            Type.Array(Type.Ref('Link#'), { description: `That evidence; empty in a dry run. ${forReaders}` }),
          ),
        }),
      ],
      { description: 'The verdict, and what was revoked.' },
    ),
    ...errorResponses(400, 401, 403, 404, 422),
  },
};
export interface SplitRoute {
  Body: Static<typeof splitBody>;
  Querystring: Options;
}

const revertBody = Type.Object(
  {
    environment,
    batch: Type.Optional(Type.String({ minLength: 1, description: 'Take back everything this batch recorded.' })),
    key: Type.Optional(Type.String({ minLength: 1, description: 'Take back everything this key sent …' })),
    from: Type.Optional(moment('… received from this moment …')),
    to: Type.Optional(moment('… to this one, both included.')),
    separate: flag('Leave a separation on each revoked link.'),
  },
  { additionalProperties: false },
);

export const revert = {
  summary: 'Take a batch back',
  description:
    'Revokes the links, traits and known-ness that a batch, or a key in a span of time, recorded, and refolds each identity they touched.',
  operationId: 'revert',
  tags: ['steering'],
  querystring: options,
  body: revertBody,
  response: {
    200: Type.Object(
      {
        ok: Type.Literal(true),
        verdict: Type.String({ description: '`applied`, or `unchanged` when it was taken back already.' }),
        seqs: seqs('Ledger rows of the revert, one for each group of identities.'),
        revoked: Type.Integer({ description: 'Rows taken back.' }),
        separations: Type.Integer({ description: 'Pairs newly separated.' }),
        blast_radius: Type.Optional(Type.Ref('BlastRadius#')),
      },
      { description: 'What was taken back.' },
    ),
    ...errorResponses(400, 401, 403, 404, 422),
  },
};
export interface RevertRoute {
  Body: Static<typeof revertBody>;
  Querystring: Options;
}

const pairBody = Type.Object(
  { environment, a: Type.String({ description: 'One identifier.' }), b: Type.String({ description: 'Another.' }) },
  { additionalProperties: false },
);
const pairQuery = Type.Intersect([options, Type.Partial(pairBody)]);

export const separate = {
  summary: 'Keep two identifiers apart',
  description: 'From now on no evidence makes them one. Does not split them where they are one already.',
  operationId: 'separate',
  tags: ['steering'],
  querystring: options,
  body: pairBody,
  response: { 200: answered, ...errorResponses(400, 401, 403, 422) },
};
export interface SeparateRoute {
  Body: Static<typeof pairBody>;
  Querystring: Options;
}

export const lift = {
  summary: 'Lift a separation',
  description: 'The pair may be given in the body or in the query string.',
  operationId: 'liftSeparation',
  tags: ['steering'],
  querystring: Type.Object({ ...options.properties, ...Type.Partial(pairBody).properties }),
  response: { 200: answered, ...errorResponses(400, 401, 403, 404, 422) },
};
export interface LiftRoute {
  Body: Partial<Static<typeof pairBody>> | undefined;
  Querystring: Static<typeof pairQuery>;
}
export type PairCall = Partial<Static<typeof pairBody>>;

const linkParams = Type.Object({ seq: Type.Integer({ minimum: 1, description: 'Name of the link.' }) });
const linkQuery = Type.Object({ ...options.properties, environment });

export const decide = (op: 'approve' | 'reject') => ({
  summary: op === 'approve' ? 'Approve a held or refused link' : 'Reject a held or refused link',
  description:
    op === 'approve'
      ? 'Judged again at its own place in the ledger, with only the rail waived that held it; a refused link is judged as an alias.'
      : 'Leaves a separation, so that the same evidence does not come back.',
  operationId: `${op}Link`,
  tags: ['review'],
  params: linkParams,
  querystring: linkQuery,
  response: { 200: answered, ...errorResponses(400, 401, 403, 404, 422) },
});
export interface LinkRoute {
  Params: Static<typeof linkParams>;
  Querystring: Static<typeof linkQuery>;
  Body: { environment?: string } | undefined;
}

const queueQuery = Type.Object({
  environment,
  limit,
  next: Type.Optional(Type.String({ description: '`next` of the page before.' })),
});
export interface QueueRoute {
  Querystring: Static<typeof queueQuery>;
}

const nextPage = Type.Union([Type.String(), Type.Null()], { description: 'For the next page; null at the end.' });

export const review = {
  summary: 'Links held for review',
  description: 'Newest first, each with what approving it would do.',
  operationId: 'getReview',
  tags: ['review'],
  querystring: queueQuery,
  response: {
    200: Type.Object(
      {
        held: Type.Array(
          Type.Object({ link: Type.Ref('Link#'), repeats: Type.Integer(), blast_radius: Type.Ref('BlastRadius#') }),
        ),
        next: nextPage,
      },
      { description: 'A page of them.' },
    ),
    ...errorResponses(400, 401, 403, 422),
  },
};

export const conflicts = {
  summary: 'Refused evidence, by cause',
  description: 'Newest first: why it was refused, which identifier is claimed, by whom, how often, and who sent it.',
  operationId: 'getConflicts',
  tags: ['review'],
  querystring: queueQuery,
  response: {
    200: Type.Object(
      {
        conflicts: Type.Array(
          Type.Object({
            reason: Type.String(),
            distinct_id: Type.String({ description: 'The identifier that is claimed.' }),
            count: Type.Integer({ description: 'Calls, repeats included.' }),
            first_time: Type.String({ format: 'date-time' }),
            last_time: Type.String({ format: 'date-time' }),
            claimants: Type.Array(Type.String(), { description: 'Who claims it; at most ten.' }),
            links: Type.Array(Type.Ref('Link#'), {
              description: 'The newest links; POST /v1/links/:seq/approve applies one after all.',
            }),
            sources: Type.Array(
              Type.Object({
                key: Type.Union([Type.String(), Type.Null()]),
                lib: Type.Union([Type.String(), Type.Null()]),
                count: Type.Integer(),
              }),
            ),
          }),
        ),
        next: nextPage,
      },
      { description: 'A page of them.' },
    ),
    ...errorResponses(400, 401, 403, 422),
  },
};

const profile = Type.Object({
  identity_id: Type.String({ format: 'uuid' }),
  canonical_id: Type.String(),
  known: Type.Boolean(),
  identifiers: Type.Integer({ description: 'How many it has.' }),
  distinct_ids: Type.Array(Type.String(), { description: 'The first of them.' }),
});

export const blastRadius = Type.Object(
  {
    identities: Type.Object({ before: Type.Integer(), after: Type.Integer() }),
    before: Type.Array(profile),
    after: Type.Array(profile),
    identifiers: Type.Object({
      moved: Type.Integer({ description: 'Identifiers whose canonical id would change.' }),
      listed: Type.Array(Type.Object({ distinct_id: Type.String(), from: Type.String(), to: Type.String() })),
    }),
    events: Type.Integer({ description: 'Events that would change hands.' }),
    traits: Type.Object({
      changed: Type.Integer(),
      listed: Type.Array(
        Type.Object({
          canonical_id: Type.String(),
          key: Type.String(),
          from: Type.Optional(Type.Unknown({ description: 'Left out when there is no such trait.' })),
          to: Type.Optional(Type.Unknown()),
        }),
      ),
    }),
  },
  { $id: 'BlastRadius', description: 'What a call would change. Numbers are exact; lists show the first hundred.' },
);
