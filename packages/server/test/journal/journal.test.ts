import { copyFileSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openDatabase } from '../../src/disk/sqlite.ts';
import { openJournal } from '../../src/journal/journal.ts';
import type { Journal, JournalReader } from '../../src/journal/types.ts';
import { copyAsAfterCrash, temporaryDirectory } from './directories.ts';
import { eventOf } from './fakes.ts';

const open = (directory: string, limits: Parameters<typeof openJournal>[0]['limits'] = {}) => {
  const journal = openJournal({ directory, limits });
  onTestFinished(() => journal.close());
  return journal;
};

function uuidsIn(journal: JournalReader, environment: string): string[] {
  const uuids: string[] = [];
  let after = 0;
  for (;;) {
    const batch = journal.next(environment, after, journal.head());
    if (batch === null) return uuids;
    uuids.push(...batch.events.map((event) => event.uuid));
    after = batch.id;
  }
}

function removeAll(journal: JournalReader, environment: string): void {
  for (;;) {
    const drain = journal.begin(environment, journal.head(), 0);
    if (drain === null) return;
    journal.finish(drain);
  }
}

const uuids = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => eventOf(from + i).uuid);

describe('append', () => {
  test('keeps events whole and in order, each environment by itself', async () => {
    const journal = open(temporaryDirectory());
    const strange = eventOf(1, {
      event: 'naïve \u0000 "quoted"\n\ud800',
      properties: { nested: { list: [1, null, 'é', '💥'] }, big: 1e300 },
      anonymous_id: 'anonymous-1',
      session_id: '',
    });
    await journal.append('production', [strange, eventOf(2)]);
    await journal.append('staging', [eventOf(3)]);
    await journal.append('production', [eventOf(4)]);
    expect(journal.next('production', 0, journal.head())?.events[0]).toEqual(strange);
    expect(uuidsIn(journal, 'production')).toEqual([1, 2, 4].map((n) => eventOf(n).uuid));
    expect(uuidsIn(journal, 'staging')).toEqual([eventOf(3).uuid]);
    expect(uuidsIn(journal, 'development')).toEqual([]);
  });

  test('reads back what it makes rows of, and beside it what a row would change', async () => {
    const journal = open(temporaryDirectory());
    const properties = '{"a.b":123456789012345678901234567890,"half":"\\ud800","properties":",\\"properties\\":{}"}';
    const kept = [
      {
        ...eventOf(1, { distinct_id: '"",\n\u2028é💥', event: ',"properties":{}', device_id: '' }),
        properties,
        lossy: true,
      },
      eventOf(2, { client_timestamp: 253_402_300_799_999, properties: { nested: [{ deep: [] }] } }),
      eventOf(3, { timestamp: Date.UTC(2400, 0, 1) }),
      eventOf(4, { distinct_id: 'half \ud800' }),
    ];
    for (const event of kept) await journal.append('production', [event]);
    await journal.append('production', kept);
    const batches = kept.map((_, index) => journal.next('production', index, journal.head())!);
    expect(batches.flatMap(({ events }) => events)).toEqual(kept);
    const together = journal.previous('production', journal.head() + 1)!;
    expect(together.events).toEqual(kept);
    expect(together.names.map(({ distinct_id }) => distinct_id)).toEqual(kept.map(({ distinct_id }) => distinct_id));
    expect(journal.oldestReceivedAt()).toBe(kept[0]!.received_at);
  });

  test('calls that wait together become one batch per environment', async () => {
    const journal = open(temporaryDirectory());
    await Promise.all(
      Array.from({ length: 300 }, (_, n) => journal.append(n % 3 ? 'production' : 'staging', [eventOf(n)])),
    );
    expect(journal.head()).toBe(2);
    expect(uuidsIn(journal, 'production')).toHaveLength(200);
    expect(uuidsIn(journal, 'staging')).toHaveLength(100);
  });

  test('a large call is cut into rows of a bounded size, in one transaction', async () => {
    const journal = open(temporaryDirectory());
    const properties = { text: 'x'.repeat(200_000), n: 0 };
    await journal.append(
      'production',
      Array.from({ length: 30 }, (_, n) => eventOf(n, { properties })),
    );
    expect(uuidsIn(journal, 'production')).toEqual(uuids(0, 30));
    for (let after = 0; after < journal.head(); after++) {
      expect(journal.next('production', after, journal.head())!.bytes).toBeLessThan(1024 * 1024 + 100);
    }
    expect(journal.head()).toBe(6);
  });

  test('an empty call is answered without writing', async () => {
    const journal = open(temporaryDirectory());
    await journal.append('production', []);
    expect(journal.head()).toBe(0);
  });

  test('what was appended before close is there after it, and nothing is taken after it', async () => {
    const directory = temporaryDirectory();
    const journal = openJournal({ directory });
    const waiting = journal.append('production', [eventOf(1)]);
    await journal.close();
    await waiting;
    await expect(journal.append('production', [eventOf(2)])).rejects.toMatchObject({ code: 'overloaded' });
    expect(uuidsIn(open(directory), 'production')).toEqual([eventOf(1).uuid]);
  });

  test('ids go on ascending when everything was drained before the restart', async () => {
    const directory = temporaryDirectory();
    const first = openJournal({ directory });
    await first.append('production', [eventOf(1)]);
    await first.append('production', [eventOf(2)]);
    removeAll(first, 'production');
    await first.close();
    const second = open(directory);
    await second.append('production', [eventOf(3)]);
    expect(second.oldest('production')).toBe(3);
  });
});

