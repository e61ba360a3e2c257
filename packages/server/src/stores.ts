import { join } from 'node:path';
import type { ClickHouseOptions } from './clickhouse-options.ts';
import { ConfigError } from './config-error.ts';
import type { DataDirectory } from './disk/data-directory.ts';
import { OnymError } from './errors.ts';
import { databasesOf } from './events/databases.ts';
import { createEventStore } from './events/event-store.ts';
import { newestMigration } from './events/migrations.ts';
import { openedOnDemand } from './events/opened-on-demand.ts';
import type { QueryLimits } from './events/query.ts';
import type { EventStore } from './events/types.ts';
import { movedIdentities } from './identity/postgres/moved-room.ts';
import { openPostgresStore } from './identity/postgres/store.ts';
import { openSqliteStore } from './identity/sqlite/store.ts';
import type { IdentityStore } from './identity/store.ts';
import { movedImports } from './import/postgres/moved-room.ts';
import { openPostgresProgress } from './import/postgres/progress.ts';
import type { ImportProgress } from './import/progress.ts';
import { openSqliteProgress } from './import/sqlite/progress.ts';
import type { DeadLetterTable } from './ingest/dead-letter-table.ts';
import { openPostgresDeadLetters } from './ingest/postgres/dead-letter-table.ts';
import { movedDeadLetters } from './ingest/postgres/moved-room.ts';
import { openSqliteDeadLetters } from './ingest/sqlite/dead-letter-table.ts';
import { movedKeys } from './keys/postgres/moved-room.ts';
import { openPostgresSessionTable } from './keys/postgres/session-table.ts';
import { openPostgresKeyTable } from './keys/postgres/table.ts';
import type { SessionTable } from './keys/session-table.ts';
import { openSqliteSessionTable } from './keys/sqlite/session-table.ts';
import { openSqliteKeyTable } from './keys/sqlite/table.ts';
import { createKeyStore } from './keys/store.ts';
import type { KeyStore } from './keys/types.ts';
import { limits } from './limits.ts';
import type { FindingTable } from './lint/finding-table.ts';
import { openPostgresFindingTable } from './lint/postgres/finding-table.ts';
import { movedFindings } from './lint/postgres/moved-room.ts';
import { openSqliteFindingTable } from './lint/sqlite/finding-table.ts';
import { refuseUnfinishedMove } from './move/postgres/record.ts';
import { openMoveTarget } from './move/postgres/target.ts';
import type { MovedDirectory, MoveTarget } from './move/record.ts';
import { createOwnNode, type Nodes } from './nodes/nodes.ts';
import { openRegistry, type RegistryOptions } from './nodes/postgres/registry.ts';
import { openPostgresTurns } from './nodes/postgres/turns.ts';
import { createOwnTurns, type Turns } from './nodes/turns.ts';
import type { ConnectionOptions } from './postgres/connection.ts';
import { openPostgres, type Postgres } from './postgres/postgres.ts';
import type { PostgresOptions } from './postgres-options.ts';
import { movedSavedQueries } from './saved-queries/postgres/moved-room.ts';
import { openPostgresSavedQueries } from './saved-queries/postgres/saved-query-table.ts';
import type { SavedQueryTable } from './saved-queries/saved-query-table.ts';
import { openSqliteSavedQueries } from './saved-queries/sqlite/saved-query-table.ts';

/** The one place that knows which engines there are. Everybody else knows what a store does. */

/** What nodes share, of one that shares it. `mustExist`: for a command that works on what a server has made. Throws as `openPostgres`. */
export const openShared = (
  options: PostgresOptions,
  log: ConnectionOptions['log'],
  existing?: { readonly mustExist: boolean },
): Promise<Postgres> =>
  openPostgres(
    {
      ...options,
      connectionsMax: limits.postgresConnectionsMax,
      statementMaxMs: limits.postgresStatementMaxMs,
      log,
    },
    existing,
  );

/** Copies to try an import on go to `importsDirectory`, which is emptied at every start; without it, beside the file. */
export const openOwnIdentityStore = ({
  identityFile,
  importsDirectory,
}: Pick<DataDirectory, 'identityFile'> & Partial<Pick<DataDirectory, 'importsDirectory'>>): IdentityStore =>
  openSqliteStore(identityFile, { scratchDirectory: importsDirectory });

/** In what nodes share; null: in the directory. */
export const openIdentityStore = async (
  directory: Parameters<typeof openOwnIdentityStore>[0],
  shared: Postgres | null,
): Promise<IdentityStore> => (shared === null ? openOwnIdentityStore(directory) : openPostgresStore(shared));

/** In what nodes share; null: in the directory. */
export async function openKeyStore(
  { keysFile }: Pick<DataDirectory, 'keysFile'>,
  shared: Postgres | null,
): Promise<KeyStore> {
  return createKeyStore(shared === null ? openSqliteKeyTable(keysFile) : await openPostgresKeyTable(shared));
}

/** Beside the keys. */
export const openSessionTable = async (
  { keysFile }: Pick<DataDirectory, 'keysFile'>,
  shared: Postgres | null,
): Promise<SessionTable> => (shared === null ? openSqliteSessionTable(keysFile) : openPostgresSessionTable(shared));

