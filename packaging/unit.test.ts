import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { root, start } from './commands.ts';

const file = join(root, 'deploy/onym.service');
const exposureMax = 3;

/** Why the unit can't be judged here, or null. Throws when CI=true. */
async function obstacleOf(): Promise<string | null> {
  const found = await start('systemd-analyze', ['--version']).ended.catch(() => null);
  if (found?.code === 0) return null;
  const obstacle = 'systemd-analyze is not installed';
  if (process.env.CI === 'true') throw new Error(`${obstacle}, and what needs it is to run in CI.`);
  process.stderr.write(`\nSKIPPED: ${obstacle}.\n\n`);
  return obstacle;
}
const obstacle = await obstacleOf();
const analyze = (...args: string[]) => start('systemd-analyze', args).ended;

it.skipIf(obstacle !== null)('is a unit, without a warning', async () => {
  expect(await analyze('verify', file)).toMatchObject({ code: 0, stdout: '', stderr: '' });
});

it.skipIf(obstacle !== null)(`is exposed by ${exposureMax} of 10 at most`, async () => {
  const { stdout } = await analyze('security', '--offline=true', '--no-pager', file);
  const [, exposure] = /Overall exposure level for onym\.service: ([\d.]+)/.exec(stdout)!;
  console.log(`exposure of onym.service: ${exposure} of ${exposureMax}`);
  expect(Number(exposure)).toBeLessThanOrEqual(exposureMax);
});

it('keeps its data where the unit may write, lets Node compile, and has threads share memory of the C library', () => {
  const settings = readFileSync(file, 'utf8')
    .split('\n')
    .map((line) => /^(\w+)=(.*)$/.exec(line))
    .filter((match) => match !== null)
    .map(([, name, value]) => [name, value] as const);
  const of = (name: string) => settings.filter(([given]) => given === name).map(([, value]) => value);
  expect(of('Environment')).toContain(`ONYM_DATA_DIR=/var/lib/${of('StateDirectory')[0]}`);
  expect(of('Environment')).toContain('MALLOC_ARENA_MAX=2');
  expect(of('User')).toEqual(['onym']);
  expect(of('MemoryDenyWriteExecute')).toEqual([]);
  // Keys given in the unit would be readable by all.
  expect(of('Environment').join()).not.toContain('KEY');
});
