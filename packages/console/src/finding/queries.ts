import { queryOptions } from '@tanstack/react-query';
import { answered, api } from '../api/client.ts';
import { stringifyExact } from '../api/exact-json.ts';
import { environmentKey } from '../api/query-client.ts';
import type { operations } from '../api/schema.d.ts';
import type { FoundPerson } from './found.ts';

type Answer = operations['search']['responses'][200]['content']['application/json'];

export interface Found {
  /** Each once, the nearest first. */
  readonly people: readonly FoundPerson[];
  /** There are no others. */
  readonly isAll: boolean;
}

/**
 * Whom a text finds, by identifiers or by a trait of a matching key. `prefix` is quick; `substring` also asks the event store for what holds the
 * text, and for visitors who have nothing but events.
 */
export const searchQuery = (environment: string, text: string, depth: 'prefix' | 'substring') =>
  queryOptions({
    queryKey: [...environmentKey(environment), 'search', depth, text],
    queryFn: async ({ signal }): Promise<Found> => {
      const params = { query: { environment, q: text, depth } };
      const answer = await answered(api.GET('/v1/search', { params, signal }));
      return { people: peopleOf(answer), isAll: answer.complete };
    },
  });

/** The text answers for itself, also where nobody has it: that is nobody who was found. */
function peopleOf({ identifiers, traits }: Answer): FoundPerson[] {
  const found = [
    ...identifiers
      .filter(({ seen }) => seen === true)
      .map(({ match, distinct_id, ...identity }) => ({
        ...personOf(identity),
        match: { by: 'identifier', distinctId: distinct_id, how: match as 'exact' } as const,
      })),
    ...traits.map(({ key, value, ...identity }) => ({
      ...personOf(identity),
      match: { by: 'trait', key, value: typeof value === 'string' ? value : stringifyExact(value) } as const,
    })),
  ];
  const first = new Map<string, FoundPerson>();
  for (const person of found) if (!first.has(person.identityId)) first.set(person.identityId, person);
  return [...first.values()];
}

const personOf = (identity: Pick<Answer['traits'][number], 'identity_id' | 'canonical_id' | 'known'>) => ({
  identityId: identity.identity_id,
  canonicalId: identity.canonical_id,
  known: identity.known,
});