/** Among all nodes, or of this one alone. */
export const openTurns = async (shared: Postgres | null): Promise<Turns> =>
  shared === null ? createOwnTurns() : openPostgresTurns(shared);

/** All that share the ledger, or this one alone. */
export const openNodes = async (shared: Postgres | null, options: RegistryOptions): Promise<Nodes> =>
  shared === null ? createOwnNode(options.id, options) : openRegistry(shared, options);

export { openRegistered as openRegisteredNodes } from './nodes/postgres/registry.ts';

/** Of all nodes together, or in the directory. */
export const openFindingTable = async (
  { lintFile }: Pick<DataDirectory, 'lintFile'>,
  shared: Postgres | null,
): Promise<FindingTable> => (shared === null ? openSqliteFindingTable(lintFile) : openPostgresFindingTable(shared));
export const openDeadLetterTable = async (
  { deadLettersFile }: Pick<DataDirectory, 'deadLettersFile'>,
  shared: Postgres | null,
): Promise<DeadLetterTable> =>
  shared === null ? openSqliteDeadLetters(deadLettersFile) : openPostgresDeadLetters(shared);

export const openSavedQueryTable = async (
  { savedQueriesFile }: Pick<DataDirectory, 'savedQueriesFile'>,
  shared: Postgres | null,
): Promise<SavedQueryTable> =>
  shared === null ? openSqliteSavedQueries(savedQueriesFile) : openPostgresSavedQueries(shared);

/** How far imports have come. */
export const openImportProgress = async (
  { importsFile }: Pick<DataDirectory, 'importsFile'>,
  shared: Postgres | null,
): Promise<ImportProgress> => (shared === null ? openSqliteProgress(importsFile) : openPostgresProgress(shared));

/** Throws ConfigError where a move to it has not ended. */
export const checkNoMove = async (shared: Postgres | null): Promise<void> =>
  shared === null ? undefined : refuseUnfinishedMove(shared);

/** Of all that a directory keeps in files and that nodes share, the events apart. */
export const moveTargetOf = (shared: Postgres, files: DataDirectory, moved: MovedDirectory): MoveTarget =>
  openMoveTarget(shared, moved, [
    { room: movedIdentities, file: files.identityFile },
    { room: movedKeys, file: files.keysFile },
    { room: movedDeadLetters, file: files.deadLettersFile },
    { room: movedImports, file: files.importsFile },
    { room: movedFindings, file: files.lintFile },
    { room: movedSavedQueries, file: files.savedQueriesFile },
  ]);

/**
 * In the directory, or at a ClickHouse server, with these environments prepared; `on demand`: by the first question that needs it; `now or
 * later`: by that too, where the server does not answer now.
 */
export async function openEventStore(
  { eventsDirectory }: Pick<DataDirectory, 'eventsDirectory'>,
  {
    clickhouse,
    environments = [],
    opened = 'now',
    queryLimits,
    goOn = async () => undefined,
    inTurn = (_, work) => work(),
    onAway = () => undefined,
  }: {
    readonly clickhouse: ClickHouseOptions | null;
    readonly environments?: readonly string[];
    readonly opened?: 'now' | 'now or later' | 'on demand';
    readonly queryLimits: Partial<QueryLimits>;
    /** Called before each environment; throws where there is to be no further. */
    readonly goOn?: () => Promise<void>;
    /** Each environment is prepared in it. */
    readonly inTurn?: (environment: string, work: () => Promise<void>) => Promise<void>;
    /** Hears of a server that does not answer, and is opened later. */
    readonly onAway?: (error: OnymError) => void;
  },
): Promise<EventStore> {
  const path = eventsDirectory;
  const open = () =>
    createEventStore(clickhouse === null ? { path, queryLimits } : { path, server: clickhouse, queryLimits });
  if (opened === 'on demand') return openedOnDemand(open);
  let store: EventStore | null = null;
  try {
    store = await open();
    for (const name of environments) {
      await goOn();
      const { prepare } = store;
      await inTurn(name, () => prepare(name));
    }
    return store;
  } catch (error) {
    await store?.close();
    if (opened === 'now' || clickhouse === null || !isAway(error)) throw error;
    onAway(error);
    return openedOnDemand(() => open().catch(asAway));
  }
}

const isAway = (error: unknown): error is OnymError =>
  error instanceof OnymError && error.code === 'event-store-unavailable';

/** Of a server that was away at the start, and has something else against us once it is there: no caller's fault. */
function asAway(error: unknown): never {
  if (!(error instanceof ConfigError)) throw error;
  throw new OnymError('event-store-unavailable', 'The event store can not be worked with. The log says why.', {
    cause: error,
    retryAfterSeconds: 5,
  });
}

export { adoptEvents } from './events/adopt-events.ts';
/** Of a PostgreSQL, for people. */
export { shownUrl as shownPostgresUrl } from './postgres/login-problem.ts';

/** The newest layout of the event store that this version knows. */
export const knownEventsMigration = newestMigration;

/** Where the engine has the events of an environment, below an event store that it does not run on. */
export const eventPartsBelow = (eventsDirectory: string, environment: string): string =>
  join(eventsDirectory, 'data', 'data', databasesOf(environment).data, 'events');
