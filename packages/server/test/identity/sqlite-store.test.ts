import { copyFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultSettings } from '@onym/core';
import { afterAll, expect, it } from 'vitest';
import { openDatabase } from '../../src/disk/sqlite.ts';
import { openSqliteStore } from '../../src/identity/sqlite/store.ts';
import type { IdentityStore } from '../../src/identity/store.ts';
import { describeIdentityStore } from './conformance.ts';

const directory = mkdtempSync(join(tmpdir(), 'onym-identity-'));
const files = new Map<IdentityStore, string>();
let count = 0;

function open(file: string): IdentityStore {
  const store = openSqliteStore(file);
  files.set(store, file);
  return store;
}

describeIdentityStore('SQLite', {
  open: async () => open(join(directory, `identity-${count++}.db`)),
  reopen: async (store) => {
    await store.close();
    return open(files.get(store)!);
  },
  async kill(store) {
    // The files as they are at this moment are what a killed process leaves.
    const [file, left] = [files.get(store)!, join(directory, `identity-${count++}.db`)];
    for (const part of ['', '-wal']) copyFileSync(file + part, left + part);
    await store.close();
    return open(left);
  },
  cleanUp: async () => {},
});

it('removes what a copy was kept in', async () => {
  const scratchDirectory = mkdtempSync(join(directory, 'copies-'));
  const store = openSqliteStore(join(directory, `identity-${count++}.db`), { scratchDirectory });
  const copies = [await store.scratch(), await store.scratch()];
  expect(readdirSync(scratchDirectory)).toHaveLength(2);
  for (const copy of copies) await copy.close();
  expect(readdirSync(scratchDirectory)).toEqual([]);
  await store.close();
  await expect(store.scratch()).rejects.toThrow();
  expect(readdirSync(scratchDirectory)).toEqual([]);
});

afterAll(() => rmSync(directory, { recursive: true, force: true }));

it('tells a projection late of identities of traits alone that an older version did not retire', async () => {
  const file = join(directory, `identity-${count++}.db`);
  const source = { key: null, lib: null, batch: null, public: false };
  const said = { op: 'identify', timestamp: null, source } as const;
  const older = openSqliteStore(file);
  await older.prepare('e', defaultSettings, 0);
  const traits = [{ key: 'plan', value: 'pro', kind: 'plain' }] as const;
  await older.commit('e', [{ ...said, distinctId: 'visitor-1', anonymous: true, anonymousId: null, traits }], 1);
  await older.commit('e', [{ ...said, distinctId: 'ann', anonymousId: 'visitor-1', traits: [] }], 2);
  await older.close();
  const database = openDatabase(file);
  database.exec(`UPDATE identifier SET flags = flags & ~4 WHERE distinct_id = 'visitor-1'; PRAGMA user_version = 4;
    DROP TABLE matching_key; DROP TABLE matching_value`);
  database.close();

  const store = openSqliteStore(file);
  const { head } = await store.environment('e');
  expect((await store.changes('e', head, 10)).retired).toEqual([]);
  await store.commit('e', [{ ...said, distinctId: 'bob', anonymousId: null, traits: [] }], 3);
  expect((await store.changes('e', head, 10)).retired).toEqual(['visitor-1']);
  await store.close();
});
