import { setImmediate as nextTurn } from 'node:timers/promises';
import { OnymError } from '../errors.ts';
import type { EventStore, StoredEvent } from '../events/types.ts';
import { limits as defaultLimits } from '../limits.ts';
import { perEnvironment } from '../per-environment.ts';
import { keyOf } from './event-key.ts';
import { createRecentSet, type RecentSet, type TextDigest } from './recent-set.ts';
import type { Journal, NotKept } from './types.ts';

export interface TrackedEvent {
  readonly event: StoredEvent;
  /** True when the client named the event: the same uuid for the same distinct_id counts once. */
  readonly explicitUuid: boolean;
}

export interface UuidWindowOptions {
  journal: Pick<Journal, 'append' | 'head' | 'previous'>;
  /** Where this node alone inserts. What several share is asked when events are brought there, not at a start. */
  eventStore: Pick<EventStore, 'recentUuids'> | null;
  limits?: { uuidWindowEvents?: number };
}

/** The journal's front door: leaves out events that were sent before, as far back as `uuidWindowEvents`. */
export interface UuidWindow {
  /**
   * Journals what is new, and says for each event whether it was (false: a duplicate, of an earlier call or within this one), or why nobody
   * can keep it. Resolves when everything, what it duplicates included, is durable. When it rejects, nothing of this call was kept, but
   * where the event store acknowledges and says nothing.
   */
  append(environment: string, events: readonly TrackedEvent[]): Promise<(boolean | OnymError)[]>;
  /** Whether an event of this name is known to have been sent before. */
  has(environment: string, event: { uuid: string; distinct_id: string }): boolean;
  /**
   * Learns the events of before the start: from the journal, then from the event store. To be called once before calls are accepted;
   * where the event store is away it throws, and may be called again at any later time. Rejects with the reason of `signal` when it is
   * aborted.
   */
  fill(environment: string, signal?: AbortSignal): Promise<void>;
}

/** An event and what becomes of it. */
interface OnItsWay {
  readonly event: StoredEvent;
  readonly appended: Promise<NotKept>;
}

/**
 * What the map of those under way holds. It is emptied when the event has arrived: each time that such a map is made anew, which it is all the
 * while as entries come and go, V8 leaves the former one as it was, and once one of them has grown old, all after it and what they hold stay
 * until old objects are collected. Of each event on its way that was a kilobyte or two.
 */
interface Place {
  onItsWay: OnItsWay | null;
}

/** An event of this call, and how its name is remembered. */
interface Named {
  readonly event: StoredEvent;
  readonly digest: TextDigest;
}

interface Lane {
  durable: RecentSet;
  /** Pairs on their way to the disk. */
  pending: Map<string, Place>;
}

export function createUuidWindow({ journal, eventStore, limits }: UuidWindowOptions): UuidWindow {
  const sizeMax = limits?.uuidWindowEvents ?? defaultLimits.uuidWindowEvents;
  const lanes = perEnvironment<Lane>(() => ({ durable: createRecentSet(sizeMax), pending: new Map() }));

  /** Waits for those it duplicates first: were one of them to fail after our own are on disk, the call would be half kept. */
  async function appendAfter(
    environment: string,
    earlier: Iterable<Promise<unknown>>,
    fresh: StoredEvent[],
  ): Promise<NotKept> {
    await Promise.all(earlier);
    return journal.append(environment, fresh);
  }

  async function appendOnce(environment: string, events: readonly TrackedEvent[]): Promise<(boolean | OnymError)[]> {
    const { durable, pending } = lanes.of(environment);
    const earlier = new Set<Promise<unknown>>();
    /** Events of this call by their names. */
    const named = new Map<string, Named>();
    const fresh: StoredEvent[] = [];
    /** Of each that is not new: the event that it repeats, where that is not durable yet. */
    const repeats = events.map(({ event, explicitUuid }): OnItsWay | StoredEvent | 'new' | 'durable' => {
      if (explicitUuid) {
        const key = keyOf(event);
        const digest = durable.digest(key);
        if (durable.hasDigest(digest)) return 'durable';
        const own = named.get(key);
        if (own !== undefined) return own.event;
        const underWay = pending.get(key)?.onItsWay ?? null;
        if (underWay !== null) {
          earlier.add(underWay.appended);
          return underWay;
        }
        named.set(key, { event, digest });
      }
      fresh.push(event);
      return 'new';
    });

    const appended = earlier.size > 0 ? appendAfter(environment, earlier, fresh) : journal.append(environment, fresh);
    for (const [key, { event }] of named) pending.set(key, { onItsWay: { event, appended } });
    try {
      const notKept = await appended;
      for (const { event, digest } of named.values())
        if (!(notKept.get(event) instanceof OnymError)) durable.addDigest(digest);
      const fates: (boolean | OnymError)[] = [];
      for (const [index, repeated] of repeats.entries()) {
        if (repeated === 'durable') fates.push(false);
        else if (repeated === 'new') fates.push(fateOf(events[index]!.event, notKept) ?? true);
        else if ('appended' in repeated) fates.push(fateOf(repeated.event, await repeated.appended) ?? false);
        else fates.push(fateOf(repeated, notKept) ?? false);
      }
      return fates;
    } finally {
      for (const key of named.keys()) arrived(pending, key);
    }
  }

  /** As `appendOnce` of one event, which is what most calls are, and without all that only several need. */
  function appendNamed(environment: string, event: StoredEvent): Promise<(boolean | OnymError)[]> {
    const { durable, pending } = lanes.of(environment);
    const key = keyOf(event);
    const digest = durable.digest(key);
    if (durable.hasDigest(digest)) return Promise.resolve([false]);
    const underWay = pending.get(key)?.onItsWay ?? null;
    if (underWay !== null) return underWay.appended.then((notKept) => [fateOf(underWay.event, notKept) ?? false]);
    const appended = journal.append(environment, [event]);
    pending.set(key, { onItsWay: { event, appended } });
    return appended.then(
      (notKept) => {
        arrived(pending, key);
        const fate = fateOf(event, notKept) ?? true;
        if (!(fate instanceof OnymError)) durable.addDigest(digest);
        return [fate];
      },
      (error: unknown) => {
        arrived(pending, key);
        throw error;
      },
    );
  }

  /** None of which has a name. */
  function appendAll(environment: string, events: readonly TrackedEvent[]): Promise<(boolean | OnymError)[]> {
    const unnamed = events.map((item) => item.event);
    return journal
      .append(environment, unnamed)
      .then((notKept) => unnamed.map((event) => fateOf(event, notKept) ?? true));
  }

  return {
    append(environment, events) {
      if (!events.some((item) => item.explicitUuid)) return appendAll(environment, events);
      return events.length === 1 ? appendNamed(environment, events[0]!.event) : appendOnce(environment, events);
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
        for (const name of batch.names) durable.add(keyOf(name));
        found += batch.count;
        before = batch.id;
        await nextTurn();
        signal?.throwIfAborted();
      }
      if (found >= sizeMax || eventStore === null) return;
      for (const pair of await eventStore.recentUuids(environment, sizeMax - found)) durable.add(keyOf(pair));
    },
  };
}

function arrived(pending: Map<string, Place>, key: string): void {
  const place = pending.get(key);
  if (place === undefined) return;
  pending.delete(key);
  place.onItsWay = null;
}

/** Null where it was kept. */
function fateOf(event: StoredEvent, notKept: NotKept): false | OnymError | null {
  if (notKept.size === 0) return null;
  const why = notKept.get(event);
  return why === undefined ? null : why === 'repeated' ? false : why;
}
