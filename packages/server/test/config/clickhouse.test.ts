import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { type ClickHouseVariable, clickHouseOf } from '../../src/clickhouse-config.ts';
import { readConfig } from '../../src/config.ts';
import { ConfigError } from '../../src/config-error.ts';

const whole = {
  ONYM_CLICKHOUSE_URL: 'https://ch.internal:8443',
  ONYM_CLICKHOUSE_USER: 'onym',
  ONYM_CLICKHOUSE_PASSWORD: 'geheim',
  ONYM_CLICKHOUSE_READER_URL: 'https://onym_reader:l%40se@ch.internal:8443/',
};

test('what is set is read, and what is not has its default', () => {
  expect(clickHouseOf({})).toBeNull();
  expect(clickHouseOf({ ONYM_CLICKHOUSE_URL: '', ONYM_CLICKHOUSE_CLUSTER: '' })).toBeNull();
  expect(clickHouseOf(whole)).toEqual({
    url: 'https://ch.internal:8443',
    user: 'onym',
    password: 'geheim',
    reader: { url: 'https://ch.internal:8443', user: 'onym_reader', password: 'l@se' },
    ca: null,
    cluster: null,
  });
  const { ONYM_CLICKHOUSE_USER: _, ONYM_CLICKHOUSE_PASSWORD: __, ...rest } = whole;
  expect(clickHouseOf({ ...rest, ONYM_CLICKHOUSE_CLUSTER: 'main' })).toMatchObject({
    user: 'default',
    password: '',
    cluster: 'main',
  });
  expect(clickHouseOf({ ...rest, ONYM_CLICKHOUSE_URL: 'http://o%3An:p%2Fw@ch:8123' })).toMatchObject({
    url: 'http://ch:8123',
    user: 'o:n',
    password: 'p/w',
  });
});

test('the authority is read from its file', () => {
  const directory = mkdtempSync(join(tmpdir(), 'onym-ca-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const file = join(directory, 'ca.pem');
  writeFileSync(file, '-----BEGIN CERTIFICATE-----\n');
  expect(clickHouseOf({ ...whole, ONYM_CLICKHOUSE_CA: file })?.ca?.toString()).toContain('BEGIN CERTIFICATE');
  writeFileSync(file, 'no');
  expect(() => clickHouseOf({ ...whole, ONYM_CLICKHOUSE_CA: file })).toThrow(/holds no certificate in PEM/);
  expect(() => clickHouseOf({ ...whole, ONYM_CLICKHOUSE_CA: `${file}.none` })).toThrow(/can not be read \(ENOENT\)/);
});

test.each<[string, Partial<Record<ClickHouseVariable, string>>, RegExp]>([
  ['no URL', { ONYM_CLICKHOUSE_URL: 'ch.internal' }, /^ONYM_CLICKHOUSE_URL is no URL\. Write http:/],
  [
    'another protocol',
    { ONYM_CLICKHOUSE_URL: 'clickhouse://a:secret@b:9000' },
    /^ONYM_CLICKHOUSE_URL begins with clickhouse:\. Write/,
  ],
  ['a database', { ONYM_CLICKHOUSE_URL: 'http://a:secret@b:8123/db' }, /has more than a host and a port/],
  ['settings', { ONYM_CLICKHOUSE_URL: 'http://a:secret@b:8123?readonly=0' }, /has more than a host and a port/],
  ['two users', { ONYM_CLICKHOUSE_URL: 'http://a:secret@b:8123' }, /names a user, and so does/],
  ['no reader', { ONYM_CLICKHOUSE_READER_URL: '' }, /^ONYM_CLICKHOUSE_READER_URL is not set/],
  ['a reader without a name', { ONYM_CLICKHOUSE_READER_URL: 'http://b:8123' }, /names no user/],
  [
    'a reader that writes',
    { ONYM_CLICKHOUSE_READER_URL: 'http://onym:x@b:8123' },
    /names the user onym, which Onym itself writes as/,
  ],
  [
    'a cluster of nothing',
    { ONYM_CLICKHOUSE_URL: '', ONYM_CLICKHOUSE_CLUSTER: 'main' },
    /^ONYM_CLICKHOUSE_\w+ is set, and ONYM_CLICKHOUSE_URL is not/,
  ],
])('%s is refused, without repeating a password', (_, over, message) => {
  const read = () => clickHouseOf({ ...whole, ...over });
  expect(read).toThrow(ConfigError);
  expect(read).toThrow(message);
  expect(read).not.toThrow(/secret/);
});

test('one of the two URLs alone is refused', () => {
  expect(() => readConfig(whole)).toThrow(
    'ONYM_CLICKHOUSE_URL is set, and ONYM_POSTGRES_URL is not. Set both, or neither to keep everything in ONYM_DATA_DIR.',
  );
  const postgres: object = { ONYM_POSTGRES_URL: 'postgres://pg/onym' };
  expect(() => readConfig(postgres)).toThrow('ONYM_POSTGRES_URL is set, and ONYM_CLICKHOUSE_URL is not.');
  expect(readConfig({ ...whole, ...postgres }).postgres).toEqual({ url: 'postgres://pg/onym', schema: 'onym' });
  expect(readConfig({}).clickhouse).toBeNull();
});
