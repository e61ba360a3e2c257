import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { makeUsable } from '../../src/disk/usable-directory.ts';
import { openJournal } from '../../src/journal/journal.ts';
import { createServer } from '../../src/server.ts';
import { eventOf } from '../journal/fakes.ts';
import { eventually } from './client.ts';
import { otherUser } from './other-user.ts';
import { dataDirectory, onym, serve, startServe, type User } from './processes.ts';
import { mountSmallDisk } from './small-disk.ts';

/** What a server makes of the directory it is given, and what stops it before it serves. */

/** The start ends with 2, and with one line. */
async function refusedStart(dataDir: string, user?: User): Promise<string> {
  const { code, signal, stdout, stderr } = await startServe({ dataDir, user }).ended;
  expect({ dataDir, code, signal, stdout }).toEqual({ dataDir, code: 2, signal: null, stdout: '' });
  expect(stderr).toMatch(/^onym: The data directory [^\n]*\n$/);
  return stderr;
}

describe('a directory that can not be used: one line that says why and what to do', () => {
  const elsewhere = /Give another one with --data-dir or ONYM_DATA_DIR\.\n$/;

  test.runIf(process.platform === 'linux')('where the kernel lets nobody make one', async () => {
    for (const path of ['/proc/x', '/proc/x/y']) {
      const said = await refusedStart(path);
      expect(said).toContain("it can't be made there");
      expect(said).toMatch(elsewhere);
    }
  });

  test('a file, a path through one, a link to nowhere, a circle, a path that is too long', async () => {
    const folder = dataDirectory();
    const at = (name: string) => join(folder, name);
    writeFileSync(at('file'), 'mine');
    symlinkSync(at('nowhere/at/all'), at('link'));
    symlinkSync(at('circle'), at('circle'));
    const wrong: [path: string, why: string][] = [
      [at('file'), 'it is not a directory'],
      [at('file/below'), 'part of its path is a file'],
      [at('link'), "it can't be made there"],
      [at('circle'), 'symbolic links'],
      [at('x'.repeat(300)), 'too long'],
      [at(`${'x'.repeat(200)}/${'y'.repeat(240)}`), 'longer than 440 bytes'],
    ];
    for (const [path, why] of wrong) {
      const { code, stderr } = await onym(['serve', '--data-dir', path, '--port', '0']);
      expect({ path, code, stderr }).toEqual({ path, code: 2, stderr: expect.stringContaining(why) });
      expect(stderr).toMatch(elsewhere);
      expect(stderr.match(/\n/g)).toHaveLength(1);
    }
    expect(readFileSync(at('file'), 'utf8')).toBe('mine');
    expect(readdirSync(folder).sort()).toEqual(['circle', 'file', 'link']);
  });

  test("somebody else's files, or everybody's: nothing is changed", async () => {
    const folder = dataDirectory();
    const project = join(folder, 'project');
    mkdirSync(join(project, 'journal'), { recursive: true });
    writeFileSync(join(project, 'README.md'), 'mine');
    chmodSync(project, 0o755);
    const shared = join(folder, 'shared');
    mkdirSync(shared);
    chmodSync(shared, 0o1777);
    expect(await refusedStart(project)).toMatch(/it holds files that are not Onym's .* Give an empty directory/);
    expect(await refusedStart(shared)).toContain(`Give one below it, such as ${shared}/onym.`);
    expect(readdirSync(project).sort()).toEqual(['README.md', 'journal']);
    expect(readdirSync(shared)).toEqual([]);
    expect([statSync(project).mode & 0o777, statSync(shared).mode & 0o7777]).toEqual([0o755, 0o1777]);
  });

  test('one that its owner may not write to', async (context) => {
    const user = otherUser();
    if (user === null) return context.skip('It needs another user: the rights of a directory do not bind root.');
    const dataDir = dataDirectory();
    chownSync(dataDir, user.uid, user.gid);
    chmodSync(dataDir, 0o500);
    const said = await refusedStart(dataDir, user);
    expect(said).toMatch(/this user may not read and write all of it \(EACCES.*chown -R/);
    expect(readdirSync(dataDir)).toEqual([]);
    expect(statSync(dataDir).mode & 0o777).toBe(0o500);
    // Nor one that it can't reach, for a command either.
    chmodSync(dataDir, 0o700);
    chownSync(dataDir, 0, 0);
    const below = { ONYM_DATA_DIR: join(dataDir, 'below') };
    expect(await onym(['resolve', 'x'], below, { user })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('this user may not read and write all of it'),
    });
  });

  test('a disk that is read-only or full, at the first start and later', async (context) => {
    const disk = mountSmallDisk(64);
    if (disk === null) return context.skip('Neither root nor sudo: a small disk cannot be mounted.');
    onTestFinished(() => disk.unmount());
    const dataDir = join(disk.path, 'data');
    const { stop } = await serve({ dataDir });
    await stop();
    disk.fill();
    for (const path of [join(disk.path, 'new'), dataDir]) {
      expect(await refusedStart(path)).toMatch(/its disk is full\. Free some space, then try again\.\n$/);
    }
    disk.free();
    disk.setReadOnly(true);
    for (const path of [join(disk.path, 'other'), dataDir]) {
      expect(await refusedStart(path)).toContain('it is on a file system that is read-only');
    }
    disk.setReadOnly(false);
    expect((await (await serve({ dataDir })).stop()).code).toBe(0);
  });
});

describe('a directory that can be used', () => {
  test('is made with the directories above it, and closed to others', () => {
    const path = join(dataDirectory(), 'a', 'b');
    makeUsable(path);
    expect(statSync(path).mode & 0o777).toBe(0o700);
    chmodSync(path, 0o750);
    makeUsable(path);
    expect(statSync(path).mode & 0o777).toBe(0o700);
  });

  test('may hold what a file system or a home directory begins with', () => {
    const path = dataDirectory();
    mkdirSync(join(path, 'lost+found'));
    writeFileSync(join(path, '.profile'), '');
    makeUsable(path);
  });

  test.each(['identity.db', 'keys.db', 'lock.db', 'journal/journal.sqlite', 'events/config/users.xml'])(
    'is known by %s, whatever else is in it',
    (mark) => {
      const path = dataDirectory();
      mkdirSync(join(path, mark, '..'), { recursive: true });
      writeFileSync(join(path, mark), '');
      writeFileSync(join(path, 'notes.txt'), '');
      makeUsable(path);
    },
  );
});

test('a database that is none is told by its name', async () => {
  const { dataDir, stop } = await serve();
  await stop();
  writeFileSync(join(dataDir, 'keys.db'), 'no database at all, but a text that is long enough');
  expect(await refusedStart(dataDir)).toMatch(/keys\.db is damaged: it is no database\. .*onym mend keys\.\n$/);
});

describe('a signal while it starts', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)('%s ends the start, and the next one finds everything', async (signal) => {
    const dataDir = dataDirectory();
    await (await serve({ dataDir })).stop();
    const journal = openJournal({ directory: join(dataDir, 'journal') });
    const batches = 200;
    for (let batch = 0; batch < batches; batch++) {
      const events = Array.from({ length: 1_000 }, (_, n) => eventOf(batch * 1_000 + n));
      await journal.append('production', events);
    }
    await journal.close();
    rmSync(join(dataDir, 'lock.db'));

    const { child, ended } = startServe({ dataDir });
    // It is at work on the directory from then on.
    await eventually(async () => existsSync(join(dataDir, 'lock.db')), 'the start has begun');
    child.kill(signal);
    expect(await ended).toMatchObject({ code: 0, signal: null });

    const { api, stop } = await serve({ dataDir });
    expect(await api.rows('SELECT count() AS n FROM events')).toEqual([{ n: batches * 1_000 }]);
    expect((await stop()).code).toBe(0);
  });

  test('what was opened is closed again, and no keys are made that nobody saw', async () => {
    const dataDir = dataDirectory();
    const config = readConfig({ ONYM_DATA_DIR: dataDir });
    const reason = new Error('Told to stop.');
    for (let turns = 0; turns < 3; turns++) {
      const controller = new AbortController();
      const start = createServer({ config, signal: controller.signal });
      const outcome = expect(start).rejects.toBe(reason);
      for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
      controller.abort(reason);
      await outcome;
    }
    const server = await createServer({ config });
    expect(server.newKeys).toEqual({
      writeKey: expect.stringMatching(/^pk_/),
      secretKey: expect.stringMatching(/^sk_/),
    });
    await server.stop();
  });

  test('keys of a first start that could not listen are shown all the same', async () => {
    const { url, stop } = await serve();
    const dataDir = dataDirectory();
    const variables = {
      ONYM_PORT: new URL(url).port,
      ONYM_INITIAL_WRITE_KEY: undefined,
      ONYM_INITIAL_SECRET_KEY: undefined,
    };
    const { code, stdout, stderr } = await startServe({ dataDir, variables }).ended;
    expect([code, stderr]).toEqual([2, expect.stringContaining('is in use')]);
    expect(stdout).toMatch(/ONYM_SECRET_KEY=sk_/);
    await stop();
  });
});
