import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { defaultSettings, type Settings } from '@onym/core';
import { clickHouseOf, clickHouseVariables } from './clickhouse-config.ts';
import type { ClickHouseOptions } from './clickhouse-options.ts';
import { ConfigError } from './config-error.ts';
import { type ConfiguredLimits, limitsFrom, limitVariables } from './configured-limits.ts';
import { isObject } from './ingest/json-values.ts';
import type { KeyPair } from './keys/types.ts';
import { limits } from './limits.ts';
import { faultOf } from './patterns.ts';
import { postgresOf, postgresVariables } from './postgres-config.ts';
import type { PostgresOptions } from './postgres-options.ts';

/** Run-time configuration: environment variables, and flags of the same names that override them (docs/operating.md). */
export interface Config {
  readonly host: string;
  readonly port: number;
  /** Where /metrics is served without a key; null for nowhere. */
  readonly metrics: { readonly host: string; readonly port: number } | null;
  /** Whose X-Forwarded-For is believed: addresses, networks, and names of networks. */
  readonly trustedProxies: readonly string[];
  readonly dataDir: string;
  readonly environments: readonly string[];
  /** For the first start alone. */
  readonly initialKeys: KeyPair;
  /** In the variables that clients read: the server registers neither, and says so. */
  readonly clientKeys: KeyPair;
  /** Where the first start writes the keys it makes; '-' prints them. Null: printed on a terminal, else a file in the data directory. */
  readonly keysFile: string | null;
  readonly logLevel: string;
  /** Of environments whose events do not stay for good: how long they do. */
  readonly retentionDays: Readonly<Record<string, number>>;
  /** Per environment; what is not given has its default. */
  readonly settings: Readonly<Record<string, Settings>>;
  /** By environment: traits whose values people are found by. They decide nothing, so that the ledger does not hold them. */
  readonly matchingTraits: Readonly<Record<string, readonly string[]>>;
  readonly limits: ConfiguredLimits;
  /** What an event has to reach before its call is answered. */
  readonly acknowledge: 'journal' | 'event-store';
  /** Where the ledger is kept, and all else that nodes share; null: in the data directory. */
  readonly postgres: PostgresOptions | null;
  /** Where events are kept; null: in the data directory. */
  readonly clickhouse: ClickHouseOptions | null;
}

export { ConfigError };

/** One entry per variable: its name, the flag, and what it is for. The help and the docs are made from it. */
export const variables = {
  ONYM_HOST: 'address to listen on; 127.0.0.1 unless told otherwise',
  ONYM_PORT: 'port to listen on (7700)',
  ONYM_METRICS_PORT: 'port for /metrics without a key; none unless given',
  ONYM_METRICS_HOST: 'address for that port (127.0.0.1)',
  ONYM_TRUSTED_PROXIES:
    'comma-separated addresses and networks whose X-Forwarded-For is believed, or none; loopback, linklocal and uniquelocal are names of networks (loopback)',
  ONYM_DATA_DIR: 'where everything is kept (./onym-data)',
  ONYM_ENVIRONMENTS: 'comma-separated environments (production,staging,development)',
  ONYM_INITIAL_WRITE_KEY: 'publishable key that the first start registers; made and shown once when unset',
  ONYM_INITIAL_SECRET_KEY: 'secret key that the first start registers; made and shown once when unset',
  ONYM_KEYS_FILE:
    'file that the first start writes the keys it makes to; - prints them (printed on a terminal, else first-keys.env in the data directory)',
  ONYM_LOG_LEVEL: 'fatal, error, warn, info, debug, trace or silent (info)',
  ONYM_RETENTION_DAYS:
    'days after which events are removed: 730, or production=730,staging=30; they stay for good unless set',
  ONYM_SETTINGS: 'guard rails per environment as JSON: {"production":{"identifiersPerIdentityMax":500}}',
  ...limitVariables,
  ...postgresVariables,
  ...clickHouseVariables,
  ONYM_ACKNOWLEDGE:
    'what an event has to reach before its call is answered: journal, on this disk, or event-store, for nodes without a durable one (journal)',
} as const;

export type Variable = keyof typeof variables;

/** No configuration of the server; read to say so. */
type ClientVariable = 'ONYM_WRITE_KEY' | 'ONYM_SECRET_KEY';

const environmentName = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;
const keyForms = {
  ONYM_INITIAL_WRITE_KEY: { prefix: 'pk_', form: /^pk_[\x21-\x7e]{8,200}$/ },
  ONYM_INITIAL_SECRET_KEY: { prefix: 'sk_', form: /^sk_[\x21-\x7e]{8,200}$/ },
} as const;

