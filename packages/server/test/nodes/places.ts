import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Postgres as Server, startPostgres } from '../../../../test-support/postgres.ts';
import { openPostgres, type Postgres } from '../../src/postgres/postgres.ts';

export const placeKinds = ['SQLite', 'PostgreSQL'] as const;
export type PlaceKind = (typeof placeKinds)[number];

interface Closed {
  close(): Promise<void>;
}

/** Where a room's tables can be: a file, or a schema of a PostgreSQL of their own. */
export interface Places {
  /** Null for SQLite. */
  readonly server: Server | null;
  fileOf(name: string): string;
  /** Anew, after a restart, or, in PostgreSQL, as one more node: the same name is the same place. */
  open<Table extends Closed>(
    name: string,
    openTable: (file: string, shared: Postgres | null) => Promise<Table>,
  ): Promise<Table>;
  stop(): Promise<void>;
}

/** A node's connections, with few of them. */
export const openShared = (url: string, schema: string): Promise<Postgres> =>
  openPostgres({ url, schema, connectionsMax: 4, statementMaxMs: 30_000, log: { warn() {} } });

export async function startPlaces(kind: PlaceKind): Promise<Places> {
  const directory = mkdtempSync(join(tmpdir(), 'onym-places-'));
  const server = kind === 'PostgreSQL' ? await startPostgres() : null;
  const fileOf = (name: string) => join(directory, `${name}.db`);
  return {
    server,
    fileOf,
    async open(name, openTable) {
      const shared = server === null ? null : await openShared(server.url, name);
      const table = await openTable(fileOf(name), shared);
      return {
        ...table,
        async close() {
          await table.close();
          await shared?.close();
        },
      };
    },
    async stop() {
      await server?.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
