import { expect, onTestFinished, test, vi } from 'vitest';
import { type Database, isStorageFull, toStorageError } from '../../src/disk/sqlite.ts';
import { openJournal } from '../../src/journal/journal.ts';
import { temporaryDirectory } from './directories.ts';
import { eventOf } from './fakes.ts';

const opened = vi.hoisted(() => [] as unknown[]);

vi.mock('../../src/disk/sqlite.ts', async (importOriginal) => {
  const original = await importOriginal<typeof import('../../src/disk/sqlite.ts')>();
  const openDatabase: typeof original.openDatabase = (...parameters) => {
    const database = original.openDatabase(...parameters);
    opened.push(database);
    return database;
  };
  return { ...original, openDatabase };
});

test('a full disk refuses with a time to come again, keeps nothing of the call, and is forgotten once there is room', async () => {
  const journal = openJournal({ directory: temporaryDirectory() });
  onTestFinished(() => journal.close());
  const database = opened.at(-1) as Database;
  const large = { properties: { text: 'x'.repeat(100_000) } };
  await journal.append('production', [eventOf(1)]);
  const bytes = journal.bytes();

  // The driver's own answer to a disk without room: SQLITE_FULL.
  database.pragma(`max_page_count = ${database.pragma('page_count', { simple: true })}`);
  const results = await Promise.allSettled([
    journal.append('production', [eventOf(2, large)]),
    journal.append('staging', [eventOf(3, large)]),
  ]);
  for (const result of results) {
    expect(result).toMatchObject({
      status: 'rejected',
      reason: {
        code: 'storage-full',
        status: 503,
        retryAfterSeconds: expect.any(Number),
        cause: { code: 'SQLITE_FULL' },
      },
    });
  }
  expect(journal.bytes()).toBe(bytes);
  expect(journal.failing()).toBe(true);
  expect(journal.environments()).toEqual(['production']);
  expect(() => journal.begin('staging', journal.head(), 0)).not.toThrow();

  database.pragma('max_page_count = 100000');
  await journal.append('production', [eventOf(4, large)]);
  expect(journal.failing()).toBe(false);
  const drain = journal.begin('production', journal.head(), 0)!;
  expect(drain.to).toBe(2);
  expect(journal.next('production', drain.first, drain.last)?.events).toEqual([eventOf(4, large)]);
});

test('whether there is room again can be tried without an event', async () => {
  const journal = openJournal({ directory: temporaryDirectory() });
  onTestFinished(() => journal.close());
  const database = opened.at(-1) as Database;
  const large = { properties: { text: 'x'.repeat(100_000) } };
  database.pragma(`max_page_count = ${database.pragma('page_count', { simple: true })}`);
  await expect(journal.append('production', [eventOf(1, large)])).rejects.toThrow('full');
  expect(journal.failing()).toBe(true);
  database.pragma('max_page_count = 100000');
  await journal.tryWrite();
  expect([journal.failing(), journal.bytes(), journal.environments()]).toEqual([false, 0, []]);
  await journal.append('production', [eventOf(2, large)]);
  await journal.close();
  await expect(journal.tryWrite()).rejects.toThrow('stopping');
});

test('only a lack of room is storage-full', () => {
  for (const code of ['SQLITE_FULL', 'ENOSPC', 'EDQUOT', 'SQLITE_IOERR_SHMSIZE']) {
    expect(isStorageFull(Object.assign(new Error('no'), { code }))).toBe(true);
  }
  const other = Object.assign(new Error('no'), { code: 'SQLITE_BUSY' });
  expect(toStorageError(other)).toBe(other);
  expect(isStorageFull(null)).toBe(false);
});
