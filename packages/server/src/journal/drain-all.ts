import { setTimeout as sleep } from 'node:timers/promises';
import { OnymError } from '../errors.ts';
import type { DrainLoop } from './drain.ts';
import type { Journal, JournalReader } from './types.ts';

export interface DrainedWhole {
  readonly journal: Pick<Journal, 'bytes'> & Pick<JournalReader, 'environments'>;
  readonly drain: Pick<DrainLoop, 'flush' | 'close' | 'stats'>;
}

export interface DrainAllOptions {
  /** Ends it after the insert under way; nothing is drained any more then. */
  readonly signal: AbortSignal;
  /** How long nothing may go on before it is given up. */
  readonly patienceMs: number;
  /** Bytes that have left the journal, and that there were. */
  report(done: number, all: number): void;
}

const reportIntervalMs = 200;

/** Drains until nothing is left, which may take longer than a reader would wait. Throws what the event store says once nothing goes on any more. */
export async function drainAll(
  { journal, drain }: DrainedWhole,
  { signal, patienceMs, report }: DrainAllOptions,
): Promise<void> {
  const all = journal.bytes();
  const tell = () => report(all - journal.bytes(), all);
  const told = setInterval(tell, reportIntervalMs);
  const stop = () => void drain.close();
  signal.addEventListener('abort', stop, { once: true });
  const done = () => drain.stats().drainedEvents + drain.stats().quarantinedEvents;
  try {
    let before = done();
    for (let movedAt = Date.now(); journal.environments().length > 0; ) {
      signal.throwIfAborted();
      tell();
      try {
        await drain.flush();
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof OnymError)) throw error;
        if (done() > before) movedAt = Date.now();
        else if (Date.now() - movedAt >= patienceMs) throw error;
        await sleep((error.retryAfterSeconds ?? 1) * 1_000, undefined, { signal }).catch(() => undefined);
      }
      before = done();
    }
  } finally {
    clearInterval(told);
    signal.removeEventListener('abort', stop);
  }
}
