'use strict';

// Builds all that a package ships, as far as it is missing or older than its sources: ES modules and types, the SDK's CommonJS, its two
// scripts for pages without a bundler, and the console. What is packed has the documentation too.
const { spawnSync } = require('node:child_process');
const { existsSync, mkdirSync, renameSync, rmSync, statSync, writeFileSync } = require('node:fs');
const { dirname, join } = require('node:path');
const { buildConsole, copyConsole } = require('./console-build.cjs');
const { copyDocumentation } = require('./copy-documentation.cjs');
const { filesOf, newestOf } = require('./files.cjs');

const root = join(__dirname, '..');
const sdk = join(root, 'packages', 'sdk');
const pageScriptNames = ['onym.js', 'onym.min.js'];

function compile() {
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const projects = ['packages/core', 'packages/sdk', 'packages/sdk/tsconfig.cjs.json', 'packages/server'];
  const { status } = spawnSync(process.execPath, [tsc, '-b', ...projects], { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
  const scope = join(sdk, 'dist', 'cjs', 'package.json');
  if (!existsSync(scope)) write(scope, '{ "type": "commonjs" }\n');
}

async function bundle() {
  const newest = newestOf([join(sdk, 'src'), join(__dirname, 'page-scripts.mjs')]);
  const files = pageScriptNames.map((name) => join(sdk, 'dist', name));
  if (files.every((file) => existsSync(file) && statSync(file).mtimeMs > newest)) return;
  const { pageScripts } = await import('./page-scripts.mjs');
  for (const [name, text] of Object.entries(await pageScripts())) write(join(sdk, 'dist', name), text);
}

/** What an earlier build made of sources that are gone must not be shipped. */
function prune() {
  for (const name of ['core', 'sdk', 'server']) {
    const folder = join(root, 'packages', name);
    const sources = new Set(filesOf(join(folder, 'src')).map((file) => file.replace(/\.tsx?$/, '')));
    for (const file of filesOf(join(folder, 'dist'))) {
      const [, source] = /^(?:cjs\/)?(.*?)(?:\.d\.ts|\.js|\.js\.map)$/.exec(file) ?? [];
      if (source !== undefined && !sources.has(source) && !pageScriptNames.includes(file))
        rmSync(join(folder, 'dist', file));
    }
  }
}

/** Whole or not at all: a server may be reading it. */
function write(file, text) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.part`, text);
  renameSync(`${file}.part`, file);
}

exports.build = async () => {
  compile();
  await bundle();
  buildConsole();
};

if (require.main === module) void exports.build().then(prune).then(copyDocumentation).then(copyConsole);