/** Throws ConfigError with the variable's name and what it should be. */
export function readConfig(env: Readonly<Partial<Record<Variable | ClientVariable, string | undefined>>>): Config {
  const clickhouse = clickHouseOf(env);
  const postgres = postgresOf(env);
  checkBothOrNeither(postgres, clickhouse);
  const environments = listOf(env.ONYM_ENVIRONMENTS ?? 'production,staging,development');
  if (environments.length === 0) throw new ConfigError('ONYM_ENVIRONMENTS names no environment. Give at least one.');
  for (const name of environments) {
    if (!environmentName.test(name)) {
      throw new ConfigError(
        `ONYM_ENVIRONMENTS holds ${JSON.stringify(name)}. A name has 1 to 64 letters, digits, - or _, and begins with a letter or digit.`,
      );
    }
  }
  return {
    host: env.ONYM_HOST || '127.0.0.1',
    port: portOf('ONYM_PORT', env.ONYM_PORT || '7700'),
    metrics: env.ONYM_METRICS_PORT
      ? { host: env.ONYM_METRICS_HOST || '127.0.0.1', port: portOf('ONYM_METRICS_PORT', env.ONYM_METRICS_PORT) }
      : null,
    trustedProxies: proxiesOf(env.ONYM_TRUSTED_PROXIES || 'loopback'),
    dataDir: resolve(env.ONYM_DATA_DIR || './onym-data'),
    environments: [...new Set(environments)],
    initialKeys: {
      writeKey: keyOf('ONYM_INITIAL_WRITE_KEY', env.ONYM_INITIAL_WRITE_KEY),
      secretKey: keyOf('ONYM_INITIAL_SECRET_KEY', env.ONYM_INITIAL_SECRET_KEY),
    },
    clientKeys: { writeKey: env.ONYM_WRITE_KEY || null, secretKey: env.ONYM_SECRET_KEY || null },
    keysFile: keysFileOf(env.ONYM_KEYS_FILE),
    logLevel: logLevelOf(env.ONYM_LOG_LEVEL || 'info'),
    retentionDays: retentionOf(environments, env.ONYM_RETENTION_DAYS),
    ...settingsOf(environments, env.ONYM_SETTINGS),
    limits: limitsFrom(env, (message) => new ConfigError(message)),
    acknowledge: acknowledgeOf(env.ONYM_ACKNOWLEDGE || 'journal', clickhouse),
    postgres,
    clickhouse,
  };
}

/** As Fastify's trustProxy takes them. */
function proxiesOf(text: string): string[] {
  const names = listOf(text);
  if (names.length === 1 && names[0] === 'none') return [];
  for (const name of names) {
    if (networkNames.includes(name) || isNetwork(name)) continue;
    throw new ConfigError(
      `ONYM_TRUSTED_PROXIES holds ${JSON.stringify(name)}. Give addresses and networks such as 10.0.0.7 or 10.0.0.0/8, ${networkNames.join(', ')}, or none alone.`,
    );
  }
  return names;
}

const networkNames = ['loopback', 'linklocal', 'uniquelocal'];

function isNetwork(text: string): boolean {
  const [address = '', length, ...more] = text.split('/');
  const bits = { 0: -1, 4: 32, 6: 128 }[isIP(address)]!;
  return bits > 0 && more.length === 0 && (length === undefined || (/^\d+$/.test(length) && Number(length) <= bits));
}

const listOf = (text: string): string[] =>
  text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');

/** The ledger in a file of one node while its events are everybody's, or the other way round, would be neither one node nor many. */
function checkBothOrNeither(postgres: PostgresOptions | null, clickhouse: ClickHouseOptions | null): void {
  if ((postgres === null) === (clickhouse === null)) return;
  const [given, missing] =
    postgres === null ? ['ONYM_CLICKHOUSE_URL', 'ONYM_POSTGRES_URL'] : ['ONYM_POSTGRES_URL', 'ONYM_CLICKHOUSE_URL'];
  throw new ConfigError(
    `${given} is set, and ${missing} is not. Set both, or neither to keep everything in ONYM_DATA_DIR.`,
  );
}

function acknowledgeOf(text: string, clickhouse: ClickHouseOptions | null): Config['acknowledge'] {
  if (text !== 'journal' && text !== 'event-store')
    throw new ConfigError(`ONYM_ACKNOWLEDGE is ${JSON.stringify(text)}. Give journal or event-store.`);
  if (text === 'event-store' && clickhouse === null) {
    throw new ConfigError(
      'ONYM_ACKNOWLEDGE is event-store, which takes a ledger and an event store that are not on this disk. Set ONYM_POSTGRES_URL and ONYM_CLICKHOUSE_URL, or unset it.',
    );
  }
  return text;
}

function portOf(variable: Variable, text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535)
    throw new ConfigError(`${variable} is ${JSON.stringify(text)}. Give a number from 0 to 65535.`);
  return port;
}

function keysFileOf(text: string | undefined): string | null {
  if (text === undefined || text === '') return null;
  return text === '-' ? text : resolve(text);
}

const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'];

function logLevelOf(text: string): string {
  if (logLevels.includes(text)) return text;
  throw new ConfigError(`ONYM_LOG_LEVEL is ${JSON.stringify(text)}. Give one of ${logLevels.join(', ')}.`);
}

