import { createWriteStream, renameSync, rmSync, statSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { RequestError } from './transport.ts';

/** The file is there when it is whole. Throws RequestError when it can't be written. */
export async function writeRows(rows: AsyncIterable<Uint8Array>, file: string): Promise<void> {
  // A device or a pipe is not a file that could be replaced.
  const part = isOther(file) ? file : `${file}.part`;
  try {
    await pipeline(rows, createWriteStream(part, { mode: 0o600 }));
    if (part !== file) renameSync(part, file);
  } catch (error) {
    if (part !== file) rmSync(part, { force: true });
    throw isOfFiles(error) ? new RequestError(`${file} can not be written: ${error.message}`, null, error) : error;
  }
}

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
