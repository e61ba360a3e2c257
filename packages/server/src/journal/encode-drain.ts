import type { StoredEvent } from '../events/types.ts';
import { chunkRowsMax, type EncodedRows, type EncodeParts, encodeRows } from './encode-rows.ts';
import type { EventRows } from './event-batches.ts';
import type { GrowingBytes } from './reused-bytes.ts';
import type { Drain, JournalReader } from './types.ts';

const chunkBytesMax = 1024 * 1024;

/** The events of a drain in their order, in chunks. */
function* chunksOf(journal: JournalReader, drain: Drain): Generator<EventRows[]> {
  let chunk: EventRows[] = [];
  let rows = 0;
  let bytes = 0;
  let row = 0;
  for (let after = drain.first - 1; row < drain.to; ) {
    const batch = journal.next(drain.environment, after, drain.last);
    if (batch === null) break;
    const part = batch.rows(Math.max(0, drain.from - row), Math.max(0, drain.to - row));
    if (part.distinctIds.length > 0) chunk.push(part);
    rows += part.distinctIds.length;
    bytes += batch.bytes;
    row += batch.count;
    after = batch.id;
    if (rows >= chunkRowsMax || bytes >= chunkBytesMax) {
      if (chunk.length > 0) yield chunk;
      chunk = [];
      rows = 0;
      bytes = 0;
    }
  }
  if (chunk.length > 0) yield chunk;
}

/** The event of a drain that holds one. */
export function eventOf(journal: JournalReader, drain: Drain): StoredEvent {
  let row = 0;
  for (let after = drain.first - 1; ; ) {
    const batch = journal.next(drain.environment, after, drain.last)!;
    if (drain.from < row + batch.count) return batch.events[drain.from - row]!;
    row += batch.count;
    after = batch.id;
  }
}

/**
 * The drain's rows as the event store takes them, bound to identities at `drain.seq` of the map or later. Where the identity store
 * is behind that seq (it was restored from a backup), the drain's seq is lowered first.
 */
export async function encodeDrain(
  { journal, ...parts }: EncodeParts & { readonly journal: JournalReader },
  recorded: Drain,
  bytes: GrowingBytes,
): Promise<EncodedRows> {
  const { environment } = recorded;
  let drain = recorded;
  const noteSeq = (seq: number): void => {
    if (seq < drain.seq) drain = journal.lower(drain, seq);
  };
  noteSeq((await parts.identityStore.environment(environment)).head);
  return encodeRows(parts, environment, () => chunksOf(journal, recorded), noteSeq, bytes);
}
