import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';
import { type ChildOutput, type Ended, outputOf } from '../../../../test-support/child-output.ts';
import { engineVariables, knownEngineVariables } from '../nodes/engines-under-test.ts';
import { type Client, clientOf } from './client.ts';

/** Runs Onym as an operator does: as a process of its own, told by variables and flags, asked over HTTP. */

const entry = fileURLToPath(new URL('onym-child.ts', import.meta.url));
const startMaxMs = 60_000;

export const writeKey = 'pk_system_tests';
export const secretKey = 'sk_system_tests';

const running = new Set<ChildProcess>();
const directories: string[] = [];

// Importing this file registers the clean-up of the test file that does.
afterAll(async () => {
  for (const child of running) child.kill('SIGKILL');
  while (running.size > 0) await sleep(10);
  for (const directory of directories) rmSync(directory, { recursive: true, force: true });
});

/** A data directory of its own, removed after the file's tests. */
export function dataDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'onym-system-'));
  directories.push(directory);
  return directory;
}

export type Variables = Readonly<Record<string, string | undefined>>;

interface Spawned extends ChildOutput {
  readonly child: ChildProcess;
}

/** Who a process runs as, where it is not who runs the tests. */
export interface User {
  readonly uid: number;
  readonly gid: number;
}

interface SpawnOptions {
  readonly user?: User | undefined;
  /** What is piped into it. */
  readonly input?: string | Buffer;
}

/** No variable of the test run's own reaches the child. */
function spawnOnym(args: readonly string[], variables: Variables, { user, input }: SpawnOptions = {}): Spawned {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !name.startsWith('ONYM_') && !name.startsWith('VITEST') && name !== 'NODE_OPTIONS',
  );
  const env = { ...Object.fromEntries(inherited), UV_THREADPOOL_SIZE: '16', ...variables };
  const child = spawn(process.execPath, ['--conditions=onym-source', '--import', 'tsx', entry, ...args], {
    env,
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    ...user,
  });
  child.stdin?.end(input);
  running.add(child);
  child.once('close', () => running.delete(child));
  return { child, ...outputOf(child) };
}

/** One command line, to its end. */
export function onym(args: readonly string[], variables: Variables = {}, options: SpawnOptions = {}): Promise<Ended> {
  return spawnOnym(args, { ...enginesOf(args, variables), ...variables }, options).ended;
}

/** Of the data directory that a command line names. */
function enginesOf(args: readonly string[], variables: Variables): Variables {
  const named = args.indexOf('--data-dir');
  return knownEngineVariables(named === -1 ? variables.ONYM_DATA_DIR : args[named + 1]);
}

/** One command line whose process the test has in its hands. */
export function startOnym(args: readonly string[], variables: Variables = {}): Spawned {
  return spawnOnym(args, variables);
}

/** One command line that takes its output for a terminal. */
export function onymOnTerminal(args: readonly string[], variables: Variables = {}): Promise<Ended> {
  return onym(args, { ...variables, TEST_TERMINAL: 'true' });
}

export interface Server {
  readonly url: string;
  readonly dataDir: string;
  /** With the secret key. */
  readonly api: Client;
  /** With the publishable key. */
  readonly web: Client;
  /** What it has printed so far. */
  output(): string;
  send(signal: NodeJS.Signals): void;
  readonly ended: Promise<Ended>;
  /** SIGTERM; resolves when the process is gone. */
  stop(): Promise<Ended>;
  /** SIGKILL; resolves when the process is gone. */
  kill(): Promise<Ended>;
}

export interface ServeOptions {
  readonly dataDir?: string;
  readonly variables?: Variables;
  readonly user?: User | undefined;
}

/** `onym serve` on a free port, once it listens. A variable set to undefined is not given. */
export async function serve({ dataDir = dataDirectory(), variables = {}, user }: ServeOptions = {}): Promise<Server> {
  const spawned = startServe({ dataDir, variables: { ...(await engineVariables(dataDir)), ...variables }, user });
  const url = await urlOf(spawned);
  const { child, ended, stdout } = spawned;
  const end = (signal: NodeJS.Signals) => {
    child.kill(signal);
    return ended;
  };
  return {
    url,
    dataDir,
    api: clientOf(url, secretKey),
    web: clientOf(url, writeKey),
    output: stdout,
    send: (signal) => void child.kill(signal),
    ended,
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
  };
}

/** `onym serve` that need not come up. */
export function startServe({ dataDir, variables = {}, user }: ServeOptions & { readonly dataDir: string }): Spawned {
  const own = {
    ONYM_DATA_DIR: dataDir,
    ONYM_PORT: '0',
    ONYM_LOG_LEVEL: 'warn',
    ONYM_INITIAL_WRITE_KEY: writeKey,
    ONYM_INITIAL_SECRET_KEY: secretKey,
    ONYM_KEYS_FILE: '-',
  };
  return spawnOnym(['serve'], { ...own, ...variables }, { user });
}

async function urlOf({ child, ended, stdout }: Spawned): Promise<string> {
  const before = Date.now();
  while (Date.now() - before < startMaxMs) {
    const url = /listens at (http:\/\/[^\s"]+)["\s]/.exec(stdout())?.[1];
    if (url !== undefined) return url;
    if (child.exitCode !== null || child.signalCode !== null) {
      const { code, signal, stderr } = await ended;
      throw new Error(`The server ended with ${code ?? signal} before it listened.\n${stdout()}${stderr}`);
    }
    await sleep(10);
  }
  throw new Error(`The server does not listen after ${startMaxMs} ms.\n${stdout()}`);
}
