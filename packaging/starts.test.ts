import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root, run } from './commands.ts';

/** What has to be in the environment before the process starts (docs/operating.md, "Limits"), in each way to start that comes with Onym. */

const fileOf = (...path: string[]): string => readFileSync(join(root, ...path), 'utf8');
const { scripts } = JSON.parse(fileOf('package.json')) as { scripts: Record<string, string> };

/** What `npm start` would hand to the server. */
async function startedWith(env: Record<string, string>): Promise<string> {
  const told = scripts.start!.replace('node scripts/start.cjs serve', 'printenv MALLOC_ARENA_MAX');
  return (await run('sh', ['-c', told], { env: { PATH: process.env.PATH, ...env } })).stdout.trim();
}

describe('MALLOC_ARENA_MAX', () => {
  it('is set by npm start, unless it is set', async () => {
    expect(await startedWith({})).toBe('2');
    expect(await startedWith({ MALLOC_ARENA_MAX: '7' })).toBe('7');
  });

  it('is set by the image and by the unit', () => {
    expect(fileOf('Dockerfile')).toMatch(/^ENV .*\bMALLOC_ARENA_MAX=2\b/m);
    expect(fileOf('deploy', 'onym.service')).toMatch(/^Environment=MALLOC_ARENA_MAX=2$/m);
  });
});