describe('limits', () => {
  test('too many waiting events are refused with a time to come again, and nothing of the call is kept', async () => {
    const journal = open(temporaryDirectory(), { waitingEventsMax: 10 });
    const kept = journal.append(
      'production',
      Array.from({ length: 8 }, (_, n) => eventOf(n)),
    );
    const refused = journal.append('production', [eventOf(100), eventOf(101), eventOf(102)]);
    const alsoKept = journal.append('production', [eventOf(8), eventOf(9)]);
    await expect(refused).rejects.toMatchObject({
      code: 'overloaded',
      status: 503,
      retryAfterSeconds: expect.any(Number),
    });
    await Promise.all([kept, alsoKept]);
    expect(uuidsIn(journal, 'production')).toEqual(uuids(0, 10));
    await journal.append('production', [eventOf(10)]);
  });

  test('a full journal refuses, and takes events again once it is drained; a restart remembers its bytes', async () => {
    const directory = temporaryDirectory();
    const journal = openJournal({ directory, limits: { journalBytesMax: 2_000 } });
    const fill = async (target: Journal) => {
      for (let n = 0; n < 100; n++) await target.append('production', [eventOf(n)]);
    };
    expect(journal.isFull()).toBe(false);
    await expect(fill(journal)).rejects.toMatchObject({ code: 'overloaded', retryAfterSeconds: expect.any(Number) });
    expect([journal.isFull(), journal.failing()]).toEqual([true, false]);
    const bytes = journal.bytes();
    expect(bytes).toBeGreaterThan(1_000);
    expect(bytes).toBeLessThanOrEqual(2_000 + 100);
    await journal.close();

    const reopened = open(directory, { journalBytesMax: 2_000 });
    expect([reopened.bytes(), reopened.isFull()]).toEqual([bytes, true]);
    await expect(fill(reopened)).rejects.toMatchObject({ code: 'overloaded' });
    removeAll(reopened, 'production');
    expect([reopened.bytes(), reopened.isFull()]).toEqual([0, false]);
    await reopened.append('production', [eventOf(1)]);
  });
});

describe('drains', () => {
  test('merge batches up to the maxima, and hold what they hold', async () => {
    const journal = open(temporaryDirectory(), { drainRowsMax: 2_500 });
    for (let batch = 0; batch < 4; batch++) {
      await journal.append(
        'production',
        Array.from({ length: 1_000 }, (_, n) => eventOf(batch * 1_000 + n)),
      );
      await journal.append('staging', [eventOf(batch)]);
    }
    const first = journal.begin('production', journal.head(), 7)!;
    const second = journal.begin('production', journal.head(), 8)!;
    expect([first.to - first.from, second.to - second.from]).toEqual([2_000, 2_000]);
    expect(first.last).toBeLessThan(second.first);
    expect(first.token).not.toBe(second.token);
    expect(journal.begin('production', journal.head(), 9)).toBeNull();
    expect(journal.begin('staging', journal.head(), 9)).toMatchObject({ from: 0, to: 4 });
    journal.finish(second);
    expect(journal.oldest('production')).toBe(first.first);
    journal.finish(first);
    expect(journal.oldest('production')).toBeNull();
    expect(uuidsIn(journal, 'staging')).toHaveLength(4);
  });

  test('are the same after a crash: rows, token and seq', async () => {
    const directory = temporaryDirectory();
    const journal = open(directory);
    await journal.append('production', [eventOf(1), eventOf(2)]);
    const drain = journal.begin('production', journal.head(), 5)!;
    const [left, right] = journal.split(drain);
    journal.finish(left);
    await journal.append('production', [eventOf(3)]);

    const reopened = open(copyAsAfterCrash(directory));
    expect(reopened.underWay('production')).toEqual([right]);
    expect(reopened.begin('production', reopened.head(), 6)).toMatchObject({ first: 2, last: 2 });
    reopened.finish(right);
    expect(uuidsIn(reopened, 'production')).toEqual([eventOf(3).uuid]);
  });

  test('two journals never share a token', async () => {
    const tokens = await Promise.all(
      [1, 2].map(async () => {
        const journal = open(temporaryDirectory());
        await journal.append('production', [eventOf(1)]);
        return journal.begin('production', 1, 0)!.token;
      }),
    );
    expect(tokens[0]).not.toBe(tokens[1]);
  });
});

