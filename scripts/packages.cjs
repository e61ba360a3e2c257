'use strict';

const { execFileSync } = require('node:child_process');
const { readFileSync } = require('node:fs');
const { join } = require('node:path');

const root = join(__dirname, '..');

/** What a release publishes, those that others need first. */
const packages = ['core', 'sdk', 'server'].map((folder) => {
  const path = join(root, 'packages', folder);
  return { path, ...JSON.parse(readFileSync(join(path, 'package.json'), 'utf8')) };
});

/** Packs all of them, as `npm publish` would send them, into `directory`; returns each with its `file`. `built`: their scripts need not run. */
function pack(directory, { built = false } = {}) {
  const workspaces = packages.flatMap(({ name }) => ['-w', name]);
  const scripts = built ? ['--ignore-scripts'] : [];
  execFileSync('npm', ['pack', ...workspaces, '--pack-destination', directory, '--silent', ...scripts], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return packages.map((one) => ({ ...one, file: join(directory, tarballOf(one)) }));
}

/** As npm names it. */
const tarballOf = ({ name, version }) => `${name.replace('@', '').replace('/', '-')}-${version}.tgz`;

module.exports = { packages, pack };
