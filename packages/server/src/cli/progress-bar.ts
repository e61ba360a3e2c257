import type { ImportEvent } from '../import/types.ts';
import { overwriteNote, printNote } from './print.ts';

export interface ProgressBar {
  begin(bytes: number): void;
  show(progress: Extract<ImportEvent, { type: 'progress' }>): void;
  end(): void;
}

const width = 30;
/** Where nobody watches, a line now and then. */
const lineIntervalMs = 10_000;

/** On standard error, so that results can be piped. Rate and time left are of this run. */
export function progressBar(size: number): ProgressBar {
  let bytesMax = size;
  let first: { at: number; rows: number; bytes: number } | null = null;
  let shownAt = 0;
  let isOpen = false;
  const isWatched = process.stderr.isTTY;
  return {
    begin(bytes) {
      bytesMax = bytes;
      if (!isWatched) shownAt = Date.now();
    },
    show({ rows, bytes }) {
      const now = Date.now();
      first ??= { at: now, rows, bytes };
      if (!isWatched && now - shownAt < lineIntervalMs) return;
      shownAt = now;
      const text = progressText(first, { at: now, rows, bytes }, bytesMax);
      if (isWatched) overwriteNote(text);
      else printNote(text);
      isOpen = true;
    },
    end() {
      if (isOpen && isWatched) overwriteNote('');
    },
  };
}

interface Moment {
  readonly at: number;
  readonly rows: number;
  readonly bytes: number;
}

export function progressText(first: Moment, last: Moment, bytesMax: number): string {
  const share = Math.min(1, last.bytes / Math.max(1, bytesMax));
  const seconds = (last.at - first.at) / 1_000;
  const rate = seconds > 0 ? (last.rows - first.rows) / seconds : 0;
  const pace = seconds > 0 ? (last.bytes - first.bytes) / seconds : 0;
  const left = pace > 0 ? durationText(Math.max(0, bytesMax - last.bytes) / pace) : '…';
  const filled = Math.round(share * width);
  const bar = '█'.repeat(filled) + '░'.repeat(width - filled);
  return `${bar} ${(share * 100).toFixed(0).padStart(3)} %  ${last.rows.toLocaleString('en-US')} rows  ${Math.round(rate).toLocaleString('en-US')}/s  ${left} left`;
}

function durationText(seconds: number): string {
  const whole = Math.ceil(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
