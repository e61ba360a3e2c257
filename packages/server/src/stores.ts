import type { DataDirectory } from './disk/data-directory.ts';
import { createEventStore } from './events/event-store.ts';
import { openedOnDemand } from './events/opened-on-demand.ts';
import type { EventStore } from './events/types.ts';
import { openSqliteStore } from './identity/sqlite-store.ts';
import type { IdentityStore } from './identity/types.ts';

/** The one place that knows which engines there are. Everybody else knows what a store does. */

export const openIdentityStore = ({ identityFile }: Pick<DataDirectory, 'identityFile'>): IdentityStore =>
  openSqliteStore(identityFile);

/** `onDemand`: the engine is opened by the first question that needs it. */
export async function openEventStore(
  { eventsDirectory }: Pick<DataDirectory, 'eventsDirectory'>,
  { onDemand }: { readonly onDemand: boolean },
): Promise<EventStore> {
  const open = () => createEventStore({ path: eventsDirectory });
  return onDemand ? openedOnDemand(open) : open();
}
