import { describe, expect, test } from 'vitest';
import { momentOf } from '../../src/import/times.ts';
import { items, ndjson, read } from './reading.ts';

const iso = '2026-01-02T03:04:05.678Z';
const at = Date.parse(iso);

/** As the row's first call has it. */
async function timestampOf(row: Record<string, unknown>): Promise<unknown> {
  return (items(await read(ndjson(row)))[0] as { timestamp: unknown }).timestamp;
}

describe('columns that say when an event happened', () => {
  test.each([
    'timestamp',
    'originalTimestamp',
    'original_timestamp',
    'event_time',
    'eventTime',
    'event_timestamp',
    'time',
    'occurred_at',
    'occurredAt',
    'client_event_time',
    'created_at',
    'createdAt',
    'ts',
    'date',
    'sent_at',
    'sentAt',
    'received_at',
    'receivedAt',
    'server_received_time',
    'collector_tstamp',
    'derived_tstamp',
    'dvce_created_tstamp',
    'loaded_at',
    '@timestamp',
    'Event Time (UTC)',
    'inserted_at',
  ])('%s', async (name) => {
    expect(await timestampOf({ event: 'visit', distinct_id: 'u1', [name]: iso })).toBe(iso);
    const [item] = items(await read(`event,distinct_id,${name}\nvisit,u1,${iso}\n`));
    expect(item).toMatchObject({ timestamp: iso });
  });

  const later = '2026-01-02T09:00:00Z';
  test.each([
    ['timestamp', 'originalTimestamp'],
    ['timestamp', 'received_at'],
    ['original_timestamp', 'received_at'],
    ['originalTimestamp', 'sentAt'],
    ['event_time', 'server_received_time'],
    ['client_event_time', 'server_received_time'],
    ['created_at', 'received_at'],
    ['sent_at', 'received_at'],
    ['dvce_created_tstamp', 'collector_tstamp'],
    ['derived_tstamp', 'collector_tstamp'],
    ['ts', 'loaded_at'],
  ])('%s goes before %s, wherever it stands', async (client, server) => {
    const event = { event: 'visit', distinct_id: 'u1' };
    expect(await timestampOf({ [server]: later, ...event, [client]: iso })).toBe(iso);
    expect(await timestampOf({ [client]: iso, ...event, [server]: later })).toBe(iso);
    // Where it is empty the other one says it.
    expect(await timestampOf({ [client]: null, ...event, [server]: iso })).toBe(iso);
  });

  test('a file in which no column says when is refused, and told what may say it', async () => {
    const file = 'event,distinct_id,purchased_at\nbought,u1,2026-01-02\n';
    await expect(read(file)).rejects.toThrow('Give --timestamp "purchased_at", or --timestamp now');
    expect(items(await read(file, { timestamp: 'purchased_at' }))).toMatchObject([
      { timestamp: '2026-01-02T00:00:00.000Z' },
    ]);
    const now = await read(file, { timestamp: 'now' });
    expect(items(now)).toEqual([{ event: 'bought', distinct_id: 'u1' }]);
    expect(now.sentence).toContain('as of now');
  });

  test('a column of that name with something else in it goes by', async () => {
    const file = 'event,distinct_id,time,created_at\nplayed,u1,12.5,2026-01-02\nplayed,u1,0,2026-01-03\n';
    const answer = await read(file);
    expect(answer.words).toMatchObject({ created_at: 'timestamp' });
    expect(answer.ignored).toEqual(['time']);
    expect(items(answer)).toMatchObject([
      { timestamp: '2026-01-02T00:00:00.000Z' },
      { timestamp: '2026-01-03T00:00:00.000Z' },
    ]);
    // Where there is no other, the rows say what is wrong with it.
    const { invalid } = await read('event,distinct_id,time\nplayed,u1,12.5\n');
    expect(invalid).toMatchObject([{ error_code: 'invalid-timestamp' }]);
  });

  test('a row that does not say when costs itself alone', async () => {
    const { rows, invalid } = await read('event,distinct_id,ts\nvisit,u1,\nvisit,u1,2026-01-02\nvisit,u1,NULL\n');
    expect(rows).toHaveLength(1);
    expect(invalid.map(({ line, error_code }) => [line, error_code])).toEqual([
      [2, 'invalid-timestamp'],
      [4, 'invalid-timestamp'],
    ]);
  });
});

