import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { createServer, type Server } from '../../src/server.ts';

/** An identity store from an older backup beside a newer event store: what queries see follows the ledger that is there. */

const directory = mkdtempSync(join(tmpdir(), 'onym-restore-'));
const config = readConfig({
  ONYM_DATA_DIR: directory,
  ONYM_ENVIRONMENTS: 'production',
  ONYM_INITIAL_SECRET_KEY: 'sk_restore_test',
});

afterAll(() => rmSync(directory, { recursive: true, force: true }));

async function withServer<T>(
  work: (post: (url: string, body: object) => Promise<unknown>, server: Server) => Promise<T>,
) {
  const server = await createServer({ config });
  try {
    return await work(async (url, payload) => {
      const headers = { authorization: 'Bearer sk_restore_test' };
      return (await server.app.inject({ method: 'POST', url, headers, payload })).json();
    }, server);
  } finally {
    await server.stop();
  }
}

const people = { sql: 'SELECT distinct_id, identity_id FROM events ORDER BY distinct_id', format: 'json' };
const known = { sql: 'SELECT distinct_id, known FROM identifiers ORDER BY distinct_id', format: 'json' };

test('what was folded into events, and what the older ledger has never heard of, is gone', async () => {
  const before = await withServer(async (post) => {
    await post('/track', [
      { event: 'e', distinct_id: 'anonymous-1' },
      { event: 'e', distinct_id: 'user_1' },
    ]);
    await post('/identify', { distinct_id: 'user_1' });
    return { people: await post('/v1/query', people), known: await post('/v1/query', known) };
  });
  const backup = join(directory, 'identity.backup');
  copyFileSync(join(directory, 'identity.db'), backup);
  await withServer(async (post, { eventStore }) => {
    await post('/alias', { distinct_id: 'user_1', alias_id: 'anonymous-1' });
    await post('/alias', { distinct_id: 'user_1', alias_id: 'crm:1' });
    await post('/v1/query', people);
    await eventStore.compact('production', Number.MAX_SAFE_INTEGER);
  });
  for (const suffix of ['-wal', '-shm']) rmSync(join(directory, `identity.db${suffix}`), { force: true });
  copyFileSync(backup, join(directory, 'identity.db'));
  const after = await withServer(async (post) => ({
    people: await post('/v1/query', people),
    known: await post('/v1/query', known),
  }));
  const rows = ({ data }: { data?: unknown }) => data;
  expect(rows(after.people as object)).toEqual(rows(before.people as object));
  expect(rows(after.known as object)).toEqual(rows(before.known as object));
  expect(rows(after.people as object)).toHaveLength(2);
});
