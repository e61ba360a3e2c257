'use strict';

// Builds all that a package ships, as far as it is missing or older than its sources: ES modules and types, the SDK's CommonJS, and its two
// scripts for pages without a bundler.
const { spawnSync } = require('node:child_process');
const { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');

const root = join(__dirname, '..');
const sdk = join(root, 'packages', 'sdk');

/** The files below a folder, as paths within it. */
const filesOf = (folder) =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true }).filter((name) => statSync(join(folder, name)).isFile())
    : [];

/** A file of the SDK's dist, and what makes it from the sources. */
const scripts = {
  'onym.js': { entryPoints: ['src/browser/page-script.ts'], format: 'iife' },
  'onym.min.js': { entryPoints: ['src/browser/onym.ts'], format: 'esm' },
};

function compile() {
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const projects = ['packages/core', 'packages/sdk', 'packages/sdk/tsconfig.cjs.json', 'packages/server'];
  const { status } = spawnSync(process.execPath, [tsc, '-b', ...projects], { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
  writeWhereDifferent(join(sdk, 'dist', 'cjs', 'package.json'), '{ "type": "commonjs" }\n');
}

function bundle() {
  const sources = filesOf(join(sdk, 'src')).map((name) => statSync(join(sdk, 'src', name)).mtimeMs);
  const newest = Math.max(...sources, statSync(__filename).mtimeMs);
  for (const [name, options] of Object.entries(scripts)) {
    const outfile = join(sdk, 'dist', name);
    if (existsSync(outfile) && statSync(outfile).mtimeMs > newest) continue;
    const { buildSync } = require('esbuild');
    buildSync({
      ...options,
      absWorkingDir: sdk,
      outfile,
      bundle: true,
      minify: true,
      target: 'es2022',
      conditions: ['onym-source'],
      logLevel: 'warning',
    });
  }
}

/** What an earlier build made of sources that are gone must not be shipped. */
function prune() {
  for (const name of ['core', 'sdk', 'server']) {
    const folder = join(root, 'packages', name);
    const sources = new Set(filesOf(join(folder, 'src')).map((file) => file.replace(/\.tsx?$/, '')));
    for (const file of filesOf(join(folder, 'dist'))) {
      const [, source] = /^(?:cjs\/)?(.*?)(?:\.d\.ts|\.js|\.js\.map)$/.exec(file) ?? [];
      if (source !== undefined && !sources.has(source) && !(file in scripts)) rmSync(join(folder, 'dist', file));
    }
  }
}

function writeWhereDifferent(file, text) {
  if (existsSync(file) && readFileSync(file, 'utf8') === text) return;
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, text);
}

exports.build = () => {
  compile();
  bundle();
};

if (require.main === module) {
  exports.build();
  prune();
}
