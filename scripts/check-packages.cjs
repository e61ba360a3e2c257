'use strict';

// What is packed resolves, with the right types, for every way there is to import it: publint and Are The Types Wrong, on the tarballs.
const { spawnSync } = require('node:child_process');
const { mkdtempSync, rmSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');
const { build } = require('./build.cjs');
const { pack } = require('./packages.cjs');

/** What programs import: the SDK in every way; the engine as ES modules, since Onym itself is all that does; `onym` is a command alone. */
const attwFlags = {
  '@onym/core': ['--profile', 'esm-only'],
  // The two scripts are for a page's <script>, which has no types.
  '@onym/sdk': ['--exclude-entrypoints', './onym.js', './onym.min.js'],
};

/** Says nothing where all is well. */
function check(tool, args) {
  const { status, stdout, stderr } = spawnSync('npx', ['--no-install', tool, ...args], { encoding: 'utf8' });
  if (status === 0) return;
  process.stderr.write(`${tool} ${args.join(' ')}\n${stdout}${stderr}`);
  process.exitCode = 1;
}

async function main() {
  const directory = mkdtempSync(join(tmpdir(), 'onym-packages-'));
  try {
    await build();
    for (const { name, file } of pack(directory, { built: true })) {
      check('publint', [file, '--strict']);
      if (name in attwFlags) check('attw', [file, ...attwFlags[name], '--no-emoji']);
    }
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

void main();
