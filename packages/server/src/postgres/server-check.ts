import { ConfigError } from '../config-error.ts';
import type { Connections, Statement } from './connection.ts';
import { loginProblem, shownUrl } from './login-problem.ts';

const versionMin = 14;

export interface ServerRow {
  /** Of what speaks the protocol and is another database: its own name. */
  readonly product: string;
  readonly version: string;
  readonly encoding: string;
  readonly read_only: string;
  readonly user: string;
  readonly database: string;
  readonly may_make_schema: boolean;
  readonly has_schema: boolean;
  /** Null where there is no schema. */
  readonly may_use: boolean | null;
  readonly may_make_tables: boolean | null;
}

const server: Statement<ServerRow> = {
  name: '',
  text: `
    SELECT version() AS product, current_setting('server_version') AS version, current_setting('server_encoding') AS encoding,
      current_setting('transaction_read_only') AS read_only, current_user AS user, current_database() AS database,
      has_database_privilege(current_database(), 'CREATE') AS may_make_schema, found.oid IS NOT NULL AS has_schema,
      has_schema_privilege(found.oid, 'USAGE') AS may_use, has_schema_privilege(found.oid, 'CREATE') AS may_make_tables
    FROM (SELECT 1) AS one LEFT JOIN pg_namespace AS found ON found.nspname = $1`,
};

export interface CheckOptions {
  readonly url: string;
  readonly schema: string;
  /** The schema is there already, and no other is made beside it. */
  readonly mustExist: boolean;
}

/**
 * Whether the server can be worked with at all, and whether it has the schema. Throws ConfigError with what is wrong and what to do, in one
 * line without secrets; or OnymError `identity-store-unavailable` while nothing answers.
 */
export async function checkServer(connections: Connections, options: CheckOptions): Promise<{ hasSchema: boolean }> {
  const found = await connections.alone.rows(server, [options.schema]).catch((error: unknown) => {
    throw loginProblem(error, options.url);
  });
  const problem = serverProblem(found[0]!, options);
  if (problem !== null) throw new ConfigError(problem);
  return { hasSchema: found[0]!.has_schema };
}

export function serverProblem(row: ServerRow, { url, schema, mustExist }: CheckOptions): string | null {
  const { version, user, database } = row;
  const at = `ONYM_POSTGRES_URL (${shownUrl(url)})`;
  // Others say what they are compatible with, and count otherwise.
  const isItself = row.product.startsWith('PostgreSQL') && !row.version.includes('-YB-');
  if (isItself && Number.parseInt(version, 10) < versionMin) {
    return `${at} is PostgreSQL ${version}. Onym needs ${versionMin} or newer.`;
  }
  if (row.encoding.toUpperCase() !== 'UTF8') {
    return `${at}: the database ${database} has the encoding ${row.encoding}, and ids are any text. Make one for Onym: CREATE DATABASE onym ENCODING 'UTF8' TEMPLATE template0.`;
  }
  if (row.read_only === 'on') {
    return `${at} can only be read: it is a standby, or is set so (default_transaction_read_only). Give the address of the primary.`;
  }
  if (!mustExist && !row.may_make_schema) {
    return `${at}: the user ${user} may not make schemas in the database ${database}, one for Onym and others for copies to try things on. Run, as its owner: GRANT CREATE ON DATABASE ${quoted(database)} TO ${quoted(user)}.`;
  }
  if (!row.has_schema || (row.may_use && row.may_make_tables)) return null;
  return `${at}: the user ${user} lacks rights on the schema ${schema}. Run in the database ${database}, as its owner: GRANT USAGE, CREATE ON SCHEMA ${schema} TO ${quoted(user)}.`;
}

const quoted = (name: string): string => (/^[a-z_][a-z0-9_]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`);
