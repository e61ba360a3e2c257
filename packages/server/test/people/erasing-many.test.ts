import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Server } from '../../src/server.ts';
import { onym } from '../system/processes.ts';
import { clientOf, differencesOf, startServer, temporaryDirectory } from './support.ts';

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let server: Server;
let api: ReturnType<typeof clientOf>;

beforeAll(async () => {
  directory = await temporaryDirectory();
  server = await startServer(directory.path);
  api = clientOf(server);
});
afterAll(async () => {
  await server.stop();
  await directory.remove();
});

async function eraseAll(body: object, query = '') {
  const { status, text } = await api.call('POST', `/v1/erasures${query}`, body);
  return {
    status,
    lines: text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
  };
}

/** So many people, each with a visitor's past and a trait; and their events, in years that have parts of their own. */
async function people(prefix: string, count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, (_, n) => `${prefix}_${n}`);
  await api.post(
    '/identify',
    ids.map((id) => ({ distinct_id: id, anonymous_id: `anonymous-${id}`, traits: { n: id } })),
  );
  await api.post(
    '/track',
    ids.flatMap((id, n) => [
      { event: 'seen', distinct_id: id, timestamp: `${2020 + (n % 3)}-01-01T00:00:00Z` },
      { event: 'seen', distinct_id: `anonymous-${id}` },
    ]),
  );
  return ids;
}

const eventsLeft = async () => (await api.query('SELECT count() AS n FROM events'))[0].n;

test('erases each of a list, with a receipt, by one rewrite of the events, and nobody else', async () => {
  const ids = await people('user', 300);
  await api.track('bystander', { device_id: 'user_7' });
  await api.post('/track', [{ event: 'odd', distinct_ids: 'user_3' }]);
  let rewrites = 0;
  const erase = server.eventStore.erase;
  server.eventStore.erase = (...given) => {
    rewrites++;
    return erase(...given);
  };

  const asked = ['user_0', 'anonymous-user_0', 'nobody', ...ids.slice(1, 250)];
  const preview = await eraseAll({ distinct_ids: asked }, '?dry_run=true');
  expect(preview.lines.at(-1)).toEqual({ type: 'done', dry_run: true, erased: 250, not_found: 1, same_person: 1 });
  expect([rewrites, await eventsLeft()]).toEqual([0, 601]);

  const { status, lines } = await eraseAll({ distinct_ids: asked });
  expect(status).toBe(200);
  expect(lines.at(-1)).toEqual({ type: 'done', dry_run: false, erased: 250, not_found: 1, same_person: 1 });
  expect(lines[0]).toMatchObject({
    type: 'erased',
    distinct_id: 'user_0',
    receipt: { identifiers: 2, events: 2, links: 1, traits: 1, dead_letters: 0 },
  });
  expect(lines.find(({ distinct_id }) => distinct_id === 'user_3').receipt.dead_letters).toBe(1);
  expect(lines.find(({ type }) => type === 'same_person')).toEqual({
    type: 'same_person',
    distinct_id: 'anonymous-user_0',
    erased_with: 'user_0',
  });
  const erased = lines.filter(({ type }) => type === 'erased');
  expect(new Set(erased.map(({ receipt }) => receipt.id)).size).toBe(250);
  // Once for all of them, and once to see that nothing came after it.
  expect(rewrites).toBe(2);
  server.eventStore.erase = erase;

  expect(await eventsLeft()).toBe(101);
  expect(await api.query("SELECT device_id FROM events WHERE distinct_id = 'bystander'")).toEqual([
    { device_id: null },
  ]);
  expect((await api.identity('user_7')).error_code).toBe('not-found');
  expect(await api.identity('user_260')).toMatchObject({ canonical_id: 'user_260', event_count: 2 });
  expect(await server.identityStore.pendingErasures('production')).toEqual([]);
  expect(await differencesOf(server)).toEqual([]);
}, 60_000);

test('a stranger who comes with an erased id meanwhile is left alone', async () => {
  const ids = await people('again', 60);
  const given = server.services.people.eraseAll('production', ids, {
    dryRun: false,
    source: { key: null, lib: null, batch: null, public: false },
  });
  const first = await given.next();
  expect(first.value.distinctId).toBe('again_0');
  await new Promise((resolve) => setTimeout(resolve, 5));
  await api.identify('again_0', undefined, { back: true });
  await api.track('again_0');
  for await (const _ of given);
  expect(await api.identity('again_0')).toMatchObject({ event_count: 1, traits: { back: true } });
  expect((await api.identity('again_1')).error_code).toBe('not-found');
  expect(await differencesOf(server)).toEqual([]);
});

