export type { History, HistoryOptions, Kind, LedgerView, Steering, Step } from './generators.ts';
export {
  callOptions,
  calmOptions,
  fullOptions,
  histories,
  historyStart,
  play,
  resolveStep,
  smallSettings,
  startSettings,
  universe,
} from './generators.ts';
export { isAnonymousByForm, isMalformedId, isReservedId } from './ids.ts';
export type { Mutated } from './mutators.ts';
export { drop, duplicate, reorder, withDrops, withDuplicates, withReorder } from './mutators.ts';
export type {
  Reference,
  ReferenceError,
  ReferenceOutcome,
  ReferenceReads,
  ReferenceTrait,
} from './reference.ts';
export { createReference, isTrackEvidence } from './reference.ts';
