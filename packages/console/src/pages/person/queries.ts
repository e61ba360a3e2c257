import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import { answered, api } from '../../api/client.ts';
import { environmentKey } from '../../api/query-client.ts';
import type { components, operations } from '../../api/schema.d.ts';
import type { PersonName } from './address.ts';

type Answer<Operation extends keyof operations> = operations[Operation] extends {
  responses: { 200: { content: { 'application/json': infer Body } } };
}
  ? Body
  : never;

export type Identity = Answer<'getIdentity'>;
export type Identifier = Identity['identifiers'][number];
export type Origin = Identity['trait_origins'][string];
export type Link = components['schemas']['Link'];
export type LedgerRow = components['schemas']['LedgerRow'];
export type PersonEvent = components['schemas']['Event'];
export type TraitValue = Answer<'getTraitHistory'>['values'][number];
export type Explanation = Answer<'explain'>;

/** Whose pages these are. */
export interface Whose {
  readonly environment: string;
  readonly name: PersonName;
}

/** What is read all of, page by page; and of what is looked at from its beginning. */
const wholePage = 1_000;
const readingPage = 100;

const first: string | null = null;
const nextOf = ({ next }: { readonly next: string | null }): string | null => next;
const nextParam = (next: string | null) => (next === null ? {} : { next });

const keyOf = ({ environment, name }: Whose, ...rest: readonly unknown[]) =>
  [...environmentKey(environment), 'person', name, ...rest] as const;

function requestOf({ environment, name }: Whose) {
  return { path: { id: name.id }, query: { environment, ...(name.by === null ? {} : { by: name.by }) } };
}

/** The profile as of a ledger row, or of now: each page holds all but identifiers and links, of which it has a thousand. */
export const identityQuery = (whose: Whose, asOfSeq: number | undefined) =>
  infiniteQueryOptions({
    queryKey: keyOf(whose, 'identity', asOfSeq ?? 'now'),
    queryFn: ({ pageParam, signal }) => {
      const { path, query } = requestOf(whose);
      const moment = asOfSeq === undefined ? {} : { as_of_seq: asOfSeq };
      return answered(
        api.GET('/v1/identities/{id}', {
          params: { path, query: { ...query, ...moment, ...nextParam(pageParam), limit: wholePage } },
          signal,
        }),
      );
    },
    initialPageParam: first,
    getNextPageParam: nextOf,
    placeholderData: keepPreviousData,
  });

/** The ledger's rows that made the person, as they happened. */
export const historyQuery = (whose: Whose) =>
  infiniteQueryOptions({
    queryKey: keyOf(whose, 'history'),
    queryFn: ({ pageParam, signal }) => {
      const { path, query } = requestOf(whose);
      return answered(
        api.GET('/v1/identities/{id}/history', {
          params: { path, query: { ...query, ...nextParam(pageParam), limit: wholePage } },
          signal,
        }),
      );
    },
    initialPageParam: first,
    getNextPageParam: nextOf,
  });

/** Newest first; of one name, where that is given. */
export const timelineQuery = (whose: Whose, event: string | undefined) =>
  infiniteQueryOptions({
    queryKey: keyOf(whose, 'timeline', event ?? null),
    queryFn: ({ pageParam, signal }) => {
      const { path, query } = requestOf(whose);
      const named = event === undefined ? {} : { event };
      const before = pageParam === null ? {} : { before: pageParam };
      return answered(
        api.GET('/v1/identities/{id}/events', {
          params: { path, query: { ...query, ...named, ...before, limit: readingPage } },
          signal,
        }),
      );
    },
    initialPageParam: first,
    getNextPageParam: nextOf,
  });

/** Every value of a trait, newest first. */
export const traitHistoryQuery = (whose: Whose, key: string) =>
  infiniteQueryOptions({
    queryKey: keyOf(whose, 'trait', key),
    queryFn: ({ pageParam, signal }) => {
      const { path, query } = requestOf(whose);
      return answered(
        api.GET('/v1/identities/{id}/traits/{key}', {
          params: { path: { ...path, key }, query: { ...query, ...nextParam(pageParam), limit: readingPage } },
          signal,
        }),
      );
    },
    initialPageParam: first,
    getNextPageParam: nextOf,
  });

/** Why two identifiers are one person, or not: as things stand now. */
export const explainQuery = (environment: string, a: string, b: string) =>
  queryOptions({
    queryKey: [...environmentKey(environment), 'explain', a, b],
    queryFn: ({ signal }) => answered(api.GET('/v1/explain', { params: { query: { environment, a, b } }, signal })),
  });
