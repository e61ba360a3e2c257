import type { StoredEvent } from '../events/types.ts';
import { chunkRowsMax, type EncodedRows, type EncodeParts, encodeRows } from './encode-rows.ts';
import type { Drain, JournalReader } from './types.ts';

const chunkBytesMax = 1024 * 1024;

/** The events of a drain in their order, in chunks. */
export function* eventsOf(journal: JournalReader, drain: Drain): Generator<StoredEvent[]> {
  let chunk: StoredEvent[] = [];
  let bytes = 0;
  let row = 0;
  for (let after = drain.first - 1; row < drain.to; ) {
    const batch = journal.next(drain.environment, after, drain.last);
    if (batch === null) break;
    chunk.push(...batch.events.slice(Math.max(0, drain.from - row), Math.max(0, drain.to - row)));
    bytes += batch.bytes;
    row += batch.events.length;
    after = batch.id;
    if (chunk.length >= chunkRowsMax || bytes >= chunkBytesMax) {
      if (chunk.length > 0) yield chunk;
      chunk = [];
      bytes = 0;
    }
  }
  if (chunk.length > 0) yield chunk;
}

/**
 * The drain's rows as the event store takes them, bound to identities at `drain.seq` of the map or later. Where the identity store
 * is behind that seq (it was restored from a backup), the drain's seq is lowered first.
 */
export async function encodeDrain(
  { journal, ...parts }: EncodeParts & { readonly journal: JournalReader },
  recorded: Drain,
): Promise<EncodedRows> {
  const { environment } = recorded;
  let drain = recorded;
  const noteSeq = (seq: number): void => {
    if (seq < drain.seq) drain = journal.lower(drain, seq);
  };
  noteSeq((await parts.identityStore.environment(environment)).head);
  return encodeRows(parts, environment, () => eventsOf(journal, recorded), noteSeq);
}
