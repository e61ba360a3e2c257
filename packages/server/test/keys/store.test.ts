import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '../../src/disk/sqlite.ts';
import { openSqliteSessionTable } from '../../src/keys/sqlite/session-table.ts';
import { openSqliteKeyTable } from '../../src/keys/sqlite/table.ts';
import { createKeyStore } from '../../src/keys/store.ts';
import { describeKeyStore } from './conformance.ts';
import { describeSessions } from './sessions.ts';

const emptyFile = () => {
  const directory = mkdtempSync(join(tmpdir(), 'onym-keys-'));
  return { file: join(directory, 'keys.db'), remove: async () => rmSync(directory, { recursive: true }) };
};

describeKeyStore('keys in a file', async () => {
  const { file, remove } = emptyFile();
  return {
    open: async (now) => createKeyStore(openSqliteKeyTable(file, { now }), { now }),
    content: async () => readFileSync(file, 'latin1'),
    remove,
  };
});

describeSessions('sessions in a file', async () => {
  const { file, remove } = emptyFile();
  return {
    open: async (now) => ({
      keys: createKeyStore(openSqliteKeyTable(file, { now }), { now }),
      table: openSqliteSessionTable(file),
    }),
    async content() {
      const database = openDatabase(file);
      const rows = database.prepare('SELECT hex(hash), * FROM session').all();
      database.close();
      return JSON.stringify(rows);
    },
    remove,
  };
});
