import { setImmediate as nextTurn } from 'node:timers/promises';
import { EncodingError } from '../events/row-error.ts';
import { encodeEvents } from '../events/rows.ts';
import type { StoredEvent } from '../events/types.ts';
import type { IdentityStore } from '../identity/store.ts';
import { nodeId } from '../node-id.ts';
import type { Drain, JournalReader } from './types.ts';

/** Decoded and encoded in one turn of the event loop: about 10 ms. */
const chunkRowsMax = 1_000;
const chunkBytesMax = 1024 * 1024;

interface Parts {
  journal: JournalReader;
  identityStore: Pick<IdentityStore, 'environment' | 'resolve'>;
}

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
export async function encodeDrain({ journal, identityStore }: Parts, recorded: Drain): Promise<Buffer> {
  const { environment } = recorded;
  let drain = recorded;
  const { head } = await identityStore.environment(environment);
  if (head < drain.seq) drain = journal.lower(drain, head);

  const identityIds = new Map<string, string>();
  const parts: Buffer[] = [];
  for (const events of eventsOf(journal, drain)) {
    const unresolved = new Set<string>();
    for (const event of events) if (!identityIds.has(event.distinct_id)) unresolved.add(event.distinct_id);
    if (unresolved.size > 0) {
      const { seq, resolved } = await identityStore.resolve(environment, [...unresolved]);
      if (seq < drain.seq) drain = journal.lower(drain, seq);
      for (const distinctId of unresolved) {
        identityIds.set(distinctId, nodeId(environment, resolved.get(distinctId)?.canonicalId ?? distinctId));
      }
    }
    try {
      parts.push(encodeEvents(environment, events, (distinctId) => identityIds.get(distinctId)!));
    } catch (error) {
      throw new EncodingError(`An event can't be encoded: ${error instanceof Error ? error.message : error}`, {
        cause: error,
      });
    }
    await nextTurn();
  }
  return Buffer.concat(parts);
}
