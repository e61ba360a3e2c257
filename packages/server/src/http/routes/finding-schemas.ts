import { type Static, Type } from 'typebox';
import { limits } from '../../limits.ts';
import { distinctId, environment, errorResponses, limit, next, time } from '../schemas.ts';
import { resolvedFields } from './identities-schemas.ts';

/** Schemas of the lists in which people are found. */

const readErrors = errorResponses(400, 401, 403, 422);
const nextOf = Type.Optional(Type.String({ description: '`next` of the page before.' }));
const nullableTime = (description: string) => Type.Union([time(description), Type.Null()]);

const recentQuery = Type.Object({
  environment,
  limit: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: limits.recentPageSizeMax,
      default: limits.recentPageSizeDefault,
      description: 'Entries a page holds at most.',
    }),
  ),
  next: nextOf,
});

export interface RecentRoute {
  Querystring: Static<typeof recentQuery>;
}

export const recent = {
  summary: 'Recent people',
  description:
    'Whoever was identified, linked or given traits, the one whose profile changed last first. Visitors who have nothing but events are not among them. A page may hold fewer than `limit`, or none, while `next` says that there are more.',
  operationId: 'listIdentities',
  tags: ['identities'],
  querystring: recentQuery,
  response: {
    200: Type.Object(
      {
        identities: Type.Array(
          Type.Object({
            ...resolvedFields,
            identifier_count: Type.Integer(),
            created_at: time('Earliest effective time of what holds it together.'),
            changed_at: time('When its profile changed last: received time.'),
            changed_seq: Type.Integer({
              description:
                'A ledger row at or after the one that changed it, of the same moment: it has not changed since.',
            }),
            event_count: Type.Integer(),
            first_seen: nullableTime('Its first event.'),
            last_seen: nullableTime('Its last event.'),
          }),
        ),
        next: next('identities'),
      },
      { description: 'A page of them.' },
    ),
    ...readErrors,
  },
};

const separationsQuery = Type.Object({
  environment,
  distinct_id: Type.Optional(distinctId('Only those of the person it belongs to.')),
  limit,
  next: nextOf,
});

export interface SeparationsRoute {
  Querystring: Static<typeof separationsQuery>;
}

export const separations = {
  summary: 'Separations in force',
  description:
    'Pairs of identifiers that no evidence makes one, newest first: of the environment, or of one person, whichever of her identifiers they name.',
  operationId: 'listSeparations',
  tags: ['steering'],
  querystring: separationsQuery,
  response: {
    200: Type.Object(
      {
        separations: Type.Array(
          Type.Object({
            a: Type.String(),
            b: Type.String(),
            seq: Type.Integer({ description: 'Ledger row that stated it: GET /v1/ledger/:seq says when and who.' }),
          }),
        ),
        next: next('separations'),
      },
      { description: 'A page of them.' },
    ),
    ...readErrors,
  },
};
