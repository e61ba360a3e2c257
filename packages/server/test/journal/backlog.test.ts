import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { limits } from '../../src/limits.ts';
import { temporaryDirectory } from './directories.ts';

const child = fileURLToPath(new URL('backlog-child.ts', import.meta.url));

test('a backlog of three times the heap is drained in bounded memory', async () => {
  const node = ['--max-old-space-size=56', '--conditions=onym-source', '--import', 'tsx'];
  const { stdout } = await promisify(execFile)(process.execPath, [...node, child, temporaryDirectory()]);
  const { backlogBytes, rows, largestRows, left } = JSON.parse(stdout);
  expect(backlogBytes).toBeGreaterThan(3 * 50 * 1024 * 1024);
  expect(rows).toBe(160_000);
  expect(largestRows).toBeLessThanOrEqual(limits.drainRowsMax);
  expect(left).toBe(0);
});
