import type { MoveProgress } from '../move/move.ts';
import { bytesText } from './byte-progress.ts';
import { overwriteNote, printNote } from './print.ts';
import { progressText } from './progress-bar.ts';

const lineIntervalMs = 10_000;
const watchedIntervalMs = 100;

/** How far a move has come, on standard error: in place on a terminal, else a line for each step, and now and then one within it. */
export function moveProgress() {
  const isWatched = process.stderr.isTTY;
  let first = { what: '', all: -1, at: 0, rows: 0, bytes: 0 };
  let step = '';
  let shownAt = 0;
  let isOpen = false;
  return {
    show({ what, unit, done, all }: MoveProgress): void {
      const at = Date.now();
      // Of copying, rate and rest are of all rows, whatever part they are in.
      if (all !== first.all) first = { what, all, at, rows: done, bytes: done };
      const isNew = what !== step;
      if (!isNew && at - shownAt < (isWatched ? watchedIntervalMs : lineIntervalMs)) return;
      step = what;
      shownAt = at;
      const text =
        unit === 'rows'
          ? `${what}: ${progressText(first, { at, rows: done, bytes: done }, all)}`
          : `${what}: ${unit === 'bytes' ? `${bytesText(done)} of ${bytesText(all)}` : `${done} of ${all} environments`}`;
      if (isWatched) overwriteNote(text);
      else printNote(text);
      isOpen = true;
    },
    end(): void {
      if (isOpen && isWatched) overwriteNote('');
    },
  };
}
