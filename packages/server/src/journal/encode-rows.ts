import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Seq } from '@onym/core';
import { EncodingError } from '../events/row-error.ts';
import { encodeEvents } from '../events/rows.ts';
import type { EventStore, SentEvent, StoredEvent } from '../events/types.ts';
import type { IdentityStore } from '../identity/store.ts';
import { nodeId } from '../node-id.ts';
import { keyOf } from './event-key.ts';

/** Decoded and encoded in one turn of the event loop: about 10 ms. */
export const chunkRowsMax = 1_000;

export interface EncodeParts {
  readonly identityStore: Pick<IdentityStore, 'environment' | 'resolve'>;
  /** Where other nodes insert as well: which of these events they have sent already. */
  readonly findSent?: EventStore['findSent'] | undefined;
}

export interface EncodedRows {
  /** As the event store takes them. */
  readonly ndjson: Buffer;
  /** Places of the events that are left out, since the event store has them, or they come twice. */
  readonly repeats: ReadonlySet<number>;
}

/**
 * The rows of events that go as one insert, bound to identities of now. `chunks` gives the same events each time; `boundAt` hears of each seq
 * of the map that some are bound at.
 */
export async function encodeRows(
  { identityStore, findSent }: EncodeParts,
  environment: string,
  chunks: () => Iterable<readonly StoredEvent[]>,
  boundAt: (seq: Seq) => void,
): Promise<EncodedRows> {
  const identityIds = new Map<string, string>();
  const identityIdOf = (distinctId: string) => identityIds.get(distinctId)!;

  async function resolve(events: readonly StoredEvent[]): Promise<void> {
    const unresolved = new Set<string>();
    for (const event of events) if (!identityIds.has(event.distinct_id)) unresolved.add(event.distinct_id);
    if (unresolved.size === 0) return;
    const { seq, resolved } = await identityStore.resolve(environment, [...unresolved]);
    boundAt(seq);
    for (const distinctId of unresolved) {
      identityIds.set(distinctId, nodeId(environment, resolved.get(distinctId)?.canonicalId ?? distinctId));
    }
  }

  async function encode(repeats: ReadonlySet<number>, seen: (events: readonly StoredEvent[]) => void): Promise<Buffer> {
    const parts: Buffer[] = [];
    let at = 0;
    for (const all of chunks()) {
      const first = at;
      at += all.length;
      const events = repeats.size === 0 ? all : all.filter((_, index) => !repeats.has(first + index));
      seen(events);
      await resolve(events);
      try {
        parts.push(encodeEvents(environment, events, identityIdOf));
      } catch (error) {
        throw new EncodingError(`An event can't be encoded: ${error instanceof Error ? error.message : error}`, {
          cause: error,
        });
      }
      await nextTurn();
    }
    return Buffer.concat(parts);
  }

  const sent: SentEvent[] = [];
  const ndjson = await encode(new Set(), (events) => {
    if (findSent !== undefined) sent.push(...events.map(sentOf));
  });
  const repeats = findSent === undefined ? new Set<number>() : repeatsOf(sent, await findSent(environment, sent));
  // Hardly ever are there any: so they are looked for once all is encoded, and only what names an event is kept for it.
  return { ndjson: repeats.size === 0 ? ndjson : await encode(repeats, () => undefined), repeats };
}

const sentOf = ({ uuid, distinct_id, event, timestamp, client_timestamp, received_at }: StoredEvent): SentEvent => ({
  uuid,
  distinct_id,
  event,
  timestamp,
  client_timestamp,
  received_at,
});

function repeatsOf(events: readonly SentEvent[], found: readonly { uuid: string; distinct_id: string }[]): Set<number> {
  const known = new Set(found.map(keyOf));
  const repeats = new Set<number>();
  for (const [index, event] of events.entries()) {
    const key = keyOf(event);
    if (known.has(key)) repeats.add(index);
    known.add(key);
  }
  return repeats;
}
