import { setTimeout as sleep } from 'node:timers/promises';
import type { Seq } from '@onym/core';
import type { Databases } from './databases.ts';
import { engineErrorCode } from './engine/errors.ts';
import { type Engine, literal } from './engine.ts';
import type { Prepared } from './projection.ts';
import { readState, writeState } from './state.ts';

/** What a projection is written to, beside the state. */
export const projectionTables = ['pending', 'identifiers', 'identities', 'links', 'separations'] as const;

const constraint = 'not_erased';
const violatedConstraint = 469;

export const isKeptOut = (error: unknown): boolean => engineErrorCode(error) === violatedConstraint;
const pollMs = 50;

/**
 * From when this resolves no row of a version below `seq` comes into the tables of the projection any more: of somebody who read the ledger before
 * an erasure and lost the turn, so that nobody waits for it. The engine itself refuses such rows; statements that began before it knew are waited
 * for. What is projected by rights is above: `seq` is projected.
 */
export async function fenceOff(engine: Engine, prepared: Prepared, seq: Seq): Promise<void> {
  prepared.erased = Math.max(prepared.erased, seq);
  if (engine.exclusive) return;
  const { databases } = prepared;
  const { data } = databases;
  const state = await readState(engine, databases);
  // Said by another that may not have come to do it, it counts for nothing; said and done here, it is done.
  if (state.erased >= seq && prepared.fenced >= seq) return;
  // It only grows, whoever comes late with an earlier one.
  const erased = Math.max(seq, state.erased);
  await writeState(engine, databases, { erased });
  for (const table of projectionTables) {
    await engine.command(
      `ALTER TABLE ${data}.${table} DROP CONSTRAINT IF EXISTS ${constraint}, ADD CONSTRAINT ${constraint} CHECK version >= ${erased}`,
    );
  }
  const begun = await insertsUnderWay(engine, databases);
  for (let left = begun; left.length > 0; ) {
    await sleep(pollMs);
    const still = new Set(await insertsUnderWay(engine, databases));
    left = left.filter((id) => still.has(id));
  }
  prepared.fenced = erased;
}

/** For a projection that begins anew. */
export async function openFence(engine: Engine, { data }: Databases): Promise<void> {
  if (engine.exclusive) return;
  for (const table of projectionTables) {
    await engine.command(`ALTER TABLE ${data}.${table} DROP CONSTRAINT IF EXISTS ${constraint}`);
  }
}

async function insertsUnderWay(engine: Engine, { data }: Databases): Promise<string[]> {
  const begins = projectionTables.map((table) => `startsWith(query, ${literal(`INSERT INTO ${data}.${table} `)})`);
  const found = await engine.rows<{ id: string }>(
    `SELECT query_id AS id FROM system.processes WHERE ${begins.join(' OR ')}`,
  );
  return found.map(({ id }) => id);
}
