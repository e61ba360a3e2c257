import { type Engine, literal } from './engine.ts';
import { countPending, inTurn, type Prepared, showOverlay } from './projection.ts';

/** Mutations, and waited for: a lightweight DELETE would only hide the rows. */
export async function erase(engine: Engine, prepared: Prepared, nodeIds: readonly string[]): Promise<number> {
  if (nodeIds.length === 0) return 0;
  const { data } = prepared.databases;
  const { onCluster } = engine.dialect;
  const chosen = `node_id IN (${nodeIds.map(literal).join(',')})`;
  const [row] = await engine.rows<{ n: number }>(`SELECT count() AS n FROM ${data}.events WHERE ${chosen}`);
  const remove = (table: string) =>
    engine.command(`ALTER TABLE ${data}.${table}${onCluster} DELETE WHERE ${chosen} SETTINGS mutations_sync = 2`);
  await remove('events');
  await inTurn(prepared, async () => {
    await remove('identifiers');
    await remove('pending');
    await countPending(engine, prepared);
    await showOverlay(engine, prepared);
  });
  for (const table of ['identities', 'links']) {
    await engine.command(`OPTIMIZE TABLE ${data}.${table}${onCluster} FINAL`);
  }
  return row?.n ?? 0;
}
