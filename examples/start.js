// `npm start` of each example is `node ../start.js <its program>` (`exec`, so that signals reach it and not a shell). It gives the program an
// Onym to talk to: the one at ONYM_URL if that is set, else one of its own in a temporary folder. The programs know nothing of this file.
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import './end-with-parent.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const endWithParent = new URL('end-with-parent.js', import.meta.url).href;
const program = process.argv[2];
if (program === undefined) throw new Error('Which program? npm start -w examples/browser, or examples/express.');

/** What a signal ends next. @type {import('node:child_process').ChildProcess | null} */
let foremost = null;
let stopped = false;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    // npm repeats what the terminal has sent to all; a second signal would end the program the hard way.
    if (!stopped) foremost?.kill('SIGTERM');
    stopped = true;
  });
}

/**
 * Away from the terminal, whose Ctrl-C reaches all of a group at once: the program is to send what it still has before Onym goes.
 *
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} env
 * @param {'inherit' | 'pipe'} stdout
 */
function run(args, env, stdout) {
  const child = spawn(process.execPath, ['--import', endWithParent, ...args], {
    env,
    detached: true,
    stdio: ['ignore', stdout, 'inherit'],
  });
  foremost = child;
  if (stopped) child.kill('SIGTERM');
  return child;
}

/** @param {import('node:child_process').ChildProcess} child */
async function ended(child) {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return child.exitCode ?? 1;
}

async function startOnym() {
  const dataDir = mkdtempSync(join(tmpdir(), 'onym-example-'));
  const secret = () => randomBytes(12).toString('base64url');
  const writeKey = `pk_example_${secret()}`;
  const secretKey = `sk_example_${secret()}`;
  // None of the settings of another Onym that this shell may have.
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('ONYM_')));
  const child = run(
    [join(root, 'scripts', 'start.cjs'), 'serve'],
    {
      ...inherited,
      ONYM_INITIAL_WRITE_KEY: writeKey,
      ONYM_INITIAL_SECRET_KEY: secretKey,
      ONYM_DATA_DIR: dataDir,
      ONYM_PORT: '0',
      ONYM_LOG_LEVEL: 'warn',
    },
    'pipe',
  );
  async function stop() {
    child.kill('SIGTERM');
    await ended(child);
    rmSync(dataDir, { recursive: true, force: true });
  }
  const url = await urlOf(child);
  const variables = { ONYM_URL: url ?? '', ONYM_WRITE_KEY: writeKey, ONYM_SECRET_KEY: secretKey };
  return { variables, isUp: url !== null, stop };
}

/**
 * Where it listens, or null if it ends before it does.
 *
 * @param {import('node:child_process').ChildProcess} onym
 * @returns {Promise<string | null>}
 */
function urlOf({ stdout }) {
  return new Promise((resolve) => {
    let printed = '';
    stdout?.setEncoding('utf8').on('data', (text) => {
      printed += text;
      const url = /listens at (http:\/\/[^\s"]+)["\s]/.exec(printed)?.[1];
      if (url === undefined) return;
      stdout.removeAllListeners().pipe(process.stdout);
      resolve(url);
    });
    stdout?.once('close', () => {
      // Why it did not start.
      process.stderr.write(printed);
      resolve(null);
    });
  });
}

const { status } = spawnSync(
  process.execPath,
  [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-b', 'packages/sdk'],
  { cwd: root, stdio: 'inherit' },
);
if (status !== 0) process.exit(status ?? 1);

if (process.env.ONYM_URL) {
  process.exitCode = await ended(run([program], process.env, 'inherit'));
} else {
  console.log('Starting an Onym for this example; set ONYM_URL and its keys to use yours.');
  const onym = await startOnym();
  if (onym.isUp) {
    const { ONYM_URL, ONYM_SECRET_KEY } = onym.variables;
    console.log(`Onym listens at ${ONYM_URL}. Its data go when this ends. To ask it, in another shell:

  export ONYM_URL=${ONYM_URL} ONYM_SECRET_KEY=${ONYM_SECRET_KEY}
`);
    process.exitCode = await ended(run([program], { ...process.env, ...onym.variables }, 'inherit'));
  } else {
    process.exitCode = stopped ? 0 : 1;
  }
  await onym.stop();
}
