import { type Static, Type } from 'typebox';
import { environment, errorResponses, limit } from '../schemas.ts';

const queueQuery = Type.Object({
  environment,
  limit,
  next: Type.Optional(Type.String({ description: '`next` of the page before.' })),
});
export interface QueueRoute {
  Querystring: Static<typeof queueQuery>;
}

const reviewQuery = Type.Object({
  ...queueQuery.properties,
  blast_radius: Type.Optional(
    Type.Boolean({ description: 'false leaves out what approving each would do, which is what takes time.' }),
  ),
});
export interface ReviewRoute {
  Querystring: Static<typeof reviewQuery>;
}

const nextPage = Type.Union([Type.String(), Type.Null()], { description: 'For the next page; null at the end.' });

export const review = {
  summary: 'Links held for review',
  description: 'Newest first, each with what approving it would do.',
  operationId: 'getReview',
  tags: ['review'],
  querystring: reviewQuery,
  response: {
    200: Type.Object(
      {
        held: Type.Array(
          Type.Object({
            link: Type.Ref('Link#'),
            repeats: Type.Integer(),
            blast_radius: Type.Optional(Type.Ref('BlastRadius#')),
          }),
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
