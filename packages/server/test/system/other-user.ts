import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { User } from './processes.ts';

/** Debian's nobody; whether there is such a name does not matter. */
const other: User = { uid: 65_534, gid: 65_534 };
const source = fileURLToPath(new URL('onym-child.ts', import.meta.url));

/**
 * Somebody that is not who runs the tests, and can run the sources. Null where that can't be: it needs root. Then it says so on stderr, and
 * the caller skips its test; when CI=true it throws.
 */
export function otherUser(): User | null {
  const obstacle = find();
  if (obstacle === null) return other;
  if (process.env.CI === 'true') throw new Error(`${obstacle}, and what needs another user is to run in CI.`);
  process.stderr.write(`\nSKIPPED: ${obstacle}.\n\n`);
  return null;
}

function find(): string | null {
  if (process.geteuid?.() !== 0) return 'Only root can run a process as another user';
  const script = 'require("node:fs").accessSync(process.argv[1])';
  const { status } = spawnSync(process.execPath, ['-e', script, source], { ...other, stdio: 'ignore' });
  return status === 0 ? null : `The user ${other.uid} can't read ${source}`;
}
