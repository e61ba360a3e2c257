import { nodeId } from '../node-id.ts';
import type { Databases } from './databases.ts';
import { type Engine, literal } from './engine.ts';
import { clampTime } from './event-rows.ts';
import type { SentEvent } from './types.ts';

const dayMs = 24 * 60 * 60_000;

/**
 * Looks events up by what they are sorted by, (day, event, node_id), so that little is read but where they would stand. Of those with a time
 * of their own the times are read first: hardly any other row has the same, and nothing more is read of the others. The filters of the index
 * are left out: they would be asked for each node by each granule.
 */
export async function findSent(
  engine: Engine,
  { data }: Databases,
  environment: string,
  events: readonly SentEvent[],
): Promise<{ uuid: string; distinct_id: string }[]> {
  const statementOf = (some: readonly SentEvent[], daysAround: number): string[] => {
    if (some.length === 0) return [];
    const times = some.map(({ timestamp }) => clampTime(timestamp));
    const from = times.reduce((least, time) => Math.min(least, time)) - daysAround * dayMs;
    const to = times.reduce((most, time) => Math.max(most, time)) + daysAround * dayMs;
    const days = times.flatMap((time) =>
      Array.from({ length: 2 * daysAround + 1 }, (_, index) => dayOf(time + (index - daysAround) * dayMs)),
    );
    // Who shares a millisecond with one of the same name and identifier is most likely the same.
    const [first, last] =
      daysAround === 0
        ? [`PREWHERE toUnixTimestamp64Milli(e.timestamp) IN (${[...new Set(times)]})`, '']
        : ['', `AND e.uuid IN (${list(some.map(({ uuid }) => uuid))})`];
    return [
      `SELECT toString(e.uuid) AS uuid, e.distinct_id AS distinct_id FROM ${data}.events AS e ${first}
       WHERE e.timestamp BETWEEN ${moment(from)} AND ${moment(to)} AND toDate32(e.timestamp) IN (${list(days)})
         AND e.event IN (${list(some.map(({ event }) => event))})
         AND e.node_id IN (${list(some.map((event) => nodeId(environment, event.distinct_id)))})
         ${last}
       SETTINGS use_skip_indexes = 0`,
    ];
  };
  const statements = [
    ...statementOf(
      events.filter((event) => !isByReceipt(event)),
      0,
    ),
    ...statementOf(events.filter(isByReceipt), 1),
  ];
  if (statements.length === 0) return [];
  const found = await engine.rows<{ uuid: string; distinct_id: string }>(statements.join(' UNION ALL '));
  const uuids = new Set(events.map(({ uuid }) => uuid));
  return found.filter(({ uuid }) => uuids.has(uuid));
}

/** Sent again, it counts by the receipt of then. */
const isByReceipt = ({ timestamp, client_timestamp, received_at }: SentEvent): boolean =>
  client_timestamp !== null || timestamp === received_at;

const dayOf = (time: number): string => new Date(clampTime(time)).toISOString().slice(0, 10);
const moment = (time: number): string => `fromUnixTimestamp64Milli(${clampTime(time)}, 'UTC')`;
const list = (values: readonly string[]): string => [...new Set(values)].map(literal).join(',');
