export { apply, fold } from './apply.ts';
export { type BlastRadius, compareSnapshots, mergeRadii, type ProfileSnapshot, snapshotOf } from './blast-radius.ts';
export { shortestPath } from './cut.ts';
export { decide, isError } from './decide.ts';
export { type ErasurePlan, eraseFrom, everConnected, everConnectedTo, settledLinks } from './erasure.ts';
export { type Held, type Lookups, noteLookups, nothingHeld } from './held.ts';
export {
  type CompilePattern,
  compileNatively,
  type Forms,
  formsOf,
  isReserved,
  isTrackEvidence,
  pairKey,
  pairOf,
  typeOf,
} from './identifiers.ts';
export { lacks, type Reach } from './lacks.ts';
export { idsNamed, type Needs, needsOf, needsOfIds, needsToRehearse, type Question } from './needs.ts';
export { stateAsOf, togetherAt } from './rewind.ts';
export { type Answered, isSteering, run } from './run.ts';
export {
  addLink,
  type Component,
  type ComponentId,
  canonicalOf,
  carryOn,
  clearChanged,
  componentOf,
  currentSettings,
  emptyState,
  everSeparatedFrom,
  type Identifier,
  pushTo,
  rootOf,
  type State,
  sameIdentity,
  separatedFrom,
  separationOn,
} from './state.ts';
export { type Ties, tiesOf } from './ties.ts';
export { byKind, foldTraits, repeatedWrite, winnerOf } from './traits.ts';
export * from './types.ts';
