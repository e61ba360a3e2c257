/**
 * The engine's own ceiling: the rows of B2, encoded in advance, inserted in-process through the event store with its durable
 * settings, in batches of so many rows for so long.
 */
import { randomUUID } from 'node:crypto';
import { createEventStore } from '../../packages/server/dist/events/event-store.js';
import { encodeEvents } from '../../packages/server/dist/events/rows.js';
import type { StoredEvent } from '../../packages/server/dist/events/types.js';
import { nodeId } from '../../packages/server/dist/node-id.js';
import { batchTrackItems } from '../measures/batch-items.ts';
import { serveAnswers } from './serving.ts';

const environment = 'production';
const path = process.argv[2]!;

const store = await createEventStore({ path });
await store.prepare(environment);
const now = Date.now();
const events = batchTrackItems().map(
  (item): StoredEvent => ({
    uuid: randomUUID(),
    timestamp: Date.parse(item.timestamp as string),
    client_timestamp: null,
    received_at: now,
    event: item.event as string,
    properties: JSON.stringify(item.properties),
    lossy: false,
    distinct_id: item.distinct_id as string,
    anonymous_id: null,
    device_id: item.device_id as string,
    session_id: item.session_id as string,
  }),
);
const bodyByRows = new Map<number, Buffer>();

function bodyOf(rows: number): Buffer {
  let body = bodyByRows.get(rows);
  if (body === undefined) {
    const batch = Array.from({ length: rows }, (_, i) => events[i % events.length]!);
    body = encodeEvents(environment, batch, (id) => nodeId(environment, id));
    bodyByRows.set(rows, body);
  }
  return body;
}

let inserts = 0;

async function insertFor(rows: number, ms: number): Promise<{ rows: number; seconds: number }> {
  const body = bodyOf(rows);
  const start = performance.now();
  let inserted = 0;
  while (performance.now() - start < ms) {
    await store.insertEvents(environment, body, `ceiling:${inserts++}`);
    inserted += rows;
  }
  return { rows: inserted, seconds: (performance.now() - start) / 1000 };
}

serveAnswers({ '/insert': ({ rows, ms }) => insertFor(rows, ms) }, () => store.close());
