import { toStorageError } from '../disk/sqlite.ts';
import { limits as defaultLimits } from '../limits.ts';
import { batchesOf, type WrittenEvents, writtenEvents } from './event-batches.ts';
import { type BatchHead, openJournalFile } from './journal-file.ts';
import { createJournalReader } from './journal-reader.ts';
import { createSegments } from './segments.ts';
import { overloaded } from './trouble.ts';
import type { Journal, JournalReader, NotKept } from './types.ts';

/** Written since the last checkpoint. What has left the journal meanwhile need not be copied: the fewer there are, the less they cost. */
const checkpointBytesDefault = 32 * 1024 * 1024;
/** Room for less than this is none: the largest event, with what is around its properties. */
const roomBytesMin = 2 * defaultLimits.propertiesBytesMax;
/** An empty journal whose file is above this gives the space back. */
const idleFileBytesMax = 64 * 1024 * 1024;
/** More than any journal has given. */
const leapIds = 1_000_000_000_000;

export type JournalLimits = Pick<
  typeof defaultLimits,
  'waitingEventsMax' | 'journalBytesMax' | 'drainRowsMax' | 'drainBytesMax'
>;

export interface JournalOptions {
  /** Must exist, be on a durable disk, and belong to this process alone. */
  directory: string;
  limits?: Partial<Record<keyof JournalLimits, number>>;
  /** What is written between two checkpoints. */
  checkpointBytes?: number;
  now?: () => number;
}

interface Waiting {
  environment: string;
  written: readonly WrittenEvents[];
  count: number;
  /** In bytes. */
  length: number;
  resolve: (notKept: NotKept) => void;
  reject: (error: unknown) => void;
}

/** Written together, and acknowledged once they are on disk. */
interface Group {
  calls: Waiting[];
  heads: BatchHead[];
}

/** The disk takes what it is given, and knows nothing of what the event store has. */
const nothing: NotKept = new Map();

