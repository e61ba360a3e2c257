import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** What is measured runs in processes of its own, on loopback, below one directory on the repository's disk. */

const here = fileURLToPath(new URL('.', import.meta.url));
const root = join(here, '..');
const dataRoot = join(here, '.data');
const startMaxMs = 30_000;
const stopMaxMs = 30_000;
const pollMs = 20;
/** Of Linux; CPU times in /proc count these. */
const ticksPerSecond = 100;

export interface Usage {
  /** Seconds of CPU: of the whole process, and of its main thread. */
  readonly cpu: number;
  readonly mainCpu: number;
  readonly rssBytes: number;
}

export interface Target {
  readonly url: string;
  readonly pid: number;
  /** null where the system does not tell (it is read from /proc). */
  usage(): Usage | null;
  stop(): Promise<void>;
}

export interface OnymTarget extends Target {
  readonly secretKey: string;
  readonly writeKey: string;
  readonly dataDir: string;
}

const children = new Set<ChildProcess>();
const directories = new Set<string>();
process.once('exit', () => {
  for (const child of children) child.kill('SIGKILL');
  for (const directory of directories) removeDirectory(directory);
});

/** On the repository's disk, as all that is measured; removed at the end of the process at the latest. */
export function newDirectory(name: string): string {
  mkdirSync(dataRoot, { recursive: true });
  const directory = mkdtempSync(join(dataRoot, `${name}-`));
  directories.add(directory);
  return directory;
}

/** One that PostgreSQL reaches as whatever user it runs as. */
export function postgresDirectory(): string {
  const directory = newDirectory('postgres');
  chmodSync(directory, 0o755);
  return directory;
}

export function removeDirectory(directory: string): void {
  directories.delete(directory);
  rmSync(directory, { recursive: true, force: true });
}

function start(args: readonly string[], env: Record<string, string>): { child: ChildProcess; output: () => string } {
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.add(child);
  let output = '';
  const keep = (chunk: Buffer) => {
    output = (output + chunk.toString('utf8')).slice(-20_000);
  };
  child.stdout!.on('data', keep);
  child.stderr!.on('data', keep);
  child.once('exit', () => children.delete(child));
  return { child, output: () => output };
}

async function until<T>(child: ChildProcess, output: () => string, find: () => T | null): Promise<T> {
  const deadline = performance.now() + startMaxMs;
  for (;;) {
    const found = find();
    if (found !== null) return found;
    if (child.exitCode !== null || performance.now() > deadline) {
      child.kill('SIGKILL');
      throw new Error(`A process did not start:\n${output()}`);
    }
    await sleep(pollMs);
  }
}

function usageOf(pid: number): Usage | null {
  const cpuOf = (file: string): number => {
    const fields = readFileSync(file, 'utf8').split(') ')[1]!.split(' ');
    return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
  };
  try {
    const rss = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return {
      cpu: cpuOf(`/proc/${pid}/stat`),
      mainCpu: cpuOf(`/proc/${pid}/task/${pid}/stat`),
      rssBytes: Number(rss![1]) * 1024,
    };
  } catch {
    return null;
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGTERM');
  const late = setTimeout(() => child.kill('SIGKILL'), stopMaxMs);
  await ended;
  clearTimeout(late);
}

export interface OnymOptions {
  /** An existing one is opened again and kept. */
  readonly dataDir?: string;
  readonly settings?: Record<string, unknown>;
  readonly profileDirectory?: string | null;
  /** Another checkout to run the server of. */
  readonly checkout?: string;
}

/** The server as it ships, in a directory that is removed afterwards. */
export async function startOnym(options: OnymOptions = {}): Promise<OnymTarget> {
  const dataDir = options.dataDir ?? newDirectory('onym');
  const secretKey = 'sk_bench_0123456789';
  const writeKey = 'pk_bench_0123456789';
  const profile = options.profileDirectory
    ? ['--cpu-prof', `--cpu-prof-dir=${options.profileDirectory}`, '--cpu-prof-interval=500']
    : [];
  const { child, output } = start(
    [...profile, join(options.checkout ?? root, 'packages', 'server', 'bin', 'onym.cjs'), 'serve'],
    {
      // As `npm start` sets it.
      MALLOC_ARENA_MAX: process.env.MALLOC_ARENA_MAX ?? '2',
      ONYM_PORT: '0',
      ONYM_DATA_DIR: dataDir,
      ONYM_ENVIRONMENTS: 'production',
      ONYM_INITIAL_SECRET_KEY: secretKey,
      ONYM_INITIAL_WRITE_KEY: writeKey,
      // What another checkout may know them by.
      ONYM_SECRET_KEY: secretKey,
      ONYM_WRITE_KEY: writeKey,
      ONYM_LOG_LEVEL: 'warn',
      // Counted, as for every key, and never reached.
      ONYM_KEY_RATE_MAX: '1000000000',
      ONYM_ADDRESS_RATE_MAX: '1000000000',
      ...(options.settings && { ONYM_SETTINGS: JSON.stringify({ production: options.settings }) }),
    },
  );
  const access = join(dataDir, 'local-access.json');
  rmSync(access, { force: true });
  const url = await until(child, output, () =>
    existsSync(access) ? ((/"url":"([^"]+)"/.exec(readFileSync(access, 'utf8'))?.[1] ?? null) as string | null) : null,
  );
  return {
    url,
    pid: child.pid!,
    secretKey,
    writeKey,
    dataDir,
    usage: () => usageOf(child.pid!),
    async stop() {
      await stop(child);
      const said = output()
        .split('\n')
        .filter((line) => /"level":(40|50|60)/.test(line));
      if (said.length > 0) process.stderr.write(`The server warned:\n${said.slice(-5).join('\n')}\n`);
      if (options.dataDir === undefined) removeDirectory(dataDir);
    },
  };
}

/** A script of `targets/` that prints `ready <url>` once it is. */
export async function startScript(name: string, args: readonly string[] = []): Promise<Target & { output(): string }> {
  const { child, output } = start(['--import', 'tsx', join('bench', 'targets', name), ...args], {});
  const url = await until(child, output, () => /^ready (\S+)$/m.exec(output())?.[1] ?? null);
  return { url, pid: child.pid!, output, usage: () => usageOf(child.pid!), stop: () => stop(child) };
}

/** Those of one measure, to be stopped together. */
export function createTargets() {
  const targets: Target[] = [];
  return {
    async started<T extends Target>(starting: Promise<T>): Promise<T> {
      const target = await starting;
      targets.push(target);
      return target;
    },
    stop: () => Promise.all(targets.map((target) => target.stop())),
  };
}
