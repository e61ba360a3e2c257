import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Server, serve } from '../packages/server/test/system/processes.ts';
import { outputOf } from '../test-support/child-output.ts';
import { launchChromium } from '../test-support/chromium.ts';
import { listening } from '../test-support/listening.ts';
import { commandsOf, matchesShown, type Snippet, snippetsOf } from '../test-support/markdown.ts';
import { onymOnPath, orNo } from '../test-support/onym-on-path.ts';
import { python, pythonObstacle } from '../test-support/python.ts';

/**
 * Runs what the pages show, in their order, each page against a server of its own, and compares what is printed with what is shown. Every
 * page of the repository is here: a block that is not run says why in `notRun`. Needs bash, curl, python3 and, for `ts browser`, Chromium.
 */

const root = fileURLToPath(new URL('..', import.meta.url));
/** Within the repository, so that imports resolve as a user's would. */
const scratch = join(root, 'docs', `.snippets-${process.pid}`);
const runMaxMs = 120_000;

const below = (folder: string, recursive = false): string[] =>
  readdirSync(join(root, folder), { recursive, encoding: 'utf8' }).map((name) => `${folder}/${name}`);

const pageNames = [
  'README.md',
  'CONTRIBUTING.md',
  ...below('docs', true).filter((name) => name.endsWith('.md') && !name.includes('/.')),
  ...['packages', 'clients', 'examples'].flatMap((folder) => below(folder)).map((folder) => `${folder}/README.md`),
]
  .filter((name) => existsSync(join(root, name)))
  .sort();

/** Pages whose blocks another test runs; those of `docs` with a test of their name are run by that. */
const testedElsewhere: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    pageNames
      .map((name) => [name, name.replace(/\.md$/, '.test.ts')] as const)
      .filter(([name, test]) => name !== test && existsSync(join(root, test))),
  ),
  'clients/python/README.md': 'clients/python/tests/test_package.py',
  'examples/browser/README.md': 'examples/browser/signup.browser.test.ts',
  'examples/express/README.md': 'examples/express/server.test.ts',
};

const serves = 'it serves until Ctrl-C: packaging/packages.test.ts starts it';

const servesNodes = 'it needs two servers: packages/server/test/nodes/two-servers.test.ts starts nodes so';
const needsDocker = 'it needs Docker: packaging/compose.test.ts reads what it starts';
const needsCluster = 'it needs a cluster: packaging/kubernetes.test.ts reads what it applies';

/** By page, the blocks that are not run: how each begins, and why. */
const notRun: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'README.md': {
    'npm ci && npm start': 'it installs, and serves until Ctrl-C: examples/start.test.ts starts it so',
    'npm ci && npm test': 'it is this very run',
    'npx onym demo': 'packages/server/test/cli/demo.test.ts plays it',
    'npx onym tail': 'it watches until Ctrl-C: packages/server/test/cli/tail.test.ts',
    'ONYM_POSTGRES_URL=': servesNodes,
  },
  'CONTRIBUTING.md': { 'npm ci': 'CI installs, tests and checks so' },
  'docs/operating.md': {
    'npm i -g --allow-scripts': 'it installs for all: packaging/packages.test.ts does it',
    'npm pack -w': 'it packs into the repository and installs for all: packaging/packages.test.ts does it',
    'npm i -g onym\nuseradd': 'it needs root and systemd: packaging/unit.test.ts judges the unit',
    'ONYM_ACKNOWLEDGE=event-store': serves,
    'onym drain': 'it needs a node that is gone: packages/server/test/nodes/events-on-their-way.test.ts has one',
    'docker build': 'it needs Docker: packaging/dockerfile.test.ts does the same in a folder',
    'ONYM_SETTINGS=': serves,
    'ONYM_RETENTION_DAYS=': serves,
    'export ONYM_POSTGRES_URL=': 'it needs a PostgreSQL: packages/server/test/keys/postgres-store.test.ts has one',
    'onym backup': 'docs/lost-machine.test.ts runs it',
    'onym verify --backup': 'docs/lost-machine.test.ts runs it',
    'onym restore': 'docs/lost-machine.test.ts runs it',
    'ONYM_DATA_DIR=/var/lib/onym onym serve': 'docs/lost-machine.test.ts runs it',
    "onym query 'SELECT 1'": 'it needs a second user: packages/server/test/system/data-directory.test.ts has one',
  },
  'docs/many-nodes.md': {
    'onym serve': serves,
    'ONYM_POSTGRES_URL=': servesNodes,
    'deploy/compose/make-secrets.sh': `${needsDocker}, and runs the script`,
    'docker compose -f compose.yaml -f': needsDocker,
    'docker compose build': needsDocker,
    'kubectl apply': needsCluster,
    pg_receivewal:
      'its programs are not among those of the tests: packages/server/test/nodes/point-in-time.test.ts restores a copy',
    'onym drain': 'packages/server/test/nodes/events-on-their-way.test.ts runs it',
    'onym nodes retire': 'packages/server/test/nodes/erasure.test.ts runs it',
  },
  'docs/moving-up.md': {
    'onym migrate': 'it needs PostgreSQL and ClickHouse: packages/server/test/move/move.test.ts runs it',
  },
  'docs/sdk.md': { 'npm i @onym/sdk': 'packaging/consumers.ts installs it' },
  'docs/stores.md': {
    "describeIdentityStore('memory'":
      'it is an excerpt: packages/server/test/identity/memory-store.test.ts is such a test',
  },
  'packages/core/README.md': { 'npx onym serve': serves },
  'packages/server/README.md': {
    'npx onym serve': serves,
    'onym demo': 'packages/server/test/cli/demo.test.ts plays it',
  },
  'docs/performance.md': { 'npm run bench': 'CI measures on its own' },
};