test('who leaves before the end has those erased in whole that were begun', async () => {
  const ids = await people('leaver', 60);
  const given = server.services.people.eraseAll('production', ids, {
    dryRun: false,
    source: { key: null, lib: null, batch: null, public: false },
  });
  await given.next();
  await given.return(undefined);
  expect(await server.identityStore.pendingErasures('production')).toEqual([]);
  expect((await api.identity('leaver_0')).error_code).toBe('not-found');
  expect(await api.identity('leaver_59')).toMatchObject({ event_count: 2 });
});

test('where the events can not be removed it says so, and the next start completes it', async () => {
  const ids = await people('cut', 3);
  server.eventStore.erase = async () => {
    throw new Error('the event store is away');
  };
  const { status, lines } = await eraseAll({ distinct_ids: ids });
  expect(status).toBe(200);
  expect(lines.map(({ type }) => type)).toEqual(['erased', 'erased', 'erased', 'error']);
  expect(lines.at(-1)).toMatchObject({ error_code: 'event-store-unavailable' });
  expect(await server.identityStore.pendingErasures('production')).toHaveLength(3);
  await server.stop();
  server = await startServer(directory.path);
  api = clientOf(server);
  expect(await server.identityStore.pendingErasures('production')).toEqual([]);
  expect(await api.query("SELECT count() AS n FROM events WHERE distinct_id LIKE 'cut%'")).toEqual([{ n: 0 }]);
  expect(await differencesOf(server)).toEqual([]);
});

test.each([
  [{ distinct_ids: [] }, 400],
  [{ distinct_ids: ['a', { b: 1 }] }, 400],
  [{ distinct_ids: ['\u0000'] }, 422],
  [{ distinct_ids: Array.from({ length: 10_001 }, (_, n) => `u${n}`) }, 400],
  [{ distinct_ids: ['a'], environment: 'nowhere' }, 422],
])('refuses %#', async (body, status) => {
  expect((await eraseAll(body)).status).toBe(status);
});

test('takes thousands at once, whatever is in the ids', async () => {
  const ids = Array.from({ length: 600 }, (_, n) => `many-'\\${n}`);
  for (let n = 0; n < ids.length; n += 300) {
    await api.post(
      '/track',
      ids.slice(n, n + 300).map((distinct_id) => ({ event: 'many', distinct_id })),
    );
  }
  const { lines } = await eraseAll({ distinct_ids: ids });
  expect(lines.at(-1)).toMatchObject({ type: 'done', erased: 600 });
  expect(await api.query("SELECT count() AS n FROM events WHERE event = 'many'")).toEqual([{ n: 0 }]);
}, 120_000);

test('onym erase --file: counts, erases, keeps the receipts, and goes on with those that have none', async () => {
  await people('file', 4);
  await server.stop();
  const file = `${directory.path}-ids.csv`;
  const receipts = `${file}.receipts.ndjson`;
  try {
    writeFileSync(file, 'distinct_id,why\nfile_0,asked\nfile_1,asked\nnobody,asked\n');
    const run = (...args: string[]) => onym(['erase', '--file', file, ...args], { ONYM_DATA_DIR: directory.path });
    const preview = await run('--dry-run', '--json');
    expect(JSON.parse(preview.stdout)).toMatchObject({ dry_run: true, erased: 2, not_found: 1, sums: { events: 4 } });
    expect(existsSync(receipts)).toBe(false);
    expect(await run()).toMatchObject({ code: 2, stderr: expect.stringContaining('--yes') });
    expect(await run('--yes')).toMatchObject({ code: 0, stdout: expect.stringContaining('people') });
    const kept = readFileSync(receipts, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(kept.map(({ distinct_id }) => distinct_id)).toEqual(['file_0', 'file_1']);
    writeFileSync(file, 'distinct_id\nfile_0\nfile_1\nfile_2\n');
    const again = await run('--yes', '--json');
    expect(again.stderr).toContain('2 have a receipt already');
    expect(JSON.parse(again.stdout)).toMatchObject({ erased: 1, not_found: 0 });
    writeFileSync(file, 'user\nx\n');
    expect(await run('--yes')).toMatchObject({ code: 2, stderr: expect.stringContaining('no column distinct_id') });
    expect(await onym(['erase', '--yes'])).toMatchObject({ code: 2, stderr: expect.stringContaining('--file') });
  } finally {
    rmSync(file, { force: true });
    rmSync(receipts, { force: true });
    server = await startServer(directory.path);
    api = clientOf(server);
  }
}, 60_000);
