import { createWriteStream, renameSync, rmSync, statSync } from 'node:fs';
import type { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import zlib from 'node:zlib';
import { exitCode } from './options.ts';
import { printNote, shown } from './print.ts';
import { RequestError } from './transport.ts';

/** A file's name without what says how it is compressed, and what compresses it. Throws RequestError where this Node.js can't. */
export function compressionOf(file: string): {
  readonly plainName: string;
  readonly compress: (() => Transform) | null;
} {
  const [, plainName = file, ending] = /^(.*)\.(gz|zst)$/i.exec(file) ?? [];
  if (ending === undefined) return { plainName, compress: null };
  if (ending.toLowerCase() === 'gz') return { plainName, compress: () => zlib.createGzip() };
  // From Node.js 22.15 on.
  const { createZstdCompress } = zlib as { createZstdCompress?: () => Transform };
  if (createZstdCompress === undefined) {
    throw new RequestError(
      `Node.js ${process.versions.node} can't compress by Zstandard; 22.15 and later can. Write to a .gz file, or pipe the rows to zstd.`,
      null,
    );
  }
  return { plainName, compress: createZstdCompress };
}

/**
 * The file is there when it is whole, compressed where its name ends in `.gz` or `.zst`. What failed or was interrupted leaves nothing.
 * Throws RequestError when it can't be written.
 */
export async function writeRows(rows: AsyncIterable<Uint8Array>, file: string): Promise<void> {
  const { compress } = compressionOf(file);
  // A device or a pipe is not a file that could be replaced.
  const part = isOther(file) ? file : `${file}.part`;
  const removePart = () => {
    if (part !== file) rmSync(part, { force: true });
  };
  // At once: what comes may be waited for without an end, and nothing of it is to be kept.
  const interrupt = () => {
    removePart();
    printNote(`onym: Interrupted: ${shown(file)} was not written.`);
    process.exit(exitCode.failed);
  };
  for (const name of interruptions) process.on(name, interrupt);
  const output = createWriteStream(part, { mode: 0o600 });
  try {
    if (compress === null) await pipeline(rows, output);
    else await pipeline(rows, compress(), output);
    if (part !== file) renameSync(part, file);
  } catch (error) {
    // A file that is only just being opened would be there again.
    if (part !== file && !output.closed) await new Promise<void>((resolve) => output.once('close', resolve).destroy());
    removePart();
    throw isOfFiles(error) ? new RequestError(`${file} can not be written: ${error.message}`, null, error) : error;
  } finally {
    for (const name of interruptions) process.removeListener(name, interrupt);
  }
}

const interruptions = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

function isOther(file: string): boolean {
  try {
    return !statSync(file).isFile();
  } catch {
    return false;
  }
}

/** Not what the server's side of the pipeline threw. */
const isOfFiles = (error: unknown): error is NodeJS.ErrnoException =>
  /^(open|write|close|rename)$/.test((error as NodeJS.ErrnoException).syscall ?? '');
