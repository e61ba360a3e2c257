import type { Seq } from '@onym/core';
import type { Engine } from './engine.ts';
import { countPending, type Prepared, projectedSeq, showOverlay, writeState } from './projection.ts';

/**
 * Folds the pending rows up to a watermark into the events' own identity_id.
 *
 * Why no lock is needed against drains and projections: an event that is inserted meanwhile carries an identity_id read at or
 * after `safeSeq`, so the rows folded here hold for it already; and an identifier with a newer row stays pending by that row,
 * so that it does not matter which of the two values its events get.
 *
 * `queriesUnderWay` resolves when every query has ended that was running when it was called: a query looks rows up in the
 * dictionary block by block, but reads the events as they were when it began, so it needs the rows until its end.
 */
export async function compact(
  engine: Engine,
  prepared: Prepared,
  safeSeq: Seq,
  queriesUnderWay: () => Promise<void>,
): Promise<number> {
  const { data } = prepared.databases;
  const [events] = engine.dialect.eventTables;
  const projected = await projectedSeq(engine, prepared);
  const watermark = Math.min(safeSeq, projected);
  if (watermark <= prepared.watermark) return 0;

  const folded = `SELECT node_id FROM ${data}.pending GROUP BY node_id HAVING max(version) <= ${watermark}`;
  const [count] = await engine.rows<{ nodes: number }>(`SELECT count() AS nodes FROM (${folded})`);
  const nodes = count?.nodes ?? 0;
  if (nodes > 0) {
    await prepared.inTurn(() => showOverlay(engine, prepared));
    // A lightweight update is visible at once and writes one column of the rows concerned; APPLY PATCHES then makes reads as
    // cheap as before. The overlay shows the same identities all along.
    await engine.eachShard(
      `UPDATE ${data}.${events}
       SET identity_id = dictGetOrDefault('${data}.overlay', 'identity_id', node_id, identity_id)
       WHERE node_id IN (${folded}) SETTINGS enable_lightweight_update = 1`,
    );
    await engine.eachShard(`ALTER TABLE ${data}.${events} APPLY PATCHES SETTINGS mutations_sync = 2`);
  }
  await writeState(engine, prepared.databases, 'watermark', watermark);
  prepared.watermark = watermark;
  await queriesUnderWay();
  await prepared.inTurn(async () => {
    await engine.command(
      `ALTER TABLE ${data}.pending DELETE WHERE version <= ${watermark} SETTINGS mutations_sync = 2`,
    );
    await countPending(engine, prepared);
    await showOverlay(engine, prepared);
  });
  return nodes;
}
