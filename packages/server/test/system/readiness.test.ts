import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultSettings } from '@onym/core';
import { expect, onTestFinished, test } from 'vitest';
import { OnymError } from '../../src/errors.ts';
import { createCommits } from '../../src/identity/commits.ts';
import { createDecidedCalls } from '../../src/identity/decided-calls.ts';
import { createMemoryStore } from '../../src/identity/memory-store.ts';
import type { IdentityStore } from '../../src/identity/store.ts';
import { limits } from '../../src/limits.ts';
import { createReadiness, type WriteDoor } from '../../src/readiness.ts';
import { eventually } from './client.ts';
import { serve } from './processes.ts';
import { mountSmallDisk } from './small-disk.ts';

/** `/readyz` says whether calls can be kept: the parts on their own, then a whole server whose disk is full. */

function directory(): string {
  const path = mkdtempSync(join(tmpdir(), 'onym-readiness-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

interface FakeDoor extends WriteDoor {
  error: Error | null;
  tries: number;
}

function fakeDoor(): FakeDoor {
  let isFailing = false;
  const door: FakeDoor = {
    error: null,
    tries: 0,
    failing: () => isFailing || door.error !== null,
    async tryWrite() {
      door.tries++;
      isFailing = true;
      if (door.error !== null) throw door.error;
      isFailing = false;
    },
  };
  return door;
}

function world(path = directory(), { hasJournal = true } = {}) {
  const clock = {
    now: 0,
    phase: 'serving' as 'starting' | 'serving' | 'stopping',
    full: false,
    tooOld: null as string | null,
  };
  const doors = { 'identity store': fakeDoor(), journal: fakeDoor() };
  const readiness = createReadiness({
    limits,
    phase: () => clock.phase,
    directories: { 'data directory': path },
    doors,
    journal: { isFull: () => clock.full },
    nodes: { obstacle: () => clock.tooOld },
    hasJournal,
    now: () => clock.now,
  });
  return { path, clock, doors, ask: readiness.obstacles };
}

const full = () => new OnymError('storage-full', 'full');
const away = () => new OnymError('identity-store-unavailable', 'PostgreSQL does not answer.');

test('all is well: nothing is written', async () => {
  const { path, doors, ask } = world();
  expect(await ask()).toEqual([]);
  expect([doors.journal.tries, doors['identity store'].tries, readdirSync(path)]).toEqual([0, 0, []]);
});

test.each([
  [true, 0],
  [false, 1],
])('without PostgreSQL events are kept where there is a journal (%s)', async (hasJournal, obstacles) => {
  const { doors, ask } = world(directory(), { hasJournal });
  doors['identity store'].error = away();
  expect(await ask()).toHaveLength(1);
  expect(await ask('track')).toHaveLength(obstacles);
});

test('a node that is too old for its tables', async () => {
  const { clock, ask } = world();
  clock.tooOld = 'the tables were made by a newer Onym.';
  expect(await ask()).toEqual([
    { code: 'overloaded', reason: 'This node is too old: the tables were made by a newer Onym.' },
  ]);
});

test('starting and stopping', async () => {
  const { clock, doors, ask } = world();
  doors.journal.error = full();
  for (const phase of ['starting', 'stopping'] as const) {
    clock.phase = phase;
    expect(await ask()).toEqual([{ code: 'overloaded', reason: `Onym is ${phase}.` }]);
  }
  expect(doors.journal.tries).toBe(0);
});

test.each([
  ['identity store', full(), 'storage-full', /identity store.*full\. Free some space/],
  ['journal', full(), 'storage-full', /journal.*full\. Free some space/],
  ['journal', Object.assign(new Error('no'), { code: 'ENOSPC' }), 'storage-full', /journal.*full/],
  [
    'journal',
    Object.assign(new Error('no'), { code: 'SQLITE_IOERR_WRITE' }),
    'overloaded',
    /journal \(SQLITE_IOERR_WRITE\)/,
  ],
  [
    'identity store',
    Object.assign(new Error('no'), { code: 'SQLITE_READONLY' }),
    'overloaded',
    /store \(SQLITE_READONLY\)/,
  ],
  ['identity store', away(), 'identity-store-unavailable', /PostgreSQL does not answer/],
] as const)('the %s can not be written: %s', async (name, error, code, reason) => {
  const { clock, doors, ask } = world();
  doors[name].error = error;
  expect(await ask()).toEqual([{ code, reason: expect.stringMatching(reason) }]);
  doors[name].error = null;
  clock.now += 1_000;
  // Without a call in between.
  expect(await ask()).toEqual([]);
  expect(doors[name].failing()).toBe(false);
});

test('tries are few, however often it is asked', async () => {
  const { clock, doors, ask } = world();
  doors.journal.error = full();
  for (let asked = 0; asked < 50; asked++) expect(await ask()).toHaveLength(1);
  await Promise.all(Array.from({ length: 50 }, () => ask()));
  expect(doors.journal.tries).toBe(1);
  clock.now += 1_000;
  await Promise.all(Array.from({ length: 50 }, () => ask()));
  expect(doors.journal.tries).toBe(2);
});

test('a full journal, beside all else that is wrong', async () => {
  const { clock, doors, ask } = world();
  clock.full = true;
  expect(await ask()).toEqual([{ code: 'overloaded', reason: expect.stringContaining('event store does not take') }]);
  doors.journal.error = full();
  doors['identity store'].error = full();
  expect((await ask()).map(({ code }) => code)).toEqual(['storage-full', 'storage-full', 'overloaded']);
});

test('identity calls: a commit that failed is doubted until one works, or a trial does', async () => {
  const store = createMemoryStore();
  await store.prepare('production', defaultSettings, 0);
  let error: Error | null = null;
  const identityStore: Pick<IdentityStore, 'commit' | 'erase' | 'shared' | 'tryWrite'> = {
    shared: null,
    erase: store.erase,
    commit: async (...call) => (error === null ? store.commit(...call) : Promise.reject(error)),
    tryWrite: async () => (error === null ? undefined : Promise.reject(error)),
  };
  const door = createCommits({ identityStore, decidedCalls: createDecidedCalls(), now: () => 1 });
  const source = { key: null, lib: null, batch: null, public: false };
  const call = (secondary: string) =>
    door.submit('production', [{ op: 'alias', primary: 'user_1', secondary, kind: 'alias', timestamp: null, source }]);
  expect(door.failing()).toBe(false);
  error = full();
  await expect(call('crm:1')).rejects.toThrow('full');
  expect(door.failing()).toBe(true);
  await expect(door.tryWrite()).rejects.toThrow('full');
  expect(door.failing()).toBe(true);
  error = null;
  await door.tryWrite();
  expect(door.failing()).toBe(false);
  error = full();
  await expect(call('crm:1')).rejects.toThrow('full');
  error = null;
  await call('crm:1');
  expect(door.failing()).toBe(false);
});

test('a data directory that is gone', async () => {
  const { path, ask } = world();
  rmSync(path, { recursive: true });
  expect(await ask()).toEqual([{ code: 'overloaded', reason: expect.stringContaining('data directory (ENOENT)') }]);
});

test('a disk without room is told before any call has failed, and a little room is enough', async (context) => {
  const disk = mountSmallDisk(8);
  if (disk === null) return context.skip('Neither root nor sudo: a small disk cannot be mounted.');
  onTestFinished(() => disk.unmount());
  const { clock, ask } = world(disk.path);
  expect(await ask()).toEqual([]);
  disk.fill();
  expect(await ask()).toEqual([{ code: 'storage-full', reason: expect.stringContaining('data directory') }]);
  expect(readdirSync(disk.path)).toEqual(['ballast']);
  disk.free();
  clock.now += 1_000;
  expect(await ask()).toEqual([]);
  expect(readdirSync(disk.path)).toEqual([]);
});

test('a server whose disk fills up is not ready until there is room, with calls and without', async (context) => {
  const disk = mountSmallDisk(192);
  if (disk === null) return context.skip('Neither root nor sudo: a small disk cannot be mounted.');
  onTestFinished(() => disk.unmount());
  const server = await serve({ dataDir: join(disk.path, 'data') });
  onTestFinished(async () => void (await server.kill()));
  const { api } = server;
  const ready = () => api.get('/readyz');
  const text = 'x'.repeat(100_000);
  const track = () => api.post('/track', { event: 'e', distinct_id: 'user_1', properties: { text } });
  const identify = () => api.post('/identify', { distinct_id: 'user_1', traits: { n: Math.random(), text } });
  expect(await ready()).toMatchObject({ status: 200, body: { ok: true, ready: true, reasons: [] } });

  for (const call of [null, track, identify]) {
    disk.fill();
    if (call !== null) {
      // Files have some slack; then there is no room.
      await eventually(async () => (await call()).status === 503, 'the disk is full');
    }
    const answer = await ready();
    expect(answer).toMatchObject({
      status: 503,
      body: {
        ok: false,
        error_code: 'storage-full',
        ready: false,
        reasons: [expect.stringContaining('Free some space')],
      },
    });
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await api.get('/healthz')).status).toBe(200);
    disk.free();
    await eventually(async () => (await ready()).status === 200, 'it is ready again without a call');
    expect((await track()).status).toBe(200);
    expect((await identify()).status).toBe(200);
  }
  expect((await server.stop()).code).toBe(0);
});
