import type { Seq } from '@onym/core';
import type { Engine } from './engine.ts';
import { countPending, showOverlay } from './overlay.ts';
import { type Prepared, progressOf } from './projection.ts';
import { writeState } from './state.ts';
import type { CompactionOptions } from './types.ts';

/**
 * Folds the pending rows up to a watermark into the events' own identity_id, then drops them.
 *
 * What holds it together is that a row (node, identity, version) is true at its version, whoever wrote it and when: two who project the same
 * ledger never disagree. So of a node's rows the greatest version is right as long as the row of its last change is among them, or is folded.
 * From there, whatever else goes on:
 *
 * - A drain. An event that is inserted meanwhile carries an identity_id read at or after `safeSeq`, so the rows folded here hold for it
 *   already.
 * - A projection. An identifier with a newer row stays pending by that row, so it does not matter which of the two values its events get.
 * - A query looks rows up in the dictionaries block by block, but reads the events as they were when it began, so it needs the rows until its
 *   end: they are dropped after `readsSettled`, which is asked once all events are rewritten.
 * - A projector that writes late, when another has projected on and the rows were folded and dropped: its row stands alone then, and would hide
 *   what was folded. So `dropped` is written, and has reached every node, before the first row is deleted; dictionaries, counts and foldings
 *   leave out rows at or below it. A late row above `dropped` stands beside the newer one, which is pending as long as it is above.
 * - A second compaction, whose predecessor lost its turn and works on. `watermark` and `dropped` only grow, and each is true from when it could
 *   first be written: rewritten events stay so, and queries that ended have ended. A late UPDATE chooses its rows when it runs, so that it finds
 *   none that were dropped; UPDATEs that read the column they write go one after the other in the engine, so that none writes what it read before
 *   another.
 * - An erasure that has not come to the events yet. It is to project people who are alone again, at its own seq, so `safeSeq` is below that.
 *
 * Broken off at any point, the next one goes on, on whatever node. Before `watermark` is written all is done again: the UPDATE gives the same.
 * After it the rows are still pending, and right; any at or below it that are found are dropped, once more waiting for the queries of then.
 */
export async function compact(
  engine: Engine,
  prepared: Prepared,
  safeSeq: Seq,
  { readsSettled, lost }: CompactionOptions,
): Promise<number> {
  const { data } = prepared.databases;
  const { projected } = await progressOf(engine, prepared);
  const watermark = Math.min(safeSeq, projected);
  const folded = watermark > prepared.watermark ? await fold(engine, prepared, watermark, lost) : 0;

  const foldedUpTo = prepared.watermark;
  const [left] = await engine.rows<{ rows: number }>(
    `SELECT count() AS rows FROM ${data}.pending WHERE version <= ${foldedUpTo}`,
  );
  if ((left?.rows ?? 0) === 0) return folded;
  await readsSettled();
  lost?.throwIfAborted();
  if (!engine.exclusive) {
    await writeState(engine, prepared.databases, { dropped: foldedUpTo });
    await engine.settled(data, ['state']);
  }
  await prepared.inTurn(async () => {
    await engine.command(
      `ALTER TABLE ${data}.pending DELETE WHERE version <= ${foldedUpTo} SETTINGS mutations_sync = 2`,
    );
    if (engine.exclusive) await countPending(engine, prepared);
    await showOverlay(engine, prepared);
  });
  return folded;
}

async function fold(
  engine: Engine,
  prepared: Prepared,
  watermark: Seq,
  lost: AbortSignal | undefined,
): Promise<number> {
  const { data } = prepared.databases;
  const [events] = engine.dialect.eventTables;
  const chosen = `SELECT node_id FROM ${data}.pending${engine.dialect.notDropped(data)} GROUP BY node_id HAVING max(version) <= ${watermark}`;
  const [count] = await engine.rows<{ nodes: number }>(`SELECT count() AS nodes FROM (${chosen})`);
  const nodes = count?.nodes ?? 0;
  if (nodes > 0) {
    await prepared.inTurn(() => showOverlay(engine, prepared));
    lost?.throwIfAborted();
    // A lightweight update is visible at once and writes one column of the rows concerned; APPLY PATCHES then makes reads as
    // cheap as before. The overlay shows the same identities all along.
    await engine.eachShard(
      `UPDATE ${data}.${events}
       SET identity_id = dictGetOrDefault('${data}.overlay', 'identity_id', node_id, identity_id)
       WHERE node_id IN (${chosen}) SETTINGS enable_lightweight_update = 1`,
    );
    await engine.eachShard(`ALTER TABLE ${data}.${events} APPLY PATCHES SETTINGS mutations_sync = 2`);
    prepared.foldedAtMs = prepared.now();
  }
  const foldedAt = nodes > 0 && !engine.exclusive ? ({ foldedAt: 'now' } as const) : {};
  await writeState(engine, prepared.databases, { watermark, ...foldedAt });
  prepared.watermark = watermark;
  return nodes;
}
