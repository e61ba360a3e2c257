import { dictionaryNames, loadDictionaries } from './dictionaries.ts';
import type { Engine } from './engine.ts';
import type { Prepared } from './projection.ts';
import { overlayFor, replaceEventsView } from './views.ts';

/**
 * Makes the pending rows what the next query sees. Where one process owns the data it knows how many they are, and loads the dictionaries that
 * the view reads, then changes the view where it has to. Among several nodes the view is always the same, and all that it may read is loaded.
 */
export async function showOverlay(engine: Engine, prepared: Prepared): Promise<void> {
  const wanted = engine.exclusive ? overlayFor(prepared.pendingNodes) : 'counted';
  if (wanted === 'counted') await loadDictionaries(engine, prepared.databases, dictionaryNames);
  else if (wanted !== 'none') await loadDictionaries(engine, prepared.databases, ['overlay', `slots_${wanted}`]);
  if (prepared.overlay !== wanted) {
    prepared.overlay = null;
    await replaceEventsView(engine, prepared.databases, wanted);
    prepared.overlay = wanted;
  }
  prepared.isOverlayBehind = false;
}

export async function countPending(engine: Engine, prepared: Prepared): Promise<void> {
  const [row] = await engine.rows<{ nodes: number }>(
    `SELECT uniqExact(node_id) AS nodes FROM ${prepared.databases.data}.pending`,
  );
  prepared.pendingNodes = row?.nodes ?? 0;
}
