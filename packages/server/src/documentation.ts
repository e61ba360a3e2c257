import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface Page {
  /** As pages link to each other: `docs/http.md`. */
  readonly path: string;
  read(): string;
}

/** The repository's own pages, and within a package the copies that were packed with it (scripts/copy-documentation.cjs). */
const folders = ['../../../', '../documentation/'].map((path) => fileURLToPath(new URL(path, import.meta.url)));

const isPage = (path: string): boolean => /^(?:README\.md|llms\.txt|docs\/(?:decisions\/)?[\w-]+\.md)$/.test(path);

/** What a server can show of its documentation; none where a package was made without it. */
export function documentation(): Page[] {
  const folder = folders.find((one) => existsSync(join(one, 'docs', 'http.md')) && existsSync(join(one, 'llms.txt')));
  if (folder === undefined) return [];
  const docs = readdirSync(join(folder, 'docs'), { recursive: true, encoding: 'utf8' });
  return ['README.md', 'llms.txt', ...docs.map((name) => `docs/${name.replaceAll('\\', '/')}`)]
    .filter(isPage)
    .map((path) => ({ path, read: () => readFileSync(join(folder, path), 'utf8') }));
}
