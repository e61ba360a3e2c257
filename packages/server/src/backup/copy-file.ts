import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';

const chunkBytes = 1024 * 1024;

export interface Copied {
  readonly bytes: number;
  readonly sha256: string;
}

/** `progress` is told the bytes of each chunk. The copy is on the disk when this resolves. */
export async function copyFile(
  from: string,
  to: string,
  { signal, progress }: { readonly signal?: AbortSignal | undefined; progress(bytes: number): void },
): Promise<Copied> {
  const target = await open(to, 'w', 0o600);
  try {
    const copied = await readThrough(from, { signal, progress }, async (chunk) => {
      await target.writeFile(chunk);
    });
    await target.sync();
    return copied;
  } finally {
    await target.close();
  }
}

/** Size and digest of a file. */
export async function readThrough(
  file: string,
  { signal, progress }: { readonly signal?: AbortSignal | undefined; progress(bytes: number): void },
  take: (chunk: Buffer) => Promise<void> = async () => {},
): Promise<Copied> {
  const hash = createHash('sha256');
  let bytes = 0;
  const chunks = createReadStream(file, { highWaterMark: chunkBytes, ...(signal === undefined ? {} : { signal }) });
  for await (const chunk of chunks as AsyncIterable<Buffer>) {
    hash.update(chunk);
    await take(chunk);
    bytes += chunk.length;
    progress(chunk.length);
  }
  return { bytes, sha256: hash.digest('hex') };
}

/** What was made, renamed or removed in a directory is so after a power loss. */
export async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