/** Opens the directory's journal, creating it when there is none. */
export function openJournal(options: JournalOptions): Journal & JournalReader {
  const limits = { ...defaultLimits, ...options.limits };
  const checkpointBytes = options.checkpointBytes ?? checkpointBytesDefault;
  const file = openJournalFile(options.directory);
  const segments = createSegments();
  let waiting: Waiting[] = [];
  let waitingEvents = 0;
  let waitingLength = 0;
  let undrainedBytes = 0;
  let writtenBytes = 0;
  let lastId = file.lastId;
  let scheduled = false;
  /** Written and not yet on disk. */
  let underWay: Group | null = null;
  let lastFailed = false;
  let closed = false;

  const reader = createJournalReader({
    file,
    segments,
    drainRowsMax: limits.drainRowsMax,
    drainBytesMax: limits.drainBytesMax,
    now: options.now ?? Date.now,
    head: () => lastId,
    leap: () => {
      lastId += leapIds;
      return lastId;
    },
    insert: (environment, events) => {
      const heads = insert(environment, events);
      return () => show(heads);
    },
    found: (bytes) => {
      undrainedBytes += bytes;
    },
    removed: (bytes) => {
      undrainedBytes -= bytes;
      maintain();
    },
  });

  function insert(environment: string, written: readonly WrittenEvents[]): BatchHead[] {
    return batchesOf(written).map(({ text, count }) => {
      const head = { id: ++lastId, environment, rows: count, bytes: text.length };
      file.insertBatch(head, text);
      return head;
    });
  }

  /** Only what is on disk is seen by the drain. */
  function show(heads: readonly BatchHead[]): void {
    for (const head of heads) {
      segments.add(head.environment, head.id, head.rows, head.bytes);
      undrainedBytes += head.bytes;
      writtenBytes += head.bytes;
    }
  }

  function takeGroup(): Waiting[] {
    let count = 0;
    let length = 0;
    while (count < waiting.length && (count === 0 || length + waiting[count]!.length <= limits.journalGroupLengthMax)) {
      length += waiting[count++]!.length;
    }
    const group = waiting.slice(0, count);
    waiting = waiting.slice(count);
    for (const call of group) {
      waitingEvents -= call.count;
      waitingLength -= call.length;
    }
    return group;
  }

  /** null when it could not be written; its calls know then. */
  function writeGroup(): Group | null {
    const calls = takeGroup();
    const writtenByEnvironment = new Map<string, WrittenEvents[]>();
    for (const { environment, written } of calls) {
      const all = writtenByEnvironment.get(environment);
      if (all === undefined) writtenByEnvironment.set(environment, [...written]);
      else all.push(...written);
    }
    try {
      const heads = file.written(() =>
        [...writtenByEnvironment].flatMap(([environment, written]) => insert(environment, written)),
      );
      return { calls, heads };
    } catch (error) {
      lastFailed = true;
      for (const call of calls) call.reject(error);
      return null;
    }
  }

  function settle({ calls, heads }: Group, error: Error | null): void {
    lastFailed = error !== null;
    if (error === null) {
      show(heads);
      for (const call of calls) call.resolve(nothing);
      return;
    }
    try {
      file.written(() => {
        for (const head of heads) file.removeBatch(head.id);
      });
    } catch {
      // A disk that neither keeps nor forgets: the callers are told, and may find their events all the same.
    }
    for (const call of calls) call.reject(toStorageError(error));
  }

  function turn(): void {
    scheduled = false;
    if (closed || underWay !== null || waiting.length === 0) return;
    const group = writeGroup();
    if (group === null) {
      if (waiting.length > 0) schedule();
      return;
    }
    underWay = group;
    file.sync((error) => {
      // Closing has settled it already.
      if (underWay !== group) return;
      underWay = null;
      settle(group, error);
      if (waiting.length > 0) schedule();
      if (writtenBytes >= checkpointBytes) setImmediate(maintain);
    });
  }

  /** For closing: everything at once. */
  function writeNow(): void {
    const groups = underWay === null ? [] : [underWay];
    underWay = null;
    while (waiting.length > 0) {
      const group = writeGroup();
      if (group !== null) groups.push(group);
    }
    let failure: Error | null = null;
    try {
      if (groups.length > 0) file.syncNow();
    } catch (error) {
      failure = error as Error;
    }
    for (const group of groups) settle(group, failure);
  }

  function schedule(): void {
    if (scheduled) return;
    scheduled = true;
    setImmediate(turn);
  }

  /** Off the way of a call. What fails here is tried again when as much more is written, and nothing depends on it. */
  function maintain(): void {
    if (closed) return;
    try {
      if (undrainedBytes === 0 && file.fileBytes() > idleFileBytesMax) {
        file.database.exec('VACUUM');
        writtenBytes = checkpointBytes;
      }
      if (writtenBytes < checkpointBytes) return;
      writtenBytes = 0;
      file.checkpoint();
    } catch {
      writtenBytes = 0;
    }
  }

  return {
    ...reader,
    append(environment, events) {
      if (events.length === 0) return Promise.resolve(nothing);
      return new Promise((resolve, reject) => {
        if (closed) throw overloaded('The server is stopping. Send it again.');
        if (waitingEvents + events.length > limits.waitingEventsMax) {
          throw overloaded('Too many events wait to be written. Send it again later.');
        }
        const written = writtenEvents(events);
        let length = 0;
        for (const { bytes } of written) length += bytes.length;
        if (waitingLength + length > limits.waitingEventsLengthMax) {
          throw overloaded('Too many events wait to be written. Send it again later.');
        }
        if (undrainedBytes + waitingLength + length > limits.journalBytesMax) {
          throw overloaded(
            'The journal is full, because the event store does not take its events. Send it again later.',
          );
        }
        waiting.push({ environment, written, count: events.length, length, resolve, reject });
        waitingEvents += events.length;
        waitingLength += length;
        schedule();
      });
    },
    waiting: () => waitingEvents,
    bytes: () => undrainedBytes,
    isFull: () => undrainedBytes + Math.min(roomBytesMin, limits.journalBytesMax / 2) > limits.journalBytesMax,
    failing: () => lastFailed,
    async tryWrite() {
      if (closed) throw overloaded('The server is stopping.');
      file.durably(file.touch);
      lastFailed = false;
    },
    async close() {
      if (closed) return;
      writeNow();
      closed = true;
      await file.close();
    },
  };
}
