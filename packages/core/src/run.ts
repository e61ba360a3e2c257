import { apply } from './apply.ts';
import { decide, isError } from './decide.ts';
import { idsOfSplit } from './identifiers.ts';
import { needsOf } from './needs.ts';
import { type ComponentId, canonicalOf, componentOf, type State } from './state.ts';
import type { DistinctId, Fact, Millis, Operation, OperationError, Outcome } from './types.ts';

const evidenceOperations: ReadonlySet<Operation['op']> = new Set(['identify', 'alias', 'track', 'link']);

/** Operations that need components whole are judged alone, so that what they load stays bounded by what they touch. */
export function isSteering(operation: Operation): boolean {
  return !evidenceOperations.has(operation.op);
}

/** An outcome as of right after the call. */
export interface Answered extends Outcome {
  /** The canonical id of the call's subject. */
  readonly canonicalId: DistinctId;
  /** The components of the identifiers the call names; empty when one of them has no row. What caches hang on. */
  readonly components: readonly ComponentId[];
}

/** Judges and applies operations in order. `state.changed` then holds what a store has to write beside the facts. */
export function run(
  state: State,
  operations: readonly Operation[],
  now: Millis,
): { outcomes: (Answered | OperationError)[]; facts: Fact[] } {
  const outcomes: (Answered | OperationError)[] = [];
  const facts: Fact[] = [];
  for (const operation of operations) {
    const decision = decide(state, operation, now);
    if (isError(decision)) {
      outcomes.push(decision);
      continue;
    }
    if (decision.fact !== null) {
      apply(state, decision.fact);
      facts.push(decision.fact);
    }
    const { verdict, reason, seq, recorded } = decision.outcome;
    outcomes.push({
      verdict,
      reason,
      seq,
      recorded,
      canonicalId: canonicalOf(state, subjectOf(state, operation)),
      components: componentsOf(state, needsOf(operation).ids),
    });
  }
  return { outcomes, facts };
}

function componentsOf(state: State, ids: readonly DistinctId[]): ComponentId[] {
  const components = ids.map((id) => componentOf(state, id));
  return components.every((component) => component !== null) ? components.map(({ id }) => id) : [];
}

/** The identifier a call is about: the side whose identity the caller is told. Empty for settings and reverts. */
function subjectOf(state: State, operation: Operation): DistinctId {
  switch (operation.op) {
    case 'identify':
    case 'track':
      return operation.distinctId;
    case 'alias':
    case 'link':
      return operation.primary;
    case 'separate':
    case 'lift':
      return operation.a;
    case 'split':
      return 'link' in operation.target
        ? state.links.get(operation.target.link)!.primary
        : (idsOfSplit(operation.target)[0] ?? '');
    case 'approve':
    case 'reject':
      return state.links.get(operation.link)!.primary;
    case 'revert':
    case 'settings':
      return '';
  }
}
