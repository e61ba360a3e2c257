import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { eventually } from './client.ts';
import { missing, newSent, sendAgain, startLoad } from './load.ts';
import { dataDirectory, onym, serve, startServe } from './processes.ts';

/** R10: what was answered ok is still there after kill -9; and nothing is there twice. */

test('kill -9 under load, again and again: nothing acknowledged is lost, nothing is doubled, verify is clean', async () => {
  const dataDir = dataDirectory();
  const sent = newSent();
  for (const requests of [40, 150, 400, 90, 250]) {
    const server = await serve({ dataDir });
    const load = startLoad(server.api, server.web, sent);
    await eventually(async () => load.acknowledged() >= requests, `${requests} requests answered`, 60_000);
    expect(await server.kill()).toMatchObject({ signal: 'SIGKILL' });
    await load.stop();
    expect(load.failures).toEqual([]);
  }

  // Also while it starts, that is while it drains and projects what was left.
  for (const delayMs of [800, 1_200]) {
    const { child, ended } = startServe({ dataDir });
    await sleep(delayMs);
    child.kill('SIGKILL');
    expect((await ended).stderr).toBe('');
  }

  const { api, stop } = await serve({ dataDir });
  expect(sent.named.size).toBeGreaterThan(1_000);
  expect(await missing(api, sent)).toEqual([]);

  // Whoever got no answer sends it again, uuid and all: then everything is there exactly once.
  await sendAgain(api, sent);
  expect(await missing(api, sent)).toEqual([]);

  const verified = () => onym(['verify', '--json'], { ONYM_DATA_DIR: dataDir });
  const beside = await verified();
  expect(beside).toMatchObject({ code: 0, stderr: '' });
  expect(JSON.parse(beside.stdout)).toMatchObject({ differences: [], rows: (await api.ledger()).length });
  expect(await stop()).toMatchObject({ code: 0 });
  expect(await verified()).toMatchObject({ code: 0, stdout: beside.stdout });
}, 240_000);
