import type { Seq } from '@onym/core';
import type { Databases } from './databases.ts';
import type { Engine, Settings } from './engine.ts';
import { migrate } from './migrations.ts';
import { encodeIdentifiers, encodeIdentities, encodeLinks, encodePending } from './rows.ts';
import type { Projection } from './types.ts';
import { type Overlay, overlayFor, replaceEventsView, replaceProjectionViews } from './views.ts';

/** What this process knows of an environment's databases once they are prepared. */
export interface Prepared {
  readonly databases: Databases;
  /** Map rows up to here are folded into the events. */
  watermark: Seq;
  /** How many identifiers are pending; an upper bound between two compactions. */
  pendingNodes: number;
  /** What the view `events` looks like now; null when that is not known. */
  overlay: Overlay | null;
  /** Changes of overlay and view go one after the other. */
  turn: Promise<unknown>;
}

type StateName = 'projected' | 'watermark';

/** See rows.ts. Keeps dates as the strings they were, and a batch in one block, whatever its size. */
export const jsonSettings: Settings = {
  type_json_skip_duplicated_paths: 1,
  input_format_try_infer_dates: 0,
  input_format_try_infer_datetimes: 0,
  input_format_json_read_bools_as_numbers: 0,
  input_format_json_read_numbers_as_strings: 0,
  min_insert_block_size_bytes: 0,
};

/** One after the other for what is done within; the result is the task's. */
export function inTurn<Result>(prepared: Prepared, task: () => Promise<Result>): Promise<Result> {
  const result = prepared.turn.then(task);
  prepared.turn = result.catch(() => undefined);
  return result;
}

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
export async function prepareEnvironment(engine: Engine, databases: Databases): Promise<Prepared> {
  const { data } = databases;
  await migrate(engine, databases);
  const watermark = await readState(engine, databases, 'watermark');
  await engine.command(
    `INSERT INTO ${data}.pending SELECT node_id, identity_id, version FROM ${data}.identifiers WHERE version > ${watermark}`,
  );
  const prepared: Prepared = { databases, watermark, pendingNodes: 0, overlay: null, turn: Promise.resolve() };
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
  const { onCluster } = engine.dialect;
  if (wanted !== 'none') {
    await Promise.all([
      engine.command(`SYSTEM RELOAD DICTIONARY ${data}.overlay${onCluster}`),
      engine.command(`SYSTEM RELOAD DICTIONARY ${data}.slots_${wanted}${onCluster}`),
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
  const { identifiers, identities, links, seq } = projection;
  // A row at or below the watermark is in the events already; laid over them again it could hide a newer one.
  const pending = identifiers.filter((row) => row.version > prepared.watermark);
  const write = async (table: string, body: Buffer, settings: Settings) => {
    if (body.length > 0) await engine.insertRaw(`${data}.${table}`, body, settings);
  };
  await Promise.all([
    write('identifiers', encodeIdentifiers(identifiers), {}),
    write('identities', encodeIdentities(identities), jsonSettings),
    write('links', encodeLinks(links), {}),
    write('pending', encodePending(pending), {}),
  ]);
  // The rows are on disk: the seq may say so, while the dictionaries load.
  prepared.pendingNodes += pending.length;
  await Promise.all([
    writeState(engine, prepared.databases, 'projected', seq),
    pending.length > 0 ? showOverlay(engine, prepared) : undefined,
  ]);
}
