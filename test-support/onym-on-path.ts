import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

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

/** A script of bash that ends where something fails, but for a 1, which says that the answer is no, or that rows were rejected. */
export const orNo = (code: string): string => `trap 's=$?; [ $s -le 1 ] || exit $s' ERR\nset -u\n${code}\n:`;