describe('quarantine', () => {
  test('holds events until they are released or erased, over a restart', async () => {
    const directory = temporaryDirectory();
    const journal = openJournal({ directory, now: () => 42 });
    for (const n of [1, 2, 3]) {
      await journal.append('production', [eventOf(n)]);
      journal.quarantine(journal.begin('production', journal.head(), 0)!, eventOf(n), 'no such number');
    }
    expect(journal.bytes()).toBe(0);
    await journal.close();

    const reopened = open(directory);
    expect(reopened.quarantinedCount()).toBe(3);
    await reopened.forget('production', ['user_2', 'user_9']);
    await reopened.forget('staging', ['user_1']);
    expect(reopened.quarantined('production', 10)).toEqual(
      [1, 3].map((n) => ({
        id: n,
        environment: 'production',
        event: eventOf(n),
        message: 'no such number',
        quarantinedAt: 42,
      })),
    );
    expect(reopened.release('production')).toBe(2);
    expect(reopened.quarantinedCount()).toBe(0);
    expect(uuidsIn(reopened, 'production')).toEqual([eventOf(1).uuid, eventOf(3).uuid]);
    expect(reopened.begin('production', reopened.head(), 0)).toMatchObject({ to: 2 });
  });
});

test('lines of the first version, with their properties as an object, are read as those of today', async () => {
  const directory = temporaryDirectory();
  const journal = openJournal({ directory });
  await journal.append('production', [eventOf(1)]);
  await journal.append('production', [eventOf(2)]);
  journal.quarantine({ ...journal.begin('production', journal.head(), 0)!, from: 0, to: 1 }, eventOf(1), 'no');
  await journal.append('production', [eventOf(1)]);
  await journal.close();
  const { properties, lossy, client_timestamp, ...rest } = eventOf(1);
  const line = JSON.stringify({ ...rest, properties: { 'a.b': 1, none: null } });
  const database = openDatabase(join(directory, 'journal.sqlite'));
  database.prepare('UPDATE batches SET events = ?').run(`[${line},${JSON.stringify(eventOf(2))}]`);
  database.prepare('UPDATE quarantine SET event = ?').run(line);
  database.close();

  const reopened = open(directory);
  const upgraded = { ...eventOf(1), properties: '{"a.b":1,"none":null}', lossy: true };
  expect(reopened.next('production', 0, reopened.head())?.events).toEqual([upgraded, eventOf(2)]);
  expect(reopened.quarantined('production', 10)).toMatchObject([{ event: upgraded }]);
  reopened.release('production');
  expect(reopened.previous('production', reopened.head() + 1)?.events).toEqual([upgraded]);
});

describe('a torn tail', () => {
  /** A journal of 60 groups as a crash leaves it, and how long its -wal file was when each was acknowledged. */
  async function crashed(): Promise<{ directory: string; wal: Buffer; acknowledgedAt: number[] }> {
    const directory = temporaryDirectory();
    const journal = open(directory);
    const acknowledgedAt: number[] = [];
    for (let n = 0; n < 60; n++) {
      await journal.append('production', [eventOf(n, { properties: { text: 'x'.repeat((n * 997) % 20_000) } })]);
      acknowledgedAt.push(statSync(join(directory, 'journal.sqlite-wal')).size);
    }
    const copy = copyAsAfterCrash(directory);
    return { directory: copy, wal: readFileSync(join(copy, 'journal.sqlite-wal')), acknowledgedAt };
  }

  function opensWith(main: string, wal: Buffer): string[] {
    const directory = temporaryDirectory();
    copyFileSync(main, join(directory, 'journal.sqlite'));
    writeFileSync(join(directory, 'journal.sqlite-wal'), wal);
    const journal = openJournal({ directory });
    const found = uuidsIn(journal, 'production');
    void journal.append('production', [eventOf(1_000)]);
    void journal.close();
    return found;
  }

  test('cut anywhere: the journal opens with exactly the groups before the cut', async () => {
    const { directory, wal, acknowledgedAt } = await crashed();
    const schemaBytes = acknowledgedAt[0]!;
    fc.assert(
      fc.property(fc.integer({ min: schemaBytes, max: wal.length }), (cut) => {
        const found = opensWith(join(directory, 'journal.sqlite'), wal.subarray(0, cut));
        expect(found).toEqual(uuids(0, acknowledgedAt.filter((size) => size <= cut).length));
      }),
      { numRuns: 60 },
    );
  });

  test('overwritten anywhere: what was acknowledged before that place is there, and nothing made up', async () => {
    const { directory, wal, acknowledgedAt } = await crashed();
    fc.assert(
      fc.property(
        fc.integer({ min: acknowledgedAt[0]!, max: wal.length - 1 }),
        fc.uint8Array({ minLength: 1, maxLength: 64 }),
        (at, noise) => {
          const torn = Buffer.from(wal);
          torn.set(noise.subarray(0, torn.length - at), at);
          const found = opensWith(join(directory, 'journal.sqlite'), torn);
          const certain = acknowledgedAt.filter((size) => size <= at).length;
          expect(found).toEqual(uuids(0, Math.max(certain, found.length)));
        },
      ),
      { numRuns: 60 },
    );
  });
});
