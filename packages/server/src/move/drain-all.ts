import { setTimeout as sleep } from 'node:timers/promises';
import { OnymError } from '../errors.ts';
import type { DrainLoop } from '../journal/drain.ts';
import type { Journal, JournalReader } from '../journal/types.ts';

export interface Drained {
  readonly journal: Pick<Journal, 'bytes'> & Pick<JournalReader, 'environments'>;
  readonly drain: Pick<DrainLoop, 'flush'>;
}

export interface DrainAllOptions {
  readonly signal: AbortSignal;
  /** Bytes that are left, and that there were. */
  report(left: number, all: number): void;
}

const lookAgainMs = 300;

/** Drains until nothing is left, which may take longer than a reader would wait. Throws what the event store says once nothing goes on any more. */
export async function drainAll({ journal, drain }: Drained, { signal, report }: DrainAllOptions): Promise<void> {
  const all = journal.bytes();
  while (journal.environments().length > 0) {
    signal.throwIfAborted();
    const left = journal.bytes();
    report(left, all);
    try {
      await drain.flush();
    } catch (error) {
      if (!(error instanceof OnymError) || journal.bytes() >= left) throw error;
      await sleep(lookAgainMs);
    }
  }
}
