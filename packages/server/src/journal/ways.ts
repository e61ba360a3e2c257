import type { EventStore } from '../events/types.ts';
import type { IdentityStore } from '../identity/store.ts';
import type { Log } from '../log.ts';
import { createDirect } from './direct.ts';
import { createDrain, type DrainLoop } from './drain.ts';
import { type JournalLimits, openJournal } from './journal.ts';
import type { Journal, JournalReader } from './types.ts';

/** The ways from a call to the event store: what acknowledges an event, and what brings it there. */
export interface EventWay {
  readonly journal: Journal;
  readonly drain: DrainLoop;
  /** What of it is on this node's disk; null where nothing is. */
  readonly onDisk: JournalReader | null;
}

export interface WayOptions {
  readonly eventStore: Pick<EventStore, 'insertEvents' | 'findSent'>;
  readonly identityStore: Pick<IdentityStore, 'environment' | 'resolve'>;
  /** Whether other nodes insert into the same event store. */
  readonly shared: boolean;
  readonly limits: Partial<Record<keyof JournalLimits, number>>;
  readonly log: Log;
}

/** Acknowledged by the disk of this node, in a file of this directory. */
export function byJournal({ directory, shared, limits, ...parts }: WayOptions & { directory: string }): EventWay {
  const journal = openJournal({ directory, limits });
  const findSent = shared ? parts.eventStore.findSent : undefined;
  return { journal, drain: createDrain({ ...parts, journal, findSent }), onDisk: journal };
}

/** Acknowledged by the event store. */
export function byEventStore({ shared, ...parts }: WayOptions): EventWay {
  return { ...createDirect({ ...parts, findSent: shared ? parts.eventStore.findSent : undefined }), onDisk: null };
}
