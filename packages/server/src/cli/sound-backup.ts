import { type CheckedBackup, checkBackup } from '../backup/check.ts';
import { byteProgress, bytesText } from './byte-progress.ts';
import { table } from './print.ts';

/** Reads all of it again, from the disk. */
export async function readAgain(directory: string): Promise<CheckedBackup> {
  const bar = byteProgress();
  try {
    return await checkBackup(directory, {
      report: ({ bytes, bytes_max }) => bar.show('Reading it again', bytes, bytes_max),
    });
  } finally {
    bar.end();
  }
}

export function soundText({ files, bytes, faults }: CheckedBackup): string {
  const what = `${files} files, ${bytesText(bytes)}`;
  if (faults.length === 0) return `${what}, each as it was written.`;
  return `${what}; NOT SOUND:\n${table(
    ['file', 'problem'],
    faults.map(({ file, problem }) => [file, problem]),
  )}`;
}
