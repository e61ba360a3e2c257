import type { Databases } from './databases.ts';
import { type Engine, literal } from './engine.ts';
import type { EventCounts, IdentifierRow, StoredEvent } from './types.ts';

const inList = (uuids: readonly string[]): string => uuids.map(literal).join(',');

interface TimelineRow extends Omit<StoredEvent, 'properties'> {
  properties: Record<string, unknown>;
  properties_raw: string;
}

/** By node, so that the bloom filter serves it: an identity_id would scan. */
export async function timeline(
  engine: Engine,
  { data }: Databases,
  nodeIds: readonly string[],
  { before, limit }: { before: { timestamp: number; uuid: string } | null; limit: number },
): Promise<StoredEvent[]> {
  if (nodeIds.length === 0) return [];
  // A UUID's own order in the engine is not that of its text.
  const older =
    before === null
      ? ''
      : `AND timestamp <= fromUnixTimestamp64Milli(${Math.trunc(before.timestamp)}, 'UTC')
         AND (toUnixTimestamp64Milli(timestamp), toString(uuid)) < (${Math.trunc(before.timestamp)}, ${literal(before.uuid.toLowerCase())})`;
  const rows = await engine.rows<TimelineRow>(
    `SELECT toString(uuid) AS uuid, toUnixTimestamp64Milli(e.timestamp) AS timestamp,
       toUnixTimestamp64Milli(e.received_at) AS received_at, event, properties, properties_raw, distinct_id,
       anonymous_id, device_id, session_id
     FROM (
       SELECT * FROM ${data}.events WHERE node_id IN (${inList(nodeIds)}) ${older}
       ORDER BY timestamp DESC, toString(uuid) DESC LIMIT ${Math.trunc(limit)}
     ) AS e
     ORDER BY timestamp DESC, uuid DESC`,
  );
  return rows.map(({ properties_raw, ...event }) =>
    properties_raw === '' ? event : { ...event, properties: JSON.parse(properties_raw) },
  );
}

export async function counts(engine: Engine, { data }: Databases, nodeIds: readonly string[]): Promise<EventCounts> {
  const empty: EventCounts = { event_count: 0, first_seen: null, last_seen: null };
  if (nodeIds.length === 0) return empty;
  const [row] = await engine.rows<EventCounts>(
    `SELECT count() AS event_count, toUnixTimestamp64Milli(min(timestamp)) AS first_seen,
       toUnixTimestamp64Milli(max(timestamp)) AS last_seen
     FROM ${data}.events WHERE node_id IN (${inList(nodeIds)})`,
  );
  return row === undefined || row.event_count === 0 ? empty : row;
}

export function recentUuids(
  engine: Engine,
  { data }: Databases,
  limit: number,
): Promise<{ uuid: string; distinct_id: string }[]> {
  return engine.rows(
    `SELECT toString(uuid) AS uuid, distinct_id FROM ${data}.events ORDER BY received_at DESC LIMIT ${Math.trunc(limit)}`,
  );
}

export function readMap(
  engine: Engine,
  { data }: Databases,
  after: string | null,
  limit: number,
): Promise<IdentifierRow[]> {
  return engine.rows(
    `SELECT node_id, distinct_id, identity_id, canonical_id, known, identified_seq,
       toUnixTimestamp64Milli(i.first_seen) AS first_seen, version
     FROM ${data}.identifiers AS i FINAL ${after === null ? '' : `WHERE node_id > ${literal(after)}`}
     ORDER BY node_id LIMIT ${Math.trunc(limit)}`,
  );
}
