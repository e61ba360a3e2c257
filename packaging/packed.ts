import { cpSync, linkSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { npm, root, run, temporary } from './commands.ts';

/** What `npm pack` makes of a fresh clone, in which nothing was built. */

export const packageNames = ['@onym/core', '@onym/sdk', 'onym'] as const;
export type PackageName = (typeof packageNames)[number];

export interface PackedFile {
  readonly path: string;
  readonly bytes: number;
}

export interface Tarball {
  readonly name: PackageName;
  readonly file: string;
  readonly packedBytes: number;
  readonly files: readonly PackedFile[];
  /** The text of one of its files. */
  read(path: string): Promise<string>;
}

const made = new Set(['node_modules', 'dist', 'dist-test', '.types', 'documentation', 'console-build']);
const folders = ['packages', 'scripts', 'examples', 'docs'];
const filesBeside = ['package.json', 'package-lock.json', '.npmrc', 'LICENSE', 'README.md', 'llms.txt'];

/** The sources, as git has them, and the dependencies, as `npm ci` would install them: hard links to those here. */
export async function freshClone(): Promise<string> {
  const clone = temporary();
  const filter = (from: string) => !made.has(basename(from)) && !basename(from).startsWith('.snippets-');
  for (const name of [...folders, ...filesBeside])
    cpSync(join(root, name), join(clone, name), { recursive: true, filter });
  for (const name of readdirSync(root).filter((one) => /^tsconfig.*\.json$/.test(one))) {
    cpSync(join(root, name), join(clone, name));
  }
  const modules = join(root, 'node_modules');
  await run('cp', ['-al', modules, clone]).catch(() => run('cp', ['-a', modules, clone]));
  return clone;
}

export async function pack(clone: string): Promise<Tarball[]> {
  const directory = temporary();
  await run('npm', ['pack', ...packageNames.flatMap((name) => ['-w', name]), '--pack-destination', directory], {
    cwd: clone,
  });
  return Promise.all(
    packageNames.map(async (name) => {
      const form = new RegExp(`^${name.replace('@', '').replace('/', '-')}-\\d`);
      const file = join(directory, readdirSync(directory).find((one) => form.test(one))!);
      return { name, file, packedBytes: statSync(file).size, files: await contentsOf(file), read: reading(file) };
    }),
  );
}

async function contentsOf(file: string): Promise<PackedFile[]> {
  const { stdout } = await run('tar', ['-tvzf', file]);
  return stdout
    .trim()
    .split('\n')
    .map((line) => /^\S+ +\S+ +(\d+) .* package\/(.+)$/.exec(line)!)
    .map(([, bytes, path]) => ({ path: path!, bytes: Number(bytes) }));
}

function reading(file: string): Tarball['read'] {
  let unpacked: Promise<string> | null = null;
  return async (path) => {
    unpacked ??= (async () => {
      const directory = temporary();
      await run('tar', ['-xzf', file, '-C', directory]);
      return directory;
    })();
    return readFileSync(join(await unpacked, 'package', path), 'utf8');
  };
}

/**
 * Installs the tarballs as a user does, but for the minute that better-sqlite3 would compile: its binary is the one that is here. No other
 * package has an install script that does anything (the tests say so).
 */
export async function install(
  tarballs: readonly Tarball[],
  cwd: string,
  flags: readonly string[] = [],
): Promise<string> {
  const { stderr } = await npm(['install', ...tarballs.map(({ file }) => file), '--ignore-scripts', ...flags], cwd);
  return stderr;
}

/** Puts the binary into a `node_modules/better-sqlite3` without one. */
export function lendBinary(driver: string): void {
  const [from, to] = [join(root, 'node_modules', 'better-sqlite3'), driver].map((folder) =>
    join(folder, 'build', 'Release', 'better_sqlite3.node'),
  );
  mkdirSync(join(to!, '..'), { recursive: true });
  try {
    linkSync(from!, to!);
  } catch {
    cpSync(from!, to!);
  }
}
