import type { Log } from './log.ts';

/** Something that is tried again and again: that it fails is said when it begins to, that it works again once, and nothing in between. */
export interface Trouble {
  /** `details` of this failure, its error among them. */
  begins(details: object): void;
  /** May be told of each success. */
  ends(details: object): void;
}

export function createTrouble(log: Pick<Log, 'error' | 'info'>, failing: string, working: string): Trouble {
  let isFailing = false;
  return {
    begins(details) {
      if (!isFailing) log.error(details, failing);
      isFailing = true;
    },
    ends(details) {
      if (isFailing) log.info(details, working);
      isFailing = false;
    },
  };
}
