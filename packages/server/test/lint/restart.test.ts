import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { onServers } from '../nodes/engines-under-test.ts';
import { startServer, world } from './support.ts';

const directory = mkdtempSync(join(tmpdir(), 'onym-lint-restart-'));
const environments = ['production', 'staging'];
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** Where findings are in a file. */
const onDisk = (text: string): boolean =>
  readdirSync(directory)
    .filter((name) => name.startsWith('lint.db'))
    .some((name) => readFileSync(join(directory, name)).includes(text));

it('findings outlive the process, add up, and stay forgotten', async () => {
  const first = await startServer(directory, environments);
  const before = world(first, 'production');
  await before.identify('user_1');
  await before.alias('user_1', 'anonymous-1');
  await before.alias('user_1', 'plain-name');
  await before.identify('null');
  await world(first, 'staging').track({ distinct_id: 'guest' });
  // Not read before the stop: what still waits is looked into and written down then.
  await first.stop();
  expect(onDisk('plain-name')).toBe(!onServers);

  const second = await startServer(directory, environments);
  const after = world(second, 'production');
  const findings = await after.findings();
  expect(findings).toMatchObject([
    { rule: 'alias-at-login', count: 1, lib: 'shop-backend', examples: [{ alias_id: 'anonymous-1' }] },
    { rule: 'missing-prefix', count: 1, examples: [{ alias_id: 'plain-name', seq: 3 }] },
    { rule: 'reserved-id', count: 1, examples: [{ call: 'identify', distinct_id: 'null' }] },
  ]);
  expect(await world(second, 'staging').rules()).toEqual(['reserved-id']);
  // A repeat of a call from before the restart is judged again.
  await after.alias('user_1', 'anonymous-1');
  await after.alias('user_1', 'plain-name');
  expect(await after.findings()).toMatchObject([{ count: 2, first_time: findings[0].first_time }, { count: 2 }, {}]);
  await second.lint.forget('production', ['plain-name']);
  expect(onDisk('plain-name')).toBe(false);
  await second.stop();
  expect(onDisk('plain-name')).toBe(false);

  const third = await startServer(directory, environments);
  expect(await world(third, 'production').findings()).toMatchObject([
    { rule: 'alias-at-login', count: 2 },
    { rule: 'missing-prefix', count: 2, examples: [] },
    { rule: 'reserved-id', count: 1 },
  ]);
  await third.stop();
});
