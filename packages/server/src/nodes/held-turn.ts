import type { Turns } from './turns.ts';

/** A turn that is held from one call to another, for work that is no single function. */
export interface HeldTurn {
  /** As for the work of a turn. */
  readonly lost: AbortSignal;
  /** Resolves once others may take it. */
  end(): Promise<void>;
}

type Taking = (work: (lost: AbortSignal) => Promise<true>) => Promise<true | null>;

/** Once nobody else has it; throws as `take` does. Whoever holds one must end it. */
export const hold = async (turns: Pick<Turns, 'take'>, name: string): Promise<HeldTurn> =>
  (await holding((work) => turns.take(name, work)))!;

/** The same, or null at once where somebody has it; throws as `tryTake` does. */
export const tryHold = (turns: Pick<Turns, 'tryTake'>, name: string): Promise<HeldTurn | null> =>
  holding((work) => turns.tryTake(name, work));

function holding(take: Taking): Promise<HeldTurn | null> {
  return new Promise((resolve, reject) => {
    const over = take(
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
