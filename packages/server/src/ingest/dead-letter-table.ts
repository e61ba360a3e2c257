import type { DeadLetter } from './types.ts';

/** A letter as it is kept, with its name. */
export interface KeptLetter extends DeadLetter {
  /** Ascending in the order of writing, on whichever node; never given again while a later one is there. */
  readonly id: number;
}

/** What is not given does not matter. */
export interface LetterFilter {
  readonly environment: string;
  /** Those of no environment as well. */
  readonly orNone: boolean;
  readonly ids?: readonly number[] | undefined;
  readonly call?: string | undefined;
  readonly key?: string | undefined;
  readonly errorCode?: string | undefined;
}

export interface LetterRange {
  /** Both exclusive. */
  readonly after: number;
  readonly before: number;
  readonly limit: number;
}

export interface LetterBounds {
  readonly deadLettersMax: number;
  readonly deadLettersPerKeyMax: number;
}

export interface LettersChanged {
  /** How many went. */
  readonly removed: number;
  /** How many there are, of all keys. */
  readonly stored: number;
}

/**
 * Where rejected items are kept. Throws OnymError with `retryAfterSeconds` where the same may go well later: `storage-full`,
 * `identity-store-unavailable`.
 */
export interface DeadLetterTable {
  /** In this order, all or none, durable when this resolves; then the oldest beyond the bounds go. */
  add(letters: readonly DeadLetter[], bounds: LetterBounds): Promise<LettersChanged>;
  stored(): Promise<number>;
  page(order: LetterOrder, filter: LetterFilter, range: LetterRange): Promise<KeptLetter[]>;
  /** Those of an environment and of none, above an id, to be looked through. */
  itemsAfter(id: number, environment: string, limit: number): Promise<{ readonly id: number; readonly item: string }[]>;
  remove(ids: readonly number[]): Promise<LettersChanged>;
  /** What was removed is in no file any more, as far as the engine lets us say so. */
  scrub(): Promise<void>;
  close(): Promise<void>;
}

export type LetterOrder = 'oldestFirst' | 'newestFirst';

export const totalOf = (counts: ReadonlyMap<string, number>): number =>
  [...counts.values()].reduce((sum, count) => sum + count, 0);

/** How many of its oldest letters each key has to give up: those beyond its share, then whichever key has the most. */
export function lettersBeyond(
  counted: ReadonlyMap<string, number>,
  { deadLettersMax, deadLettersPerKeyMax }: LetterBounds,
): Map<string, number> {
  const counts = new Map(counted);
  const beyond = new Map<string, number>();
  const take = (key: string, count: number) => {
    counts.set(key, counts.get(key)! - count);
    beyond.set(key, (beyond.get(key) ?? 0) + count);
  };
  for (const [key, count] of counts) {
    if (count > deadLettersPerKeyMax) take(key, count - deadLettersPerKeyMax);
  }
  let excess = totalOf(counts) - deadLettersMax;
  while (excess > 0) {
    const [[key, most], [, next = 0] = []] = [...counts].sort(([, a], [, b]) => b - a) as [
      [string, number],
      [string, number]?,
    ];
    const count = Math.min(excess, Math.max(1, most - next));
    take(key, count);
    excess -= count;
  }
  return beyond;
}

/** What `counts` become by letters that come and go. */
export function countedWith(
  counts: ReadonlyMap<string, number>,
  changes: Iterable<readonly [key: string, change: number]>,
): Map<string, number> {
  const changed = new Map(counts);
  for (const [key, change] of changes) changed.set(key, (changed.get(key) ?? 0) + change);
  return changed;
}
