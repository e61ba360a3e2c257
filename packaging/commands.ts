import { type SpawnOptions, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';
import { type ChildOutput, type Ended, outputOf } from '../test-support/child-output.ts';

export const root = fileURLToPath(new URL('..', import.meta.url));

const runMaxMs = 240_000;

const directories: string[] = [];
const groups = new Set<number>();

// Importing this file registers the clean-up of the test file that does.
afterAll(() => {
  for (const group of groups) killGroup(group, 'SIGKILL');
  for (const directory of directories) rmSync(directory, { recursive: true, force: true });
});

/** What is used to make Onym, and by nothing that runs it. */
export function developmentDependencies(): string[] {
  const read = (path: string) => JSON.parse(readFileSync(join(root, path), 'utf8'));
  const lock = read('package-lock.json') as { packages: Record<string, { dev?: boolean }> };
  return ['.', 'packages/core', 'packages/sdk', 'packages/server']
    .flatMap((folder) => Object.keys(read(join(folder, 'package.json')).devDependencies ?? {}))
    .filter((name) => lock.packages[`node_modules/${name}`]?.dev === true);
}

export function temporary(): string {
  const directory = mkdtempSync(join(tmpdir(), 'onym-packaging-'));
  directories.push(directory);
  return directory;
}

/** What a shell of somebody who has never seen this repository has. */
export function strangersEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(ONYM_|VITEST|NODE_OPTIONS$|NODE_ENV$|npm_)/.test(name) || name === 'npm_config_cache',
    ),
  );
}

export interface Started extends ChildOutput {
  /** To the process and all that it started. */
  signal(name: NodeJS.Signals): void;
}

/** In a process group of its own, so that what npm or npx start ends with them. */
export function start(command: string, args: readonly string[], options: SpawnOptions = {}): Started {
  const child = spawn(command, args, {
    env: strangersEnvironment(),
    stdio: ['ignore', 'pipe', 'pipe'],
    ...options,
    detached: true,
  });
  const group = child.pid;
  if (group !== undefined) groups.add(group);
  child.once('close', () => group !== undefined && groups.delete(group));
  return { ...outputOf(child), signal: (name) => group !== undefined && killGroup(group, name) };
}

function killGroup(group: number, name: NodeJS.Signals): void {
  try {
    process.kill(-group, name);
  } catch (error) {
    if ((error as { code?: string }).code !== 'ESRCH') throw error;
  }
}

/** Rejects unless it ends with 0. */
export async function run(command: string, args: readonly string[], options: SpawnOptions = {}): Promise<Ended> {
  const started = start(command, args, options);
  const timer = setTimeout(() => started.signal('SIGKILL'), runMaxMs);
  const ended = await started.ended.finally(() => clearTimeout(timer));
  if (ended.code !== 0) {
    throw new Error(`${command} ${args.join(' ')}: ${ended.code ?? ended.signal}\n${ended.stdout}${ended.stderr}`);
  }
  return ended;
}

const quiet = ['--no-audit', '--no-fund', '--prefer-offline'];

export const npm = (args: readonly string[], cwd: string): Promise<Ended> => run('npm', [...args, ...quiet], { cwd });

/** Why nothing can be installed here, or null. Throws when CI=true. */
export async function registryObstacle(): Promise<string | null> {
  const { code } = await start('npm', ['view', 'commander', 'version']).ended;
  if (code === 0) return null;
  const obstacle = 'No package registry can be reached';
  if (process.env.CI === 'true') throw new Error(`${obstacle}, and what needs one is to run in CI.`);
  process.stderr.write(`\nSKIPPED: ${obstacle}.\n\n`);
  return obstacle;
}
