import { expect, test } from 'vitest';
import { readConfig } from '../../src/config.ts';

const shared = {
  ONYM_POSTGRES_URL: 'postgres://onym:onym@postgres/onym',
  ONYM_CLICKHOUSE_URL: 'http://clickhouse:8123',
  ONYM_CLICKHOUSE_READER_URL: 'http://reader:reader@clickhouse:8123',
};

test('the journal acknowledges unless told otherwise', () => {
  expect(readConfig({}).acknowledge).toBe('journal');
  expect(readConfig({ ...shared, ONYM_ACKNOWLEDGE: '' }).acknowledge).toBe('journal');
  expect(readConfig({ ...shared, ONYM_ACKNOWLEDGE: 'event-store' }).acknowledge).toBe('event-store');
});

test('an event store on the same disk can not', () => {
  expect(() => readConfig({ ONYM_ACKNOWLEDGE: 'event-store' })).toThrow(
    /^ONYM_ACKNOWLEDGE is event-store.*Set ONYM_POSTGRES_URL and ONYM_CLICKHOUSE_URL, or unset it\.$/,
  );
  expect(() => readConfig({ ONYM_ACKNOWLEDGE: 'eventstore' })).toThrow(
    'ONYM_ACKNOWLEDGE is "eventstore". Give journal or event-store.',
  );
});
