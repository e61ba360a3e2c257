import type { Seq } from '@onym/core';
import { createTurns, type InTurn } from '../in-turn.ts';
import type { Databases } from './databases.ts';
import { mendDictionaries } from './dictionaries.ts';
import type { Engine, Settings } from './engine.ts';
import { isKeptOut, openFence, projectionTables } from './fence.ts';
import { migrate } from './migrations.ts';
import { countPending, showOverlay } from './overlay.ts';
import { encodeIdentifiers, encodeIdentities, encodeLinks, encodePending, encodeSeparations } from './rows.ts';
import { readState, writeState } from './state.ts';
import type { Progress, Projection } from './types.ts';
import { type Overlay, replaceEventsView, replaceProjectionViews } from './views.ts';

/**
 * What this process knows of an environment's databases once they are prepared. Where others work with them too, that is what was so when
 * it last looked (`progressOf`): never more than is so now.
 */
export interface Prepared {
  readonly databases: Databases;
  readonly now: () => number;
  /** The projection is written, and shown, up to here; `savedSeq` is what a restart would find, saved at `savedAtMs`. */
  written: Seq;
  projected: Seq;
  savedSeq: Seq;
  savedAtMs: number;
  /** Map rows up to here are folded into the events. */
  watermark: Seq;
  /** The last erasure whose rows are kept out, and that which this process has seen to: see fence.ts. */
  erased: Seq;
  fenced: Seq;
  /** Of the only process: how many identifiers are pending, an upper bound between two compactions; and when some were last folded. */
  pendingNodes: number;
  foldedAtMs: number | null;
  /** True while pending rows are not yet in the dictionaries. */
  isOverlayBehind: boolean;
  /** What the view `events` looks like now; null when that is not known. */
  overlay: Overlay | null;
  /** Changes of overlay and view go one after the other. */
  readonly inTurn: InTurn;
}

/** See rows.ts. Keeps every value the type it came with, also in mixed arrays, and a batch in one block, whatever its size. */
export const jsonSettings: Settings = {
  type_json_skip_duplicated_paths: 1,
  input_format_try_infer_dates: 0,
  input_format_try_infer_datetimes: 0,
  input_format_json_read_bools_as_numbers: 0,
  input_format_json_read_bools_as_strings: 0,
  input_format_json_read_numbers_as_strings: 0,
  input_format_json_read_arrays_as_strings: 0,
  input_format_json_read_objects_as_strings: 0,
  min_insert_block_size_bytes: 0,
};

/**
 * Where one process owns the data, the seq is saved this rarely: it costs a part in a table, and one that lags behind its rows only
 * has a few of them projected again after a crash.
 */
const saveIntervalMs = 1_000;

/**
 * Brings tables, pending rows, dictionaries and views in line with each other, whatever a crash left behind. Where others are at work nothing
 * is brought in line that could not be so already: `pending` is on disk there, and is written before `projected` says so.
 */
export async function prepareEnvironment(engine: Engine, databases: Databases, now: () => number): Promise<Prepared> {
  const { data } = databases;
  await engine.checkRights(databases);
  await migrate(engine, databases);
  const { written, projected, watermark } = await readState(engine, databases);
  const prepared: Prepared = {
    databases,
    now,
    written,
    projected,
    savedSeq: projected,
    savedAtMs: 0,
    watermark,
    erased: 0,
    fenced: 0,
    pendingNodes: 0,
    foldedAtMs: null,
    isOverlayBehind: false,
    overlay: null,
    inTurn: createTurns(),
  };
  if (engine.exclusive) {
    await engine.command(
      `INSERT INTO ${data}.pending SELECT node_id, identity_id, version FROM ${data}.identifiers WHERE version > ${watermark}`,
    );
    await countPending(engine, prepared);
    await showOverlay(engine, prepared);
  } else {
    await mendDictionaries(engine, databases);
    await replaceEventsView(engine, databases, 'counted');
    prepared.overlay = 'counted';
  }
  await replaceProjectionViews(engine, databases);
  return prepared;
}

