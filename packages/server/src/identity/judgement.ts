import {
  type Answered,
  type BlastRadius,
  type ComponentId,
  compareSnapshots,
  componentOf,
  idsNamed,
  needsOf,
  needsToRehearse,
  type Operation,
  type OperationError,
  run,
  type State,
  snapshotOf,
} from '@onym/core';
import type { Reading } from './readings.ts';
import type { Commit, CommitOptions } from './store.ts';

/** The verdicts on these operations; the state then holds what they change, for a store to write (`deltaOf`) unless it was a dry run. */
export function judgementOf(
  operations: readonly Operation[],
  now: number,
  options: CommitOptions = {},
): Reading<Commit> {
  return options.dryRun
    ? {
        question: () => operations.map(needsToRehearse),
        answer: (state) => rehearse(state, operations, now),
      }
    : judge(operations, now, options.remembered ?? []);
}

/** Operations are judged that have no answer, and those that bear on an identity which one of these is about. */
function judge(
  operations: readonly Operation[],
  now: number,
  remembered: NonNullable<CommitOptions['remembered']>,
): Reading<Commit> {
  const needs = operations.map(needsOf);
  const isJudged = operations.map((_, index) => (remembered[index] ?? null) === null);
  const isAllJudged = isJudged.every(Boolean);
  return {
    question(state) {
      if (isAllJudged) return needs;
      const spokenOf = new Set<ComponentId>();
      for (let known = -1; known < spokenOf.size; ) {
        known = spokenOf.size;
        for (const [index, judged] of isJudged.entries()) {
          isJudged[index] = judged || remembered[index]!.components.some((id) => spokenOf.has(id));
          if (!isJudged[index]) continue;
          for (const id of idsNamed(state, needs[index]!)) {
            const component = componentOf(state, id);
            if (component !== null) spokenOf.add(component.id);
          }
        }
      }
      return needs.filter((_, index) => isJudged[index]);
    },
    answer(state) {
      const judged = isAllJudged ? operations : operations.filter((_, index) => isJudged[index]);
      const { outcomes, facts } = run(state, judged, now);
      let next = 0;
      const answers = isJudged.map((isNew, index) => (isNew ? outcomes[next++]! : remembered[index]!));
      return { answers, touched: [...state.changed.components], facts, radii: [], head: state.head };
    },
  };
}

/** Runs operations on a state that is thrown away, and says of each what it would change. */
export function rehearse(state: State, operations: readonly Operation[], now: number): Commit {
  const answers: (Answered | OperationError)[] = [];
  const facts: Commit['facts'][number][] = [];
  const radii: BlastRadius[] = [];
  for (const operation of operations) {
    const before = snapshotOf(state, idsNamed(state, needsOf(operation)));
    const result = run(state, [operation], now);
    radii.push(compareSnapshots(before, snapshotOf(state, before.keys())));
    answers.push(...result.outcomes);
    facts.push(...result.facts);
  }
  return { answers, touched: [...state.changed.components], facts, radii, head: state.head };
}
