import { OnymError } from '../errors.ts';
import { limits } from '../limits.ts';

/*
 * What is done, and said, while events can not be brought to the event store.
 */

const backoffFirstMs = 250;
const backoffMaxMs = 5_000;

/**
 * How long it is left alone after so many failures in a row, of which there is one at least: doubled by each, and shortened by up to a half at
 * random.
 */
export const backoffMs = (failures: number, random: () => number): number =>
  Math.min(backoffMaxMs, backoffFirstMs * 2 ** Math.min(failures - 1, 16)) * (1 - random() / 2);

const overloadedRetryAfterSeconds = 5;

export const overloaded = (message: string): OnymError =>
  new OnymError('overloaded', message, { retryAfterSeconds: overloadedRetryAfterSeconds });

/** Rejects with what `late` says where `work` takes longer than a reader should wait; it goes on all the same. */
export async function withinWait(work: Promise<unknown>, late: () => OnymError): Promise<void> {
  let deadline: NodeJS.Timeout | undefined;
  const tooLong = new Promise<never>((_, reject) => {
    deadline = setTimeout(() => reject(late()), limits.drainWaitMaxMs);
  });
  try {
    await Promise.race([work, tooLong]);
  } finally {
    clearTimeout(deadline);
  }
}

/** Whether one more failure in a row is worth a line of the log. */
export const isTold = (failures: number): boolean => (failures & (failures - 1)) === 0;

/** Events are bound to identities on their way. */
const isOfIdentities = (cause: unknown): boolean =>
  cause instanceof OnymError && cause.code === 'identity-store-unavailable';

/** Who it is that fails, for the log. */
export const troubleOf = (cause: unknown): string =>
  isOfIdentities(cause) ? 'The identity store does not say whose events are.' : 'The event store does not take events.';

/** What a caller is told; `what` follows on who fails. */
export function unavailable(cause: unknown, what: string, retryAfterSeconds: number): OnymError {
  const code = isOfIdentities(cause) ? 'identity-store-unavailable' : 'event-store-unavailable';
  return new OnymError(code, `${troubleOf(cause)} ${what}`, { cause, retryAfterSeconds });
}
