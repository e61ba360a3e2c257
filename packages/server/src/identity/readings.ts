import {
  canonicalOf,
  componentOf,
  needsOfIds,
  type Question,
  type Seq,
  type State,
  stateAsOf,
  togetherAt,
} from '@onym/core';
import { recordedOf } from './erasure.ts';
import { explainOf, toExplain } from './explain.ts';
import { membersOf } from './members.ts';
import { profileOf } from './profile.ts';
import type { IdentityReads, Resolved } from './store.ts';
import { traitHistoryOf } from './trait-history.ts';

/** A question, and the answer that a state has for it once it lacks nothing. How the state comes to hold it is the store's own affair. */
export interface Reading<T> {
  readonly question: Question;
  readonly answer: (state: State) => T;
}

/** Answers a reading from a working set, within one snapshot. */
export type Ask = <T>(environment: string, reading: Reading<T>) => Promise<T>;

/** Of one identity, loaded whole; with `asOf`, as it was at that ledger row. */
function ofIdentity<T>(distinctId: string, asOf: Seq | undefined, answer: (state: State) => T): Reading<T> {
  const whole = [needsOfIds([distinctId], 'whole')];
  if (asOf === undefined) return { question: () => whole, answer };
  const together = togetherAt(distinctId, asOf);
  return {
    question: (state) => (asOf < state.head ? together.question(state) : whole),
    answer: (state) => answer(asOf < state.head ? stateAsOf(state, together.ids, asOf) : state),
  };
}

export const membersAt = (distinctId: string, asOf: Seq): Reading<string[]> =>
  ofIdentity(distinctId, asOf, (state) => membersOf(state, distinctId));

/** Every identifier of the identity that this one belonged to, with what it was. */
export const resolvedAt = (distinctId: string, asOf: Seq): Reading<Map<string, Resolved>> =>
  ofIdentity(distinctId, asOf, (state) => {
    const identity = {
      canonicalId: canonicalOf(state, distinctId),
      known: componentOf(state, distinctId)?.known ?? false,
    };
    return new Map(membersOf(state, distinctId).map((id) => [id, identity]));
  });

/** What a store need not answer itself. */
export function createReads(ask: Ask): IdentityReads {
  return {
    profile: (environment, distinctId, page, asOf) =>
      ask(
        environment,
        ofIdentity(distinctId, asOf, (state) => profileOf(state, distinctId, page)),
      ),
    traitHistory: (environment, distinctId, key, page) =>
      ask(
        environment,
        ofIdentity(distinctId, undefined, (state) => traitHistoryOf(state, distinctId, key, page)),
      ),
    explain: (environment, a, b) =>
      ask(environment, { question: toExplain(a, b), answer: (state) => explainOf(state, a, b) }),
    recorded: (environment, distinctId) =>
      ask(environment, {
        question: () => [needsOfIds([distinctId], 'recorded')],
        answer: (state) => recordedOf(state, distinctId),
      }),
  };
}
