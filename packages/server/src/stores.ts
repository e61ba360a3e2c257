import { join } from 'node:path';
import type { ClickHouseOptions } from './clickhouse-options.ts';
import type { DataDirectory } from './disk/data-directory.ts';
import { databasesOf } from './events/databases.ts';
import { createEventStore } from './events/event-store.ts';
import { newestMigration } from './events/migrations.ts';
import { openedOnDemand } from './events/opened-on-demand.ts';
import type { QueryLimits } from './events/query.ts';
import type { EventStore } from './events/types.ts';
import { openSqliteStore } from './identity/sqlite/store.ts';
import type { IdentityStore } from './identity/store.ts';

/** The one place that knows which engines there are. Everybody else knows what a store does. */

/** Copies to try an import on go to `importsDirectory`, which is emptied at every start; without it, beside the file. */
export const openIdentityStore = ({
  identityFile,
  importsDirectory,
}: Pick<DataDirectory, 'identityFile'> & Partial<Pick<DataDirectory, 'importsDirectory'>>): IdentityStore =>
  openSqliteStore(identityFile, { scratchDirectory: importsDirectory });

/** In the directory, or at a ClickHouse server. `onDemand`: the engine is opened by the first question that needs it. */
export async function openEventStore(
  { eventsDirectory }: Pick<DataDirectory, 'eventsDirectory'>,
  {
    clickhouse,
    onDemand,
    queryLimits,
  }: {
    readonly clickhouse: ClickHouseOptions | null;
    readonly onDemand: boolean;
    readonly queryLimits: Partial<QueryLimits>;
  },
): Promise<EventStore> {
  const path = eventsDirectory;
  const open = () =>
    createEventStore(clickhouse === null ? { path, queryLimits } : { path, server: clickhouse, queryLimits });
  return onDemand ? openedOnDemand(open) : open();
}

export { adoptEvents } from './events/adopt-events.ts';

/** The newest layout of the event store that this version knows. */
export const knownEventsMigration = newestMigration;

/** Where the engine has the events of an environment, below an event store that it does not run on. */
export const eventPartsBelow = (eventsDirectory: string, environment: string): string =>
  join(eventsDirectory, 'data', 'data', databasesOf(environment).data, 'events');
