'use strict';

// The console as the server serves it: built where it is older than its sources, each of its assets compressed once and for all, and copied
// into the server's package, which is packed with it.
const { spawnSync } = require('node:child_process');
const { cpSync, existsSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } = require('node:fs');
const { createRequire } = require('node:module');
const { dirname, join } = require('node:path');
const { brotliCompressSync, gzipSync } = require('node:zlib');
const { filesOf, newestOf } = require('./files.cjs');

const packages = join(__dirname, '..', 'packages');
const consoleFolder = join(packages, 'console');
const dist = join(consoleFolder, 'dist');
const copy = join(packages, 'server', 'console-build');

/** What is smaller gains nothing. */
const compressedBytesMin = 1_024;

exports.buildConsole = () => {
  const sources = ['src', 'public', 'index.html', 'vite.config.ts', 'package.json'];
  const index = join(dist, 'index.html');
  const newest = newestOf(sources.map((name) => join(consoleFolder, name)));
  if (!existsSync(index) || statSync(index).mtimeMs <= newest) bundle();
  compress(join(dist, 'assets'));
};

exports.copyConsole = () => {
  rmSync(copy, { recursive: true, force: true });
  cpSync(dist, copy, { recursive: true });
};

/** Beside the one that is there, then in its place: a server may be reading it. In a process of its own, as the compiler is. */
function bundle() {
  const made = join(consoleFolder, `dist-part-${process.pid}`);
  try {
    const vite = dirname(createRequire(join(consoleFolder, 'package.json')).resolve('vite/package.json'));
    const args = [join(vite, 'bin', 'vite.js'), 'build', '--outDir', made, '--emptyOutDir', '--logLevel', 'error'];
    // What somebody's shell or test run says of NODE_ENV is not for what is shipped.
    const env = { ...process.env, NODE_ENV: 'production' };
    const { status } = spawnSync(process.execPath, args, { cwd: consoleFolder, env, stdio: 'inherit' });
    if (status !== 0) process.exit(status ?? 1);
    compress(join(made, 'assets'));
    rmSync(dist, { recursive: true, force: true });
    renameSync(made, dist);
  } finally {
    rmSync(made, { recursive: true, force: true });
  }
}

/** Beside each file what the server sends in its place to those who take it. */
function compress(folder) {
  for (const name of filesOf(folder).filter((one) => /\.(js|css|svg|json|wasm)$/.test(one))) {
    const file = join(folder, name);
    if (existsSync(`${file}.gz`) || statSync(file).size < compressedBytesMin) continue;
    const bytes = readFileSync(file);
    writeFileSync(`${file}.br`, brotliCompressSync(bytes));
    writeFileSync(`${file}.gz`, gzipSync(bytes, { level: 9 }));
  }
}
