import { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readConfig } from '../../src/config.ts';
import type { ImportEvent } from '../../src/import/types.ts';
import { createServer, type Server } from '../../src/server.ts';
import { dataDirectory } from '../system/processes.ts';

let server: Server;

beforeAll(async () => {
  server = await createServer({
    config: readConfig({ ONYM_DATA_DIR: dataDirectory(), ONYM_ENVIRONMENTS: 'whole,broken' }),
  });
});
afterAll(() => server.stop());

const links = 1_300;

/** Out of order, with identifies between the links, and links that do not stand. */
const file = Array.from({ length: links }, (_, i) => {
  const seq = ((i * 7) % links) + 1;
  return JSON.stringify({
    seq,
    kind: seq % 3 === 0 ? 'identify' : 'alias',
    rule: seq % 3 === 0 ? 'identify' : 'alias',
    primary_id: `user_${seq % 90}`,
    secondary_id: seq === 900 ? 'apart' : `other_${seq}`,
    status: seq % 11 === 0 ? 'revoked' : 'active',
    time: '2026-01-01T00:00:00.000Z',
    primary_identified: seq % 90 < 45 ? 450 : null,
    secondary_identified: seq % 5 === 0 ? seq + 20 : null,
  });
}).join('\n');

async function imported(environment: string, until: (event: ImportEvent) => boolean): Promise<ImportEvent> {
  const options = { batch: 'moved', dryRun: false, restart: false, key: 'local' };
  let last: ImportEvent | null = null;
  for await (const event of server.services.imports.run(environment, Readable.from([Buffer.from(file)]), options)) {
    last = event;
    if (until(event)) break;
  }
  return last!;
}

test('stopped within a chunk and run again: as if it had not been', async () => {
  const source = { key: 'test', lib: null, batch: null, public: false };
  for (const environment of ['whole', 'broken']) {
    const apart = { op: 'separate', a: 'user_0', b: 'apart', timestamp: null, source } as const;
    await server.identityStore.commit(environment, [apart], Date.now());
  }
  expect(await imported('broken', ({ type }) => type === 'rejected')).toMatchObject({ error_code: 'separated' });
  const { head } = await server.identityStore.environment('broken');
  expect(head).toBeGreaterThan(500);
  const again = await imported('broken', () => false);
  const whole = await imported('whole', () => false);
  const { rows, counts, skipped, reasons } = whole as Extract<ImportEvent, { type: 'done' }>;
  expect(again).toMatchObject({ type: 'done', rows, counts, skipped, reasons, finished_before: false });
  expect([rows, skipped]).toEqual([links, { revoked: Math.floor(links / 11) }]);
  const people = async (environment: string) => {
    const { identifiers } = await server.identityStore.changes(environment, 0, 100_000);
    return identifiers.map(({ distinctId, canonicalId, known }) => `${distinctId} ${canonicalId} ${known}`).sort();
  };
  expect(await people('broken')).toEqual(await people('whole'));
});
