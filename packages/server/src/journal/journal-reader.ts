import { toStorageError } from '../disk/sqlite.ts';
import { batchEvents, type WrittenEvents, writtenLines } from './event-batches.ts';
import { eventLine, eventsOf } from './event-lines.ts';
import type { BatchHead, BatchRow, DrainRow, JournalFile } from './journal-file.ts';
import type { createSegments } from './segments.ts';
import type { Drain, Journal, JournalBatch, JournalReader } from './types.ts';

const releaseRowsMax = 1_000;

export interface JournalReaderParts {
  file: JournalFile;
  segments: ReturnType<typeof createSegments>;
  drainRowsMax: number;
  drainBytesMax: number;
  now: () => number;
  head: () => number;
  /** Leaves out so many ids that none of those after is one that was given before; returns the last of them. */
  leap: () => number;
  /** Writes events as batches of their own, within the transaction under way; what it returns makes them visible. */
  insert: (environment: string, events: readonly WrittenEvents[]) => () => void;
  /** A batch was in the file when it was opened. */
  found: (bytes: number) => void;
  /** Bytes have left the journal. */
  removed: (bytes: number) => void;
}

const batchOf = (environment: string, row: BatchRow | undefined): JournalBatch | null =>
  row === undefined ? null : Object.assign(batchEvents(row.events), { id: row.id, environment, bytes: row.bytes });

type AtRest = Pick<
  Journal,
  | 'id'
  | 'oldestReceivedAt'
  | 'previous'
  | 'setHeld'
  | 'quarantinedCount'
  | 'quarantined'
  | 'release'
  | 'discardQuarantined'
  | 'forget'
>;

/** The drain's side of a journal, and what of the other comes from its file. Drains under way live in the file and, mirrored, in memory. */
export function createJournalReader(parts: JournalReaderParts): JournalReader & AtRest {
  const { file, segments } = parts;
  const drains = new Map<number, Drain>();
  const recorded = file.drains().map(remember);
  const holds = (drain: Drain, head: BatchHead) =>
    drain.environment === head.environment && drain.first <= head.id && head.id <= drain.last;
  for (const head of file.batchHeads()) {
    parts.found(head.bytes);
    if (!recorded.some((drain) => holds(drain, head))) segments.add(head.environment, head.id, head.rows, head.bytes);
  }

  function remember(row: DrainRow): Drain {
    const drain = {
      ...row,
      token: `${file.journalId}:${row.environment}:${row.first}-${row.last}:${row.from}-${row.to}`,
    };
    drains.set(row.id, drain);
    return drain;
  }

  function underWay(environment: string): Drain[] {
    return [...drains.values()].filter((drain) => drain.environment === environment);
  }

  /** Removes the drain, and its batches unless another part of them is under way. Returns what to do after the commit. */
  function removeDrain(drain: Drain): () => void {
    file.removeDrain(drain.id);
    const shared = underWay(drain.environment).some((other) => other.id !== drain.id && other.first === drain.first);
    const bytes = shared ? 0 : file.removeBatches(drain.environment, drain.first, drain.last);
    return () => {
      drains.delete(drain.id);
      if (bytes > 0) parts.removed(bytes);
    };
  }

  return {
    id: file.journalId,
    head: parts.head,
    oldest(environment) {
      const firsts = underWay(environment).map((drain) => drain.first);
      const waiting = segments.first(environment);
      if (waiting !== null) firsts.push(waiting);
      return firsts.length === 0 ? null : Math.min(...firsts);
    },
    oldestReceivedAt: file.firstReceivedAt,
    environments: () => [...new Set([...segments.environments(), ...[...drains.values()].map((d) => d.environment)])],
    waitingRows: segments.rows,
    underWay,

    begin(environment, upTo, seq) {
      const segment = segments.peek(environment, upTo, parts.drainRowsMax, parts.drainBytesMax);
      if (segment === null) return null;
      const row = { environment, first: segment.first, last: segment.last, from: 0, to: segment.rows, seq };
      const id = file.written(() => file.insertDrain(row));
      segments.take(environment, segment);
      return remember({ id, ...row });
    },
    lower(drain, seq) {
      file.written(() => file.setDrainSeq(drain.id, seq));
      const lowered = { ...drain, seq };
      drains.set(drain.id, lowered);
      return lowered;
    },
    finish(drain) {
      file.written(() => {
        file.addHeld(drain.environment, drain.to - drain.from);
        return removeDrain(drain);
      })();
    },
    settled: () =>
      new Promise((resolve, reject) => {
        file.sync((error) => (error === null ? resolve() : reject(toStorageError(error))));
      }),
    split(drain) {
      const middle = Math.floor((drain.from + drain.to) / 2);
      const { environment, first, last, seq } = drain;
      const rows = [
        { environment, first, last, from: drain.from, to: middle, seq },
        { environment, first, last, from: middle, to: drain.to, seq },
      ] as const;
      const ids = file.durably(() => {
        file.removeDrain(drain.id);
        return [file.insertDrain(rows[0]), file.insertDrain(rows[1])] as const;
      });
      drains.delete(drain.id);
      return [remember({ id: ids[0], ...rows[0] }), remember({ id: ids[1], ...rows[1] })];
    },
    quarantine(drain, event, message) {
      file.durably(() => {
        file.insertQuarantined(drain.environment, event.distinct_id, parts.now(), message, eventLine(event));
        return removeDrain(drain);
      })();
    },

    next: (environment, after, last) => batchOf(environment, file.nextBatch(environment, after, last)),
    previous: (environment, before) => batchOf(environment, file.previousBatch(environment, before)),

    held: file.held,
    setHeld: (environment, events) => file.durably(() => file.setHeld(environment, events)),
    leap: () => file.durably(() => file.noteGiven(parts.leap())),

    quarantinedCount: file.countQuarantined,
    quarantined: (environment, limit, after = 0) =>
      file.quarantined(environment, null, after, limit).map((row) => ({
        id: row.id,
        environment,
        event: eventsOf(`[${row.event}]`)[0]!,
        message: row.message,
        quarantinedAt: row.quarantined_at,
      })),
    release(environment, ids = null) {
      let released = 0;
      for (;;) {
        const rows = file.quarantined(environment, ids, 0, releaseRowsMax);
        if (rows.length === 0) return released;
        file.durably(() => {
          file.removeQuarantined(rows.map(({ id }) => id));
          const lines = rows.map((row) => row.event);
          return parts.insert(environment, writtenLines(lines));
        })();
        released += rows.length;
      }
    },
    discardQuarantined: (environment, ids) => file.durably(() => file.discardQuarantined(environment, ids)),
    async forget(environment, distinctIds) {
      file.durably(() => file.eraseQuarantined(environment, [...distinctIds]));
      await file.checkpointed();
      file.scrub();
    },
  };
}
