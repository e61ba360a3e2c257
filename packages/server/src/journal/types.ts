import type { Seq } from '@onym/core';
import type { OnymError } from '../errors.ts';
import type { StoredEvent } from '../events/types.ts';
import type { Forgets } from '../forgets.ts';
import type { WriteDoor } from '../readiness.ts';
import type { BatchEvents } from './event-batches.ts';

/** A batch of journaled events, drained as one deduplicated insert. */
export interface JournalBatch extends BatchEvents {
  readonly id: number;
  readonly environment: string;
  /** Of the row in the file. */
  readonly bytes: number;
}

/** Of events that were given to `append`, those that it did not keep: the event store has them already, or why nobody can keep them. */
export type NotKept = ReadonlyMap<StoredEvent, 'repeated' | OnymError>;

/**
 * Where events are acknowledged, as all rooms know it: on this node's own disk (journal.ts), or in the event store at once (direct.ts), where
 * nothing of it outlives the process.
 */
export interface Journal extends WriteDoor, Forgets {
  /** A UUID, as old as what is kept here: no two that ever drained to one event store share it. */
  readonly id: string;
  /**
   * Resolves when the events are durable. Calls that wait while a group is being written share the next one's way.
   * Throws OnymError `overloaded` (503) when there is no room for them, `storage-full` (503) when the disk is, and `event-store-unavailable`
   * where that is who acknowledges; all say when to try again. But for the last, nothing of the call is kept then.
   */
  append(environment: string, events: readonly StoredEvent[]): Promise<NotKept>;
  /** Events that wait to be acknowledged. */
  waiting(): number;
  /** Bytes not yet drained. */
  bytes(): number;
  /** Whether `journalBytesMax` is reached, but for less than the largest event takes. */
  isFull(): boolean;
  /** When the oldest event was received that has not left the journal; null when none is left. */
  oldestReceivedAt(): number | null;
  /** The last batch id given; 0 when there was none yet. */
  head(): number;
  /** The last batch with an id below `before`. */
  previous(environment: string, before: number): JournalBatch | null;
  /** Says how many events of an environment the event store has by now; null: that is not known. */
  setHeld(environment: string, events: number | null): void;

  /** How many events are in quarantine, all environments together. */
  quarantinedCount(): number;
  /** Oldest first; those with an id above `after`, which is 0 by default. */
  quarantined(environment: string, limit: number, after?: number): QuarantinedEvent[];
  /** Puts events back into the journal, to be drained anew, once what was wrong is mended: these, or all. Returns how many. */
  release(environment: string, ids?: readonly number[] | null): number;
  /** Deletes these of an environment, or all. Returns how many there were. */
  discardQuarantined(environment: string, ids: readonly number[] | null): number;
  /**
   * Deletes what these identifiers have in quarantine, and rewrites the file, so that nothing of what has left the journal is in it any more.
   * Costs by what still waits there, and leaves that alone: drain first.
   */
  forget(environment: string, distinctIds: Iterable<string>): Promise<void>;
  close(): Promise<void>;
}

/**
 * A set of rows on its way to the event store, recorded durably before its insert. After a crash the very same rows are sent
 * again with the same token.
 */
export interface Drain {
  readonly id: number;
  readonly environment: string;
  /** The environment's batches from `first` to `last`, merged in order … */
  readonly first: number;
  readonly last: number;
  /** … and of their events those from `from` (inclusive) to `to` (exclusive). */
  readonly from: number;
  readonly to: number;
  /** Every row of it is resolved at this seq of the map or later. */
  readonly seq: Seq;
  /** Names the rows for deduplication: two drains never share one, the same drain always has the same. */
  readonly token: string;
}

export interface QuarantinedEvent {
  readonly id: number;
  readonly environment: string;
  readonly event: StoredEvent;
  /** What the event store said. */
  readonly message: string;
  readonly quarantinedAt: number;
}

/**
 * The journal as the drain sees it. Every change is all or nothing, and durable when the method returns, but for `begin`, `lower` and `finish`:
 * they change what is seen at once, and are durable when a `settled` of after them has resolved. Batches leave the journal only when all their
 * rows have arrived or are in quarantine.
 */
export interface JournalReader extends Pick<Journal, 'head'> {
  /** The least batch id that has not left the journal; null when none is left. */
  oldest(environment: string): number | null;
  /** Environments that have batches. */
  environments(): string[];
  /** Events that no drain holds yet. */
  waitingRows(environment: string): number;
  /** Drains recorded and not finished, oldest first: those of before a crash included. */
  underWay(environment: string): readonly Drain[];

  /**
   * Records a drain of the oldest batches that no drain holds, up to about batch `upTo`, merged up to `drainRowsMax` and
   * `drainBytesMax` (one batch at least). null when there are none. `seq` must be read before this call, rows resolved after it.
   */
  begin(environment: string, upTo: number, seq: Seq): Drain | null;
  /** The drain with a lower seq: for an identity store that went back behind what the drain had recorded. */
  lower(drain: Drain, seq: Seq): Drain;
  /** The rows have arrived. */
  finish(drain: Drain): void;
  /** Resolves when everything that was changed before is durable; the event loop is free while the disk works. */
  settled(): Promise<void>;
  /** Replaces a drain of two rows or more by its two halves. */
  split(drain: Drain): [Drain, Drain];
  /** Puts the only row of a drain aside, and finishes the drain. */
  quarantine(drain: Drain, event: StoredEvent, message: string): void;

  /** The first batch with an id above `after`, up to `last`. */
  next(environment: string, after: number, last: number): JournalBatch | null;

  /** How many events of an environment have arrived and were not removed since; null when that is not known. Drains that finish count. */
  held(environment: string): number | null;
  /** For a journal that is older than the event store: no batch is taken for one of those that it has forgotten. */
  leap(): void;
}
