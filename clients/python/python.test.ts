import { spawn, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { outputOf } from '../../test-support/child-output.ts';
import { python, pythonObstacle } from '../../test-support/python.ts';

/** The Python client's own tests (tests/, in unittest), one `it` for each. PYTHON names another interpreter than python3. */

const folder = fileURLToPath(new URL('.', import.meta.url));
const listMaxMs = 60_000;
const runMaxMs = 240_000;

interface Outcome {
  readonly id: string;
  readonly outcome: 'passed' | 'failed' | 'skipped';
  /** The traceback, or the reason of the skip. */
  readonly text: string;
}

function linesOf<Line>(text: string): Line[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line);
}

function list(): string[] {
  const { status, stdout, stderr } = spawnSync(python, ['-m', 'tests.report', '--list'], {
    cwd: folder,
    encoding: 'utf8',
    timeout: listMaxMs,
  });
  const ids = linesOf<{ id: string }>(stdout).map(({ id }) => id);
  if (status !== 0 || ids.length === 0) throw new Error(`The Python tests cannot be listed.\n${stderr}`);
  return ids;
}

/** Runs all of them; what was said before it ended, however it ended. */
async function run(): Promise<{ outcomes: Map<string, Outcome>; stderr: string }> {
  const child = spawn(python, ['-m', 'tests.report'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: runMaxMs,
    killSignal: 'SIGKILL',
  });
  const { stdout, stderr } = await outputOf(child).ended;
  // A child that was killed may leave half a line.
  const whole = stdout.slice(0, stdout.lastIndexOf('\n') + 1);
  return { outcomes: new Map(linesOf<Outcome>(whole).map((line) => [line.id, line])), stderr };
}

const lacking = pythonObstacle();

if (lacking !== null) {
  it.skip(`the Python client (its tests cannot run: ${lacking})`, () => {});
} else {
  describe('the Python client', () => {
    const ids = list();
    let outcomes = new Map<string, Outcome>();
    let stderr = '';

    beforeAll(async () => {
      ({ outcomes, stderr } = await run());
      // Such as a class that could not be torn down.
      const others = [...outcomes.values()].filter(({ id, outcome }) => outcome === 'failed' && !ids.includes(id));
      if (others.length > 0) throw new Error(others.map(({ id, text }) => `${id}\n${text}`).join('\n'));
    }, runMaxMs + 10_000);

    it.for(ids)('%s', (id, { skip }) => {
      const said = outcomes.get(id);
      if (said === undefined) throw new Error(`It did not run, or not to its end.\n${stderr}`);
      if (said.outcome === 'skipped') skip(said.text);
      expect(said.outcome, said.text).toBe('passed');
    });
  });
}
