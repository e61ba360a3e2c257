#!/usr/bin/env node
'use strict';

// Every call into the embedded event store occupies a thread of libuv's pool; four would let a few slow queries stop the inserts.
// The pool reads this once, at its first use: hence before anything else, and not in an ES module.
process.env.UV_THREADPOOL_SIZE ??= '16';

const { existsSync } = require('node:fs');
const { join } = require('node:path');

// In the repository, where nothing was built yet.
const build = join(__dirname, '..', '..', '..', 'scripts', 'build.cjs');
const isBuilt = existsSync(join(__dirname, '..', 'dist', 'cli', 'main.js')) || !existsSync(build);

void (isBuilt ? Promise.resolve() : require(build).build())
  .then(() => import('../dist/cli/main.js'))
  .then(({ main }) => main(process.argv.slice(2)));