describe('what a row says of a person is as of the row’s time', () => {
  test.each([
    [['updated_at'], '2021'],
    [['created_at', 'updated_at'], '2022'],
    [['updatedAt', 'createdAt'], '2021'],
    [['created_at', 'received_at'], '2022'],
    [['created_at'], '2021'],
    [['last_modified'], '2021'],
  ])('of %j the one from %s', async (names, year) => {
    const times = names.map((_, i) => `${2021 + i}-05-06T00:00:00.000Z`);
    const [item] = items(await read(`user_id,traits.plan,${names.join(',')}\nu1,trial,${times.join(',')}\n`));
    expect(item).toEqual({ distinct_id: 'u1', traits: { plan: 'trial' }, timestamp: `${year}-05-06T00:00:00.000Z` });
  });

  test('without one, it is said that the rows are as of now', async () => {
    expect((await read('user_id,traits.plan\nu1,trial\n')).sentence).toBe(
      'Identify rows, CSV: 1 row. No column says when: the rows are as of now.',
    );
  });
});

describe('how a moment is written', () => {
  const seconds = at / 1_000;
  test.each<[string, unknown]>([
    ['seconds', Math.trunc(seconds) + 0.678],
    ['seconds as text', String(seconds)],
    ['milliseconds', at],
    ['milliseconds as text', String(at)],
    ['microseconds', at * 1_000],
    ['microseconds as text', `${at}123`],
    ['nanoseconds as text', `${at}123456`],
    ['nanoseconds of a 64-bit integer', BigInt(at) * 1_000_000n],
    ['a date of Parquet', new Date(at)],
    ['ISO 8601', iso],
    ['with microseconds, as Amplitude writes it', '2026-01-02 03:04:05.678000'],
    ['as BigQuery', '2026-01-02 03:04:05.678 UTC'],
    ['as PostgreSQL', '2026-01-02 03:04:05.678+00'],
    ['as Snowflake', '2026-01-02 03:04:05.678 Z'],
    ['with an offset', '2026-01-02T05:04:05.678+02:00'],
    ['with slashes', '2026/01/02 3:04:05.678'],
    ['blanks around it', ` ${iso} `],
  ])('%s', (_, value) => expect(momentOf(value, 'ts').at).toBe(at));

  test.each([
    ['seconds', 1767323045, '2026-01-02T03:04:05.000Z'],
    ['digits of a date', 20260102, '2026-01-02T00:00:00.000Z'],
    ['digits of a date and a time', '20260102030405', '2026-01-02T03:04:05.000Z'],
    ['basic ISO 8601', '20260102T030405Z', '2026-01-02T03:04:05.000Z'],
    ['a date', '2026-01-02', '2026-01-02T00:00:00.000Z'],
    ['RFC 5322', 'Fri, 02 Jan 2026 03:04:05 GMT', '2026-01-02T03:04:05.000Z'],
    ['in words', 'Jan 2, 2026 3:04 PM', '2026-01-02T15:04:00.000Z'],
    ['in words, with a day alone', '2 January 2026', '2026-01-02T00:00:00.000Z'],
  ])('%s', (_, value, expected) => expect(new Date(momentOf(value, 'ts').at).toISOString()).toBe(expected));

  test.each([
    ['45964.5', '2025-11-03T12:00:00.000Z'],
    ['45964', '2025-11-03T00:00:00.000Z'],
    ['45964,25', '2025-11-03T06:00:00.000Z'],
    ['46024.1278433796', '2026-01-02T03:04:05.668Z'],
  ])('the day number %s of a spreadsheet is that day, and the first line says so', async (cell, expected) => {
    const file = `event;distinct_id;timestamp\nvisit;u1;${cell}\n`;
    const answer = await read(file);
    expect(items(answer)).toMatchObject([{ timestamp: expected }]);
    expect(answer.sentence).toBe('Events, CSV: 1 row. Times are day numbers of a spreadsheet, read as UTC.');
    expect(
      (await read(ndjson({ event: 'visit', distinct_id: 'u1', time: Number(cell.replace(',', '.')) }))).rows[0]![0]!
        .item,
    ).toMatchObject({ timestamp: expected });
  });

  test.each([
    0,
    1,
    -1,
    12.5,
    1_000_000,
    99_999_999,
    1e25,
    Number.NaN,
    '0',
    '7',
    '0000-00-00 00:00:00',
    'yesterday',
    '2026-13-01',
    true,
    {},
  ])('%j is no moment, and never 1970', (value) => expect(() => momentOf(value, 'ts')).toThrow('does not say when'));

  test.each(['01/02/2026', '1.2.2026 03:04', '13-01-2026'])('%s: day and month can not be told apart', (value) =>
    expect(() => momentOf(value, 'ts')).toThrow('day and month'),
  );
});
