import type { JsonLine } from '../../api/json-lines.ts';
import type { Done, ImportEvent, Progress, Rejection, Started } from './types.ts';

/** One pass over a file, as far as it is known. */
export interface Run {
  /** `sending`: the server has not said yet what the file is. */
  readonly phase: 'sending' | 'reading' | 'done' | 'stopped' | 'failed';
  readonly started: Started | null;
  readonly progress: Progress | null;
  readonly done: Done | null;
  readonly error: Error | null;
  /** The first of them. */
  readonly rejections: readonly Rejection[];
  readonly rejected: number;
  /** All of them, a line of JSON each. Blobs: the browser keeps them out of memory. */
  readonly rejectedLines: readonly Blob[];
}

export const rejectionsShownMax = 50;

export const newRun: Run = {
  phase: 'sending',
  started: null,
  progress: null,
  done: null,
  error: null,
  rejections: [],
  rejected: 0,
  rejectedLines: [],
};

/** The run after what the server said since. */
export function heard(run: Run, lines: readonly JsonLine<ImportEvent>[]): Run {
  let { phase, started, progress, done } = run;
  for (const { value } of lines) {
    if (value.type === 'progress') progress = value;
    if (value.type === 'started') {
      started = value;
      phase = 'reading';
    }
    if (value.type === 'done') {
      done = value;
      phase = 'done';
    }
  }
  return { ...run, phase, started, progress, done, ...withRejections(run, lines) };
}

const rejectedStart = '{"type":"rejected",';
const rowStart = ',"row":';

function withRejections(run: Run, lines: readonly JsonLine<ImportEvent>[]) {
  const texts = lines.filter(({ value }) => value.type === 'rejected').map(({ text }) => text);
  if (texts.length === 0) return {};
  const more = texts.slice(0, rejectionsShownMax - run.rejections.length).map(rejectionOf);
  return {
    rejections: [...run.rejections, ...more],
    rejected: run.rejected + texts.length,
    rejectedLines: [...run.rejectedLines, new Blob(texts.map((text) => `${text.replace(rejectedStart, '{')}\n`))],
  };
}

/** The row is the last of it, and is kept as it was sent. */
const rejectionOf = (text: string): Rejection => ({
  ...(JSON.parse(text) as Rejection),
  row: text.slice(text.indexOf(rowStart) + rowStart.length, -1),
});

/** The run after it ended otherwise than by its end. */
export function ended(run: Run, error: unknown): Run {
  const isStopped = error instanceof DOMException && error.name === 'AbortError';
  if (isStopped) return { ...run, phase: 'stopped' };
  return { ...run, phase: 'failed', error: error instanceof Error ? error : new Error(String(error)) };
}

export const isRunning = (run: Run | null): boolean => run?.phase === 'sending' || run?.phase === 'reading';

/** From 0 to 1; null while nobody knows. */
export function shareOf({ started, progress, done }: Run): number | null {
  if (done !== null) return 1;
  if (started === null || progress === null || started.bytes === 0) return null;
  return Math.min(1, progress.bytes / started.bytes);
}
