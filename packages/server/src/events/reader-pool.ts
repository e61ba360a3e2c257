import { OnymError } from '../errors.ts';
import { limits } from '../limits.ts';
import { type ConnectionPool, createConnectionPool } from './engine/connection-pool.ts';
import type { Reader } from './engine.ts';

export function createReaderPool(open: () => Promise<Reader>, size: number): ConnectionPool<Reader> {
  return createConnectionPool(open, {
    size,
    waiting: {
      max: limits.waitingQueriesMax,
      maxMs: limits.queryWaitMaxMs,
      overloaded: () =>
        new OnymError('overloaded', 'Too many queries run at once. Try again in a few seconds.', {
          retryAfterSeconds: 5,
        }),
    },
  });
}
