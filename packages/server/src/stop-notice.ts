import type { DrainLoop } from './journal/drain.ts';
import type { Journal } from './journal/types.ts';

interface Parts {
  readonly drain: Pick<DrainLoop, 'stats'>;
  readonly journal: Pick<Journal, 'bytes'>;
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
}

/** To be called when a server begins to stop; what it returns says at the end what the stop has done, as a line of the log. */
export function stopNotice({ drain, journal, now }: Parts): () => [details: object, message: string] {
  const startedAt = now();
  const before = drain.stats().drainedEvents;
  return () => {
    const journalBytes = journal.bytes();
    const left = journalBytes === 0 ? 'nothing waits in the journal' : 'the journal keeps the rest for the next start';
    const drainedEvents = drain.stats().drainedEvents - before;
    return [
      { ms: Math.round(now() - startedAt), drainedEvents, journalBytes },
      `stopped: what was under way is answered, ${left}`,
    ];
  };
}
