import type { DeadLetter } from './types.ts';

export interface WaitingLimits {
  readonly waitingDeadLettersMax: number;
  readonly waitingDeadLettersPerKeyMax: number;
}

export type WaitingLetters = ReturnType<typeof createWaitingLetters>;

/** Letters on their way to the table, oldest first: bounded, and of each key. */
export function createWaitingLetters(limits: WaitingLimits) {
  let letters: DeadLetter[] = [];
  const byKey = new Map<string, number>();

  function count(key: string, change: number): void {
    const next = (byKey.get(key) ?? 0) + change;
    if (next === 0) byKey.delete(key);
    else byKey.set(key, next);
  }

  return {
    size: () => letters.length,
    first: (count: number): DeadLetter[] => letters.slice(0, count),
    /** False where there is no room for it. */
    add(letter: DeadLetter): boolean {
      const isFull =
        letters.length >= limits.waitingDeadLettersMax ||
        (byKey.get(letter.key) ?? 0) >= limits.waitingDeadLettersPerKeyMax;
      if (isFull) return false;
      letters.push(letter);
      count(letter.key, 1);
      return true;
    },
    /** They wait no longer. */
    remove(which: (letter: DeadLetter, index: number) => boolean): void {
      letters = letters.filter((letter, index) => {
        if (!which(letter, index)) return true;
        count(letter.key, -1);
        return false;
      });
    },
  };
}
