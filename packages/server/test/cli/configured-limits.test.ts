import { describe, expect, it } from 'vitest';
import { ConfigError, readConfig } from '../../src/config.ts';
import { limits } from '../../src/limits.ts';

describe('configured limits', () => {
  it('are those of limits.ts unless set', () => {
    const { limits: inForce } = readConfig({ ONYM_QUERY_TIME_MAX: '', ONYM_QUERIES_MAX: undefined });
    expect(limits).toMatchObject(inForce);
  });

  it('take sizes, times and counts', () => {
    const { limits: inForce } = readConfig({
      ONYM_QUERY_MEMORY_MAX: '512MiB',
      ONYM_QUERY_RESULT_MAX: '1 gib',
      ONYM_QUERY_TIME_MAX: '2min',
      ONYM_QUERY_ROWS_MAX: '5000',
      ONYM_QUERIES_MAX: '2',
      ONYM_BODY_MAX: '1048576',
      ONYM_IMPORTS_MAX: '1',
      ONYM_JOURNAL_MAX: '1TiB',
      ONYM_KEY_RATE_MAX: '0',
      ONYM_ADDRESS_RATE_MAX: '10',
      ONYM_HELD_PER_KEY_MAX: '7',
    });
    expect(inForce).toEqual({
      queryMemoryBytesMax: 512 * 1024 ** 2,
      queryResultBytesMax: 1024 ** 3,
      queryDurationMaxMs: 120_000,
      queryRowsMax: 5_000,
      concurrentQueriesMax: 2,
      bodyBytesMax: 1024 ** 2,
      concurrentImportsMax: 1,
      journalBytesMax: 1024 ** 4,
      keyRateMax: 0,
      addressRateMax: 10,
      heldLinksPerKeyMax: 7,
    });
  });

  it.each([
    ['ONYM_QUERY_MEMORY_MAX', 'much', 'ONYM_QUERY_MEMORY_MAX is "much". Give a size, such as 512MiB or 4GiB.'],
    ['ONYM_QUERY_MEMORY_MAX', '4GB', 'ONYM_QUERY_MEMORY_MAX is "4GB". Give a size, such as 512MiB or 4GiB.'],
    ['ONYM_QUERY_MEMORY_MAX', '1MiB', 'ONYM_QUERY_MEMORY_MAX is "1MiB". Give at least 64MiB.'],
    ['ONYM_QUERY_TIME_MAX', '30', 'ONYM_QUERY_TIME_MAX is "30". Give a time, such as 500ms, 30s or 2min.'],
    ['ONYM_QUERY_TIME_MAX', '10ms', 'ONYM_QUERY_TIME_MAX is "10ms". Give at least 1s.'],
    ['ONYM_QUERIES_MAX', '0', 'ONYM_QUERIES_MAX is "0". Give at least 1.'],
    ['ONYM_QUERY_ROWS_MAX', '-1', 'ONYM_QUERY_ROWS_MAX is "-1". Give a whole number.'],
    ['ONYM_QUERY_ROWS_MAX', '1.5', 'ONYM_QUERY_ROWS_MAX is "1.5". Give a whole number.'],
    ['ONYM_BODY_MAX', '1KiB', 'ONYM_BODY_MAX is "1KiB". Give at least 256KiB.'],
    ['ONYM_JOURNAL_MAX', '99999999999999999GiB', 'Give a size'],
  ])('%s=%s is an error that says what to give', (variable, text, message) => {
    expect(() => readConfig({ [variable]: text })).toThrow(ConfigError);
    expect(() => readConfig({ [variable]: text })).toThrow(message);
  });
});
