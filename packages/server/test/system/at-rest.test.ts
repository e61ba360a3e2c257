import { createHash } from 'node:crypto';
import { chownSync, lchownSync, lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { openDatabase } from '../../src/disk/sqlite.ts';
import { otherUser } from './other-user.ts';
import { dataDirectory, onym, type ServeOptions, type Server, serve, type User } from './processes.ts';

/** Commands on a data directory that no server runs on. */

interface Entry {
  readonly owner: number;
  readonly contents: string;
}

/** Every file below a directory. */
function filesOf(directory: string): Map<string, Entry> {
  const files = new Map<string, Entry>();
  for (const name of readdirSync(directory, { recursive: true, encoding: 'utf8' }).sort()) {
    const file = join(directory, name);
    const stats = lstatSync(file);
    const contents = stats.isFile() ? createHash('sha256').update(readFileSync(file)).digest('hex') : '';
    files.set(name, { owner: stats.uid, contents });
  }
  return files;
}

const ownersOf = (directory: string) => new Set([...filesOf(directory).values()].map(({ owner }) => owner));

/** A server that has seen some calls, with guard rails and an environment that a shell does not know. */
async function served(options: ServeOptions = {}): Promise<Server> {
  const server = await serve({
    ...options,
    variables: {
      ONYM_WRITE_KEY: undefined,
      ONYM_ENVIRONMENTS: 'production,shop',
      ONYM_SETTINGS: JSON.stringify({ production: { identifiersPerTypeMax: { stripe: 1 } } }),
    },
  });
  await server.api.posted('/identify', { distinct_id: 'user_1', anonymous_id: 'anonymous-1', traits: { plan: 'pro' } });
  await server.api.posted('/alias', { distinct_id: 'user_1', alias_id: 'stripe:1' });
  await server.api.posted('/alias', { distinct_id: 'user_1', alias_id: 'stripe:2' });
  await server.api.posted('/track', { event: 'e', distinct_id: 'user_1' });
  return server;
}

const readingCommands: readonly (readonly string[])[] = [
  ['resolve', 'user_1', 'nobody'],
  ['resolve', '-e', 'shop', 'user_1'],
  ['explain', 'user_1', 'stripe:2'],
  ['lint'],
  ['keys', 'list'],
];
/** They ask the event store, whose engine writes files of its own wherever it is opened. */
const askingCommands: readonly (readonly string[])[] = [
  ['query', 'SELECT count() FROM events'],
  ['export', 'events'],
  ['review'],
  ['export-person', 'user_1', '--by', 'distinct_id'],
  ['verify'],
  ['split', 'user_1', 'stripe:1', '--dry-run'],
  ['erase', 'user_1', '--by', 'distinct_id', '--dry-run'],
];
const changingCommands: readonly (readonly string[])[] = [
  ['separate', 'a', 'b'],
  ['lift', 'a', 'b'],
  ['split', 'user_1', 'stripe:1'],
  ['approve', '3'],
  ['reject', '3'],
  ['revert', '--batch', 'none'],
  ['erase', 'user_1', '--by', 'distinct_id', '--yes'],
  ['import', 'ids.csv'],
  ['keys', 'create', 'shop', '-e', 'production'],
  ['keys', 'revoke', 'ONYM_SECRET_KEY'],
];

describe('what only reads', () => {
  let dataDir: string;
  beforeAll(async () => {
    const server = await served();
    dataDir = server.dataDir;
    await server.stop();
  });
  const run = (args: readonly string[]) => onym(args, { ONYM_DATA_DIR: dataDir });

  test('leaves every byte as it was, where it needs no events', async () => {
    const before = filesOf(dataDir);
    for (const args of readingCommands) {
      const { code, stderr } = await run(args);
      expect({ args, stderr, done: code === 0 || code === 1 }).toEqual({ args, stderr: '', done: true });
    }
    expect(filesOf(dataDir)).toEqual(before);
  });

  test('leaves all but the files of the engine as it was, where it does', async () => {
    const outside = () => [...filesOf(dataDir)].filter(([name]) => !name.startsWith('events/'));
    const before = outside();
    for (const args of askingCommands) {
      const { code, stderr } = await run(args);
      expect({ args, code, stderr }).toEqual({ args, code: 0, stderr: '' });
    }
    expect(outside()).toEqual(before);
  });

  test('asks the environments that are there, and makes none', async () => {
    const shop = await run(['query', '-e', 'shop', '--format', 'csv', 'SELECT count() AS n FROM events']);
    expect(shop).toMatchObject({ code: 0, stdout: '"n"\n0\n' });
    const staging = await run(['resolve', '-e', 'staging', 'x']);
    expect(staging).toMatchObject({ code: 2, stderr: expect.stringContaining('"staging"') });
  });
});

test('what changes goes by the guard rails of the directory, and leaves them', async () => {
  const server = await served();
  const { dataDir } = server;
  await server.stop();
  const folder = dataDirectory();
  const file = join(folder, 'ids.csv');
  writeFileSync(file, 'distinct_id,alias_id\nuser_1,stripe:3\n');
  const { code, stdout } = await onym(['import', file, '--json'], { ONYM_DATA_DIR: dataDir });
  expect([code, JSON.parse(stdout).reasons]).toEqual([1, { 'too-many-of-type': 1 }]);

  const store = openDatabase(join(dataDir, 'identity.db'), { readonly: true });
  const settings = store.prepare('SELECT count(*) AS n FROM settings WHERE seq > 0').pluck().get();
  const environments = store.prepare('SELECT name FROM environment ORDER BY id').pluck().all();
  store.close();
  expect({ settings, environments }).toEqual({ settings: 1, environments: ['production', 'shop'] });
});

test('events that a server which was killed had not drained are found', async () => {
  const server = await served();
  const { dataDir } = server;
  await server.api.posted('/track', { event: 'late', distinct_id: 'user_1' });
  await server.kill();
  expect(await onym(['resolve', 'stripe:1'], { ONYM_DATA_DIR: dataDir })).toMatchObject({ code: 0 });
  const rows = await onym(['query', '--format', 'csv', 'SELECT event FROM events ORDER BY event'], {
    ONYM_DATA_DIR: dataDir,
  });
  expect(rows).toMatchObject({ code: 0, stdout: '"event"\n"e"\n"late"\n' });
});

describe('as another user than the owner', () => {
  const owned = (user: User): string => {
    const dataDir = dataDirectory();
    chownSync(dataDir, user.uid, user.gid);
    return dataDir;
  };

  test('every command, and serve, says so, and does nothing', async (context) => {
    const user = otherUser();
    if (user === null) return context.skip('It needs another user.');
    const server = await served({ dataDir: owned(user), user });
    const { dataDir } = server;
    await server.stop();
    const before = filesOf(dataDir);
    const commands = [...readingCommands, ...askingCommands, ...changingCommands, ['serve', '--port', '0']];
    const folder = dataDirectory();
    writeFileSync(join(folder, 'ids.csv'), 'distinct_id,alias_id\na,b\n');
    for (let from = 0; from < commands.length; from += 4) {
      await Promise.all(
        commands.slice(from, from + 4).map(async (args) => {
          const line = args.map((arg) => (arg === 'ids.csv' ? join(folder, arg) : arg));
          const { code, stdout, stderr } = await onym(line, { ONYM_DATA_DIR: dataDir });
          expect({ args, code, stdout }).toEqual({ args, code: 2, stdout: '' });
          expect(stderr).toMatch(/^onym: The data directory .* belongs to .* sudo -u \S+ onym [^\n]*\n$/);
        }),
      );
    }
    expect(filesOf(dataDir)).toEqual(before);
    expect(readdirSync(folder)).toEqual(['ids.csv']);

    // The owner's own leave nothing that is not the owner's, and the next start finds it so.
    for (const args of [['query', 'SELECT 1'], ['verify'], ['keys', 'list']]) {
      expect(await onym(args, { ONYM_DATA_DIR: dataDir }, { user })).toMatchObject({ code: 0, stderr: '' });
    }
    expect(ownersOf(dataDir)).toEqual(new Set([user.uid]));
    const again = await serve({ dataDir, user });
    expect((await again.stop()).code).toBe(0);
  });

  test('root asks a server that runs; what opens the directory itself is refused beside it too', async (context) => {
    const user = otherUser();
    if (user === null) return context.skip('It needs another user.');
    const server = await served({ dataDir: owned(user), user });
    const { dataDir } = server;
    const asRoot = (...args: string[]) => onym(args, { ONYM_DATA_DIR: dataDir });
    expect(await asRoot('query', '--format', 'csv', 'SELECT count() AS n FROM events')).toMatchObject({
      code: 0,
      stdout: '"n"\n1\n',
    });
    expect(await asRoot('separate', 'a', 'b')).toMatchObject({ code: 0 });
    for (const args of [['verify'], ['keys', 'list']]) {
      expect(await asRoot(...args)).toMatchObject({ code: 2, stderr: expect.stringContaining('sudo -u') });
    }
    expect((await server.stop()).code).toBe(0);
    expect(ownersOf(dataDir)).toEqual(new Set([user.uid]));
  });

  test("what root has left there is told to the owner, with the way back; others' files beside it are no matter", async (context) => {
    const user = otherUser();
    if (user === null) return context.skip('It needs another user.');
    const server = await served({ dataDir: owned(user), user });
    const { dataDir } = server;
    await server.stop();
    writeFileSync(join(dataDir, 'notes.txt'), 'a copy that root made');
    expect((await (await serve({ dataDir, user })).stop()).code).toBe(0);
    const left = join(dataDir, 'events', 'data', 'metadata_dropped');
    mkdirSync(left, { recursive: true });
    lchownSync(left, 0, 0);
    for (const args of [
      ['serve', '--port', '0'],
      ['query', 'SELECT 1'],
    ]) {
      const { code, stderr } = await onym(args, { ONYM_DATA_DIR: dataDir }, { user });
      expect({ args, code, stderr }).toEqual({
        args,
        code: 2,
        stderr: expect.stringMatching(new RegExp(`^onym: ${left} belongs to .* sudo chown -R \\S+ ${dataDir}\\n$`)),
      });
    }
    lchownSync(left, user.uid, user.gid);
    expect((await (await serve({ dataDir, user })).stop()).code).toBe(0);
  });
});
