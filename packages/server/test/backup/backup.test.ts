import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createBackups } from '../../src/backup/backups.ts';
import { manifestName, unfinishedName } from '../../src/backup/manifest.ts';
import { restore } from '../../src/backup/restore.ts';
import { readConfig } from '../../src/config.ts';
import { restoringName } from '../../src/disk/data-directory.ts';
import { createServer, type Server } from '../../src/server.ts';
import { dataDirectory } from '../system/processes.ts';

/** One server with a little of everything; each test takes it to a directory of its own. */

const secret = 'sk_backup_tests';
const dataDir = dataDirectory();
let server: Server;

const configOf = (directory: string) =>
  readConfig({ ONYM_DATA_DIR: directory, ONYM_ENVIRONMENTS: 'production,shop', ONYM_INITIAL_SECRET_KEY: secret });

async function post(url: string, payload: object, { key = secret, on = server } = {}) {
  const headers = { authorization: `Bearer ${key}` };
  const { statusCode, body, headers: sent } = await on.app.inject({ method: 'POST', url, headers, payload });
  const texts = String(sent['content-type']).includes('ndjson') ? body.trim().split('\n') : [body];
  return { status: statusCode, lines: texts.map((text) => JSON.parse(text)) };
}
const backUp = (directory: string) => post('/v1/backup', { directory }, { key: server.localSecret });
const newDirectory = () => join(dataDirectory(), 'backup');

const never = new AbortController().signal;
const restoreTo = (backup: string, target: string) => restore(backup, target, { signal: never, report() {} });

/** The engine has one directory in a process. */
async function atRest(work: () => Promise<unknown>) {
  await server.stop();
  try {
    await work();
  } finally {
    server = await createServer({ config: configOf(dataDir) });
  }
}

const people =
  'SELECT distinct_id, identity_id, properties.n::Nullable(Int64) AS n FROM events ORDER BY distinct_id, n';
async function seen(on: Server) {
  const [answer] = (await post('/v1/query', { sql: people }, { on })).lines;
  return answer.data;
}

beforeAll(async () => {
  server = await createServer({ config: configOf(dataDir) });
  for (const year of [2023, 2024, 2025]) {
    const events = Array.from({ length: 20 }, (_, n) => ({
      event: 'e',
      distinct_id: n % 2 === 0 ? 'anonymous-1' : `visitor-${n}`,
      properties: { n: year * 100 + n },
      timestamp: `${year}-05-05T05:05:05Z`,
    }));
    await post('/track', events);
    await seen(server);
  }
  await post('/identify', { distinct_id: 'user_1', anonymous_id: 'anonymous-1', traits: { plan: 'pro' } });
  await post('/track', { event: 'e', distinct_id: 'x', environment: 'shop' });
  await post('/track', [{ event: 'odd' }]);
  await seen(server);
  // A folded identity must not outlive the ledger that it comes from.
  await server.eventStore.compact('production', Number.MAX_SAFE_INTEGER);
}, 60_000);
afterAll(() => server.stop());

describe('a backup', () => {
  test('is for the local key alone', async () => {
    const directory = newDirectory();
    expect(await post('/v1/backup', { directory })).toMatchObject({
      status: 403,
      lines: [{ error_code: 'forbidden' }],
    });
    expect(existsSync(directory)).toBe(false);
  });

  test.each([
    ['a relative path', () => 'backup', 'absolute'],
    ['the data directory', () => dataDir, 'one lies in the other'],
    ['a directory in it', () => join(dataDir, 'backup'), 'one lies in the other'],
    ['a directory in it, by another name', linkInto, 'one lies in the other'],
    ['a directory that holds files', () => withFile(), "holds files that are no backup's (mine.txt)"],
    ['where the kernel lets nobody make one', () => '/proc/onym/backup', 'give a directory'],
    ['a file', () => join(withFile(), 'mine.txt'), 'give a directory'],
  ])('is not written to %s', async (_, path, message) => {
    const { status, lines } = await backUp(path());
    expect({ status, ...lines[0] }).toMatchObject({ status: 400, message: expect.stringContaining(message) });
  });

  test('is not written over one that is finished, nor beside another that is under way', async () => {
    const directory = newDirectory();
    const [first, second] = await Promise.all([backUp(directory), backUp(newDirectory())]);
    expect([first, second].map(({ status }) => status).sort()).toEqual([200, 429]);
    const { status, lines } = await backUp(first.status === 200 ? directory : second.lines[0].directory);
    expect({ status, ...lines[0] }).toMatchObject({ status: 400, message: expect.stringContaining('finished backup') });
  });

  test('that was stopped goes on with the parts it has, and leaves out those that are gone', async () => {
    const directory = newDirectory();
    const backups = backupsOf();
    const stop = new AbortController();
    const run = backups.begin(directory).run({
      signal: stop.signal,
      report: ({ what, bytes }) =>
        void (what === 'events' && bytes > 0 && partsIn(directory).length > 1 && stop.abort()),
    });
    await expect(run).rejects.toThrow('aborted');
    expect(readdirSync(directory)).toContain(unfinishedName);
    expect(readdirSync(directory)).not.toContain(manifestName);
    const copied = partsIn(directory).filter((name) => !name.endsWith('.partial'));
    expect(copied.length).toBeGreaterThan(0);
    const inodes = () => copied.map((name) => statSync(join(directory, 'events/production', name)).ino);
    const before = inodes();
    mkdirSync(join(directory, 'events/production/2020_1_1_0'));
    appendFileSync(join(directory, unfinishedName), '{"torn');

    const again = backups.begin(directory);
    expect(again.resumed).toBe(true);
    await again.run({ signal: never, report() {} });
    expect(inodes()).toEqual(before);
    expect(partsIn(directory)).not.toContain('2020_1_1_0');
    await atRest(() => restoreTo(directory, newDirectory()));
  });

  test('leaves nothing of the engine behind in the data directory', async () => {
    await backUp(newDirectory());
    expect(existsSync(join(dataDir, 'events/data/shadow/onym'))).toBe(false);
  });
});

