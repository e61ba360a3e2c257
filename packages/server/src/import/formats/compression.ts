import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { Decompress } from 'fzstd';
import { OnymError } from '../../errors.ts';
import { limits } from '../../limits.ts';
import { peeked } from './chunks.ts';

interface Compression {
  is(head: Buffer): boolean;
  read(chunks: AsyncIterable<Buffer>, head: Buffer): AsyncGenerator<Buffer>;
}

/** The longest header that is looked into, of a frame of Zstandard. */
const headBytes = 18;
/** A block of four bytes may stand for 128 KiB: what one push can become is bounded by what it is given. */
const zstdPushBytes = 1024;
const zstdMagic = 0xfd2fb528;

const gzip: Compression = {
  is: (head) => head[0] === 0x1f && head[1] === 0x8b,
  async *read(chunks) {
    const gunzip = createGunzip();
    // What fails is thrown by the iteration below.
    pipeline(Readable.from(chunks), gunzip, () => {});
    try {
      yield* gunzip as AsyncIterable<Buffer>;
    } catch (error) {
      const code = (error as { code?: string }).code ?? '';
      throw /^Z_/.test(code) ? damaged('gzip', error) : error;
    }
  },
};

const zstd: Compression = {
  is(head) {
    if (head.length < 4) return false;
    const magic = head.readUInt32LE();
    // A frame, or one to be skipped, which may stand before it.
    return magic === zstdMagic || (magic >= 0x184d2a50 && magic <= 0x184d2a5f);
  },
  async *read(chunks, head) {
    if (zstdWindowOf(head) > limits.importZstdWindowBytesMax) {
      throw new OnymError(
        'invalid-payload',
        `The file was compressed by zstd with a window of more than ${limits.importZstdWindowBytesMax} bytes (--long). Decompress it first, or compress it without --long.`,
      );
    }
    const out: Uint8Array[] = [];
    const decoder = new Decompress((bytes) => out.push(bytes));
    const push = (bytes: Uint8Array, isLast: boolean) => {
      try {
        decoder.push(bytes, isLast);
      } catch (error) {
        throw damaged('Zstandard compression', error);
      }
    };
    for await (const chunk of chunks) {
      for (let at = 0; at < chunk.length; at += zstdPushBytes) {
        push(chunk.subarray(at, at + zstdPushBytes), false);
        for (const bytes of out.splice(0)) yield Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      }
    }
    push(new Uint8Array(0), true);
    for (const bytes of out) yield Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  },
};

/** Gzip and Zstandard are known by their first bytes, whatever names and headers say. */
export async function decompressed(chunks: AsyncIterable<Buffer>): Promise<AsyncIterable<Buffer>> {
  let plain = chunks;
  for (let layer = 0; layer < limits.importCompressionsMax; layer++) {
    const { head, all } = await peeked(plain, headBytes);
    const compression = [gzip, zstd].find(({ is }) => is(head));
    if (compression === undefined) return all;
    plain = compression.read(all, head);
  }
  return plain;
}

/** RFC 8878, 3.1.1.1: exponent and mantissa. A frame without one is as large as its window, and told by its size. */
function zstdWindowOf(head: Buffer): number {
  const isSingleSegment = (head[4]! & 0x20) !== 0;
  if (head.length < 6 || head.readUInt32LE() !== zstdMagic || isSingleSegment) return 0;
  const base = 2 ** (10 + (head[5]! >> 3));
  return base + (base / 8) * (head[5]! & 7);
}

function damaged(what: string, cause: unknown): OnymError {
  return new OnymError(
    'invalid-payload',
    `The ${what} of the file is damaged or cut off. Nothing was applied; send it again.`,
    { cause },
  );
}