/** What lies in a page's folder before its first block. */
const setUp: Readonly<Record<string, (folder: string) => Promise<void>>> = {};

/** A block of these kinds is shown and does nothing; one of any other kind needs a runner. */
const passive = ['json', 'text', 'csv', 'ini', 'yaml', 'html', 'sql'];

function pageOf(name: string): { name: string; snippets: Snippet[] } {
  return { name, snippets: snippetsOf(readFileSync(join(root, name), 'utf8')) };
}

function reasonNotToRun(page: string, { code }: Snippet): string | null {
  const [, reason] = Object.entries(notRun[page] ?? {}).find(([start]) => code.startsWith(start)) ?? [];
  return reason ?? null;
}

let shell: NodeJS.ProcessEnv;
beforeAll(() => {
  mkdirSync(scratch, { recursive: true });
  // As on a terminal: no progress.
  writeFileSync(join(scratch, '.curlrc'), 'silent\nshow-error\nmax-time = 60\n');
  shell = { ...onymOnPath(join(scratch, 'bin')), CURL_HOME: scratch };
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

async function run(command: string, args: readonly string[], env: NodeJS.ProcessEnv, cwd = root): Promise<string> {
  const child = spawn(command, args, {
    cwd,
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
function filledIn(
  code: string,
  { ONYM_URL = '', ONYM_WRITE_KEY = '', ONYM_SECRET_KEY = '' }: NodeJS.ProcessEnv,
): string {
  return code
    .replaceAll('pk_…', ONYM_WRITE_KEY)
    .replaceAll('sk_…', ONYM_SECRET_KEY)
    .replaceAll('https://onym.example.com', ONYM_URL)
    .replaceAll('http://127.0.0.1:7700', ONYM_URL);
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

/** Resolves to what was printed, or to null where the snippet can't run here. `folder` is the page's own. */
type Running = (code: string, env: NodeJS.ProcessEnv, folder: string) => Promise<string | null>;

/** As a reader who leaves a stream, which has no end, once it has sent what the page shows. */
function untilShown(code: string, shown: string | null): string {
  const lines = shown?.trimEnd().split('\n').length;
  return code.replace(/^curl -N .*$/gm, (call) => `head -n ${lines} < <(${call} 2>/dev/null)`);
}

/** Between the outputs of a transcript's commands. */
const separator = '\u001e';

const runners: Readonly<Record<string, Running>> = {
  sh: (code, env, folder) => run('bash', ['-c', orNo(filledIn(code, env))], { ...shell, ...env }, folder),
  console: (code, env, folder) => {
    const commands = commandsOf(code).map(({ command }) => `${filledIn(command, env)}\n`);
    const script = `exec 2>&1\n${commands.join(`s=$?; printf '${separator}'; (exit $s)\n`)}:`;
    return run('bash', ['-c', script], { ...shell, ...env }, folder);
  },
  ts: (code, env) => run(process.execPath, ['--conditions=onym-source', '--import', 'tsx', saved(code, 'mts')], env),
  python: async (code, env) =>
    pythonObstacle() === null
      ? run(python, [saved(code, 'py')], { ...env, PYTHONPATH: join(root, 'clients/python') })
      : null,
  'ts browser': (code, env) => runInBrowser(filledIn(code, env)),
  // What it does is in packages/sdk/test/react; here it must compile.
  tsx: async () => '',
};

function expectShown(printed: string, page: string, { ONYM_URL = '' }: NodeJS.ProcessEnv): void {
  const shown = page.replaceAll('https://onym.example.com', ONYM_URL);
  if (!matchesShown(printed, shown)) expect(printed).toBe(shown);
}

/** With the keys that a first start makes, since pages show their names. */
async function serveAsAtFirst(): Promise<{ server: Server; env: NodeJS.ProcessEnv }> {
  const variables = {
    ONYM_INITIAL_WRITE_KEY: undefined,
    ONYM_INITIAL_SECRET_KEY: undefined,
    ONYM_KEYS_FILE: undefined,
  };
  const server = await serve({ variables });
  // Where a program starts it, they are in a file.
  const keys = readFileSync(join(server.dataDir, 'first-keys.env'), 'utf8');
  const key = (name: string): string => new RegExp(`^${name}=(\\S+)$`, 'm').exec(keys)![1]!;
  const [writeKey, secretKey] = [key('ONYM_WRITE_KEY'), key('ONYM_SECRET_KEY')];
  const env = {
    ONYM_URL: server.url,
    ONYM_SECRET_KEY: secretKey,
    ONYM_WRITE_KEY: writeKey,
    ONYM_DATA_DIR: server.dataDir,
    URL: server.url,
    AUTH: `Authorization: Bearer ${secretKey}`,
    PUBLIC: `Authorization: Bearer ${writeKey}`,
  };
  return { server, env };
}

const pages = pageNames.map(pageOf);
const isRun = (page: string) => !(page in testedElsewhere);

describe('the pages', () => {
  it('are found', () =>
    expect(pageNames).toEqual(expect.arrayContaining(['README.md', 'docs/http.md', 'docs/README.md'])));

  it('say of each block what it is', () => {
    const nameless = pages.flatMap(({ name, snippets }) =>
      snippets
        .filter(({ kind }) => !passive.includes(kind) && !(kind in runners) && isRun(name))
        .map(({ kind, line }) => `${name}:${line} is ${JSON.stringify(kind)}`),
    );
    expect(nameless).toEqual([]);
  });

  it('have a reason for what is not run, and nothing else', () => {
    for (const [name, file] of Object.entries(testedElsewhere)) {
      expect(pageNames).toContain(name);
      expect(existsSync(join(root, file))).toBe(true);
    }
    for (const [name, blocks] of Object.entries(notRun).filter(([page]) => isRun(page))) {
      const { snippets } = pageOf(name);
      const unused = Object.keys(blocks).filter((start) => !snippets.some(({ code }) => code.startsWith(start)));
      expect([name, unused]).toEqual([name, []]);
    }
  });
});

describe.each(pages.filter(({ name }) => isRun(name)))('$name', ({ name, snippets }) => {
  const runnable = snippets.filter((snippet) => snippet.kind in runners && reasonNotToRun(name, snippet) === null);
  if (runnable.length === 0) {
    it('has nothing to run', () => {});
    return;
  }
  const folder = join(scratch, name.replaceAll('/', '-'));
  let server: Server;
  let env: NodeJS.ProcessEnv;
  beforeAll(async () => {
    mkdirSync(folder, { recursive: true });
    await setUp[name]?.(folder);
    ({ server, env } = await serveAsAtFirst());
  });
  afterAll(() => server.stop());

  it.for(runnable.map((snippet) => [`${name}:${snippet.line} (${snippet.kind})`, snippet] as const))(
    '%s',
    async ([, { kind, code, shown }], context) => {
      const printed = await runners[kind]!(untilShown(code, shown), env, folder);
      if (printed === null) return context.skip(`nothing here can run ${kind}`);
      if (kind === 'console') {
        const parts = printed.split(separator);
        for (const [i, command] of commandsOf(code).entries()) expectShown(parts[i] ?? '', command.shown, env);
      } else if (shown !== null) {
        expectShown(printed, shown, env);
      }
    },
  );

  const compiled = runnable.filter(({ kind }) => /^tsx?\b/.test(kind));
  if (compiled.length === 0) return;
  it('compiles', async () => {
    const files = compiled.map(({ kind, code }) =>
      saved(`${code}\nexport {};\n`, kind.startsWith('tsx') ? 'tsx' : 'mts'),
    );
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
