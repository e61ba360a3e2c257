import { setTimeout as sleep } from 'node:timers/promises';
import type { Seq } from '@onym/core';
import { OnymError } from '../errors.ts';
import { isRowError } from '../events/row-error.ts';
import type { EventStore, StoredEvent } from '../events/types.ts';
import type { Gate } from '../gate.ts';
import type { Log } from '../log.ts';
import { chunkRowsMax, type EncodedRows, type EncodeParts, encodeRows } from './encode-rows.ts';
import { type EventRows, rowsOfEvents } from './event-batches.ts';
import { growingBytes } from './reused-bytes.ts';
import { backoffMs, isTold, troubleOf } from './trouble.ts';
import type { NotKept } from './types.ts';

export interface DirectInsertParts extends EncodeParts {
  readonly eventStore: Pick<EventStore, 'insertEvents'>;
  readonly log: Log;
  readonly gate: Gate;
  readonly stats: { drainedEvents: number; repeatedEvents: number; quarantinedEvents: number; failedAttempts: number };
  readonly random: () => number;
}

/** Events on their way to the event store as one insert, and nowhere else. */
export interface DirectInsert {
  readonly environment: string;
  readonly events: readonly StoredEvent[];
  readonly token: string;
  /** Every row of it is bound at this seq of the map or later; null until that is known. */
  seq: Seq | null;
  /** Whether something of it may be in the event store, or come there yet, that nobody has heard of. */
  isAtLarge: boolean;
  /** Whether anything of it was ever sent. */
  wasSent: boolean;
  /** In a row, and what the last one was. */
  failures: number;
  cause: unknown;
  /** Aborted where nobody waits any more: one that is at large goes on all the same. */
  readonly unwanted: AbortSignal;
  /** Aborted where the process ends. */
  readonly ending: AbortSignal;
}

/** One that nobody waited for any more, before anything of it was sent. */
export class AbandonedInsert extends Error {
  override readonly name = 'AbandonedInsert';
}

/**
 * Inserts the events, exactly once: what was not answered is sent again, the same bytes under the same token, until it is. A row that the
 * engine will not take is found by halving, and told. Rejects with AbandonedInsert, or with the last failure where the process ends.
 */
export async function insertDirectly(parts: DirectInsertParts, insert: DirectInsert): Promise<NotKept> {
  const notKept = new Map<StoredEvent, 'repeated' | OnymError>();
  await send(parts, insert, { events: insert.events, token: insert.token, encoded: null }, notKept);
  return notKept;
}

interface Part {
  readonly events: readonly StoredEvent[];
  readonly token: string;
  /** Once it is, it stays as it is. */
  encoded: EncodedRows | null;
}

async function send(
  parts: DirectInsertParts,
  insert: DirectInsert,
  part: Part,
  notKept: Map<StoredEvent, 'repeated' | OnymError>,
): Promise<void> {
  const { environment } = insert;
  const refusal = await untilAnswered(parts, insert, part);
  if (refusal === null) {
    for (const place of part.encoded!.repeats) notKept.set(part.events[place]!, 'repeated');
    parts.stats.drainedEvents += part.events.length;
    parts.stats.repeatedEvents += part.encoded!.repeats.size;
    return;
  }
  if (part.events.length > 1) {
    const middle = Math.floor(part.events.length / 2);
    for (const [index, events] of [part.events.slice(0, middle), part.events.slice(middle)].entries()) {
      await send(parts, insert, { events, token: `${part.token}/${index}`, encoded: null }, notKept);
    }
    return;
  }
  const [event] = part.events;
  const said = refusal instanceof Error ? refusal.message : String(refusal);
  notKept.set(
    event!,
    new OnymError('event-refused', `The event store can not take the event: ${firstLine(said)}`, { cause: refusal }),
  );
  parts.stats.quarantinedEvents++;
  parts.log.error(
    { environment, uuid: event!.uuid, code: (refusal as { code?: unknown }).code },
    'The event store can not take an event. It is a dead letter.',
  );
}

/** Resolves to null, or to what the engine has against one of the rows, of which it has taken none then. */
async function untilAnswered(parts: DirectInsertParts, insert: DirectInsert, part: Part): Promise<unknown> {
  const { environment } = insert;
  for (;;) {
    try {
      await parts.gate.pass(() => attempt(parts, insert, part));
    } catch (error) {
      parts.stats.failedAttempts++;
      if (isRowError(error)) return error;
      await afterFailure(parts, insert, error);
      continue;
    }
    if (insert.failures > 0) parts.log.info({ environment }, 'The event store takes events again.');
    insert.failures = 0;
    return null;
  }
}

async function attempt(parts: DirectInsertParts, insert: DirectInsert, part: Part): Promise<void> {
  const { environment } = insert;
  const boundAt = (seq: Seq) => {
    if (insert.seq === null || seq < insert.seq) insert.seq = seq;
  };
  if (part.encoded === null) {
    // Registered before a row is bound, and until all are there.
    boundAt((await parts.identityStore.environment(environment)).head);
    part.encoded = await encodeRows(parts, environment, () => chunksOf(part.events), boundAt, growingBytes());
  }
  insert.wasSent = true;
  insert.isAtLarge = true;
  try {
    await parts.eventStore.insertEvents(environment, part.encoded.ndjson, part.token);
  } catch (error) {
    if (isRowError(error)) insert.isAtLarge = false;
    throw error;
  }
  insert.isAtLarge = false;
}

async function afterFailure({ log, random }: DirectInsertParts, insert: DirectInsert, error: unknown): Promise<void> {
  const { environment, ending, unwanted } = insert;
  insert.cause = error;
  insert.failures++;
  if (isTold(insert.failures)) {
    const details = { environment, failures: insert.failures, err: error };
    log.warn(details, `${troubleOf(error)} Calls that bring some are asked to come again.`);
  }
  const giveUp = insert.isAtLarge ? ending : AbortSignal.any([ending, unwanted]);
  if (!giveUp.aborted)
    await sleep(backoffMs(insert.failures, random), undefined, { signal: giveUp }).catch(() => undefined);
  if (ending.aborted) throw error;
  if (giveUp.aborted) throw new AbandonedInsert('Nobody waits for it any more.', { cause: error });
}

function* chunksOf(events: readonly StoredEvent[]): Generator<readonly EventRows[]> {
  for (let from = 0; from < events.length; from += chunkRowsMax)
    yield [rowsOfEvents(events.slice(from, from + chunkRowsMax))];
}

const firstLine = (text: string): string => text.split('\n', 1)[0]!.slice(0, 200);
