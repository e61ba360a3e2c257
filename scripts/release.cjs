'use strict';

// npm run release: refuses what is not ready, packs what is into release/<version>, and says what to publish. `-- --publish` publishes it.
// CONTRIBUTING.md, "A release".
const { spawnSync } = require('node:child_process');
const { existsSync, mkdirSync, readFileSync } = require('node:fs');
const { join, relative } = require('node:path');
const { pack, packages } = require('./packages.cjs');

const root = join(__dirname, '..');
const textOf = (path) => readFileSync(join(root, path), 'utf8');

function refuse(problem) {
  process.stderr.write(`release: ${problem}\n`);
  process.exit(1);
}

const run = (command, args) => spawnSync(command, args, { cwd: root, stdio: 'inherit' }).status === 0;
const outputOf = (command, args) => spawnSync(command, args, { cwd: root, encoding: 'utf8' }).stdout.trim();

/** Every place that names the version, and what it names. */
function versions() {
  const manifest = JSON.parse(textOf('package.json'));
  const lock = JSON.parse(textOf('package-lock.json'));
  const found = [
    ['package.json', manifest.version],
    ['package-lock.json', lock.packages[''].version],
  ];
  const names = new Set(packages.map(({ name }) => name));
  for (const { path, name, version, dependencies = {}, devDependencies = {} } of packages) {
    const folder = relative(root, path);
    found.push([`${folder}/package.json`, version], [`package-lock.json, ${name}`, lock.packages[folder]?.version]);
    for (const [other, range] of Object.entries({ ...dependencies, ...devDependencies })) {
      if (names.has(other)) found.push([`${folder}/package.json, ${other}`, range]);
    }
  }
  found.push(['packages/console/package.json', JSON.parse(textOf('packages/console/package.json')).version]);
  for (const example of ['browser', 'express']) {
    const path = `examples/${example}/package.json`;
    found.push([`${path}, @onym/sdk`, JSON.parse(textOf(path)).dependencies['@onym/sdk']]);
  }
  const inText = (path, form) => found.push([path, form.exec(textOf(path))?.[1]]);
  inText('packages/sdk/src/version.ts', /version = '([^']*)'/);
  inText('clients/python/pyproject.toml', /^version = "([^"]*)"/m);
  inText('clients/python/onym.py', /^__version__ = "([^"]*)"/m);
  return found;
}

function checkVersions(version) {
  const different = versions().filter(([, named]) => named !== version);
  if (different.length === 0) return;
  const list = different.map(([place, named]) => `  ${place}: ${named ?? 'none'}`).join('\n');
  refuse(`package.json says ${version}, and these do not. Make them the same:\n${list}`);
}

function checkChangelog(version) {
  const [, ...sections] = textOf('CHANGELOG.md').split(/^## /m);
  const [unreleased, newest] = sections[0]?.startsWith('Unreleased') ? sections : [undefined, sections[0]];
  if (unreleased !== undefined && unreleased.replace('Unreleased', '').trim() !== '') {
    refuse(
      `CHANGELOG.md has changes under Unreleased. Put them under "## ${version} (${new Date().toISOString().slice(0, 10)})".`,
    );
  }
  const [, named] = /^(\S+) \(\d{4}-\d\d-\d\d\)\n/.exec(newest ?? '') ?? [];
  if (named !== version) refuse(`CHANGELOG.md does not begin with "## ${version} (<date>)". Write what is new in it.`);
}

function checkTree(version) {
  if (outputOf('git', ['status', '--porcelain']) !== '') {
    refuse('The working tree has changes that are not committed. Commit them, or put them away.');
  }
  if (outputOf('git', ['tag', '--list', `v${version}`]) !== '') {
    refuse(`There is a tag v${version}. Give this release a version of its own.`);
  }
}

function publish(tarballs) {
  for (const [i, { file }] of tarballs.entries()) {
    if (run('npm', ['publish', file, '--access', 'public'])) continue;
    const rest = tarballs.slice(i).map(({ name }) => name);
    refuse(`npm publish failed. Not published: ${rest.join(', ')}. The rest was; go on by hand, with the lines above.`);
  }
}

function main(args) {
  const isPublishing = args.includes('--publish');
  const unknown = args.find((arg) => arg !== '--publish');
  if (unknown !== undefined) {
    process.stderr.write(`release: There is no ${unknown}. Only --publish.\n`);
    process.exit(2);
  }
  const { version } = JSON.parse(textOf('package.json'));
  const directory = join(root, 'release', version);

  checkVersions(version);
  checkChangelog(version);
  checkTree(version);
  if (existsSync(directory)) refuse(`${relative(root, directory)} is there already. Remove it to pack again.`);
  for (const script of ['check', 'test']) {
    if (!run('npm', ['run', script])) refuse(`npm run ${script} fails. Nothing was packed.`);
  }

  mkdirSync(directory, { recursive: true });
  const tarballs = pack(directory);
  const commands = tarballs.map(({ file }) => `  npm publish ${relative(root, file)} --access public`);
  process.stdout.write(
    [
      `Onym ${version} is in ${relative(root, directory)}. ${isPublishing ? 'Publishing:' : 'Nothing is published yet. In this order:'}`,
      '',
      ...commands,
      `  git tag v${version} && git push origin v${version}`,
      '  and clients/python, with the tool of your choice',
      '',
    ].join('\n'),
  );
  if (isPublishing) publish(tarballs);
}

main(process.argv.slice(2));