describe('a restore', () => {
  let backup: string;
  beforeAll(async () => {
    backup = newDirectory();
    mkdirSync(join(dataDir, 'scripts'), { recursive: true });
    writeFileSync(join(dataDir, pinned), 'of an earlier version, which pages pin');
    expect((await backUp(backup)).lines.at(-1)).toMatchObject({ type: 'done' });
  });
  const pinned = 'scripts/0123456789abcdef.js';

  test('brings back the scripts that pages pin', async () => {
    const target = newDirectory();
    await atRest(() => restoreTo(backup, target));
    expect(readFileSync(join(target, pinned), 'utf8')).toBe('of an earlier version, which pages pin');
  });

  test('brings back everybody as they were, and their events in every environment', async () => {
    const target = newDirectory();
    const expected = await seen(server);
    await atRest(async () => {
      await restoreTo(backup, target);
      const restored = await createServer({ config: configOf(target) });
      expect(await seen(restored)).toEqual(expected);
      const profile = await restored.services.people.identity('production', { id: 'anonymous-1', by: null }, {
        limit: 10,
        after: null,
      } as never);
      expect(profile).toMatchObject({ profile: { canonicalId: 'user_1' } });
      const { lines } = await post(
        '/v1/query',
        { sql: 'SELECT count() AS n FROM events', environment: 'shop' },
        { on: restored },
      );
      expect(lines[0].data).toEqual([{ n: 1 }]);
      await restored.stop();
    });
  });

  test('overwrites nothing', async () => {
    await expect(restoreTo(backup, dataDir)).rejects.toThrow('is not empty');
    const target = withFile();
    await expect(restoreTo(backup, target)).rejects.toThrow('is not empty (mine.txt)');
    expect(readdirSync(target)).toEqual(['mine.txt']);
  });

  test('that was interrupted keeps servers out, and begins anew', async () => {
    const target = newDirectory();
    const stop = new AbortController();
    const cut = restore(backup, target, {
      signal: stop.signal,
      report: ({ what }) => void (what === 'copied' && stop.abort()),
    });
    await expect(cut).rejects.toThrow('aborted');
    expect(readdirSync(target)).toContain(restoringName);
    await expect(createServer({ config: configOf(target) })).rejects.toThrow('has not ended. Run onym restore');
    await atRest(() => restoreTo(backup, target));
    expect(readdirSync(target)).not.toContain(restoringName);
  });

  test.each<[string, (backup: string) => void, string]>([
    ['a file that is missing', (at) => rmSync(join(at, 'keys.db')), 'keys.db is missing'],
    ['a file that is cut off', (at) => truncateSync(join(at, 'identity.db'), 4_096), 'identity.db has 4096 bytes'],
    ['a byte of an event that differs', (at) => flip(join(at, eventsFile(at))), 'is not what was written'],
    ['no manifest', (at) => rmSync(join(at, manifestName)), 'holds no finished backup'],
    ['a manifest that is spoilt', (at) => writeFileSync(join(at, manifestName), 'x'), 'is no manifest'],
    [
      'one of a version to come',
      (at) => edit(at, (manifest) => ({ ...manifest, format: 99 })),
      'that version or a later one',
    ],
    [
      'events of a version to come',
      (at) =>
        edit(at, ({ environments, ...rest }) => ({
          ...rest,
          environments: environments.map((one: object) => ({ ...one, events_migration: 99 })),
        })),
      'whose event store this version does not know',
    ],
  ])('refuses %s before it writes anything', async (_, spoil, message) => {
    const copy = newDirectory();
    cpSync(backup, copy, { recursive: true });
    spoil(copy);
    const target = newDirectory();
    await expect(restoreTo(copy, target)).rejects.toThrow(message);
    expect(existsSync(target)).toBe(false);
  });
});

function backupsOf() {
  return createBackups({
    dataDirectory: dataDir,
    files: [join(dataDir, 'identity.db'), join(dataDir, 'keys.db')],
    journalFile: join(dataDir, 'journal/journal.sqlite'),
    isShared: false,
    scriptsDirectory: join(dataDir, 'scripts'),
    identityStore: server.identityStore,
    eventStore: server.eventStore,
    drain: { still: (work) => work() },
    version: '0.0.0',
    now: Date.now,
  });
}

const partsIn = (directory: string) => readdirSync(join(directory, 'events/production'));

function linkInto(): string {
  const link = join(dataDirectory(), 'link');
  symlinkSync(dataDir, link);
  return join(link, 'backup');
}

function withFile(): string {
  const directory = dataDirectory();
  writeFileSync(join(directory, 'mine.txt'), 'mine');
  return directory;
}

const eventsFile = (backup: string): string => `events/production/${partsIn(backup)[0]}/data.bin`;

function flip(file: string): void {
  const bytes = readFileSync(file);
  bytes[bytes.length >> 1]! ^= 1;
  writeFileSync(file, bytes);
}

// biome-ignore lint/suspicious/noExplicitAny: a manifest that may be anything is what is tested
function edit(backup: string, change: (manifest: any) => object): void {
  const file = join(backup, manifestName);
  writeFileSync(`${file}.new`, JSON.stringify(change(JSON.parse(readFileSync(file, 'utf8')))));
  renameSync(`${file}.new`, file);
}
