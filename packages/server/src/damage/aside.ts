import { existsSync, renameSync } from 'node:fs';

/**
 * Renames a file or directory, and what SQLite keeps beside it, to `….damaged-<time>`. Returns the new path; null where there was nothing.
 */
export function putAside(file: string, now: number): string | null {
  const time = new Date(now).toISOString().replace(/[-:]/g, '').replace('.', '-');
  let aside = `${file}.damaged-${time}`;
  for (let n = 2; existsSync(aside); n++) aside = `${file}.damaged-${time}-${n}`;
  // The name of a -wal file goes by the file's.
  for (const suffix of ['-wal', '-shm']) if (existsSync(file + suffix)) renameSync(file + suffix, aside + suffix);
  if (!existsSync(file)) return null;
  renameSync(file, aside);
  return aside;
}
