import type { EventStore } from './types.ts';

/** The event store's reads, each after all that was acknowledged before it is there to be seen. */
export type FreshReads = Pick<
  EventStore,
  'timeline' | 'counts' | 'countEach' | 'identifiersWith' | 'query' | 'exportTable'
>;

export interface Freshness {
  /** Drains what the journal holds of an environment. */
  flush(environment: string): Promise<void>;
  /** Projects to the ledger's head. */
  sync(environment: string): Promise<void>;
}

/** Timelines and counts go by nodes and need the events alone; what sees identities needs the projection as well. */
export function createFreshReads(eventStore: FreshReads, { flush, sync }: Freshness): FreshReads {
  return {
    async timeline(environment, ...asked) {
      await flush(environment);
      return eventStore.timeline(environment, ...asked);
    },
    async counts(environment, ...asked) {
      await flush(environment);
      return eventStore.counts(environment, ...asked);
    },
    async countEach(environment, ...asked) {
      await flush(environment);
      return eventStore.countEach(environment, ...asked);
    },
    async identifiersWith(environment, ...asked) {
      await flush(environment);
      await sync(environment);
      return eventStore.identifiersWith(environment, ...asked);
    },
    async query(environment, ...asked) {
      await flush(environment);
      await sync(environment);
      return eventStore.query(environment, ...asked);
    },
    async exportTable(environment, ...asked) {
      await flush(environment);
      await sync(environment);
      return eventStore.exportTable(environment, ...asked);
    },
  };
}
