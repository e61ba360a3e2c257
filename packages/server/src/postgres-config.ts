import { ConfigError } from './config-error.ts';
import type { PostgresOptions } from './postgres-options.ts';

export const postgresVariables = {
  ONYM_POSTGRES_URL:
    'PostgreSQL to keep the ledger in, with ONYM_CLICKHOUSE_URL: postgres://user:password@host:5432/database',
  ONYM_POSTGRES_SCHEMA: 'schema of it for the tables (onym)',
} as const;

type Given = Readonly<Partial<Record<keyof typeof postgresVariables, string | undefined>>>;

const schemaForm = /^[a-z_][a-z0-9_]{0,39}$/;

/** Null where no server is named. Throws ConfigError with the variable's name and what it should be. */
export function postgresOf(given: Given): PostgresOptions | null {
  const schema = given.ONYM_POSTGRES_SCHEMA || 'onym';
  if (!given.ONYM_POSTGRES_URL) {
    if (!given.ONYM_POSTGRES_SCHEMA) return null;
    throw new ConfigError('ONYM_POSTGRES_SCHEMA is set, and ONYM_POSTGRES_URL is not. Set that too, or unset it.');
  }
  if (!schemaForm.test(schema)) {
    throw new ConfigError(
      `ONYM_POSTGRES_SCHEMA is ${JSON.stringify(schema)}. Give up to 40 lower-case letters, digits and _, with no digit first.`,
    );
  }
  const form = 'Write postgres://user:password@host:5432/database.';
  let url: URL;
  try {
    url = new URL(given.ONYM_POSTGRES_URL);
  } catch {
    throw new ConfigError(`ONYM_POSTGRES_URL is no URL. ${form}`);
  }
  if (url.protocol !== 'postgres:' && url.protocol !== 'postgresql:') {
    throw new ConfigError(`ONYM_POSTGRES_URL begins with ${JSON.stringify(url.protocol)}. ${form}`);
  }
  return { url: url.href, schema };
}
