import { afterAll, expect, test } from 'vitest';
import { createEventStore } from '../../src/events/event-store.ts';
import type { EventStore, ExportFormat, QueryOptions } from '../../src/events/types.ts';
import { mountSmallDisk } from '../system/small-disk.ts';
import { environment, event, insert, text } from './fixtures.ts';

/** The engine itself says nothing when a file it writes is cut short. */

const disk = mountSmallDisk(128);
if (disk === null) console.warn('Not tested: results on a full disk. A small file system cannot be mounted here.');

let store: EventStore | null = null;
afterAll(async () => {
  await store?.close();
  disk?.unmount();
});

test.skipIf(disk === null)(
  'a result that the disk has no room for is an error, in every format, and never a part',
  async () => {
    store = await createEventStore({ path: disk!.path });
    await store.prepare(environment);
    const events = Array.from({ length: 2_000 }, (_, index) => event(`user-${index}`, { properties: { n: index } }));
    await insert(store, events);
    const formats: QueryOptions['format'][] = ['JSON', 'JSONEachRow', 'CSVWithNames', 'Parquet', 'ArrowStream'];
    const lengths = new Map<string, number>();
    const sql = 'SELECT * FROM events ORDER BY distinct_id';
    for (const format of formats) lengths.set(format, (await text(store, sql, format)).length);

    disk!.fill();
    const full = { code: 'storage-full', message: expect.stringContaining('Free space') };
    for (const format of formats) {
      await expect(store.query(environment, sql, { format })).rejects.toMatchObject(full);
    }
    await expect(exported(store, 'parquet')).rejects.toMatchObject(full);
    // What goes by no file goes on.
    expect((await exported(store, 'ndjson')).split('\n')).toHaveLength(2_001);

    disk!.free();
    for (const format of formats) {
      expect(Math.abs((await text(store, sql, format)).length - lengths.get(format)!)).toBeLessThan(10);
    }
    expect((await exported(store, 'parquet')).slice(-4)).toBe('PAR1');
  },
);

async function exported(from: EventStore, format: ExportFormat): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of await from.exportTable(environment, 'events', format)) chunks.push(chunk);
  return Buffer.concat(chunks).toString('latin1');
}
