import { isUtf8 } from 'node:buffer';
import { createHash, randomUUID } from 'node:crypto';
import { createWriteStream, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { OnymError } from '../errors.ts';
import { isStorageFull, toStorageError } from '../sqlite.ts';
import type { ImportFormat, ImportOptions } from './types.ts';

/** A file that has arrived in whole, decompressed, on the disk of the data directory. */
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
const NEWLINE = 0x0a;

/** Empties the directory: what an earlier process left there is of no use. */
export function prepareDirectory(directory: string): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  for (const name of readdirSync(directory)) rmSync(join(directory, name), { recursive: true, force: true });
}

/**
 * Takes the whole file in before its first row is applied: one that is cut off on its way, or whose gzip ends early, applies nothing.
 * It also gives Parquet the random access it needs, and keeps slow senders and the stores apart.
 */
export async function receive(body: Readable, directory: string, bytesMax: number): Promise<Upload> {
  const path = join(directory, `upload-${randomUUID()}`);
  const hash = createHash('sha256');
  let bytes = 0;
  let isText = true;
  let tail = Buffer.alloc(0);
  let head = Buffer.alloc(0);
  let last = NEWLINE;

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
    const plain = await decompressed(body);
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
    endsWithNewline: last === NEWLINE,
    remove: () => rmSync(path, { force: true }),
  };
}

/** Gzip is known by its first bytes, whatever the headers say. */
async function decompressed(body: Readable): Promise<Readable> {
  const chunks = body[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  const first = await chunks.next();
  const source = new PassThrough();
  const feed = async function* () {
    if (first.done !== true) yield first.value;
    for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) yield next.value;
  };
  const isGzip = first.done !== true && first.value[0] === 0x1f && first.value[1] === 0x8b;
  const steps = isGzip ? [createGunzip(), source] : [source];
  pipeline([feed, ...steps] as never).catch((error: Error) => source.destroy(error));
  return source;
}

function receiveError(error: unknown): unknown {
  if (error instanceof OnymError) return error;
  if (isStorageFull(error)) return toStorageError(error);
  const code = (error as { code?: string }).code ?? '';
  if (code === 'Z_BUF_ERROR' || code === 'Z_DATA_ERROR') {
    return new OnymError(
      'invalid-payload',
      'The gzip of the file is damaged or cut off. Nothing was applied; send it again.',
      {
        cause: error,
      },
    );
  }
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

const formatByContentType: readonly (readonly [RegExp, ImportFormat])[] = [
  [/^text\/csv\b/i, 'csv'],
  [/^application\/(x-)?(ndjson|jsonl|json-?lines)\b/i, 'ndjson'],
  [/^application\/(vnd\.apache\.|x-)?parquet\b/i, 'parquet'],
];

/** As asked, as the content type or the file's name says, or as the first bytes look. */
export function formatOf({ head, bytes }: Upload, options: ImportOptions): ImportFormat {
  if (bytes === 0) throw new OnymError('invalid-payload', 'The file is empty.');
  if ((head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff)) {
    throw new OnymError('invalid-payload', 'The file is UTF-16. Convert it to UTF-8 and send it again.');
  }
  if (options.format !== undefined) return options.format;
  const typed = formatByContentType.find(([pattern]) => pattern.test(options.contentType ?? ''));
  if (typed !== undefined) return typed[1];
  if (head.subarray(0, 4).toString('latin1') === 'PAR1') return 'parquet';
  const name = (options.fileName ?? '').replace(/\.gz$/i, '');
  if (/\.(csv|tsv)$/i.test(name)) return 'csv';
  return /^\uFEFF?\s*\{/.test(head.toString('utf8')) ? 'ndjson' : 'csv';
}
