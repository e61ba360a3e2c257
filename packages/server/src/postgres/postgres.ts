import { ConfigError } from '../config-error.ts';
import { type ConnectionOptions, type Connections, openConnections } from './connection.ts';
import { createSchema } from './migrate.ts';
import { createNotices, type Notices } from './notices.ts';
import { checkServer } from './server-check.ts';

/** The database that the nodes share, as each of its rooms sees it. */
export interface Postgres {
  readonly connections: Connections;
  readonly notices: Notices;
  readonly options: ConnectionOptions;
  close(): Promise<void>;
}

/**
 * Connects, and makes the schema where there is none; `mustExist`: or throws ConfigError. Tables are made by those who own them. Throws as
 * `checkServer` for a server that can't be worked with.
 */
export async function openPostgres(
  options: ConnectionOptions,
  { mustExist = false }: { mustExist?: boolean } = {},
): Promise<Postgres> {
  const connections = openConnections(options);
  const notices = createNotices(options);
  const close = async () => {
    await notices.close();
    await connections.close();
  };
  try {
    const { hasSchema } = await checkServer(connections, { ...options, mustExist });
    if (mustExist && !hasSchema) {
      throw new ConfigError(
        `There is no schema ${options.schema} in the database of ONYM_POSTGRES_URL: no server was ever started on it. Correct the URL or ONYM_POSTGRES_SCHEMA, or start a server once.`,
      );
    }
    await createSchema(connections, options.schema);
  } catch (error) {
    await close();
    throw error;
  }
  return { connections, notices, options, close };
}
