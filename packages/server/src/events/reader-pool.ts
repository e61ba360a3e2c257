import { OnymError } from '../errors.ts';
import type { Reader } from './engine.ts';

/** Queries that may wait for a reader, and how long, before the caller is asked to come back. */
const WAITING_QUERIES_MAX = 32;
const QUERY_WAIT_MAX_MS = 5_000;

export interface ReaderPool {
  /** A reader for one query; throws OnymError `overloaded` when none gets free in time. */
  take(signal?: AbortSignal): Promise<Reader>;
  give(reader: Reader): void;
  close(): Promise<void>;
}

const overloaded = (): OnymError =>
  new OnymError('overloaded', 'Too many queries run at once. Try again in a few seconds.', { retryAfterSeconds: 5 });

export function createReaderPool(open: () => Promise<Reader>, size: number): ReaderPool {
  const readers: Promise<Reader>[] = [];
  const free: Reader[] = [];
  const waiting: ((reader: Reader) => void)[] = [];

  function wait(signal: AbortSignal | undefined): Promise<Reader> {
    if (waiting.length >= WAITING_QUERIES_MAX) throw overloaded();
    return new Promise((resolve, reject) => {
      const leave = (reason: unknown) => {
        waiting.splice(waiting.indexOf(serve), 1);
        settle();
        reject(reason);
      };
      const abort = () => leave(signal?.reason);
      const timer = setTimeout(() => leave(overloaded()), QUERY_WAIT_MAX_MS);
      const settle = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', abort);
      };
      const serve = (reader: Reader) => {
        settle();
        resolve(reader);
      };
      signal?.addEventListener('abort', abort, { once: true });
      waiting.push(serve);
    });
  }

  return {
    async take(signal) {
      const reader = free.pop();
      if (reader !== undefined) return reader;
      if (readers.length < size) {
        const opening = open();
        readers.push(opening);
        // One that could not be opened leaves its place to the next call.
        opening.catch(() => readers.splice(readers.indexOf(opening), 1));
        return opening;
      }
      return wait(signal);
    },
    give(reader) {
      const next = waiting.shift();
      if (next === undefined) free.push(reader);
      else next(reader);
    },
    async close() {
      const opened = await Promise.allSettled(readers);
      await Promise.all(opened.map((result) => (result.status === 'fulfilled' ? result.value.close() : undefined)));
    },
  };
}
