import { randomUUID } from 'node:crypto';
import { createEventStore, type EventStoreOptions } from '../../src/events/event-store.ts';
import { isLossy } from '../../src/events/json-column.ts';
import { encodeEvents } from '../../src/events/rows.ts';
import type { EventStore, IdentifierRow, Projection, QueryOptions, StoredEvent } from '../../src/events/types.ts';
import { stringifyExact } from '../../src/exact-json/stringify.ts';
import { nodeId } from '../../src/node-id.ts';
import { engineUnderTest } from './by-url/engine-under-test.ts';

export const environment = 'production';

/** A store of its own, on the engine under test. chDB holds one per process, hence one per test file. */
export async function openTemporaryStore(
  queryLimits: NonNullable<EventStoreOptions['queryLimits']> = {},
): Promise<{ store: EventStore; path: string; remove(): Promise<void> }> {
  const engine = await engineUnderTest();
  const store = await createEventStore({ ...engine.options, queryLimits });
  await store.prepare(environment);
  return {
    store,
    path: engine.options.path,
    async remove() {
      await store.close();
      await engine.remove();
    },
  };
}

export const T0 = Date.UTC(2026, 0, 1);

/** As ingestion makes them of the properties. */
export function event(
  distinctId: string,
  { properties = {}, ...over }: Omit<Partial<StoredEvent>, 'properties' | 'lossy'> & { properties?: object } = {},
): StoredEvent {
  return {
    uuid: randomUUID(),
    timestamp: T0,
    client_timestamp: null,
    received_at: T0 + 5,
    event: 'visited',
    properties: stringifyExact(properties),
    lossy: isLossy(properties),
    distinct_id: distinctId,
    anonymous_id: null,
    device_id: null,
    session_id: null,
    ...over,
  };
}

export const node = (distinctId: string, where = environment): string => nodeId(where, distinctId);

let tokens = 0;

/** Inserts as a drain would that knows of no identity. */
export async function insert(store: EventStore, events: StoredEvent[], where = environment): Promise<void> {
  const body = encodeEvents(where, events, (distinctId) => nodeId(where, distinctId));
  await store.insertEvents(where, body, `test-${tokens++}`);
}

/** The map row that says: `distinctId` belongs to the identity of `canonicalId` as of `version`. */
export function mapRow(distinctId: string, canonicalId: string, version: number, known = true): IdentifierRow {
  return {
    node_id: node(distinctId),
    distinct_id: distinctId,
    identity_id: node(canonicalId),
    canonical_id: canonicalId,
    known,
    identified_seq: 0,
    first_seen: T0,
    version,
  };
}

export function projection(seq: number, over: Partial<Projection> = {}): Projection {
  return { identifiers: [], identities: [], links: [], separations: [], seq, ...over };
}

export async function text(
  store: EventStore,
  sql: string,
  format: QueryOptions['format'] = 'JSONEachRow',
  where = environment,
): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of await store.query(where, sql, { format })) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

export async function rows<Row = Record<string, unknown>>(
  store: EventStore,
  sql: string,
  where = environment,
): Promise<Row[]> {
  const body = await text(store, sql, 'JSONEachRow', where);
  return body
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Row);
}
