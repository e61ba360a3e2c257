import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EngineOptions } from '../../../src/events/engine.ts';
import { startFront } from './front.ts';

/**
 * The engine that a run of the event store's suites is for, by ONYM_TEST_ENGINE (vitest.config.ts): `url`, a ClickHouse behind a socket;
 * `cluster`, that as a cluster of one shard; else the one in the process.
 */
export async function engineUnderTest(): Promise<{ options: EngineOptions; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'onym-events-'));
  const kind = process.env.ONYM_TEST_ENGINE ?? 'embedded';
  if (kind === 'embedded') {
    return { options: { path }, remove: () => rm(path, { recursive: true, force: true }) };
  }
  const front = await startFront(join(path, 'front'), { cluster: kind === 'cluster' ? 'onym_cluster' : null });
  return {
    options: { path, server: front.server },
    async remove() {
      await front.stop();
      await rm(path, { recursive: true, force: true });
    },
  };
}
