import type { LedgerRow } from '../queries.ts';

/** Steps of a person's life: 0 is before the first row, n the moment of the n-th, and the last one now. */

/** The step of the moment that an address names; a row between two steps belongs to the one before it. */
export function stepOf(rows: readonly LedgerRow[], asOfSeq: number | undefined): number {
  if (asOfSeq === undefined) return rows.length;
  let step = 0;
  while (step < rows.length && rows[step]!.seq <= asOfSeq) step++;
  return step;
}

/** The moment of a step; undefined is now. While more rows are to come, the last one that is there is no more than itself. */
export function momentOfStep(rows: readonly LedgerRow[], step: number, isWhole: boolean): number | undefined {
  if (step >= rows.length) return isWhole ? undefined : rows.at(-1)?.seq;
  return step <= 0 ? rows[0]!.seq - 1 : rows[step - 1]!.seq;
}
