import { lstat, readdir, statfs } from 'node:fs/promises';
import { join } from 'node:path';

export interface DiskUse {
  /** Bytes that the file system could still take, and its size; null where it does not say. */
  space(): Promise<{ readonly free: number; readonly size: number } | null>;
  /** Bytes on disk by part of the data directory; a minute old at most. */
  parts(): Promise<ReadonlyMap<string, number>>;
}

/** The event store has thousands of files. */
const walkIntervalMs = 60_000;
const blockBytes = 512;

/** `now`: milliseconds of a clock that never goes back. */
export function createDiskUse(directory: string, now: () => number = () => performance.now()): DiskUse {
  let walked: Promise<ReadonlyMap<string, number>> | null = null;
  let walkedAt = Number.NEGATIVE_INFINITY;
  return {
    async space() {
      const { bavail, bfree, blocks, bsize } = await statfs(directory);
      if (blocks === 0) return null;
      // What a file system keeps for root is root's.
      return { free: (process.getuid?.() === 0 ? bfree : bavail) * bsize, size: blocks * bsize };
    },
    parts() {
      if (walked === null || now() - walkedAt >= walkIntervalMs) {
        walkedAt = now();
        walked = sizesOf(directory);
        walked.catch(() => {
          walked = null;
        });
      }
      return walked;
    },
  };
}

async function sizesOf(directory: string): Promise<ReadonlyMap<string, number>> {
  const sizes = new Map<string, number>();
  for (const { name } of await readdir(directory, { withFileTypes: true })) {
    const part = partOf(name);
    if (part !== null) sizes.set(part, (sizes.get(part) ?? 0) + (await bytesOf(join(directory, name), new Set())));
  }
  return sizes;
}

/** `identity.db-wal` is of the part `identity`, as is `imports.db` beside `imports/`. Small files of the process are none. */
function partOf(name: string): string | null {
  const part = /^(?<part>[a-z][a-z-]*?)(?:\.db(?:-wal|-shm)?)?$/.exec(name)?.groups?.part ?? null;
  return part === 'lock' || part === 'readiness-trial' ? null : part;
}

/** Files come and go meanwhile. A file of several names is counted once: the event store makes new parts of old ones so. */
async function bytesOf(path: string, seen: Set<number>): Promise<number> {
  try {
    const stats = await lstat(path);
    if (!stats.isDirectory()) {
      if (stats.nlink > 1 && seen.size === seen.add(stats.ino).size) return 0;
      return stats.blocks * blockBytes;
    }
    let bytes = 0;
    for (const name of await readdir(path)) bytes += await bytesOf(join(path, name), seen);
    return bytes;
  } catch (error) {
    if ((error as { code?: string }).code === 'ENOENT') return 0;
    throw error;
  }
}
