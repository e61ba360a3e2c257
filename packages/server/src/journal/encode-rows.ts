import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Seq } from '@onym/core';
import { rowEnd } from '../events/event-rows.ts';
import type { EventStore, SentEvent } from '../events/types.ts';
import type { IdentityStore } from '../identity/store.ts';
import { nodeId } from '../node-id.ts';
import type { EventRows } from './event-batches.ts';
import { keyOf } from './event-key.ts';
import type { GrowingBytes } from './reused-bytes.ts';

/** Read and bound in one turn of the event loop. */
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
 * The rows of events that go as one insert, bound to identities of now, in `bytes`. `chunks` gives the same events each time; `boundAt` hears
 * of each seq of the map that some are bound at.
 */
export async function encodeRows(
  { identityStore, findSent }: EncodeParts,
  environment: string,
  chunks: () => Iterable<readonly EventRows[]>,
  boundAt: (seq: Seq) => void,
  bytes: GrowingBytes,
): Promise<EncodedRows> {
  /** How the rows of an identifier end. */
  const ends = new Map<string, string>();

  async function resolve(chunk: readonly EventRows[]): Promise<void> {
    const unresolved = new Set<string>();
    for (const { distinctIds } of chunk) for (const id of distinctIds) if (!ends.has(id)) unresolved.add(id);
    if (unresolved.size === 0) return;
    const { seq, resolved } = await identityStore.resolve(environment, [...unresolved]);
    boundAt(seq);
    for (const distinctId of unresolved) {
      const node = nodeId(environment, distinctId);
      const canonicalId = resolved.get(distinctId)?.canonicalId ?? distinctId;
      ends.set(distinctId, rowEnd(node, canonicalId === distinctId ? node : nodeId(environment, canonicalId)));
    }
  }

  async function encode(repeats: ReadonlySet<number>, seen: (rows: EventRows) => void): Promise<Buffer> {
    bytes.restart();
    let first = 0;
    for (const chunk of chunks()) {
      await resolve(chunk);
      for (const rows of chunk) {
        seen(rows);
        writeEnded(bytes, rows, ends, (index) => repeats.has(first + index));
        first += rows.distinctIds.length;
      }
      await nextTurn();
    }
    return bytes.written();
  }

  const sent: SentEvent[] = [];
  const ndjson = await encode(new Set(), (rows) => {
    if (findSent !== undefined) for (const event of rows.sent()) sent.push(event);
  });
  const repeats = findSent === undefined ? new Set<number>() : repeatsOf(sent, await findSent(environment, sent));
  // Hardly ever are there any: so they are looked for once all is encoded, and only what names an event is kept for it.
  return { ndjson: repeats.size === 0 ? ndjson : await encode(repeats, () => undefined), repeats };
}

const endLength = rowEnd(nodeId('', ''), nodeId('', '')).length;
const newline = 0x0a;

/** The rows' bytes as they are, each with its end in the place of the line's. */
function writeEnded(
  bytes: GrowingBytes,
  rows: EventRows,
  ends: ReadonlyMap<string, string>,
  isLeftOut: (index: number) => boolean,
): void {
  const lines = rows.lines();
  const { distinctIds } = rows;
  const room = bytes.room(lines.length + distinctIds.length * endLength);
  let from = 0;
  let length = 0;
  for (let index = 0; index < distinctIds.length; index++) {
    const to = lines.indexOf(newline, from);
    if (!isLeftOut(index)) {
      length += lines.copy(room, length, from, to);
      length += room.write(ends.get(distinctIds[index]!)!, length, endLength, 'latin1');
    }
    from = to + 1;
  }
  bytes.advance(length);
}

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
