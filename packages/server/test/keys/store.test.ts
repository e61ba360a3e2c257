import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteKeyTable } from '../../src/keys/sqlite/table.ts';
import { createKeyStore } from '../../src/keys/store.ts';
import { describeKeyStore } from './conformance.ts';

describeKeyStore('keys in a file', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'onym-keys-'));
  const file = join(directory, 'keys.db');
  return {
    open: async (now) => createKeyStore(openSqliteKeyTable(file, { now }), { now }),
    content: async () => readFileSync(file, 'latin1'),
    remove: async () => rmSync(directory, { recursive: true }),
  };
});
