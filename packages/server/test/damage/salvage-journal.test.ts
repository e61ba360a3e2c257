import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { putAside } from '../../src/damage/aside.ts';
import { salvageJournal } from '../../src/damage/salvage-journal.ts';
import { openDatabase } from '../../src/disk/sqlite.ts';
import { openJournal } from '../../src/journal/journal.ts';
import { eventOf } from '../journal/fakes.ts';

let directory: string;
let file: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'onym-salvage-'));
  file = join(directory, 'journal.sqlite');
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const batches = 40;

/** Forty batches of one large event each, and a drain of the first that had not ended. */
async function filled() {
  const journal = openJournal({ directory });
  for (let n = 0; n < batches; n++) {
    await journal.append('production', [eventOf(n, { properties: { text: 'x'.repeat(20_000) } })]);
  }
  journal.setHeld('production', 7);
  const { first } = journal.begin('production', 1, 3)!;
  const { token } = journal.underWay('production')[0]!;
  await journal.close();
  const database = openDatabase(file);
  database.pragma('wal_checkpoint(TRUNCATE)');
  database.close();
  return { first, token };
}

function found() {
  const journal = openJournal({ directory });
  const uuids: string[] = [];
  for (let after = 0; ; ) {
    const batch = journal.next('production', after, journal.head());
    if (batch === null) break;
    uuids.push(...batch.events.map(({ uuid }) => uuid));
    after = batch.id;
  }
  const [drain] = journal.underWay('production');
  const seen = { uuids, token: drain?.token, held: journal.held('production'), head: journal.head() };
  void journal.close();
  return seen;
}

test('what can be read is there again, under the ids and the drain it had', async () => {
  const { token } = await filled();
  const bytes = readFileSync(file);
  // Two pages in the midst of the batches.
  const at = Math.floor(bytes.length / 2 / 8_192) * 8_192;
  writeFileSync(file, bytes.fill(0x5a, at, at + 2 * 8_192));
  const { events, unreadable } = salvageJournal(putAside(file, 0), directory);
  expect(unreadable).toBeGreaterThan(0);
  expect(events).toBeGreaterThanOrEqual(batches - 4);
  const { uuids, ...rest } = found();
  expect(uuids).toHaveLength(events);
  expect(new Set(uuids).size).toBe(events);
  expect(rest).toEqual({ token, held: 7, head: batches });
});

test('wherever its pages are spoilt, it ends, and doubles nothing', async () => {
  await filled();
  const whole = readFileSync(file);
  const pages = whole.length / 8_192;
  for (const byte of [0x00, 0x5a, 0xff]) {
    for (let page = 1; page < pages; page += 3) {
      const bytes = Buffer.from(whole);
      writeFileSync(file, bytes.fill(byte, page * 8_192, (page + 1) * 8_192));
      const { events } = salvageJournal(putAside(file, 0), directory);
      const { uuids } = found();
      expect([uuids.length, new Set(uuids).size]).toEqual([events, events]);
      rmSync(directory, { recursive: true });
      mkdirSync(directory);
    }
  }
});

test.each([
  ['of nothing that can be read', () => writeFileSync(file, 'nothing that anybody could read')],
  ['of an empty file', () => writeFileSync(file, '')],
  ['of none', () => rmSync(file)],
])('a new journal %s is empty', async (_, spoil) => {
  await filled();
  spoil();
  salvageJournal(putAside(file, 0), directory);
  expect(found()).toEqual({ uuids: [], token: undefined, held: null, head: 0 });
});

test('two files of the same moment are put aside under two names', () => {
  writeFileSync(file, 'one');
  const one = putAside(file, 0);
  writeFileSync(file, 'two');
  writeFileSync(`${file}-wal`, 'log');
  const two = putAside(file, 0);
  expect([one, two, `${two}-wal`].map((name) => readFileSync(name!, 'utf8'))).toEqual(['one', 'two', 'log']);
});
