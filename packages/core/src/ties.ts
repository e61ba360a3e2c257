import { isRecorded } from './lacks.ts';
import { needsOfIds, type Question } from './needs.ts';
import { isGood } from './rules.ts';
import type { State } from './state.ts';
import type { DistinctId, Link, Seq } from './types.ts';

/** Whoever was of one identity at some time, and the last row up to which that bears on it. */
export interface Ties {
  /** All of them, once nothing is lacking of `question`. */
  readonly until: ReadonlyMap<DistinctId, Seq>;
  readonly question: Question;
}

/**
 * This identifier and all that were ever joined to it, by whatever way round: up to `upTo` those that still are then, and each of the others up
 * to the row that took them away. What befell an identifier before it was joined is part of how the identity came to be; what befalls it after it
 * was taken away is not.
 */
export function tiesOf(id: DistinctId, upTo: Seq): Ties {
  const until = new Map([[id, upTo]]);
  let ahead = [id];
  return {
    until,
    question(state) {
      const waiting = new Set<DistinctId>();
      // What is added meanwhile is gone through too.
      for (const each of ahead) {
        if (!isRecorded(state, each)) waiting.add(each);
        else for (const [other, last] of beyond(state, each, until.get(each)!)) tie(other, last);
      }
      ahead = [...waiting];
      return ahead.length === 0 ? [] : [needsOfIds(ahead, 'recorded')];
    },
  };

  /** Of several ways to somebody, the one that held longest. */
  function tie(other: DistinctId, last: Seq): void {
    if ((until.get(other) ?? -1) >= last) return;
    until.set(other, last);
    ahead.push(other);
  }
}

function* beyond(state: State, id: DistinctId, last: Seq): Generator<[DistinctId, Seq]> {
  for (const seq of state.linksOf.get(id) ?? []) {
    const link = state.links.get(seq)!;
    if (!isGood(link.verdict) || link.seq > last) continue;
    yield [link.primary === id ? link.secondary : link.primary, Math.min(last, endOf(link))];
  }
}

/** The row that took the link's force from it. */
function endOf({ status, statusSeq }: Link): Seq {
  return status === 'active' ? Number.POSITIVE_INFINITY : (statusSeq ?? Number.POSITIVE_INFINITY);
}
