import { type Static, Type } from 'typebox';
import { limits } from '../../limits.ts';
import { environment, errorResponses, forReaders } from '../schemas.ts';

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

const joinBody = Type.Object(
  {
    environment,
    distinct_id: Type.Optional(Type.String({ description: 'The identifier that stays the name …' })),
    alias_id: Type.Optional(Type.String({ description: '… and another one of the same person.' })),
    link: Type.Optional(
      Type.Integer({ minimum: 1, description: 'Instead: a link that was revoked or rejected, to be made again.' }),
    ),
  },
  { additionalProperties: false },
);

export const join = {
  summary: 'Join two identifiers by hand',
  description:
    'Judged as an alias with a secret key, and recorded as a link of the kind `manual`. With `link`, a link that a split or revert revoked, or a reviewer rejected, is made again: by its own rule, which says whom it makes known, with the rails waived that were; a separation still refuses it.',
  operationId: 'joinByHand',
  tags: ['steering'],
  querystring: options,
  body: joinBody,
  response: { 200: answered, ...errorResponses(400, 401, 403, 404, 422) },
};
export interface JoinRoute {
  Body: Static<typeof joinBody>;
  Querystring: Options;
}

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
