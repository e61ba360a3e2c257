import { readFileSync } from 'node:fs';
import type { ClickHouseOptions } from './clickhouse-options.ts';
import { ConfigError } from './config-error.ts';

export const clickHouseVariables = {
  ONYM_CLICKHOUSE_URL: 'ClickHouse server to keep events in: http://host:8123 or https://host:8443',
  ONYM_CLICKHOUSE_USER: 'user of it (default)',
  ONYM_CLICKHOUSE_PASSWORD: 'its password',
  ONYM_CLICKHOUSE_READER_URL:
    'the same for queries of users, with a user that may read the views alone: https://reader:password@host:8443',
  ONYM_CLICKHOUSE_CA: 'file of the authority that signed its certificate, where Node does not know that (PEM)',
  ONYM_CLICKHOUSE_CLUSTER: 'cluster of it to replicate the tables over and spread the events over',
} as const;

export type ClickHouseVariable = keyof typeof clickHouseVariables;

type Given = Readonly<Partial<Record<ClickHouseVariable, string | undefined>>>;

/** Null where no server is named. Throws ConfigError with the variable's name and what it should be. */
export function clickHouseOf(given: Given): ClickHouseOptions | null {
  if (!given.ONYM_CLICKHOUSE_URL) {
    const alone = (Object.keys(clickHouseVariables) as ClickHouseVariable[]).find((name) => given[name]);
    if (alone === undefined) return null;
    throw new ConfigError(`${alone} is set, and ONYM_CLICKHOUSE_URL is not. Set that too, or unset ${alone}.`);
  }
  const main = addressOf('ONYM_CLICKHOUSE_URL', given.ONYM_CLICKHOUSE_URL);
  if (main.user !== '' && (given.ONYM_CLICKHOUSE_USER || given.ONYM_CLICKHOUSE_PASSWORD)) {
    throw new ConfigError(
      'ONYM_CLICKHOUSE_URL names a user, and so does ONYM_CLICKHOUSE_USER or ONYM_CLICKHOUSE_PASSWORD. Name one in one place.',
    );
  }
  if (!given.ONYM_CLICKHOUSE_READER_URL) {
    throw new ConfigError(
      "ONYM_CLICKHOUSE_READER_URL is not set. Users' SQL runs as a user of its own, which may read the views and nothing else: docs/stores.md shows how to make one.",
    );
  }
  const reader = addressOf('ONYM_CLICKHOUSE_READER_URL', given.ONYM_CLICKHOUSE_READER_URL);
  const user = main.user || given.ONYM_CLICKHOUSE_USER || 'default';
  if (reader.user === '') {
    throw new ConfigError(
      "ONYM_CLICKHOUSE_READER_URL names no user. Write https://user:password@host:8443, with a user that users' SQL runs as.",
    );
  }
  if (reader.user === user) {
    throw new ConfigError(
      `ONYM_CLICKHOUSE_READER_URL names the user ${user}, which Onym itself writes as. Users' SQL needs a user of its own.`,
    );
  }
  return {
    url: main.url,
    user,
    password: main.user === '' ? (given.ONYM_CLICKHOUSE_PASSWORD ?? '') : main.password,
    reader,
    ca: authorityOf(given.ONYM_CLICKHOUSE_CA),
    cluster: given.ONYM_CLICKHOUSE_CLUSTER || null,
  };
}

/** What is wrong with a URL is said without repeating it: it may hold a password. */
function addressOf(name: ClickHouseVariable, text: string): { url: string; user: string; password: string } {
  const wrong = (what: string) =>
    new ConfigError(`${name} ${what}. Write http://host:8123, or https://host:8443 for TLS.`);
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw wrong('is no URL');
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw wrong(`begins with ${url.protocol}`);
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '') throw wrong('has more than a host and a port');
  return {
    url: url.origin,
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
  };
}

function authorityOf(file: string | undefined): Buffer | null {
  if (!file) return null;
  let pem: Buffer;
  try {
    pem = readFileSync(file);
  } catch (error) {
    throw new ConfigError(
      `ONYM_CLICKHOUSE_CA is ${file}, which can not be read (${(error as { code?: string }).code}).`,
    );
  }
  if (pem.includes('-----BEGIN CERTIFICATE-----')) return pem;
  throw new ConfigError(`ONYM_CLICKHOUSE_CA is ${file}, which holds no certificate in PEM.`);
}
