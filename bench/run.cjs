'use strict';

// Builds the server as it ships, then runs the measures. The embedded event store needs libuv's larger pool from the first moment of
// the process, so it is set here and not in the measures.
const { spawnSync } = require('node:child_process');
const { join } = require('node:path');
const { pathToFileURL } = require('node:url');

const root = join(__dirname, '..');
const run = (args) =>
  spawnSync(process.execPath, args, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, UV_THREADPOOL_SIZE: process.env.UV_THREADPOOL_SIZE ?? '16' },
  }).status ?? 1;

const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
const built = process.env.ONYM_BENCH_BUILD === 'skip' ? 0 : run([tsc, '-b', 'packages/core', 'packages/server']);
const tsx = pathToFileURL(require.resolve('tsx')).href;
// Without the condition `source`: what is measured is the compiled server, not one transformed on the way.
process.exitCode = built === 0 ? run(['--import', tsx, 'bench/main.ts', ...process.argv.slice(2)]) : built;
