import { type ConnectionOptions, type Connections, openConnections } from './connection.ts';
import { createSchema } from './migrate.ts';
import { createNotices, type Notices } from './notices.ts';

/** The database that the nodes share, as each of its rooms sees it. */
export interface Postgres {
  readonly connections: Connections;
  readonly notices: Notices;
  readonly options: ConnectionOptions;
  close(): Promise<void>;
}

/** Connects, and makes the schema where there is none. Tables are made by those who own them. */
export async function openPostgres(options: ConnectionOptions): Promise<Postgres> {
  const connections = openConnections(options);
  const notices = createNotices(options);
  const close = async () => {
    await notices.close();
    await connections.close();
  };
  try {
    await createSchema(connections, options.schema);
  } catch (error) {
    await close();
    throw error;
  }
  return { connections, notices, options, close };
}
