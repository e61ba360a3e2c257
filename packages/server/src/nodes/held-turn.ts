import type { Turns } from './turns.ts';

/** A turn that is held from one call to another, for work that is no single function. */
export interface HeldTurn {
  /** As for the work of a turn. */
  readonly lost: AbortSignal;
  /** Resolves once others may take it. */
  end(): Promise<void>;
}

/** Null at once where somebody has it; throws as `tryTake` does. Whoever holds one must end it. */
export function tryHold(turns: Pick<Turns, 'tryTake'>, name: string): Promise<HeldTurn | null> {
  return new Promise((resolve, reject) => {
    const over = turns.tryTake(
      name,
      (lost) =>
        new Promise<true>((ended) => {
          resolve({
            lost,
            async end() {
              ended(true);
              await over;
            },
          });
        }),
    );
    over.then((ran) => ran === null && resolve(null), reject);
  });
}
