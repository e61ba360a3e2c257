import { carryOn } from '@onym/core';
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

export function createCarriedSets(heldMax: number = limits.carriedIdentifiersMax): CarriedSets {
  const sets = new Map<number, WorkingSet>();
  return {
    take(row) {
      const set = sets.get(row.id);
      sets.delete(row.id);
      if (set === undefined) return null;
      const { head, lastTime, lastLift, nextComponent } = set.state;
      const isCurrent =
        head === row.head &&
        lastTime === row.last_time &&
        lastLift === row.last_lift &&
        nextComponent === row.next_component;
      return isCurrent ? set : null;
    },
    keep(set) {
      const { identifiers, links } = set.state;
      if (identifiers.size + links.size > heldMax) return;
      carryOn(set.state);
      sets.set(set.environment.id, set);
    },
    clear: () => sets.clear(),
  };
}
