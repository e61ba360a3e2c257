import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { createEventStore } from '../../src/events/event-store.ts';
import { environment, node, rows, text } from './fixtures.ts';

const child = fileURLToPath(new URL('./crash-child.ts', import.meta.url));

/** Lets a writer go on from `from`, kills it some time after so many acknowledgements, and answers with its last one. */
async function writeUntilKilled(path: string, from: number, count: number, delayMs: number): Promise<number> {
  const writer = spawn(process.execPath, ['--conditions=onym-source', '--import', 'tsx', child, path, String(from)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let last = from - 1;
  const closed = once(writer, 'close');
  for await (const line of createInterface(writer.stdout)) {
    last = Number(line);
    if (last === from + count - 1) setTimeout(() => writer.kill('SIGKILL'), delayMs);
  }
  await closed;
  return last;
}

test('after kill -9, whatever was acknowledged is there, once, and under the right identity', async () => {
  const path = await mkdtemp(join(tmpdir(), 'onym-crash-'));
  try {
    let acknowledged = 0;
    const kills = [
      [2, 0],
      [4, 17],
      [3, 4],
      [3, 40],
    ] as const;
    for (const [count, delayMs] of kills) {
      // The batch acknowledged last is sent again, with its token, as a journal does that could not note it down.
      acknowledged = await writeUntilKilled(path, Math.max(acknowledged, 1), count, delayMs);
    }
    expect(acknowledged).toBeGreaterThan(8);

    const store = await createEventStore({ path });
    try {
      await store.prepare(environment);
      const batches = await rows<{ batch: number; n: number }>(
        store,
        `SELECT toUInt64(substring(event, 7)) AS batch, count() AS n FROM events GROUP BY batch ORDER BY batch`,
      );
      expect(batches.slice(0, acknowledged)).toEqual(
        Array.from({ length: acknowledged }, (_, index) => ({ batch: index + 1, n: 300 })),
      );

      const projected = await store.projectedSeq(environment);
      // The seq may lag a little behind the rows, never the other way round.
      expect(projected).toBeGreaterThan(0);
      const map = await store.readMap(environment, null, 10);
      expect(map).toHaveLength(3);
      const { version } = map[0]!;
      expect(version).toBeGreaterThanOrEqual(projected);
      expect(version).toBeGreaterThanOrEqual(acknowledged);
      const attribution = () => rows(store, 'SELECT DISTINCT identity_id FROM events');
      expect(await attribution()).toEqual([{ identity_id: node(`canonical-${version}`) }]);
      await store.compact(environment, projected);
      if (version <= projected) expect(await attribution()).toEqual([{ identity_id: node(`canonical-${version}`) }]);
      // A query given up is stopped long before its time is over: else these would wait for readers in vain.
      const controller = new AbortController();
      const endless = [1, 2, 3, 4].map(() =>
        store
          .query(environment, 'SELECT count() FROM numbers(1000000000000) WHERE cityHash64(number) = 1', {
            format: 'JSON',
            signal: controller.signal,
          })
          .catch((error) => error.message),
      );
      setTimeout(() => controller.abort(new Error('gone')), 200);
      expect(await Promise.all(endless)).toEqual(['gone', 'gone', 'gone', 'gone']);
      await Promise.all([1, 2, 3, 4].map(() => text(store, 'SELECT 1')));
    } finally {
      await store.close();
    }
  } finally {
    await rm(path, { recursive: true, force: true });
  }
});
