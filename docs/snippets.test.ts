import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Server, secretKey, serve, writeKey } from '../packages/server/test/system/processes.ts';
import { outputOf } from '../test-support/child-output.ts';
import { launchChromium } from '../test-support/chromium.ts';
import { listening } from '../test-support/listening.ts';
import { matchesShown, type Snippet, snippetsOf } from '../test-support/markdown.ts';
import { python, pythonObstacle } from '../test-support/python.ts';
import { prelude, tourOf } from '../test-support/tour.ts';

/**
 * Runs what the pages show, in their order, each page against a server of its own, and compares what is printed with what is shown. Needs
 * bash, python3 and, for `ts browser`, Chromium.
 */

const root = fileURLToPath(new URL('..', import.meta.url));
/** Within the repository, so that imports resolve as a user's would. */
const scratch = join(root, 'docs', `.snippets-${process.pid}`);
const runMaxMs = 120_000;

const pages: Record<string, readonly Snippet[]> = {
  'docs/sdk.md': snippetsOf(readFileSync(join(root, 'docs/sdk.md'), 'utf8')),
  'packages/sdk/README.md': snippetsOf(readFileSync(join(root, 'packages/sdk/README.md'), 'utf8')),
  'README.md': tourOf(readFileSync(join(root, 'README.md'), 'utf8')),
};

beforeAll(() => void mkdirSync(scratch, { recursive: true }));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

async function run(command: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<string> {
  const child = spawn(command, args, {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: runMaxMs,
    killSignal: 'SIGKILL',
  });
  const { code, stdout, stderr } = await outputOf(child).ended;
  if (code !== 0) throw new Error(`${command} ended with ${code}.\n${stdout}${stderr}`);
  return stdout;
}

/** What a reader puts in for the placeholders. */
function filledIn(code: string, url: string): string {
  return code.replaceAll('pk_…', writeKey).replaceAll('sk_…', secretKey).replaceAll('https://onym.example.com', url);
}

/** Runs a page's script in Chromium; throws what the page or the client complained of. Null where there is none. */
async function runInBrowser(code: string): Promise<string | null> {
  const { outputFiles } = await build({
    stdin: {
      contents: `${code}\nwindow.done = onym.flush().then(() => new Promise((resolve) => setTimeout(resolve)));`,
      resolveDir: scratch,
      loader: 'ts',
    },
    bundle: true,
    format: 'esm',
    conditions: ['onym-source'],
    write: false,
  });
  const site = createServer((_, response) => {
    response
      .setHeader('content-type', 'text/html')
      .end(`<!doctype html><script type="module">${outputFiles[0]!.text}</script>`);
  });
  const port = await listening(site);
  const chromium = await launchChromium();
  if (chromium === null) return null;
  try {
    const page = await chromium.newPage();
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('console', (message) => {
      if (['warning', 'error'].includes(message.type()) && !message.text().includes('favicon'))
        complaints.push(message.text());
    });
    const sent = page.waitForResponse((response) => response.url().includes('/track') && response.status() === 200);
    await page.goto(`http://localhost:${port}/`);
    await sent;
    await page.evaluate(() => (window as unknown as { done: Promise<void> }).done);
    expect(complaints.filter((text) => !text.includes('404'))).toEqual([]);
    return '';
  } finally {
    await chromium.close();
    site.close();
  }
}

let count = 0;
function saved(code: string, extension: string): string {
  const file = join(scratch, `snippet-${++count}.${extension}`);
  writeFileSync(file, code);
  return file;
}

/** Resolves to what was printed, or to null where the snippet can't run here. */
type Running = (code: string, env: NodeJS.ProcessEnv, url: string) => Promise<string | null>;

const runners: Record<string, Running> = {
  sh: (code, env) => run('bash', ['-c', prelude + code], env),
  ts: (code, env) => run(process.execPath, ['--conditions=onym-source', '--import', 'tsx', saved(code, 'mts')], env),
  python: async (code, env) =>
    pythonObstacle() === null
      ? run(python, [saved(code, 'py')], { ...env, PYTHONPATH: join(root, 'clients/python') })
      : null,
  'ts browser': (code, _env, url) => runInBrowser(filledIn(code, url)),
  // What it does is in packages/sdk/test/react; here it must compile.
  tsx: async () => '',
};

describe.each(Object.entries(pages))('%s', (name, snippets) => {
  let server: Server;
  beforeAll(async () => {
    server = await serve();
  });

  const runnable = snippets.filter(({ kind }) => kind in runners);
  it('has snippets', () => expect(runnable.length).toBeGreaterThan(1));

  it.for(runnable.map((snippet) => [`${name}:${snippet.line} (${snippet.kind})`, snippet] as const))(
    '%s',
    async ([, { kind, code, shown }], context) => {
      const env = {
        ONYM_URL: server.url,
        ONYM_SECRET_KEY: secretKey,
        ONYM_WRITE_KEY: writeKey,
        ONYM_DATA_DIR: server.dataDir,
      };
      const printed = await runners[kind]!(code, env, server.url);
      if (printed === null) return context.skip(`nothing here can run ${kind}`);
      if (shown !== null && !matchesShown(printed, shown)) expect(printed).toBe(shown);
    },
  );

  it('compiles', async () => {
    const files = snippets
      .filter(({ kind }) => /^tsx?\b/.test(kind))
      .map(({ kind, code }) => saved(`${code}\nexport {};\n`, kind.startsWith('tsx') ? 'tsx' : 'mts'));
    if (files.length === 0) return;
    const config = saved(
      JSON.stringify({
        extends: '../../tsconfig.base.json',
        compilerOptions: {
          noEmit: true,
          composite: false,
          incremental: false,
          jsx: 'react-jsx',
          lib: ['ES2023', 'DOM'],
          types: ['node'],
          noUnusedLocals: false,
          rewriteRelativeImportExtensions: false,
          allowImportingTsExtensions: true,
        },
        files,
      }),
      'json',
    );
    await run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', config], {});
  });
});
