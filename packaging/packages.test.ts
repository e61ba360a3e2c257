import { existsSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { matchesShown } from '../test-support/markdown.ts';
import { tourOf } from '../test-support/tour.ts';
import { developmentDependencies, registryObstacle, root, run, strangersEnvironment, temporary } from './commands.ts';
import { expectConsole } from './console.ts';
import { consumerTests } from './consumers.ts';
import { freshClone, install, lendBinary, type PackageName, pack, type Tarball } from './packed.ts';
import { pageScriptTests } from './page-script.ts';
import { type Serving, serving } from './serving.ts';

const obstacle = await registryObstacle();

/** Packed, and unpacked. */
const bytesMax: Record<PackageName, readonly [number, number]> = {
  '@onym/core': [120_000, 500_000],
  '@onym/sdk': [130_000, 700_000],
  // With the console, and what of it was compressed.
  onym: [3_500_000, 12_000_000],
};

const entryOf: Record<PackageName, string> = {
  '@onym/core': 'dist/index.js',
  '@onym/sdk': 'dist/cjs/index.js',
  onym: 'dist/cli/main.js',
};

let clone: string;
let tarballs: Tarball[];
beforeAll(async () => {
  clone = await freshClone();
  tarballs = await pack(clone);
});
const tarballOf = (name: PackageName) => tarballs.find((one) => one.name === name)!;

describe.each(Object.keys(bytesMax) as PackageName[])('%s, packed in a fresh clone', (name) => {
  it('holds what it needs, and nothing of tests and benchmarks', async () => {
    const { files, read } = tarballOf(name);
    const paths = files.map(({ path }) => path);
    expect(paths).toEqual(expect.arrayContaining(['package.json', 'README.md', 'LICENSE', entryOf[name]]));
    const expected =
      /^(package\.json|README\.md|LICENSE|bin\/onym\.cjs|documentation\/.+\.(md|txt)|console-build\/(?:index\.html|assets\/[\w-]+\.\w+(?:\.br|\.gz)?)|src\/.+\.tsx?|dist\/.+\.(js|d\.ts|js\.map)|dist\/cjs\/package\.json)$/;
    expect(paths.filter((path) => !expected.test(path))).toEqual([]);
    // The SDK's simulated browser is for its users' tests; the engine's helpers are for its own.
    const own = name === '@onym/sdk' ? /\.test\.|(^|\/)(test|bench)\// : /\.test\.|(^|\/)(test|testing|bench)\//;
    expect(paths.filter((path) => own.test(path))).toEqual([]);
    expect(await read('LICENSE')).toBe(readFileSync(join(root, 'LICENSE'), 'utf8'));
    expect(await read('README.md')).toMatch(new RegExp(`^# ${name}\n`));
  });

  it('is small', () => {
    const { files, packedBytes } = tarballOf(name);
    const [packedMax, unpackedMax] = bytesMax[name];
    const unpackedBytes = files.reduce((sum, { bytes }) => sum + bytes, 0);
    console.log(`${name}: ${packedBytes} bytes packed of ${packedMax}, ${unpackedBytes} unpacked of ${unpackedMax}`);
    expect(packedBytes).toBeLessThanOrEqual(packedMax);
    expect(unpackedBytes).toBeLessThanOrEqual(unpackedMax);
  });

  it('has source maps that lead to sources which are in it', async () => {
    const { files, read } = tarballOf(name);
    const paths = new Set(files.map(({ path }) => path));
    const compiled = [...paths].filter(
      (path) => /^dist\/.*\.js$/.test(path) && !/onym(\.min)?\.js$/.test(posix.basename(path)),
    );
    expect(compiled.length).toBeGreaterThan(10);
    for (const path of compiled.concat(name === '@onym/sdk' ? ['dist/browser/onym.js'] : [])) {
      expect(await read(path)).toContain(`//# sourceMappingURL=${posix.basename(path)}.map`);
      const { sources } = JSON.parse(await read(`${path}.map`)) as { sources: string[] };
      for (const source of sources) expect(paths).toContain(posix.join(posix.dirname(path), source));
    }
  });

  it('exports files which are in it, and depends on released versions', async () => {
    const { files, read } = tarballOf(name);
    const manifest = JSON.parse(await read('package.json')) as {
      exports: object;
      dependencies?: Record<string, string>;
    };
    const paths = files.map(({ path }) => `./${path}`);
    const leaves = (value: unknown): unknown[] =>
      typeof value === 'object' && value !== null ? Object.values(value).flatMap(leaves) : [value];
    expect(leaves(manifest.exports).filter((path) => !paths.includes(String(path)))).toEqual([]);
    for (const version of Object.values(manifest.dependencies ?? {})) expect(version).toMatch(/^\^?\d/);
  });
});

it('npx onym, in a repository where nothing was built, builds first', async () => {
  for (const name of ['core', 'sdk', 'server']) rmSync(join(clone, 'packages', name, 'dist'), { recursive: true });
  const { stdout } = await run('npx', ['onym', '--version'], { cwd: clone });
  expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});

it('tests and tools ask for the sources by a name that no project of a user has', async () => {
  const files = await run('git', ['grep', '-lE', "conditions(=|: \\[')source\\b", '--', ':!packaging'], {
    cwd: root,
  }).catch((error: Error) => error.message);
  // 1: none. Such a one would run on what was built last.
  expect(files).toMatch(/^git grep .*: 1\n$/);
});

describe.skipIf(obstacle !== null)('installed into an empty folder', () => {
  let folder: string;
  let server: Serving;
  beforeAll(async () => {
    folder = temporary();
    await install(tarballs, folder);
    lendBinary(join(folder, 'node_modules', 'better-sqlite3'));
    server = await serving(['npx', 'onym'], folder);
  });

  const onym = (...args: string[]) => run('npx', ['onym', ...args], { cwd: folder });

  it('brings no dependency of development, and no install script but the two that are known', async () => {
    const lock = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8')) as {
      packages: Record<string, { hasInstallScript?: boolean }>;
    };
    const scripted = Object.entries(lock.packages).filter(([, { hasInstallScript }]) => hasInstallScript);
    expect(scripted.map(([path]) => path.replace(/^node_modules\//, '')).sort()).toEqual(['better-sqlite3', 'chdb']);
    for (const name of developmentDependencies()) {
      expect([name, existsSync(join(folder, 'node_modules', name))]).toEqual([name, false]);
    }
  });

  it('says its version, and helps', async () => {
    const { version } = JSON.parse(readFileSync(join(root, 'packages/server/package.json'), 'utf8'));
    expect((await onym('--version')).stdout).toBe(`${version}\n`);
    expect((await onym('--help')).stdout).toMatch(/^Usage: onym[\s\S]*\bserve\b[\s\S]*ONYM_DATA_DIR/);
  });

  it('shows the console', () => expectConsole(server.url));

  it('answers calls, over HTTP and by its commands', async () => {
    expect(await server.api.posted('/alias', { distinct_id: 'ada', alias_id: 'crm:1' })).toMatchObject({
      verdict: 'applied',
    });
    expect((await onym('resolve', 'crm:1', '--data-dir', server.dataDir)).stdout).toMatch(/^crm:1 +ada /m);
  });

  it('is imported and required, by whoever depends on the SDK', async () => {
    const call = `const onym = new Onym({ apiKey: '${server.secretKey}', baseUrl: '${server.url}' });
      onym.identify({ distinctId: 'user_' + kind, traits: { kind } }).then(({ verdict }) => console.log(kind, verdict, typeof simulatedBrowser));`;
    const required = `const { Onym } = require('@onym/sdk'); const { simulatedBrowser } = require('@onym/sdk/testing'); const kind = 'cjs'; ${call}`;
    const imported = `import { Onym } from '@onym/sdk'; import { simulatedBrowser } from '@onym/sdk/testing'; const kind = 'esm'; ${call}`;
    // No newer Node's own way of requiring modules: CommonJS has files of its own.
    const old = process.allowedNodeEnvironmentFlags.has('--no-experimental-require-module')
      ? ['--no-experimental-require-module']
      : [];
    const node = (args: string[]) => run(process.execPath, args, { cwd: folder });
    expect((await node([...old, '--input-type=commonjs', '-e', required])).stdout).toBe('cjs applied function\n');
    expect((await node(['--input-type=module', '-e', imported])).stdout).toBe('esm applied function\n');
  });

  it('a project with the export condition `source` of its own gets what was built', async () => {
    const script = `import { Onym } from '@onym/sdk'; console.log(typeof Onym, import.meta.resolve('@onym/sdk').split('/sdk/')[1]);`;
    const { stdout } = await run(process.execPath, ['--conditions=source', '--input-type=module', '-e', script], {
      cwd: folder,
    });
    expect(stdout).toBe('function dist/index.js\n');
  });

  it('goes through the tour of the README, as it is shown', async () => {
    const own = await serving(['npx', 'onym'], folder);
    const bin = join(folder, 'node_modules', '.bin');
    const env = {
      ...strangersEnvironment(),
      PATH: `${bin}:${process.env.PATH}`,
      ONYM_URL: own.url,
      ONYM_SECRET_KEY: own.secretKey,
      ONYM_WRITE_KEY: own.writeKey,
      URL: own.url,
      AUTH: `Authorization: Bearer ${own.secretKey}`,
      CURL_HOME: folder,
    };
    writeFileSync(join(folder, '.curlrc'), 'silent\nshow-error\n');
    const snippets = tourOf(readFileSync(join(root, 'README.md'), 'utf8')).filter(
      ({ kind }) => kind === 'sh' || kind === 'ts',
    );
    expect(snippets.length).toBeGreaterThan(5);
    for (const { kind, code, shown, line } of snippets) {
      const file = join(folder, `tour-${line}.mjs`);
      if (kind === 'ts') writeFileSync(file, code);
      const { stdout } = await (kind === 'ts'
        ? run(process.execPath, [file], { cwd: folder, env })
        : run('bash', ['-euc', code], { cwd: folder, env: { ...env, ONYM_DATA_DIR: own.dataDir } }));
      if (shown !== null && !matchesShown(stdout, shown)) expect(stdout, `README.md:${line}`).toBe(shown);
    }
    expect((await own.stop()).stderr).toBe('');
  });

  pageScriptTests(
    () => server,
    async (...flags) => (await onym('snippet', ...flags)).stdout,
  );

  consumerTests(
    () => tarballOf('@onym/sdk'),
    () => server,
  );

  it('stops as it does in the repository', async () => {
    const { stderr } = await server.stop();
    expect(stderr).toBe('');
    expect(existsSync(join(server.dataDir, 'local-access.json'))).toBe(false);
    // For pages that pin this version, once there is another.
    expect(readdirSync(join(server.dataDir, 'scripts'))).toEqual([expect.stringMatching(/^[0-9a-f]{16}\.js$/)]);
    // At rest, by the command alone.
    expect((await onym('resolve', 'crm:1', '--data-dir', server.dataDir)).stdout).toMatch(/^crm:1 +ada /m);
  });
});

describe.skipIf(obstacle !== null)('installed for all, with npm i -g', () => {
  it('is a command of its own, from any folder', async () => {
    const prefix = temporary();
    const elsewhere = temporary();
    await install(tarballs, elsewhere, ['-g', '--prefix', prefix]);
    const command = join(prefix, 'bin', 'onym');
    const home = dirname(dirname(realpathSync(command)));
    const missing = await run('bash', ['-c', `"${command}" serve; test $? -eq 2`], { cwd: elsewhere });
    // Where npm ran no install script, one line says what does.
    const [, repair] =
      /^onym: better-sqlite3 has no binary for this Node .*Make it: (npm run install --prefix \S+)\n$/.exec(
        missing.stderr,
      ) ?? [];
    expect(repair).toMatch(/node_modules\/better-sqlite3$/);
    lendBinary(repair!.split(' ').at(-1)!);

    const { url, api, stop } = await serving([command], elsewhere);
    expect((await fetch(`${url}/onym.js`)).status).toBe(200);
    expect(await api.posted('/track', { event: 'e', distinct_id: 'd' })).toMatchObject({ ok: true });
    expect((await stop()).stderr).toBe('');
    expect(existsSync(join(home, 'node_modules', 'typescript'))).toBe(false);
  });
});
