import { carryOn, type State } from '@onym/core';
import { limits } from '../limits.ts';
import type { EnvironmentRow } from './rows.ts';
import type { WorkingSet } from './working-set.ts';

/**
 * Working sets that commits leave to the next ones: who was just spoken of is mostly spoken of again. One is as good as the store while the
 * environment's row is the one that its commit left, since whatever changes who is who changes that row.
 */
export interface CarriedSets {
  /** The one that holds what the store does at this row, or null. It is the caller's now: what becomes of a commit that fails is of no use. */
  take(row: EnvironmentRow): WorkingSet | null;
  /** After a commit of evidence is durable. */
  keep(set: WorkingSet): void;
  /** Names that were erased are kept nowhere. */
  clear(): void;
}

export type Place = Pick<EnvironmentRow, 'head' | 'last_time' | 'last_lift' | 'next_component'>;

/** Where a working set stands in its environment: what the row says once its changes are stored. */
export const placeOf = ({ head, lastTime, lastLift, nextComponent }: State): Place => ({
  head,
  last_time: lastTime,
  last_lift: lastLift,
  next_component: nextComponent,
});

export const isSamePlace = (one: Place, other: Place): boolean =>
  one.head === other.head &&
  one.last_time === other.last_time &&
  one.last_lift === other.last_lift &&
  one.next_component === other.next_component;

/** To be left to the next commit. False: so much has come together that the next one begins anew. */
export function carriesOn({ state }: WorkingSet, heldMax: number = limits.carriedIdentifiersMax): boolean {
  carryOn(state);
  return state.identifiers.size + state.links.size <= heldMax;
}

export function createCarriedSets(): CarriedSets {
  const sets = new Map<number, WorkingSet>();
  return {
    take(row) {
      const set = sets.get(row.id);
      sets.delete(row.id);
      return set !== undefined && isSamePlace(placeOf(set.state), row) ? set : null;
    },
    keep(set) {
      if (carriesOn(set)) sets.set(set.environment.id, set);
    },
    clear: () => sets.clear(),
  };
}
