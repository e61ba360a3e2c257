import { OnymError } from '../errors.ts';
import { type ConnectionPool, createConnectionPool } from './engine/connection-pool.ts';
import type { Reader } from './engine.ts';

/** Queries that may wait for a reader, and how long, before the caller is asked to come back. */
const WAITING_QUERIES_MAX = 32;
const QUERY_WAIT_MAX_MS = 5_000;

export function createReaderPool(open: () => Promise<Reader>, size: number): ConnectionPool<Reader> {
  return createConnectionPool(open, {
    size,
    waiting: {
      max: WAITING_QUERIES_MAX,
      maxMs: QUERY_WAIT_MAX_MS,
      overloaded: () =>
        new OnymError('overloaded', 'Too many queries run at once. Try again in a few seconds.', {
          retryAfterSeconds: 5,
        }),
    },
  });
}
