import { limits } from '../limits.ts';
import type { Databases } from './databases.ts';
import { type Engine, literal } from './engine.ts';
import type { SeenIdentifiers } from './types.ts';

/**
 * Identifiers that hold a text, whatever the case: of the map first, then of the events, of which it is the newest years that are read. A scan of one
 * column, bounded in time and left as soon as enough were found.
 */
export async function identifiersWith(
  engine: Engine,
  { data }: Databases,
  text: string,
  limit: number,
  clock: () => number,
): Promise<SeenIdentifiers> {
  const found = new Set<string>();
  let isAll = true;
  for (const table of ['identifiers', 'events']) {
    const startedAt = clock();
    const rows = await engine.rows<{ distinct_id: string }>(
      `SELECT DISTINCT distinct_id FROM ${data}.${table} WHERE positionCaseInsensitiveUTF8(distinct_id, ${literal(text)}) > 0
       LIMIT ${Math.trunc(limit)} SETTINGS max_execution_time = ${limits.searchScanMaxMs / 1_000}, timeout_overflow_mode = 'break'`,
    );
    for (const { distinct_id } of rows) found.add(distinct_id);
    // The engine does not say that it broke off.
    if (rows.length >= limit || clock() - startedAt >= limits.searchScanMaxMs) isAll = false;
    if (found.size >= limit) break;
  }
  return { distinctIds: [...found].slice(0, limit), isAll };
}
