import { isUtf8 } from 'node:buffer';
import { createHash, randomUUID } from 'node:crypto';
import { createWriteStream, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { isStorageFull, toStorageError } from '../disk/sqlite.ts';
import { OnymError } from '../errors.ts';
import { peeked } from './formats/chunks.ts';
import { decompressed } from './formats/compression.ts';
import { asUtf8 } from './formats/encodings.ts';
import { messageOfUnreadable } from './formats/file-kinds.ts';

/** A file that has arrived in whole, decompressed and, where it was UTF-16, as UTF-8, on the disk of the data directory. */
export interface Upload {
  readonly path: string;
  readonly bytes: number;
  /** SHA-256 of the contents. */
  readonly fingerprint: string;
  readonly isUtf8: boolean;
  readonly head: Buffer;
  readonly endsWithNewline: boolean;
  remove(): void;
}

const headBytes = 4_096;
const newline = 0x0a;
const carriageReturn = 0x0d;

/** Empties the directory: what an earlier process left there is of no use. */
export function prepareDirectory(directory: string): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  for (const name of readdirSync(directory)) rmSync(join(directory, name), { recursive: true, force: true });
}

/**
 * Takes the whole file in before its first row is applied: one that is cut off on its way, or whose compression ends early, applies
 * nothing. It also gives Parquet the random access it needs, and keeps slow senders and the stores apart. A file that holds no rows
 * is turned down at its first bytes.
 */
export async function receive(body: Readable, directory: string, bytesMax: number): Promise<Upload> {
  const path = join(directory, `upload-${randomUUID()}`);
  const hash = createHash('sha256');
  let bytes = 0;
  let isText = true;
  let tail = Buffer.alloc(0);
  let head = Buffer.alloc(0);
  let last = newline;

  async function* measured(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      bytes += chunk.length;
      if (bytes > bytesMax) {
        throw new OnymError('payload-too-large', `The file is larger than ${bytesMax} bytes. Split it into several.`);
      }
      hash.update(chunk);
      if (head.length < headBytes) head = Buffer.concat([head, chunk.subarray(0, headBytes - head.length)]);
      if (isText) ({ tail, isText } = checkUtf8(tail, chunk));
      last = chunk.at(-1) ?? last;
      yield chunk;
    }
  }

  try {
    const { encoding, text } = await asUtf8(await decompressed(body));
    const plain = encoding === null ? await readable(text) : text;
    await pipeline(plain, measured, createWriteStream(path, { flags: 'wx', mode: 0o600 }));
  } catch (error) {
    rmSync(path, { force: true });
    throw receiveError(error);
  }
  return {
    path,
    bytes,
    fingerprint: hash.digest('hex'),
    isUtf8: isText && tail.length === 0,
    head,
    endsWithNewline: last === newline || last === carriageReturn,
    remove: () => rmSync(path, { force: true }),
  };
}

async function readable(chunks: AsyncIterable<Buffer>): Promise<AsyncIterable<Buffer>> {
  const { head, all } = await peeked(chunks, headBytes);
  const message = messageOfUnreadable(head);
  if (message !== null) throw new OnymError('invalid-payload', message);
  return all;
}

function receiveError(error: unknown): unknown {
  if (error instanceof OnymError) return error;
  if (isStorageFull(error)) return toStorageError(error);
  return new OnymError('invalid-payload', 'The file did not arrive in whole. Nothing was applied; send it again.', {
    cause: error,
  });
}

/** Characters may be cut in two by chunks. */
function checkUtf8(tail: Buffer, chunk: Buffer) {
  const all = tail.length === 0 ? chunk : Buffer.concat([tail, chunk]);
  let end = all.length;
  // Back to the last lead byte, at most three bytes before the end.
  for (let back = 1; back <= 3 && back <= all.length; back++) {
    const byte = all[all.length - back]!;
    if ((byte & 0xc0) === 0x80) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    if (length > back) end = all.length - back;
    break;
  }
  return { isText: isUtf8(all.subarray(0, end)), tail: Buffer.from(all.subarray(end)) };
}