/** How far the projection is, whoever made it: one statement where that may be another node. All that is remembered is read anew with it. */
export async function progressOf(engine: Engine, prepared: Prepared): Promise<Progress> {
  if (!engine.exclusive) {
    const { written, projected, watermark, erased } = await readState(engine, prepared.databases);
    Object.assign(prepared, { written, projected, watermark, erased });
    // Somebody has written rows and not come to show them.
    prepared.isOverlayBehind ||= written > projected;
  }
  return { written: prepared.written, projected: prepared.projected, erased: prepared.erased };
}

export async function project(engine: Engine, prepared: Prepared, projection: Projection): Promise<void> {
  const { data } = prepared.databases;
  const { identifiers, identities, links, separations, seq, more = false } = projection;
  // A row at or below the watermark is in the events already; laid over them again it could hide a newer one.
  const pending = identifiers.filter((row) => row.version > prepared.watermark);
  const written: string[] = [];
  const write = async (table: string, body: Buffer, settings: Settings) => {
    if (body.length === 0) return;
    written.push(table);
    await engine.insertRaw(`${data}.${table}`, body, settings);
  };
  const writing = [
    write('identifiers', encodeIdentifiers(identifiers), {}),
    write('identities', encodeIdentities(identities), jsonSettings),
    write('links', encodeLinks(links), {}),
    write('separations', encodeSeparations(separations), {}),
    write('pending', encodePending(pending), {}),
  ];
  try {
    await Promise.all(writing);
  } catch (error) {
    await Promise.allSettled(writing);
    // It was there before the erasure that keeps it out now, or it names who was erased.
    if (isKeptOut(error) && seq <= (await readState(engine, prepared.databases)).erased) return;
    throw error;
  }
  await engine.settled(data, written);
  prepared.pendingNodes += pending.length;
  prepared.isOverlayBehind ||= pending.length > 0;
  // Loading the dictionaries takes as long as all that is pending: once for a million rows, not once for each step.
  const show = async () => {
    if (prepared.isOverlayBehind && !more) await showOverlay(engine, prepared);
  };
  if (engine.exclusive) {
    // The rows are on disk, and a start shows them: the seq may say so, while the dictionaries load.
    const due = prepared.now() - prepared.savedAtMs >= saveIntervalMs;
    await Promise.all([due ? saveProjected(engine, prepared, seq) : undefined, show()]);
  } else {
    await show();
    await writeState(engine, prepared.databases, more ? { written: seq } : { projected: seq });
  }
  prepared.written = Math.max(prepared.written, seq);
  if (!more || engine.exclusive) prepared.projected = Math.max(prepared.projected, seq);
}

/**
 * As if nothing had ever been projected: for a ledger that went back behind its projection. Rewrites events that carry a folded identity.
 * Nobody else may project or compact meanwhile. The state goes last: as long as it is there, what was broken off is done again.
 */
export async function resetProjection(engine: Engine, prepared: Prepared): Promise<void> {
  const { data } = prepared.databases;
  await openFence(engine, prepared.databases);
  for (const table of projectionTables) await engine.command(`TRUNCATE TABLE ${data}.${table}`);
  await engine.settled(data, projectionTables);
  await engine.eachShard(
    `ALTER TABLE ${data}.${engine.dialect.eventTables[0]} UPDATE identity_id = node_id WHERE identity_id != node_id SETTINGS mutations_sync = 2`,
  );
  await engine.command(`TRUNCATE TABLE ${data}.state`);
  await engine.settled(data, ['state']);
  Object.assign(prepared, { written: 0, projected: 0, savedSeq: 0, watermark: 0, erased: 0, pendingNodes: 0 });
  await showOverlay(engine, prepared);
}

/** Among several nodes it is saved with each projection. */
export async function saveProjected(engine: Engine, prepared: Prepared, seq: Seq): Promise<void> {
  if (!engine.exclusive || seq <= prepared.savedSeq) return;
  await writeState(engine, prepared.databases, { projected: seq });
  prepared.savedSeq = seq;
  prepared.savedAtMs = prepared.now();
}
