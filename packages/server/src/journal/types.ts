import type { StoredEvent } from '../events/types.ts';

/** A batch of journaled events, drained as one deduplicated insert. */
export interface JournalBatch {
  /** Ascending, never reused; part of the deduplication token. */
  id: number;
  environment: string;
  events: StoredEvent[];
}

/**
 * A durable buffer of events on this node's own disk: SQLite as the file format, one row a batch, synchronous=FULL.
 * One append and one fsync acknowledge every call that waited.
 */
export interface Journal {
  /**
   * Resolves when the events are on disk. Calls that wait while a group is being written share the next one's fsync.
   * Throws OnymError `overloaded` (503) when `journalBytesMax` or the waiting queue is full, and `storage-full` (503) when the
   * disk is; both say when to try again, and nothing of the call is kept.
   */
  append(environment: string, events: readonly StoredEvent[]): Promise<void>;
  /** Bytes not yet drained. */
  bytes(): number;
  close(): Promise<void>;
}
