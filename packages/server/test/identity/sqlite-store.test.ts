import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
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
  cleanUp: async () => {},
});

afterAll(() => rmSync(directory, { recursive: true, force: true }));
