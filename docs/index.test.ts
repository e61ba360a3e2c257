import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Server, serve } from '../packages/server/test/system/processes.ts';

/** The two indexes: every page is in both, and what they link to is there, in the repository and on a server. */

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const pages = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.md') && !name.startsWith('.'))
  .map((name) => `docs/${name}`);

/** Where a page's links go, as paths from the root; those to other sites are left out, and code, which has none. */
function linksOf(path: string): { path: string; anchor: string | undefined }[] {
  return [
    ...read(path)
      .replace(/^```[\s\S]*?^```$/gm, '')
      .matchAll(/\]\(([^)\s]+)\)/g),
  ]
    .map(([, target]) => target!)
    .filter((target) => !/^[a-z]+:/.test(target))
    .map((target) => {
      const [file, anchor] = target.split('#');
      return { path: file === '' ? path : normalize(join(dirname(path), file!)).replace(/\/$/, ''), anchor };
    });
}

/** Files and folders, without what is installed or built. */
function below(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .filter(({ name }) => !/^(node_modules|dist|dist-test|\.types)$/.test(name))
    .flatMap((entry) => {
      const path = `${folder}/${entry.name}`;
      return entry.isDirectory() ? [path, ...below(path)] : [path];
    });
}

/** As renderers of Markdown name headings. */
const anchorsOf = (path: string): string[] =>
  [...read(path).matchAll(/^#+ (.*)$/gm)].map(([, title]) =>
    title!
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/\s/g, '-'),
  );

it.each(['docs/README.md', 'llms.txt'])('%s names every page', (index) => {
  const named = new Set([index, ...linksOf(index).map(({ path }) => path)]);
  expect(pages.filter((page) => !named.has(page))).toEqual([]);
});

it.each([...pages, 'llms.txt', 'README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md'])(
  '%s links to what is there',
  (page) => {
    const served = ['openapi.json'];
    const broken = linksOf(page).filter(({ path, anchor }) => {
      if (served.includes(path)) return false;
      if (!existsSync(join(root, path))) return true;
      return anchor !== undefined && path.endsWith('.md') && !anchorsOf(path).includes(anchor);
    });
    expect(broken).toEqual([]);
  },
);

describe('ARCHITECTURE.md', () => {
  const text = read('ARCHITECTURE.md').replace(/^```[\s\S]*?^```$/gm, '');
  const named = [...text.matchAll(/`([\w.-]+(?:\/[\w.-]+)*\/?)`/g)]
    .map(([, name]) => name!)
    .filter((name) => name.includes('/') || /\.(ts|tsx|cjs|mjs|md)$/.test(name));
  const existing = below('packages');

  it('names files and folders that are there', () => {
    expect(named.length).toBeGreaterThan(100);
    const isThere = (name: string) =>
      existsSync(join(root, name)) || existing.some((path) => path.endsWith(`/${name.replace(/\/$/, '')}`));
    expect(named.filter((name) => !isThere(name))).toEqual([]);
  });

  it('names every room of the server', () => {
    const rooms = readdirSync(join(root, 'packages/server/src'), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => `${name}/`);
    expect(rooms.filter((room) => !named.includes(room))).toEqual([]);
  });
});

describe('a server', () => {
  let server: Server;
  beforeAll(async () => {
    server = await serve();
  });
  afterAll(() => server.stop());

  it('has llms.txt, and all that it links to', async () => {
    const answer = await fetch(`${server.url}/llms.txt`);
    expect([answer.headers.get('content-type'), await answer.text()]).toEqual([
      'text/plain; charset=utf-8',
      read('llms.txt'),
    ]);
    for (const { path } of linksOf('llms.txt')) {
      const { status, headers } = await fetch(`${server.url}/${path}`);
      expect([path, status]).toEqual([path, 200]);
      if (path.endsWith('.md')) expect(headers.get('content-type')).toBe('text/markdown; charset=utf-8');
    }
    expect((await fetch(`${server.url}/docs/tsconfig.json`)).status).toBe(404);
    expect((await fetch(`${server.url}/docs/..%2fpackage.json`)).status).toBe(404);
  });
});
