import { existsSync } from 'node:fs';
import { ConfigError } from '../config-error.ts';
import type { DataDirectory } from '../disk/data-directory.ts';
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
  readonly directory: Pick<DataDirectory, 'path' | 'journalDirectory' | 'journalFile'>;
  readonly eventStore: Pick<EventStore, 'insertEvents' | 'findSent' | 'eventCount'>;
  readonly identityStore: Pick<IdentityStore, 'environment' | 'resolve'>;
  /** Whether other nodes insert into the same event store. */
  readonly shared: boolean;
  readonly limits: Partial<Record<keyof JournalLimits, number>>;
  readonly log: Log;
}

/** Acknowledged by the disk of this node, in the journal of its directory. */
export function byJournal({ directory, shared, limits, ...parts }: WayOptions): EventWay & { onDisk: JournalReader } {
  const journal = openJournal({ directory: directory.journalDirectory, limits });
  const findSent = shared ? parts.eventStore.findSent : undefined;
  return { journal, drain: createDrain({ ...parts, journal, findSent }), onDisk: journal };
}

/** Acknowledged by the event store. Throws ConfigError where the directory has a journal of before, with events in it. */
export function byEventStore({ directory, shared, ...parts }: WayOptions): EventWay {
  if (existsSync(directory.journalFile)) checkEmpty(directory);
  return { ...createDirect({ ...parts, findSent: shared ? parts.eventStore.findSent : undefined }), onDisk: null };
}

function checkEmpty({ path, journalDirectory }: WayOptions['directory']): void {
  const journal = openJournal({ directory: journalDirectory });
  const isEmpty = journal.environments().length === 0;
  void journal.close();
  if (isEmpty) return;
  throw new ConfigError(
    `The journal of ${path} holds events that it acknowledged before ONYM_ACKNOWLEDGE was event-store. Bring them to the event store first: onym drain ${path}`,
  );
}
