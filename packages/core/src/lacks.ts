import { type Lookups, noLookups, traitKeyOf } from './held.ts';
import { pairKey } from './identifiers.ts';
import { idsNamed, type Needs, needsOfIds, type Question } from './needs.ts';
import { componentOf, type State } from './state.ts';
import type { DistinctId } from './types.ts';

/**
 * What has to be looked up next before the question can be answered; null when nothing is lacking. A store looks it up, adds what it found
 * to the state, notes that it did (`noteLookups`) and asks again, until nothing is lacking. In a whole environment nothing ever is.
 */
export function lacks(state: State, question: Question): Lookups | null {
  const needed = question(state);
  const { held } = state;
  if (held === null) return null;
  const { done, due } = held;
  let lacking: Lookups | null = null;
  // Mostly nothing is lacking any more: then there is nothing to make.
  const missing = (): Lookups => {
    lacking ??= noLookups();
    return lacking;
  };
  for (const id of due.ids) missing().ids.add(id);
  for (const component of due.separations) missing().separations.add(component);
  for (const component of due.typeCounts) missing().typeCounts.add(component);
  for (const needs of needed) {
    for (const seq of needs.links) if (!done.links.has(seq)) missing().links.add(seq);
    for (const seq of needs.rows) if (!done.rows.has(seq)) missing().rows.add(seq);
    for (const id of idsNamed(state, needs)) {
      if (!done.ids.has(id)) missing().ids.add(id);
      else if (needs.extent === 'whole') lackOfIdentity(state, id, missing);
      else if (needs.extent === 'recorded') lackOfRecord(state, id, missing);
    }
    if (needs.extent === 'row') lackOfDetails(state, needs, missing);
  }
  return lacking;
}

type Missing = () => Lookups;

function lackOfIdentity(state: State, id: DistinctId, missing: Missing): void {
  const component = componentOf(state, id);
  if (component === null) return;
  const members = state.members.get(component.id);
  if (members === undefined) missing().members.add(component.id);
  else for (const member of members) lackOfRecord(state, member, missing);
}

function lackOfRecord(state: State, id: DistinctId, missing: Missing): void {
  if (isToBeRead(state, id)) missing().recorded.add(id);
}

/** Whether there is anything of it in the store, and not all of that is here. */
const isToBeRead = (state: State, id: DistinctId): boolean =>
  state.identifiers.has(id) && !state.held!.done.recorded.has(id);

function lackOfDetails(state: State, needs: Needs, missing: Missing): void {
  const { done } = state.held!;
  for (const [a, b] of needs.pairs) lackOfPair(state, a, b, missing);
  for (const seq of needs.links) {
    const link = state.links.get(seq);
    if (link !== undefined) lackOfPair(state, link.primary, link.secondary, missing);
  }
  for (const id of needs.identifies) {
    if (isToBeRead(state, id) && !done.identifies.has(id)) missing().identifies.add(id);
  }
  for (const wanted of needs.traitKeys) {
    if (!isToBeRead(state, wanted.id)) continue;
    const key = traitKeyOf(wanted);
    if (!done.traitKeys.has(key)) missing().traitKeys.set(key, wanted);
  }
}

function lackOfPair(state: State, a: DistinctId, b: DistinctId, missing: Missing): void {
  if (a === b || !isToBeRead(state, a) || !isToBeRead(state, b)) return;
  const { done, linked } = state.held!;
  if (linked.has(a) || linked.has(b)) return;
  const key = pairKey(a, b);
  if (!done.pairs.has(key)) missing().pairs.set(key, [a, b]);
}

/** Whether all is here that is recorded of the identifier. */
export const isRecorded = (state: State, id: DistinctId): boolean =>
  state.held === null || (state.held.done.ids.has(id) && !isToBeRead(state, id));

/** Identifiers that hang together, and the question that finds them. */
export interface Reach {
  /** All of them, once nothing is lacking of `question`. */
  readonly ids: ReadonlySet<DistinctId>;
  readonly question: Question;
}

/** From these on to whoever `neighboursOf` names, which reads what is recorded of one identifier. */
export function reach(
  from: Iterable<DistinctId>,
  neighboursOf: (state: State, id: DistinctId) => Iterable<DistinctId>,
): Reach {
  const ids = new Set(from);
  let ahead = [...ids];
  return {
    ids,
    question(state) {
      const waiting: DistinctId[] = [];
      // What is added meanwhile is gone through too.
      for (const id of ahead) {
        if (!isRecorded(state, id)) {
          waiting.push(id);
          continue;
        }
        for (const other of neighboursOf(state, id)) {
          if (ids.has(other)) continue;
          ids.add(other);
          ahead.push(other);
        }
      }
      ahead = waiting;
      return waiting.length === 0 ? [] : [needsOfIds(waiting, 'recorded')];
    },
  };
}
