import { setImmediate as nextTurn } from 'node:timers/promises';
import type { EventStore, StoredEvent } from '../events/types.ts';
import { limits as defaultLimits } from '../limits.ts';
import { perEnvironment } from '../per-environment.ts';
import { createRecentSet, type RecentSet } from './recent-set.ts';
import type { Journal, JournalReader } from './types.ts';

export interface TrackedEvent {
  readonly event: StoredEvent;
  /** True when the client named the event: the same uuid for the same distinct_id counts once. */
  readonly explicitUuid: boolean;
}

export interface UuidWindowOptions {
  journal: Journal & JournalReader;
  eventStore: Pick<EventStore, 'recentUuids'>;
  limits?: { uuidWindowEvents?: number };
}

/** The journal's front door: leaves out events that were sent before, as far back as `uuidWindowEvents`. */
export interface UuidWindow {
  /**
   * Journals what is new, and says for each event whether it was (false: a duplicate, of an earlier call or within this one).
   * Resolves when everything, what it duplicates included, is durable. When it rejects, nothing of this call was kept.
   */
  append(environment: string, events: readonly TrackedEvent[]): Promise<boolean[]>;
  /** Whether an event of this name is known to have been sent before. */
  has(environment: string, event: { uuid: string; distinct_id: string }): boolean;
  /**
   * Learns the events of before the start: from the journal, then from the event store. To be called once before calls are accepted;
   * where the event store is away it throws, and may be called again at any later time. Rejects with the reason of `signal` when it is
   * aborted.
   */
  fill(environment: string, signal?: AbortSignal): Promise<void>;
}

interface Lane {
  durable: RecentSet;
  /** Pairs on their way to the disk. */
  pending: Map<string, Promise<void>>;
}

/** The uuid has a fixed length, so two pairs never share a key. */
const keyOf = (event: { uuid: string; distinct_id: string }): string => event.uuid + event.distinct_id;

export function createUuidWindow({ journal, eventStore, limits }: UuidWindowOptions): UuidWindow {
  const sizeMax = limits?.uuidWindowEvents ?? defaultLimits.uuidWindowEvents;
  const lanes = perEnvironment<Lane>(() => ({ durable: createRecentSet(sizeMax), pending: new Map() }));

  /** Waits for those it duplicates first: were one of them to fail after our own are on disk, the call would be half kept. */
  async function appendAfter(
    environment: string,
    earlier: Iterable<Promise<void>>,
    fresh: StoredEvent[],
  ): Promise<void> {
    await Promise.all(earlier);
    await journal.append(environment, fresh);
  }

  async function appendOnce(environment: string, events: readonly TrackedEvent[]): Promise<boolean[]> {
    const { durable, pending } = lanes.of(environment);
    const earlier = new Set<Promise<void>>();
    const keys = new Set<string>();
    const fresh: StoredEvent[] = [];
    const answers = events.map(({ event, explicitUuid }) => {
      if (explicitUuid) {
        const key = keyOf(event);
        if (keys.has(key) || durable.has(key)) return false;
        const underWay = pending.get(key);
        if (underWay !== undefined) {
          earlier.add(underWay);
          return false;
        }
        keys.add(key);
      }
      fresh.push(event);
      return true;
    });

    const appended = earlier.size > 0 ? appendAfter(environment, earlier, fresh) : journal.append(environment, fresh);
    for (const key of keys) pending.set(key, appended);
    try {
      await appended;
      for (const key of keys) durable.add(key);
    } finally {
      for (const key of keys) pending.delete(key);
    }
    return answers;
  }

  return {
    async append(environment, events) {
      if (events.some((item) => item.explicitUuid)) return appendOnce(environment, events);
      await journal.append(
        environment,
        events.map((item) => item.event),
      );
      return events.map(() => true);
    },

    has(environment, event) {
      const { durable, pending } = lanes.of(environment);
      return durable.has(keyOf(event)) || pending.has(keyOf(event));
    },

    async fill(environment, signal) {
      const { durable } = lanes.of(environment);
      // The journal first: what is drained meanwhile is then in the event store.
      let found = 0;
      for (let before = journal.head() + 1; found < sizeMax; ) {
        const batch = journal.previous(environment, before);
        if (batch === null) break;
        for (const event of batch.events) durable.add(keyOf(event));
        found += batch.events.length;
        before = batch.id;
        await nextTurn();
        signal?.throwIfAborted();
      }
      if (found >= sizeMax) return;
      for (const pair of await eventStore.recentUuids(environment, sizeMax - found)) durable.add(keyOf(pair));
    },
  };
}
