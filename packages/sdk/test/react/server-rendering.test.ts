import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { outputOf } from '../../../../test-support/child-output.ts';

const entry = fileURLToPath(new URL('ssr-child.ts', import.meta.url));
const runMaxMs = 60_000;

it('a render on the server throws nothing, sends nothing, and keeps no process', async () => {
  const child = spawn(process.execPath, ['--conditions=onym-source', '--import', 'tsx', entry], {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: runMaxMs,
    killSignal: 'SIGKILL',
  });
  const { stdout, ...ended } = await outputOf(child).ended;
  expect(ended).toEqual({ code: 0, signal: null, stderr: '' });
  expect(JSON.parse(stdout)).toEqual({ html: '<p>Visitor null, null</p>', requests: 0, waitsFor: [] });
});
