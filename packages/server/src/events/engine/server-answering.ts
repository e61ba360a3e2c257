import { setTimeout as sleep } from 'node:timers/promises';
import { OnymError } from '../../errors.ts';
import { engineErrorCode } from './errors.ts';

/** Before each further try. Longer outages are for who asked: a drain tries again, a reader is told to. */
const waitsMs = [100, 400];

/** ClickHouse's words for that it can not just now. */
const passing = new Set([
  202, // TOO_MANY_SIMULTANEOUS_QUERIES
  203, // NO_FREE_CONNECTION
  209, // SOCKET_TIMEOUT
  210, // NETWORK_ERROR
  225, // NO_ZOOKEEPER
  236, // ABORTED
  242, // TABLE_IS_READ_ONLY
  279, // ALL_CONNECTION_TRIES_FAILED
  999, // KEEPER_EXCEPTION
]);

/** Not in a moment either; but the statement is not at fault. */
const unfit = new Set([
  192, // UNKNOWN_USER
  194, // REQUIRED_PASSWORD
  243, // NOT_ENOUGH_SPACE
  252, // TOO_MANY_PARTS
  516, // AUTHENTICATION_FAILED
]);

/** Whether the server never said what became of a statement: it could not be reached, broke off, or something else answered. */
export const isUnanswered = (error: unknown): boolean =>
  error instanceof Error && !(error instanceof OnymError) && engineErrorCode(error) === null;

/** The client gave up waiting. What was asked may go on: asking again at once would only add to it. */
const isTimeout = (error: unknown): boolean => error instanceof Error && error.message === 'Timeout error.';

/**
 * Runs a statement until it is answered, a few times; it may then have run more than once. Throws what the server says is wrong with it, or
 * OnymError `event-store-unavailable`.
 */
export async function answering<Result>(statement: () => Promise<Result>): Promise<Result> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await statement();
    } catch (error) {
      const isPassing = (isUnanswered(error) && !isTimeout(error)) || passing.has(engineErrorCode(error) ?? 0);
      const waitMs = waitsMs[attempt];
      if (!isPassing || waitMs === undefined) throw unavailableOr(error);
      await sleep(waitMs);
    }
  }
}

/** As OnymError where it says nothing about the statement. */
export function unavailableOr(error: unknown): unknown {
  const code = engineErrorCode(error) ?? 0;
  if (!isUnanswered(error) && !passing.has(code) && !unfit.has(code)) return error;
  return new OnymError(
    'event-store-unavailable',
    'The event store does not answer. Events that were acknowledged are safe; ask again in a few seconds.',
    { cause: error, retryAfterSeconds: 5 },
  );
}
