import { nodeId } from '../node-id.ts';
import { type Engine, literal } from './engine.ts';
import { countPending, type Prepared, showOverlay } from './projection.ts';
import type { EventErasure } from './types.ts';

/** A statement stays well below what the engine parses (256 KiB). */
const idsPerStatementMax = 200;

/** Mutations, and waited for: a lightweight DELETE would only hide the rows. Tables that hold nothing of it are left alone. */
export async function erase(
  engine: Engine,
  prepared: Prepared,
  environment: string,
  erasure: EventErasure,
): Promise<number> {
  let events = 0;
  for (let start = 0; start < erasure.distinctIds.length; start += idsPerStatementMax) {
    const distinctIds = erasure.distinctIds.slice(start, start + idsPerStatementMax);
    events += await erasePart(engine, prepared, { ...erasure, environment, distinctIds });
  }
  for (let start = 0; start < erasure.links.length; start += idsPerStatementMax) {
    const seqs = erasure.links.slice(start, start + idsPerStatementMax).map(Math.trunc);
    await remove(engine, prepared, 'links', `seq IN (${seqs.join(',')})`);
  }
  return events;
}

async function erasePart(
  engine: Engine,
  prepared: Prepared,
  { environment, distinctIds, seq, receivedUpTo }: EventErasure & { environment: string },
): Promise<number> {
  const nodes = distinctIds.map((id) => literal(nodeId(environment, id))).join(',');
  const ids = distinctIds.map(literal).join(',');
  const before = `received_at <= fromUnixTimestamp64Milli(${Math.trunc(receivedUpTo)}, 'UTC')`;
  const older = `version <= ${Math.trunc(seq)}`;
  const events = await remove(engine, prepared, 'events', `node_id IN (${nodes}) AND ${before}`);
  await blank(engine, prepared, ids, before);
  // Earlier versions of others' rows go too, where they name one of these: what replaced them is projected.
  const rows = `(node_id IN (${nodes}) OR identity_id IN (${nodes})) AND ${older}`;
  await prepared.inTurn(async () => {
    await remove(engine, prepared, 'identifiers', rows);
    if ((await remove(engine, prepared, 'pending', rows)) === 0) return;
    await countPending(engine, prepared);
    await showOverlay(engine, prepared);
  });
  const profiles = `(identity_id IN (${nodes}) OR hasAny(identifiers, [${ids}]))`;
  await remove(engine, prepared, 'identities', `${profiles} AND ${older}`);
  await remove(engine, prepared, 'separations', `(distinct_id IN (${ids}) OR separated_from IN (${ids})) AND ${older}`);
  return events;
}

async function remove(engine: Engine, prepared: Prepared, table: string, chosen: string): Promise<number> {
  const { data } = prepared.databases;
  const [row] = await engine.rows<{ n: number }>(`SELECT count() AS n FROM ${data}.${table} WHERE ${chosen}`);
  const found = row?.n ?? 0;
  if (found > 0) await mutate(engine, prepared, table, `DELETE WHERE ${chosen}`);
  return found;
}

/** Events of others that came with one of these ids beside their own. */
async function blank(engine: Engine, prepared: Prepared, ids: string, before: string): Promise<void> {
  const chosen = `(anonymous_id IN (${ids}) OR device_id IN (${ids})) AND ${before}`;
  const { data } = prepared.databases;
  const [row] = await engine.rows<{ n: number }>(`SELECT count() AS n FROM ${data}.events WHERE ${chosen}`);
  if ((row?.n ?? 0) === 0) return;
  const without = (column: string) => `${column} = if(ifNull(${column} IN (${ids}), 0), NULL, ${column})`;
  await mutate(
    engine,
    prepared,
    'events',
    `UPDATE ${without('anonymous_id')}, ${without('device_id')} WHERE ifNull(${chosen}, 0)`,
  );
}

async function mutate(engine: Engine, prepared: Prepared, table: string, what: string): Promise<void> {
  const { data } = prepared.databases;
  await engine.command(`ALTER TABLE ${data}.${table}${engine.dialect.onCluster} ${what} SETTINGS mutations_sync = 2`);
}