function keyOf(name: keyof typeof keyForms, text: string | undefined): string | null {
  if (text === undefined || text === '') return null;
  const { prefix, form } = keyForms[name];
  if (form.test(text)) return text;
  throw new ConfigError(`${name} must begin with ${prefix} and go on with 8 to 200 printable characters.`);
}

/** `730` is for every environment. */
function retentionOf(environments: readonly string[], text: string | undefined): Record<string, number> {
  const days: Record<string, number> = {};
  for (const entry of (text ?? '').split(',').map((one) => one.trim())) {
    if (entry === '') continue;
    const [, name, count] = /^(?:([^=]*)=)?([1-9]\d{0,4})$/.exec(entry) ?? [];
    if (count === undefined) {
      throw new ConfigError(
        `ONYM_RETENTION_DAYS holds ${JSON.stringify(entry)}. Give days, from 1 to 99999, as in 730 or production=730,staging=30.`,
      );
    }
    if (name !== undefined && !environments.includes(name)) {
      throw new ConfigError(
        `ONYM_RETENTION_DAYS names the environment ${JSON.stringify(name)}, which ONYM_ENVIRONMENTS does not.`,
      );
    }
    for (const one of name === undefined ? environments : [name]) days[one] = Number(count);
  }
  return days;
}

const defaultMatchingTraits: readonly string[] = ['email'];

function settingsOf(
  environments: readonly string[],
  text: string | undefined,
): Pick<Config, 'settings' | 'matchingTraits'> {
  const settings: Record<string, Settings> = Object.fromEntries(environments.map((name) => [name, defaultSettings]));
  const matchingTraits = Object.fromEntries(environments.map((name) => [name, defaultMatchingTraits]));
  if (text === undefined || text === '') return { settings, matchingTraits };
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch (error) {
    throw new ConfigError(`ONYM_SETTINGS is not JSON: ${(error as Error).message}`);
  }
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new ConfigError('ONYM_SETTINGS must be an object with an environment for each key.');
  }
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(settings, name))
      throw new ConfigError(
        `ONYM_SETTINGS names the environment ${JSON.stringify(name)}, which ONYM_ENVIRONMENTS does not.`,
      );
    const { matchingTraits: keys, ...rest } = checkedSettings(name, value);
    settings[name] = rest;
    matchingTraits[name] = keys ?? defaultMatchingTraits;
  }
  return { settings, matchingTraits };
}

const settingChecks: { [Key in Setting]: { is: (value: unknown) => boolean; form: string } } = {
  identifiersPerIdentityMax: { is: isCount, form: 'a whole number of at least 1' },
  identifiersPerTypeMax: {
    is: (value) => isObject(value) && Object.values(value).every((max) => isCount(max) || max === 0),
    form: 'an object of types and whole numbers, as in {"stripe":1}',
  },
  publicKeyMerges: { is: (value) => value === 'hold' || value === 'apply', form: '"hold" or "apply"' },
  anonymousPatterns: { is: isListOfTexts, form: 'a list of regular expressions' },
  reservedPatterns: { is: isListOfTexts, form: 'a list of regular expressions' },
  matchingTraits: {
    is: (value) => isListOfTexts(value) && (value as string[]).length <= limits.matchingTraitsMax,
    form: `a list of at most ${limits.matchingTraitsMax} keys of traits`,
  },
};

/** `rules` says which edition the engine is; nobody chooses it. */
type Setting = Exclude<keyof Settings, 'rules'> | 'matchingTraits';

function checkedSettings(environment: string, value: unknown): Settings & { matchingTraits?: readonly string[] } {
  if (!isObject(value)) throw new ConfigError(`ONYM_SETTINGS.${environment} must be an object.`);
  for (const [key, given] of Object.entries(value)) {
    const check = Object.hasOwn(settingChecks, key) ? settingChecks[key as Setting] : undefined;
    if (check === undefined) {
      throw new ConfigError(
        `ONYM_SETTINGS.${environment} has no setting ${key}. There are ${Object.keys(settingChecks).join(', ')}.`,
      );
    }
    if (!check.is(given)) throw new ConfigError(`ONYM_SETTINGS.${environment}.${key} must be ${check.form}.`);
    if (key === 'anonymousPatterns' || key === 'reservedPatterns') {
      checkPatterns(`ONYM_SETTINGS.${environment}.${key}`, given as string[]);
    }
  }
  return { ...defaultSettings, ...value } as Settings;
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 1;
}

function isListOfTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function checkPatterns(name: string, patterns: readonly string[]): void {
  if (patterns.length > limits.patternsMax) {
    throw new ConfigError(`${name} has more than ${limits.patternsMax} patterns. Join some of them with |.`);
  }
  for (const pattern of patterns) {
    const fault = faultOf(pattern);
    if (fault !== null)
      throw new ConfigError(`${name} holds ${JSON.stringify(pattern.slice(0, 100))}, which ${fault}.`);
  }
}
