import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { root, run } from './commands.ts';

const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: { start: string } };
const server = 'node scripts/start.cjs serve';

/** What `npm start` has in the environment of the server. */
async function arenasWith(env: Record<string, string>): Promise<string> {
  expect(scripts.start).toContain(server);
  const asked = scripts.start.replace(server, 'printenv MALLOC_ARENA_MAX');
  return (await run('sh', ['-c', asked], { env: { PATH: process.env.PATH, ...env } })).stdout.trim();
}

it('npm start has threads share memory of the C library, unless the environment says otherwise', async () => {
  expect(await arenasWith({})).toBe('2');
  expect(await arenasWith({ MALLOC_ARENA_MAX: '7' })).toBe('7');
});
