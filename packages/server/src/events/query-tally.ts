import { type ErrorCode, OnymError } from '../errors.ts';
import type { QueryTurns } from './query-turns.ts';

/** `done`, `left` (the caller did not wait), or the code of its error. */
export type QueryOutcome = 'done' | 'left' | ErrorCode;

/** Queries of the event store, since it was opened and now. */
export interface QueryStats {
  readonly outcomes: ReadonlyMap<QueryOutcome, number>;
  readonly running: number;
  readonly waiting: number;
}

export interface QueryTally {
  /** Passes a query on, and counts what becomes of it. */
  counted<Result>(query: Promise<Result>, signal: AbortSignal | undefined): Promise<Result>;
  stats(): QueryStats;
}

export function createQueryTally(turns: Pick<QueryTurns, 'running' | 'waiting'>): QueryTally {
  const outcomes = new Map<QueryOutcome, number>();
  const count = (outcome: QueryOutcome) => void outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  return {
    async counted(query, signal) {
      try {
        const result = await query;
        count('done');
        return result;
      } catch (error) {
        count(signal?.aborted ? 'left' : error instanceof OnymError ? error.code : 'internal-error');
        throw error;
      }
    },
    stats: () => ({ outcomes, running: turns.running(), waiting: turns.waiting() }),
  };
}
