import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { eventually } from '../system/client.ts';
import { dataDirectory, onym, serve } from '../system/processes.ts';

const pairs = 50_000;
const batch = 'migration';

test('killed in the middle and run again: every row once; reverted: as before', async () => {
  const file = join(dataDirectory(), 'ids.csv');
  // From 1: an id 0 names nobody, whatever is put before it.
  const rows = Array.from({ length: pairs }, (_, i) => (i % 10_000 === 9_999 ? `${i}` : `${i + 1},user_${i + 1}`));
  writeFileSync(file, `old_id,new_id\n${rows.join('\n')}\n`);
  const flags = ['import', file, '--secondary-prefix', 'legacy:', '--batch', batch, '--json'];

  let server = await serve();
  const { dataDir } = server;
  await server.api.posted('/track', { event: 'visit', distinct_id: 'legacy:7' });
  await server.api.posted('/identify', { distinct_id: 'legacy:7', traits: { plan: 'pro' } });
  await server.api.posted('/alias', { distinct_id: 'someone', alias_id: 'stripe:1' });
  const tables = async () => {
    const texts: string[] = [];
    for (const what of ['identities', 'identifiers', 'events']) {
      const { stdout } = await onym(['export', what, '--data-dir', dataDir]);
      texts.push(stdout.trim().split('\n').sort().join('\n'));
    }
    return texts;
  };
  const before = await tables();

  const first = onym([...flags, '--data-dir', dataDir]);
  const head = async () => (await server.api.got('/v1/ledger?limit=1&after=8000')).rows.length;
  await eventually(async () => (await head()) > 0, 'the import is under way', 120_000);
  await server.kill();
  expect((await first).code).toBe(2);
  expect((await first).stderr).toContain('it goes on where it stopped');

  server = await serve({ dataDir });
  const second = await onym([...flags, '--data-dir', dataDir]);
  expect(second.stderr).not.toContain('onym:');
  const { counts, rows: total } = JSON.parse(second.stdout);
  expect(total).toBe(pairs);
  expect(counts).toEqual({ applied: pairs - 5, unchanged: 0, refused: 0, held: 0, invalid: 5 });
  const { data } = await server.api.posted('/v1/query', {
    sql: `SELECT count() AS links, uniqExact(secondary_id) AS ids FROM links WHERE batch = '${batch}'`,
  });
  expect(data).toEqual([{ links: pairs - 5, ids: pairs - 5 }]);
  expect((await onym(['verify', '--data-dir', dataDir])).code).toBe(0);

  const third = await onym([...flags, '--data-dir', dataDir]);
  expect(JSON.parse(third.stdout)).toMatchObject({ finished_before: true, counts });

  const reverted = await onym(['revert', '--batch', batch, '--data-dir', dataDir, '--json']);
  expect(JSON.parse(reverted.stdout).revoked).toBe(pairs - 5);
  expect(await tables()).toEqual(before);
  expect((await onym(['verify', '--data-dir', dataDir])).code).toBe(0);
  await server.stop();
});
