import type { Seq } from '@onym/core';
import { createTurns, type InTurn } from '../in-turn.ts';
import type { Databases } from './databases.ts';
import type { Engine, Settings } from './engine.ts';
import { migrate } from './migrations.ts';
import { encodeIdentifiers, encodeIdentities, encodeLinks, encodePending, encodeSeparations } from './rows.ts';
import type { Projection } from './types.ts';
import { type Overlay, overlayFor, replaceEventsView, replaceProjectionViews } from './views.ts';

/** What this process knows of an environment's databases once they are prepared. */
export interface Prepared {
  readonly databases: Databases;
  readonly now: () => number;
  /** The projection is complete up to here; `savedSeq` is what a restart would find, saved at `savedAtMs`. */
  projected: Seq;
  savedSeq: Seq;
  savedAtMs: number;
  /** Map rows up to here are folded into the events. */
  watermark: Seq;
  /** How many identifiers are pending; an upper bound between two compactions. */
  pendingNodes: number;
  /** True while pending rows are not yet in the dictionaries. */
  isOverlayBehind: boolean;
  /** What the view `events` looks like now; null when that is not known. */
  overlay: Overlay | null;
  /** Changes of overlay and view go one after the other. */
  readonly inTurn: InTurn;
}

type StateName = 'projected' | 'watermark';

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

export async function readState(engine: Engine, { data }: Databases, name: StateName): Promise<Seq> {
  const [row] = await engine.rows<{ value: number }>(
    `SELECT max(value) AS value FROM ${data}.state WHERE name = '${name}'`,
  );
  return row?.value ?? 0;
}

export async function writeState(engine: Engine, { data }: Databases, name: StateName, value: Seq): Promise<void> {
  await engine.command(`INSERT INTO ${data}.state VALUES ('${name}', ${value})`);
}

/** Brings tables, pending rows, dictionaries and views in line with each other, whatever a crash left behind. */
export async function prepareEnvironment(engine: Engine, databases: Databases, now: () => number): Promise<Prepared> {
  const { data } = databases;
  await engine.checkRights(databases);
  await migrate(engine, databases);
  const watermark = await readState(engine, databases, 'watermark');
  await engine.command(
    `INSERT INTO ${data}.pending SELECT node_id, identity_id, version FROM ${data}.identifiers WHERE version > ${watermark}`,
  );
  await engine.settled(data, ['pending']);
  const projected = await readState(engine, databases, 'projected');
  const prepared: Prepared = {
    databases,
    now,
    projected,
    savedSeq: projected,
    savedAtMs: 0,
    watermark,
    pendingNodes: 0,
    isOverlayBehind: false,
    overlay: null,
    inTurn: createTurns(),
  };
  await countPending(engine, prepared);
  await showOverlay(engine, prepared);
  await replaceProjectionViews(engine, databases);
  return prepared;
}

export async function countPending(engine: Engine, prepared: Prepared): Promise<void> {
  const [row] = await engine.rows<{ nodes: number }>(
    `SELECT uniqExact(node_id) AS nodes FROM ${prepared.databases.data}.pending`,
  );
  prepared.pendingNodes = row?.nodes ?? 0;
}

/** Makes the pending rows what the next query sees: dictionaries first, then the view that reads them. */
export async function showOverlay(engine: Engine, prepared: Prepared): Promise<void> {
  const { data } = prepared.databases;
  const wanted = overlayFor(prepared.pendingNodes);
  prepared.isOverlayBehind = false;
  if (wanted !== 'none') {
    await Promise.all([
      engine.everywhere(`SYSTEM RELOAD DICTIONARY ${data}.overlay`),
      engine.everywhere(`SYSTEM RELOAD DICTIONARY ${data}.slots_${wanted}`),
    ]);
  }
  if (prepared.overlay !== wanted) {
    prepared.overlay = null;
    await replaceEventsView(engine, prepared.databases, wanted);
    prepared.overlay = wanted;
  }
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
  await Promise.all([
    write('identifiers', encodeIdentifiers(identifiers), {}),
    write('identities', encodeIdentities(identities), jsonSettings),
    write('links', encodeLinks(links), {}),
    write('separations', encodeSeparations(separations), {}),
    write('pending', encodePending(pending), {}),
  ]);
  await engine.settled(data, written);
  // The rows are on disk: the seq may say so, while the dictionaries load.
  prepared.pendingNodes += pending.length;
  prepared.isOverlayBehind ||= pending.length > 0;
  const due = !engine.exclusive || prepared.now() - prepared.savedAtMs >= saveIntervalMs;
  await Promise.all([
    due ? saveProjected(engine, prepared, seq) : undefined,
    // Loading the dictionaries takes as long as all that is pending: once for a million rows, not once for each step.
    prepared.isOverlayBehind && !more ? showOverlay(engine, prepared) : undefined,
  ]);
  prepared.projected = Math.max(prepared.projected, seq);
}

/** As if nothing had ever been projected: for a ledger that went back behind its projection. Rewrites events that carry a folded identity. */
export async function resetProjection(engine: Engine, prepared: Prepared): Promise<void> {
  const { data } = prepared.databases;
  const tables = ['state', 'pending', 'identifiers', 'identities', 'links', 'separations'];
  for (const table of tables) await engine.command(`TRUNCATE TABLE ${data}.${table}`);
  await engine.settled(data, tables);
  await engine.eachShard(
    `ALTER TABLE ${data}.${engine.dialect.eventTables[0]} UPDATE identity_id = node_id WHERE identity_id != node_id SETTINGS mutations_sync = 2`,
  );
  Object.assign(prepared, { projected: 0, savedSeq: 0, watermark: 0, pendingNodes: 0 });
  await showOverlay(engine, prepared);
}

export async function saveProjected(engine: Engine, prepared: Prepared, seq: Seq): Promise<void> {
  if (seq <= prepared.savedSeq) return;
  await writeState(engine, prepared.databases, 'projected', seq);
  prepared.savedSeq = seq;
  prepared.savedAtMs = prepared.now();
}

/** Another process may have projected further. */
export async function projectedSeq(engine: Engine, prepared: Prepared): Promise<Seq> {
  return engine.exclusive ? prepared.projected : readState(engine, prepared.databases, 'projected');
}
