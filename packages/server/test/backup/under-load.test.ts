import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { eventually } from '../system/client.ts';
import { missing, newSent, type Sent, startLoad } from '../system/load.ts';
import { dataDirectory, onym, type Server, serve } from '../system/processes.ts';

/** A machine is lost: what was acknowledged before the backup began is on the next one, exactly once, and the stores agree. */

/** What was acknowledged as of `before`; of what came later a backup may hold anything. */
function acknowledgedBy(before: Sent, all: Sent): Sent {
  const named = [...all.named].map(([uuid, event]) => [
    uuid,
    before.named.get(uuid) ?? { ...event, acknowledged: false },
  ]);
  const unnamed = [...all.unnamed.keys()].map((id) => [id, before.unnamed.get(id) ?? { acknowledged: false }]);
  const pairs = [...all.pairs].map(([id, pair]) => [id, before.pairs.get(id) ?? { ...pair, seq: null }]);
  return {
    named: new Map(named as never),
    unnamed: new Map(unnamed as never),
    pairs: new Map(pairs as never),
    traits: before.traits,
  };
}

/** Begins a backup as the command does, and kills the server once it is under way. */
async function killedWhileBackingUp(server: Server, directory: string): Promise<void> {
  const { secret } = JSON.parse(readFileSync(join(server.dataDir, 'local-access.json'), 'utf8'));
  const response = await fetch(`${server.url}/v1/backup`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
    body: JSON.stringify({ directory }),
  });
  await response.body!.getReader().read();
  await server.kill();
}

test('backup under load, killed and resumed; then a restore on an empty machine', async () => {
  const sent = newSent();
  let server = await serve();
  const { dataDir } = server;
  const backup = join(dataDirectory(), 'onym-backup');

  let load = startLoad(server.api, server.web, sent);
  await eventually(async () => load.acknowledged() >= 150, '150 requests answered', 60_000);
  await killedWhileBackingUp(server, backup);
  await load.stop();
  expect(existsSync(join(backup, 'backup.unfinished'))).toBe(true);
  const cut = await onym(['restore', backup, '--data-dir', join(dataDirectory(), 'too-early')]);
  expect(cut).toMatchObject({ code: 2, stderr: expect.stringContaining('holds no finished backup') });

  server = await serve({ dataDir });
  load = startLoad(server.api, server.web, sent);
  const resumedFrom = load.acknowledged();
  await eventually(async () => load.acknowledged() >= resumedFrom + 100, 'the load goes on', 60_000);
  const before = structuredClone(sent);
  const during = load.acknowledged();
  const taken = await onym(['backup', backup, '--json'], { ONYM_DATA_DIR: dataDir });
  expect(taken).toMatchObject({ code: 0, stderr: 'Going on with what an earlier run has copied.\n' });
  expect(JSON.parse(taken.stdout)).toMatchObject({
    faults: [],
    environments: ['production', 'staging', 'development'],
  });
  expect(load.acknowledged()).toBeGreaterThan(during);
  expect(statSync(backup).mode & 0o077).toBe(0);
  await load.stop();
  expect(load.failures).toEqual([]);
  await server.kill();

  const restored = join(dataDirectory(), 'restored');
  const { code, stdout, stderr } = await onym(['restore', backup, '--data-dir', restored, '--json']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(JSON.parse(stdout).environments[0]).toMatchObject({ environment: 'production', differences: [] });

  // Its keys came along.
  const next = await serve({ dataDir: restored, variables: { ONYM_INITIAL_SECRET_KEY: undefined } });
  expect(before.named.size).toBeGreaterThan(500);
  expect(await missing(next.api, acknowledgedBy(before, sent))).toEqual([]);
  expect(await onym(['verify'], { ONYM_DATA_DIR: restored })).toMatchObject({ code: 0, stderr: '' });
  await next.stop();
}, 240_000);
