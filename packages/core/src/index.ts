export { apply, fold } from './apply.ts';
export { type BlastRadius, compareSnapshots, mergeRadii, type ProfileSnapshot, snapshotOf } from './blast-radius.ts';
export { shortestPath, smallestCut } from './cut.ts';
export { type Decision, decide, isError } from './decide.ts';
export { type ErasurePlan, eraseFrom, everConnected, everConnectedTo, settledLinks } from './erasure.ts';
export { type Held, type Lookups, noteLookups, nothingHeld } from './held.ts';
export {
  type CompilePattern,
  compileNatively,
  type Forms,
  formsOf,
  idsOfSplit,
  isReserved,
  isTrackEvidence,
  pairKey,
  pairOf,
  typeOf,
} from './identifiers.ts';
export { lacks, type Reach } from './lacks.ts';
export { idsNamed, type Needs, needsOf, needsOfIds, needsToRehearse, type Question } from './needs.ts';
export { stateAsOf, togetherAt } from './rewind.ts';
export { judgementBySituation, type LinkRequest, type Situation, situationOf, situationsByRule } from './rules.ts';
export { type Answered, isSteering, run } from './run.ts';
export {
  addLink,
  type Changed,
  type Component,
  type ComponentId,
  canonicalOf,
  clearChanged,
  componentOf,
  currentSettings,
  emptyState,
  everSeparatedFrom,
  formsAt,
  type Identifier,
  nothingChanged,
  pushTo,
  rootOf,
  type State,
  type StructuralStep,
  sameIdentity,
  separatedFrom,
  separationOn,
  settingsAt,
} from './state.ts';
export { byKind, foldTraits, isLater, jsonEquals, repeatedWrite, winnerOf } from './traits.ts';
export * from './types.ts';
