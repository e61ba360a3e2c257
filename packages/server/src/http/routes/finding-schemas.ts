import { type Static, Type } from 'typebox';
import { limits } from '../../limits.ts';
import { distinctId, environment, errorResponses, limit, next, time } from '../schemas.ts';
import { resolvedFields } from './identities-schemas.ts';

/** Schemas of the lists in which people are found. */

const readErrors = errorResponses(400, 401, 403, 422);
const nextOf = Type.Optional(Type.String({ description: '`next` of the page before.' }));
const nullableTime = (description: string) => Type.Union([time(description), Type.Null()]);

const searchQuery = Type.Object({
  environment,
  q: Type.String({
    minLength: 1,
    description: `What is searched for, as it stands: no character of it has a meaning of its own. At most ${limits.searchBytesMax} bytes.`,
    examples: ['ada@'],
  }),
  depth: Type.Optional(
    Type.Unsafe<'prefix' | 'substring'>({
      type: 'string',
      enum: ['prefix', 'substring'],
      default: 'substring',
      description:
        '`prefix`: only what begins with it and is in the identity store, by an index, in a few milliseconds. `substring`: where that is not enough, also what holds it, and visitors who have nothing but events.',
    }),
  ),
  limit: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: limits.searchPageSizeMax,
      default: limits.searchPageSizeDefault,
      description: 'Identifiers, and values of traits, that are listed at most.',
    }),
  ),
});

export interface SearchRoute {
  Querystring: Static<typeof searchQuery>;
}

export const search = {
  summary: 'Find people',
  description:
    'By identifiers, nearest first: the very text, what begins with it, what holds it, whatever the case; and by what people say of themselves in the environment’s `matchingTraits`, where that begins with it.',
  operationId: 'search',
  tags: ['identities'],
  querystring: searchQuery,
  response: {
    200: Type.Object(
      {
        identifiers: Type.Array(
          Type.Object({
            distinct_id: Type.String(),
            ...resolvedFields,
            match: Type.Unsafe<string>({ type: 'string', enum: ['exact', 'prefix', 'substring'] }),
            seen: Type.Union([Type.Boolean(), Type.Null()], {
              description:
                'False for the very text that is asked for and that nobody ever sent: it answers for itself, as in /v1/resolve. Null where `depth=prefix` did not look among events.',
            }),
          }),
        ),
        traits: Type.Array(
          Type.Object({
            key: Type.String(),
            value: Type.Unknown({ description: 'As it was sent.' }),
            distinct_id: Type.String({ description: 'The identifier it was set on.' }),
            ...resolvedFields,
          }),
        ),
        complete: Type.Boolean({
          description: 'False where there may be more: the lists are full, or the time for looking was over.',
        }),
      },
      { description: 'Who was found.' },
    ),
    ...errorResponses(400, 401, 403, 422),
  },
};

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
