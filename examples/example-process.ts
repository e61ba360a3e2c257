import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';

/** Runs an example as its readers do: as a process of its own, told by variables. */

const startMaxMs = 120_000;
const endWithParent = fileURLToPath(new URL('end-with-parent.js', import.meta.url));

const running = new Set<ChildProcess>();

// Importing this file registers the clean-up of the test file that does. Each child leads a process group: npm and what it has started.
afterAll(async () => {
  for (const { pid } of running) process.kill(-pid!, 'SIGKILL');
  while (running.size > 0) await sleep(10);
});

export interface Example {
  readonly url: string;
  /** What it has printed so far. */
  output(): string;
  /** SIGTERM; resolves with its exit code, or with the name of what killed it. */
  stop(): Promise<number | NodeJS.Signals>;
  /** To it and all that share its terminal, as Ctrl-C does with SIGINT. */
  signalGroup(signal: NodeJS.Signals): Promise<number | NodeJS.Signals>;
}

/** A program in one of the folders, on the sources of the packages: no build comes before it. */
export function runProgram(program: string, variables: NodeJS.ProcessEnv): Promise<Example> {
  const args = ['--conditions=onym-source', '--import', 'tsx', '--import', endWithParent];
  const path = fileURLToPath(new URL(program, import.meta.url));
  return start(process.execPath, [...args, path], { env: { ...inherited(), PORT: '0', ...variables } });
}

/** The one command of an example. */
export function npmStart(folder: string, variables: NodeJS.ProcessEnv = {}): Promise<Example> {
  const cwd = fileURLToPath(new URL('..', import.meta.url));
  const env = { ...inherited(), PORT: '0', ...variables };
  return start('npm', ['start', '--workspace', `examples/${folder}`], { cwd, env });
}

/** No variable of the test run's own reaches a child. */
function inherited(): NodeJS.ProcessEnv {
  const names = Object.keys(process.env).filter((name) => !/^(ONYM_|VITEST|npm_|NODE_)/.test(name));
  return Object.fromEntries(names.map((name) => [name, process.env[name]]));
}

/** Resolves once it says that it `is at` an address. */
async function start(command: string, args: readonly string[], options: SpawnOptions): Promise<Example> {
  const child = spawn(command, args, { ...options, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  running.add(child);
  let output = '';
  for (const stream of [child.stdout!, child.stderr!]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const ended = new Promise<number | NodeJS.Signals>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      running.delete(child);
      resolve(code ?? signal!);
    });
  });
  const isAt = async () => {
    const before = Date.now();
    while (Date.now() - before < startMaxMs) {
      const url = /is at (http:\/\/\S+)/.exec(output)?.[1];
      if (url !== undefined) return url;
      await sleep(20);
    }
    throw new Error(`It is nowhere after ${startMaxMs} ms.\n${output}`);
  };
  const url = await Promise.race([
    isAt(),
    ended.then((code) => {
      throw new Error(`It ended with ${code} before it was anywhere.\n${output}`);
    }),
  ]);
  return {
    url,
    output: () => output,
    stop() {
      child.kill('SIGTERM');
      return ended;
    },
    signalGroup(signal) {
      process.kill(-child.pid!, signal);
      return ended;
    },
  };
}
