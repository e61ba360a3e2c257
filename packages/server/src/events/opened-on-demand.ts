import type { EventStore } from './types.ts';

/**
 * An event store that is opened by the first who asks it, and prepares an environment for the first who asks about that. Where it can't be
 * opened, who asked is told, and the next one tries again.
 */
export function openedOnDemand(open: () => Promise<EventStore>): EventStore {
  let opening: Promise<EventStore> | null = null;
  let store: EventStore | null = null;

  const opened = (): Promise<EventStore> => {
    opening ??= open().then(
      (it) => {
        store = it;
        return it;
      },
      (error) => {
        opening = null;
        throw error;
      },
    );
    return opening;
  };
  async function at(environment: string): Promise<EventStore> {
    const at = await opened();
    await at.prepare(environment);
    return at;
  }

  return {
    async prepare() {},
    insertEvents: async (environment, ...rest) => (await at(environment)).insertEvents(environment, ...rest),
    progress: async (environment) => (await at(environment)).progress(environment),
    projectedSeq: async (environment) => (await at(environment)).projectedSeq(environment),
    pending: async (environment) => (await at(environment)).pending(environment),
    eventCount: async (environment) => (await at(environment)).eventCount(environment),
    resetProjection: async (environment) => (await at(environment)).resetProjection(environment),
    project: async (environment, ...rest) => (await at(environment)).project(environment, ...rest),
    compact: async (environment, ...rest) => (await at(environment)).compact(environment, ...rest),
    timeline: async (environment, ...rest) => (await at(environment)).timeline(environment, ...rest),
    counts: async (environment, ...rest) => (await at(environment)).counts(environment, ...rest),
    countEach: async (environment, ...rest) => (await at(environment)).countEach(environment, ...rest),
    identifiersWith: async (environment, ...rest) => (await at(environment)).identifiersWith(environment, ...rest),
    findSent: async (environment, ...rest) => (await at(environment)).findSent(environment, ...rest),
    recentUuids: async (environment, ...rest) => (await at(environment)).recentUuids(environment, ...rest),
    readMap: async (environment, ...rest) => (await at(environment)).readMap(environment, ...rest),
    query: async (environment, ...rest) => (await at(environment)).query(environment, ...rest),
    queryStats: () => store?.queryStats() ?? { outcomes: new Map(), running: 0, waiting: 0 },
    exportTable: async (environment, ...rest) => (await at(environment)).exportTable(environment, ...rest),
    erase: async (environment, ...rest) => (await at(environment)).erase(environment, ...rest),
    expire: async (environment, ...rest) => (await at(environment)).expire(environment, ...rest),
    rawRows: async (environment, ...rest) => (await at(environment)).rawRows(environment, ...rest),
    tally: async (environment) => (await at(environment)).tally(environment),
    size: async (environment) => (await at(environment)).size(environment),
    damaged: async (environment) => (await at(environment)).damaged(environment),
    unreadable: async (environment, ...rest) => (await at(environment)).unreadable(environment, ...rest),
    async freeze(environments) {
      for (const environment of environments) await at(environment);
      return (await opened()).freeze(environments);
    },
    thaw: async () => (await opened()).thaw(),
    readsUnderWay: async () => store?.readsUnderWay(),
    oldestReadStartedAt: () => store?.oldestReadStartedAt() ?? null,
    async close() {
      // One that could not be opened has told so to who asked.
      const toClose = await opening?.catch(() => null);
      await toClose?.close();
    },
  };
}
