import type { Databases } from './databases.ts';
import { type Engine, literal } from './engine.ts';
import type { DamagedPart } from './types.ts';

/** What the engine calls a part that it could not use when it opened the table. */
const broken = `reason IN ('broken', 'broken-on-start', 'unexpected')`;

/** None of a server: what it does about its own parts is for who runs it. */
export async function damagedParts(engine: Engine, { data }: Databases): Promise<DamagedPart[]> {
  if (!engine.exclusive) return [];
  return engine.rows<DamagedPart>(
    `SELECT table, name, path FROM system.detached_parts WHERE database = ${literal(data)} AND ${broken} ORDER BY table, name`,
  );
}

/** Those of tables that are made from the ledger: nothing is in them that is not made again. */
export async function dropDamagedProjection(engine: Engine, databases: Databases): Promise<void> {
  for (const { table, name } of await damagedParts(engine, databases)) {
    if (table === 'events') continue;
    await engine.command(
      `ALTER TABLE ${databases.data}.${table} DROP DETACHED PART ${literal(name)} SETTINGS allow_drop_detached = 1`,
    );
  }
}

export async function size(engine: Engine, { data }: Databases): Promise<number> {
  const [row] = await engine.rows<{ n: number }>(`SELECT count() AS n FROM ${data}.events`);
  return row!.n;
}

export async function unreadableParts(
  engine: Engine,
  { data }: Databases,
  { leaveOut }: { readonly leaveOut: boolean },
): Promise<string[]> {
  const checks = await engine.rows<{ part_path: string; is_passed: number | boolean }>(
    `CHECK TABLE ${data}.events SETTINGS check_query_single_value_result = 0`,
  );
  const names = checks.filter(({ is_passed }) => !is_passed).map(({ part_path }) => part_path);
  if (leaveOut) {
    for (const name of names) await engine.command(`ALTER TABLE ${data}.events DETACH PART ${literal(name)}`);
  }
  return names;
}
