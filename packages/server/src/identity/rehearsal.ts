import {
  type BlastRadius,
  compareSnapshots,
  needsOf,
  type Operation,
  type OperationError,
  run,
  type State,
  snapshotOf,
} from '@onym/core';
import type { Commit, Committed } from './types.ts';

/** Identifiers whose identities an operation can change; their components must be loaded whole. */
export function idsOf(state: State, operation: Operation): string[] {
  const needs = needsOf(operation);
  const ids = new Set(needs.ids);
  for (const seq of [...needs.links, ...needs.rows]) {
    const link = state.links.get(seq);
    if (link !== undefined) ids.add(link.primary).add(link.secondary);
    const subject = state.subjects.get(seq);
    if (subject !== undefined) ids.add(subject);
  }
  return [...ids];
}

/** Runs operations on a working set that is thrown away, and says of each what it would change. */
export function rehearse(
  state: State,
  operations: readonly Operation[],
  now: number,
  touchedBy: (state: State, operation: Operation) => readonly string[],
): Commit {
  const answers: (Committed | OperationError)[] = [];
  const facts: Commit['facts'][number][] = [];
  const radii: BlastRadius[] = [];
  for (const operation of operations) {
    const before = snapshotOf(state, touchedBy(state, operation));
    const result = run(state, [operation], now);
    radii.push(compareSnapshots(before, snapshotOf(state, before.keys())));
    answers.push(...result.outcomes);
    facts.push(...result.facts);
  }
  return { answers, touched: [...state.changed.components], facts, radii, head: state.head };
}
