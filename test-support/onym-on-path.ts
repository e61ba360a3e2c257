import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { outputOf } from './child-output.ts';

const entry = fileURLToPath(new URL('../packages/server/test/system/onym-child.ts', import.meta.url));

/**
 * Variables with which a shell finds `onym`, and `npx onym`, as a user of the package has them: run from the sources, so that nothing
 * needs to be built. `folder` gets the two files.
 */
export function onymOnPath(folder: string): NodeJS.ProcessEnv {
  const command = [process.execPath, '--conditions=onym-source', '--import', import.meta.resolve('tsx'), entry];
  mkdirSync(folder, { recursive: true });
  const write = (name: string, lines: readonly string[]) => {
    writeFileSync(join(folder, name), `#!/bin/sh\n${lines.join('\n')}\n`);
    chmodSync(join(folder, name), 0o755);
  };
  write('onym', [`exec ${command.map((part) => `'${part}'`).join(' ')} "$@"`]);
  write('npx', ['[ "$1" = onym ] || { echo "npx $1 is not for a page" >&2; exit 127; }', 'shift', 'exec onym "$@"']);
  return { PATH: `${folder}:${process.env.PATH}`, UV_THREADPOOL_SIZE: '16', TSX_TSCONFIG_PATH: '' };
}

/** Runs a script of bash in `cwd`; resolves to what it printed, and throws where it did not end with 0. */
export async function inBash(script: string, cwd: string, env: NodeJS.ProcessEnv): Promise<string> {
  const child = spawn('bash', ['-c', script], {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const { code, stdout, stderr } = await outputOf(child).ended;
  if (code !== 0) throw new Error(`${script} ended with ${code}.\n${stdout}${stderr}`);
  return stdout;
}

/** A script of bash that ends where something fails, but for a 1, which says that the answer is no, or that rows were rejected. */
export const orNo = (code: string): string => `trap 's=$?; [ $s -le 1 ] || exit $s' ERR\nset -u\n${code}\n:`;
