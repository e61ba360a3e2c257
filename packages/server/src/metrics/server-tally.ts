import type { CallObserver } from '../identity/commits.ts';
import { createWordTally, type WordTally } from './tallies.ts';

/** Plain counters for hot paths; /metrics reads them when it is asked. */
export interface Tally extends CallObserver {
  repeats: number;
  reservedEvents: number;
  duplicateEvents: number;
  reserved(): void;
  duplicate(): void;
  readonly verdicts: WordTally;
  /** Items that were not accepted, by call and code. */
  readonly rejected: WordTally;
  readonly imports: { readonly outcomes: WordTally; readonly rows: WordTally };
}

const verdicts = ['applied', 'unchanged', 'refused', 'held'];
const outcomes = ['done', 'failed', 'broken-off'];

export function createTally(): Tally {
  const tally: Tally = {
    repeats: 0,
    reservedEvents: 0,
    duplicateEvents: 0,
    observe(_environment, _operation, answer) {
      if (!('error' in answer) && !answer.recorded) tally.repeats++;
    },
    reserved: () => void tally.reservedEvents++,
    duplicate: () => void tally.duplicateEvents++,
    verdicts: createWordTally({ track: ['applied', 'unchanged'], identify: verdicts, alias: verdicts }),
    rejected: createWordTally({}),
    imports: {
      outcomes: createWordTally({ import: outcomes, 'dry-run': outcomes }),
      rows: createWordTally({ import: [...verdicts, 'invalid'], 'dry-run': [...verdicts, 'invalid'] }),
    },
  };
  return tally;
}
