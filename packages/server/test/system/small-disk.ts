import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';

/** A file system of its own, in memory, that a test can fill. */
export interface SmallDisk {
  readonly path: string;
  /** Leaves no room at all. */
  fill(): void;
  free(): void;
  setReadOnly(isReadOnly: boolean): void;
  unmount(): void;
}

const fillChunkBytes = 64 * 1024;
const fillPageBytes = 4096;

/** Needs root, or sudo without a password. Null where neither is at hand; on CI that is an error. */
export function mountSmallDisk(mebibytes: number): SmallDisk | null {
  const path = mkdtempSync(join(tmpdir(), 'onym-disk-'));
  const { uid, gid } = userInfo();
  const asRoot = (command: string, ...args: string[]) => {
    const [file, ...rest] = uid === 0 ? [command, ...args] : ['sudo', '-n', command, ...args];
    execFileSync(file!, rest, { stdio: ['ignore', 'ignore', 'pipe'] });
  };
  try {
    asRoot('mount', '-t', 'tmpfs', '-o', `size=${mebibytes}m,uid=${uid},gid=${gid},mode=700`, 'tmpfs', path);
  } catch (error) {
    rmSync(path, { recursive: true });
    if (process.env.CI)
      throw new Error('A full disk cannot be tested: tmpfs cannot be mounted here.', { cause: error });
    return null;
  }
  const ballast = join(path, 'ballast');
  return {
    path,
    fill() {
      const file = openSync(ballast, 'a');
      try {
        for (const bytes of [fillChunkBytes, fillPageBytes]) fillBy(file, Buffer.alloc(bytes));
      } finally {
        closeSync(file);
      }
    },
    free: () => rmSync(ballast, { force: true }),
    setReadOnly: (isReadOnly) => asRoot('mount', '-o', `remount,${isReadOnly ? 'ro' : 'rw'}`, path),
    unmount() {
      asRoot('umount', '--lazy', path);
      rmSync(path, { recursive: true, force: true });
    },
  };
}

function fillBy(file: number, chunk: Buffer): void {
  for (;;) {
    try {
      if (writeSync(file, chunk) < chunk.length) return;
    } catch (error) {
      if ((error as { code?: string }).code === 'ENOSPC') return;
      throw error;
    }
  }
}
