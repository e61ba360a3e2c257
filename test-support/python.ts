import { spawnSync } from 'node:child_process';

/** The interpreter that tests run: $PYTHON, else python3. */
export const python = process.env.PYTHON ?? 'python3';

const askMaxMs = 60_000;

/** Why the Python client can't run here, or null. Throws when CI=true, where its tests are to run. */
export function pythonObstacle(): string | null {
  const obstacle = find();
  if (obstacle === null) return null;
  if (process.env.CI === 'true') throw new Error(`${obstacle}, and what needs it is to run in CI.`);
  process.stderr.write(`\nSKIPPED: ${obstacle}.\n\n`);
  return obstacle;
}

function find(): string | null {
  const { error, stdout } = spawnSync(python, ['-c', 'import sys; print(sys.version_info >= (3, 9))'], {
    encoding: 'utf8',
    timeout: askMaxMs,
  });
  if (error !== undefined) return `${python} is not installed`;
  return stdout.trim() === 'True' ? null : `${python} is older than Python 3.9`;
}
