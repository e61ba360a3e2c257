import type { EventStore } from '../events/types.ts';
import type { DrainLoop } from './drain.ts';
import type { Journal } from './types.ts';

/** Where events are removed on purpose, so that the next start does not take them for lost. */
export type Removals = <Result>(environment: string, remove: () => Promise<Result>) => Promise<Result>;

export function createRemovals(parts: {
  readonly journal: Pick<Journal, 'setHeld'>;
  readonly drain: Pick<DrainLoop, 'still'>;
  readonly eventStore: Pick<EventStore, 'size'>;
}): Removals {
  return async (environment, remove) => {
    parts.journal.setHeld(environment, null);
    const removed = await remove();
    await parts.drain.still(async () => parts.journal.setHeld(environment, await parts.eventStore.size(environment)));
    return removed;
  };
}
