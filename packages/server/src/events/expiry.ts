import { type Engine, literal } from './engine.ts';
import type { Prepared } from './projection.ts';
import type { ExpiredYear } from './types.ts';

interface Row {
  partition: string;
  year: number;
  events: number;
  older: number;
}

/**
 * Removes the events of before a moment, or counts them. A year that lies before it in whole is dropped, which costs nothing; of the year that
 * it lies in the parts are rewritten that hold some. Each step is whole or not done; what an interruption leaves is done by the next call.
 */
export async function expire(
  engine: Engine,
  { databases: { data } }: Prepared,
  { before, dryRun }: { readonly before: number; readonly dryRun: boolean },
): Promise<ExpiredYear[]> {
  const moment = `fromUnixTimestamp64Milli(${Math.trunc(before)}, 'UTC')`;
  const rows = await engine.rows<Row>(
    `SELECT _partition_id AS partition, any(toYear(timestamp)) AS year, count() AS events, countIf(timestamp < ${moment}) AS older
     FROM ${data}.events GROUP BY partition HAVING older > 0 ORDER BY year`,
  );
  const [stored] = engine.dialect.eventTables;
  const years: ExpiredYear[] = [];
  let isEdge = false;
  for (const { partition, year, older } of rows) {
    // By the year alone: one that has begun may get an event at any time that is to stay.
    const whole = Date.UTC(year + 1, 0) <= before;
    years.push({ year, events: older, whole });
    isEdge ||= !whole;
    if (whole && !dryRun) {
      await engine.eachShard(`ALTER TABLE ${data}.${stored} DROP PARTITION ID ${literal(partition)}`);
    }
  }
  if (isEdge && !dryRun) {
    await engine.eachShard(
      `ALTER TABLE ${data}.${stored} DELETE WHERE timestamp < ${moment} SETTINGS mutations_sync = 2`,
    );
  }
  return years;
}
