/** Figures of several rounds, and what is said of them. */

export type Series = readonly number[];

export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

export function quantile(values: Series, share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  if (sorted.length === 0) return Number.NaN;
  const at = (sorted.length - 1) * share;
  const low = Math.floor(at);
  const high = Math.ceil(at);
  return sorted[low]! + (sorted[high]! - sorted[low]!) * (at - low);
}

export const median = (values: Series): number => quantile(values, 0.5);

/** The middle half is what two runs may be expected to share; minimum and maximum show what the machine does. */
export function spreadOf(values: Series): Spread {
  return { median: median(values), min: Math.min(...values), max: Math.max(...values) };
}

/** Round by round, so that what slows both sides in a round cancels out. */
export function ratios(subject: Series, beside: Series): number[] {
  return subject.map((value, round) => value / beside[round]!);
}
