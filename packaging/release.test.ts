import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { listening } from '../test-support/listening.ts';
import { root, run, start, strangersEnvironment, temporary } from './commands.ts';
import { freshClone } from './packed.ts';

/** A release of a copy of this repository, whose checks pass or fail as told. */

let clone: string;
const inClone = (path: string) => join(clone, path);
const change = (path: string, edit: (text: string) => string) =>
  writeFileSync(inClone(path), edit(readFileSync(inClone(path), 'utf8')));
const git = (...args: string[]) =>
  run('git', ['-c', 'user.name=Onym', '-c', 'user.email=onym@example.com', ...args], { cwd: clone });
const commit = async (message: string) => {
  await git('add', '-A');
  await git('commit', '-qm', message);
};
const script = (name: string, command: string) =>
  change('package.json', (text) =>
    text.replace(new RegExp(`"${name}": ".*"`), `"${name}": ${JSON.stringify(command)}`),
  );
const release = (args: string[] = [], variables: NodeJS.ProcessEnv = {}) =>
  start('npm', ['run', '--silent', 'release', '--', ...args], {
    cwd: clone,
    env: { ...strangersEnvironment(), ...variables },
  }).ended;

beforeAll(async () => {
  clone = await freshClone();
  for (const path of ['.gitignore', 'CHANGELOG.md', 'clients/python/onym.py', 'clients/python/pyproject.toml']) {
    mkdirSync(join(inClone(path), '..'), { recursive: true });
    cpSync(join(root, path), inClone(path));
  }
  script('check', 'true');
  script('test', 'true');
  writeFileSync(inClone('CHANGELOG.md'), '# Changelog\n\n## Unreleased\n\n- Something new.\n');
  await git('init', '-q');
  await commit('A copy');
});

describe('npm run release', () => {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };

  async function refused(problem: RegExp, args: string[] = []): Promise<void> {
    const { code, stdout, stderr } = await release(args);
    expect([stderr, stdout]).toEqual([expect.stringMatching(problem), '']);
    expect(code).not.toBe(0);
    expect(existsSync(inClone('release'))).toBe(false);
  }

  it('refuses a changelog whose news are under no version', async () => {
    await refused(
      /^release: CHANGELOG\.md has changes under Unreleased\. Put them under "## .* \(\d{4}-\d\d-\d\d\)"\.\n$/,
    );
    change('CHANGELOG.md', () => '# Changelog\n\n## Unreleased\n\n## 0.0.1 (2026-01-01)\n\n- Something old.\n');
    await refused(/^release: CHANGELOG\.md does not begin with "## /);
    change('CHANGELOG.md', () => `# Changelog\n\n## Unreleased\n\n## ${version} (2026-11-30)\n\n- Something new.\n`);
  });

  it('refuses a tree with changes, and a version that was released', async () => {
    await refused(/^release: The working tree has changes/);
    await commit('The changelog');
    await git('tag', `v${version}`);
    await refused(new RegExp(`^release: There is a tag v${version}`));
    await git('tag', '-d', `v${version}`);
  });

  it('refuses versions that differ, and names where', async () => {
    for (const path of ['packages/sdk/src/version.ts', 'clients/python/onym.py', 'packages/server/package.json']) {
      const before = readFileSync(inClone(path), 'utf8');
      writeFileSync(inClone(path), before.replace(version, '9.9.9'));
      await refused(new RegExp(`Make them the same:\n  ${path.replaceAll('.', '\\.')}: 9\\.9\\.9\n`));
      writeFileSync(inClone(path), before);
    }
  });

  it('refuses checks and tests that fail', async () => {
    for (const name of ['check', 'test']) {
      script(name, 'false');
      await commit(`${name} fails`);
      await refused(new RegExp(`^release: npm run ${name} fails\\. Nothing was packed\\.`, 'm'));
      script(name, 'true');
      await commit(`${name} passes`);
    }
  });

  it('refuses a flag that there is not', () =>
    refused(/^release: There is no --pubish\. Only --publish\.\n$/, ['--pubish']));

  it('packs, says what to publish in which order, and publishes only when told', async () => {
    const published: string[] = [];
    const registry = createServer((request, response) => {
      request.resume().once('end', () => {
        if (request.method === 'PUT') published.push(decodeURIComponent(request.url!.slice(1)));
        response.writeHead(request.method === 'PUT' ? 201 : 404, { 'content-type': 'application/json' }).end('{}');
      });
    });
    const port = await listening(registry);
    const settings = join(temporary(), 'npmrc');
    writeFileSync(settings, `registry=http://127.0.0.1:${port}/\n//127.0.0.1:${port}/:_authToken=of-a-test\n`);
    const variables = { npm_config_userconfig: settings, npm_config_registry: `http://127.0.0.1:${port}/` };

    const packed = await release([], variables);
    expect(packed).toMatchObject({ code: 0, stderr: '' });
    const files = ['onym-core', 'onym-sdk', 'onym'].map((name) => `release/${version}/${name}-${version}.tgz`);
    expect(packed.stdout.match(/(?<=npm publish )\S+/g)).toEqual(files);
    expect(packed.stdout).toContain('Nothing is published yet.');
    expect(readdirSync(inClone(`release/${version}`)).length).toBe(3);
    expect((await git('status', '--porcelain')).stdout).toBe('');
    expect(published).toEqual([]);

    expect((await release(['--publish'], variables)).stderr).toContain('is there already');
    await run('rm', ['-r', inClone('release')]);
    const out = await release(['--publish'], variables);
    expect([out.code, published]).toEqual([0, ['@onym/core', '@onym/sdk', 'onym']]);
    registry.close();
  });
});
