import { appendFileSync, mkdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { copyFile, syncDirectory } from './copy-file.ts';
import { type FileEntry, unfinishedName } from './manifest.ts';

interface Done {
  /** Of the part, below the backup. */
  readonly path: string;
  readonly files: readonly FileEntry[];
}

interface Source {
  /** Where it goes, below the backup. */
  readonly path: string;
  readonly from: string;
}

interface Options {
  readonly directory: string;
  readonly signal?: AbortSignal | undefined;
  progress(bytes: number): void;
}

export const bytesOf = async (directory: string): Promise<number> =>
  (await readdir(directory)).reduce((sum, name) => sum + statSync(join(directory, name)).size, 0);

/**
 * Copies the parts of the event store that a run before has not: each becomes visible once it is whole and on the disk, and is noted then. A
 * part never changes under its name; whether the noted one is that part is told by the checksums that the engine keeps in it.
 */
export async function copyParts(sources: readonly Source[], options: Options): Promise<FileEntry[]> {
  const { directory, signal, progress } = options;
  const noted = new Map(notedParts(directory).map((part) => [part.path, part]));
  const files: FileEntry[] = [];
  for (const source of sources) {
    const before = noted.get(source.path);
    if (before !== undefined && isSame(source, before, directory)) {
      progress(before.files.reduce((sum, file) => sum + file.bytes, 0));
      files.push(...before.files);
      continue;
    }
    const done = await copyPart(source, { directory, signal, progress });
    appendFileSync(join(directory, unfinishedName), `${JSON.stringify(done)}\n`);
    files.push(...done.files);
  }
  return files;
}

async function copyPart({ path, from }: Source, { directory, signal, progress }: Options): Promise<Done> {
  const whole = join(directory, path);
  const partial = `${whole}.partial`;
  rmSync(partial, { recursive: true, force: true });
  rmSync(whole, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true, mode: 0o700 });
  const files: FileEntry[] = [];
  for (const name of await readdir(from)) {
    const copied = await copyFile(join(from, name), join(partial, name), { signal, progress });
    files.push({ path: `${path}/${name}`, ...copied });
  }
  await syncDirectory(partial);
  renameSync(partial, whole);
  return { path, files };
}

/** The last line may be torn. */
function notedParts(directory: string): Done[] {
  const parts: Done[] = [];
  for (const line of readFileSync(join(directory, unfinishedName), 'utf8').split('\n')) {
    try {
      parts.push(JSON.parse(line) as Done);
    } catch {
      // The end, or what a kill has cut.
    }
  }
  return parts;
}

const checksums = 'checksums.txt';

function isSame({ path, from }: Source, { files }: Done, directory: string): boolean {
  try {
    if (files.some((file) => statSync(join(directory, file.path)).size !== file.bytes)) return false;
    return readFileSync(join(from, checksums)).equals(readFileSync(join(directory, path, checksums)));
  } catch {
    return false;
  }
}
