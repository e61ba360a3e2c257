import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Database, migrate, openDatabase } from '../../src/disk/sqlite.ts';
import { openSqliteKeyTable } from '../../src/keys/sqlite/table.ts';
import { createKeyStore } from '../../src/keys/store.ts';
import { allScopes, type KeyStore } from '../../src/keys/types.ts';

let directory: string;
let file: string;
const open: { close(): unknown }[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'onym-migration-'));
  file = join(directory, 'keys.db');
});

afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
  rmSync(directory, { recursive: true });
});

const store = (): KeyStore => {
  const opened = createKeyStore(openSqliteKeyTable(file));
  open.push(opened);
  return opened;
};

const database = (): Database => {
  const opened = openDatabase(file);
  open.push(opened);
  return opened;
};

const versionOf = (opened: Database) => opened.pragma('user_version', { simple: true });

/** keys.db as it was before its steps were numbered: a secret key's scopes meant nothing. */
function writeOldKeys(keys: readonly { name: string; kind: string; scopes: string[]; revoked?: number }[]): void {
  const old = database();
  old.exec(`CREATE TABLE key (
    name TEXT NOT NULL PRIMARY KEY, kind TEXT NOT NULL, hash BLOB NOT NULL UNIQUE, scopes TEXT NOT NULL,
    environments TEXT NOT NULL, initial INTEGER NOT NULL, created_at INTEGER NOT NULL, last_used_at INTEGER,
    revoked_at INTEGER) STRICT`);
  const insert = old.prepare('INSERT INTO key VALUES (?, ?, ?, ?, ?, ?, ?, NULL, ?)');
  for (const { name, kind, scopes, revoked } of keys) {
    const hash = createHash('sha256').update(`secret of ${name}`).digest();
    const environments = JSON.stringify(['production', 'qa']);
    insert.run(
      name,
      kind,
      hash,
      JSON.stringify(scopes),
      environments,
      name.startsWith('ONYM') ? 1 : 0,
      1,
      revoked ?? null,
    );
  }
  old.close();
  open.pop();
}

const publishable = ['track', 'identify', 'alias'];

describe('an old keys.db', () => {
  it('keeps its keys with the rights they have', async () => {
    writeOldKeys([
      { name: 'ONYM_WRITE_KEY', kind: 'publishable', scopes: publishable },
      { name: 'ONYM_SECRET_KEY', kind: 'secret', scopes: publishable },
      { name: 'beacon', kind: 'publishable', scopes: ['track'] },
      { name: 'etl', kind: 'secret', scopes: ['track'] },
      { name: 'gone', kind: 'secret', scopes: publishable, revoked: 5 },
    ]);
    const keys = store();
    const may = (name: string) => keys.authenticate(`secret of ${name}`)?.scopes;
    expect(may('ONYM_WRITE_KEY')).toEqual(publishable);
    expect(may('ONYM_SECRET_KEY')).toEqual(allScopes);
    expect(may('beacon')).toEqual(['track']);
    expect(may('etl')).toEqual(allScopes);
    expect(may('gone')).toBeUndefined();
    expect((await keys.list()).map(({ name, revokedAt }) => [name, revokedAt])).toContainEqual(['gone', 5]);

    // Its environments are known before the next start.
    const made = await keys.create({ name: 'new', kind: 'secret', environments: ['qa'], scopes: ['query'] });
    expect(made.key.scopes).toEqual(['query']);
    const start = { initialKeys: { writeKey: 'pk_other', secretKey: 'sk_other' }, environments: ['production'] };
    expect(await keys.start(start)).toEqual({ isFirst: false, made: { writeKey: null, secretKey: null } });
    expect(keys.authenticate('sk_other')).toBeNull();
    expect(may('ONYM_SECRET_KEY')).toEqual(allScopes);
  });

  it('is brought up to date once, also by two processes together', async () => {
    writeOldKeys([{ name: 'etl', kind: 'secret', scopes: [] }]);
    const [one, other] = [store(), store()];
    await one.restrict('etl', { scopes: ['read'] });
    await other.close();
    open.splice(1, 1);
    expect((await store().list())[0]?.scopes).toEqual(['read']);
    expect(versionOf(database())).toBe(4);
  });

  it('of a newer version is refused', () => {
    store();
    database().pragma('user_version = 99');
    expect(() => openSqliteKeyTable(file)).toThrow(
      'keys.db was written by a newer Onym (schema 99, this one knows 4). Start that version, or restore a backup.',
    );
  });
});

describe('migrate', () => {
  const add = "INSERT INTO t VALUES ('again')";
  const count = (opened: Database) => opened.prepare<[], number>('SELECT count(*) FROM t').pluck().get();

  it('takes each step once, in order', () => {
    const opened = database();
    migrate(opened, ['CREATE TABLE t (a TEXT)']);
    migrate(opened, ['CREATE TABLE t (a TEXT)', add, (given) => given.exec(add)]);
    migrate(opened, ['CREATE TABLE t (a TEXT)', add, (given) => given.exec(add)]);
    expect([count(opened), versionOf(opened)]).toEqual([2, 3]);
  });

  it('leaves nothing of a step that fails', () => {
    const opened = database();
    const steps = ['CREATE TABLE t (a TEXT)', `${add}; INSERT INTO nowhere VALUES (1)`];
    expect(() => migrate(opened, steps)).toThrow('nowhere');
    expect([count(opened), versionOf(opened)]).toEqual([0, 1]);
    migrate(opened, [steps[0]!, add]);
    expect(count(opened)).toBe(1);
  });

  it('writes nothing to a file that is up to date', () => {
    const opened = database();
    migrate(opened, ['CREATE TABLE t (a TEXT)']);
    const holder = database();
    holder.exec('BEGIN IMMEDIATE');
    // Would wait for the lock, and fail.
    opened.pragma('busy_timeout = 0');
    migrate(opened, ['CREATE TABLE t (a TEXT)']);
    expect(() => migrate(opened, ['CREATE TABLE t (a TEXT)', add])).toThrow(/locked/);
    holder.exec('ROLLBACK');
  });
});
