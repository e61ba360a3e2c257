import { randomUUID } from 'node:crypto';
import { type FileHandle, open, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { OnymError } from '../errors.ts';
import type { QueryResult } from './types.ts';

/**
 * Results of queries, each a file while its query runs and until its client has it: whole before the first byte of it is sent, and
 * never in memory, however slowly it is taken.
 */
export interface ResultFiles {
  create(): ResultFile;
  /** Ends what is still being read. */
  close(): Promise<void>;
}

export interface ResultFile {
  readonly path: string;
  size(): Promise<number>;
  /**
   * Once it is written. It has no name any more from here on; its room is given back when it was read, or the signal aborts. Throws
   * OnymError `overloaded` where the results that others have not fetched leave it no room.
   */
  read(signal?: AbortSignal): Promise<QueryResult>;
  remove(): Promise<void>;
}

/** Handed on at a time. A result of one piece is in memory, and is never refused for want of room. */
const pieceBytes = 256 * 1024;

export function createResultFiles(directory: string, { heldBytesMax }: { heldBytesMax: number }): ResultFiles {
  const reading = new Set<() => Promise<void>>();
  let heldBytes = 0;

  /** Closes the file and gives back its room, once. */
  function closerOf(file: FileHandle, bytes: number): () => Promise<void> {
    const close = async () => {
      if (!reading.delete(close)) return;
      heldBytes -= bytes;
      await file.close();
    };
    reading.add(close);
    return close;
  }

  return {
    create() {
      const path = join(directory, `${randomUUID()}.result`);
      const sizeNow = async () => (await stat(path)).size;
      const remove = () => rm(path, { force: true });
      return {
        path,
        size: sizeNow,
        async read(signal) {
          const size = await sizeNow();
          if (size <= pieceBytes) {
            const bytes = await readFile(path);
            await remove();
            return resultOf(size, once(bytes));
          }
          if (heldBytes + size > heldBytesMax) {
            throw new OnymError(
              'overloaded',
              'Large results of other queries have not been fetched yet. Ask for less, or try again in a few seconds.',
              { retryAfterSeconds: 5 },
            );
          }
          const file = await open(path, 'r');
          heldBytes += size;
          const close = closerOf(file, size);
          await remove();
          signal?.addEventListener('abort', () => void close(), { once: true });
          if (signal?.aborted) await close();
          return resultOf(size, piecesOf(file, size, close));
        },
        remove,
      };
    },
    async close() {
      await Promise.all([...reading].map((close) => close()));
    },
  };
}

const resultOf = (size: number, bytes: AsyncIterable<Uint8Array>): QueryResult => ({
  size,
  [Symbol.asyncIterator]: () => bytes[Symbol.asyncIterator](),
});

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  if (bytes.length > 0) yield bytes;
}

async function* piecesOf(file: FileHandle, size: number, close: () => Promise<void>): AsyncGenerator<Uint8Array> {
  try {
    for (let at = 0; at < size; ) {
      const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(pieceBytes), 0, pieceBytes, at);
      if (bytesRead === 0) throw new Error(`A result of ${size} bytes ended after ${at}.`);
      at += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await close();
  }
}
