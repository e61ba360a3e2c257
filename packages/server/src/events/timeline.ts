import { limits } from '../limits.ts';
import type { Databases } from './databases.ts';
import { type Engine, literal } from './engine.ts';
import { added, noEvents } from './event-counts.ts';
import { sentJson } from './json-column.ts';
import type { EventCounts, IdentifierRow, TimelineEvent, TimelinePage } from './types.ts';

const inList = (uuids: readonly string[]): string => uuids.map(literal).join(',');

type TimelineRow = Omit<TimelineEvent, 'client_timestamp'> & { client_timestamp: string | null };

function partsOf(nodeIds: readonly string[]): string[][] {
  const parts: string[][] = [];
  for (let start = 0; start < nodeIds.length; start += limits.nodesPerReadMax) {
    parts.push(nodeIds.slice(start, start + limits.nodesPerReadMax));
  }
  return parts;
}

export async function timeline(
  engine: Engine,
  databases: Databases,
  nodeIds: readonly string[],
  page: TimelinePage,
): Promise<TimelineEvent[]> {
  const events: TimelineEvent[] = [];
  for (const part of partsOf(nodeIds)) events.push(...(await timelineOf(engine, databases, part, page)));
  return nodeIds.length <= limits.nodesPerReadMax ? events : events.sort(newestFirst).slice(0, page.limit);
}

/** As the engine orders them: texts by their bytes. */
function newestFirst(a: TimelineEvent, b: TimelineEvent): number {
  if (a.timestamp !== b.timestamp) return b.timestamp - a.timestamp;
  if (a.uuid !== b.uuid) return a.uuid < b.uuid ? 1 : -1;
  return Buffer.compare(Buffer.from(b.distinct_id), Buffer.from(a.distinct_id));
}

/** By node, so that the bloom filter serves it: an identity_id would scan. */
async function timelineOf(
  engine: Engine,
  { data }: Databases,
  nodeIds: readonly string[],
  { before, limit, event }: TimelinePage,
): Promise<TimelineEvent[]> {
  // A UUID's own order in the engine is not that of its text.
  const older =
    before === null
      ? ''
      : `AND timestamp <= fromUnixTimestamp64Milli(${Math.trunc(before.timestamp)}, 'UTC')
         AND (toUnixTimestamp64Milli(timestamp), toString(uuid), distinct_id)
           < (${Math.trunc(before.timestamp)}, ${literal(before.uuid.toLowerCase())}, ${literal(before.distinct_id)})`;
  const named = event === undefined ? '' : `AND event = ${literal(event)}`;
  const rows = await engine.rows<TimelineRow>(
    `SELECT toString(uuid) AS uuid, toUnixTimestamp64Milli(e.timestamp) AS timestamp,
       client_timestamp, toUnixTimestamp64Milli(e.received_at) AS received_at, event, ${sentJson('properties')} AS properties,
       distinct_id, anonymous_id, device_id, session_id
     FROM (
       SELECT * FROM ${data}.events WHERE node_id IN (${inList(nodeIds)}) ${named} ${older}
       ORDER BY timestamp DESC, toString(uuid) DESC, distinct_id DESC LIMIT ${Math.trunc(limit)}
     ) AS e
     ORDER BY timestamp DESC, uuid DESC, distinct_id DESC`,
  );
  return rows.map((row) => ({
    ...row,
    client_timestamp: row.client_timestamp === null ? null : Date.parse(row.client_timestamp),
  }));
}

const countColumns = `count() AS event_count, toUnixTimestamp64Milli(min(timestamp)) AS first_seen,
  toUnixTimestamp64Milli(max(timestamp)) AS last_seen`;

export async function counts(engine: Engine, databases: Databases, nodeIds: readonly string[]): Promise<EventCounts> {
  let sum = noEvents;
  for (const part of partsOf(nodeIds)) sum = added(sum, await countsOf(engine, databases, part));
  return sum;
}

export async function countEach(
  engine: Engine,
  { data }: Databases,
  nodeIds: readonly string[],
): Promise<Map<string, EventCounts>> {
  const counted = new Map<string, EventCounts>();
  for (const part of partsOf(nodeIds)) {
    const rows = await engine.rows<EventCounts & { node: string }>(
      `SELECT toString(node_id) AS node, ${countColumns} FROM ${data}.events WHERE node_id IN (${inList(part)}) GROUP BY node_id`,
    );
    for (const { node, ...counts } of rows) counted.set(node, counts);
  }
  return counted;
}

async function countsOf(engine: Engine, { data }: Databases, nodeIds: readonly string[]): Promise<EventCounts> {
  const [row] = await engine.rows<EventCounts>(
    `SELECT ${countColumns} FROM ${data}.events WHERE node_id IN (${inList(nodeIds)})`,
  );
  return row === undefined || row.event_count === 0 ? noEvents : row;
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
