import type { Seq } from '@onym/core';
import type { Databases } from './databases.ts';
import type { Engine } from './engine.ts';
import type { Pending } from './types.ts';

/**
 * What the table `state` says of an environment. Each value only grows, and is true for good once it was written, so that it does no harm
 * when it is written late, or by two: the greatest counts.
 *
 * `written`: the rows of the projection up to here are in its tables. `projected`: and queries see them, on every node.
 * `watermark`: map rows up to here are folded into the events. `dropped`: and no query needs them any more, so that they are no longer pending,
 * whoever may write them. `erased`: the last erasure whose rows are kept out. `foldedAt`: milliseconds, by the engine's clock.
 */
export interface State {
  readonly written: Seq;
  readonly projected: Seq;
  readonly watermark: Seq;
  readonly dropped: Seq;
  readonly erased: Seq;
  readonly foldedAt: number;
}

const engineNow = 'toUnixTimestamp64Milli(now64(3))';

export async function readState(engine: Engine, { data }: Databases): Promise<State> {
  const rows = await engine.rows<{ name: keyof State; value: number }>(
    `SELECT name, max(value) AS value FROM ${data}.state GROUP BY name`,
  );
  const {
    written = 0,
    projected = 0,
    watermark = 0,
    dropped = 0,
    erased = 0,
    foldedAt = 0,
  } = Object.fromEntries(rows.map(({ name, value }) => [name, value])) as Partial<State>;
  return { written: Math.max(written, projected), projected, watermark, dropped, erased, foldedAt };
}

export async function writeState(
  engine: Engine,
  { data }: Databases,
  values: Partial<Omit<State, 'foldedAt'>> & { readonly foldedAt?: 'now' },
): Promise<void> {
  const rows = Object.entries(values).map(([name, value]) => `('${name}', ${value === 'now' ? engineNow : value})`);
  await engine.command(`INSERT INTO ${data}.state VALUES ${rows.join(', ')}`);
}

export async function readPending(engine: Engine, { data }: Databases): Promise<Pending> {
  const of = (name: keyof State) => `(SELECT max(value) FROM ${data}.state WHERE name = '${name}')`;
  const [row] = await engine.rows<{ rows: number; shown: number; foldedAt: number; now: number }>(
    `SELECT count() AS rows, countIf(version > ${of('dropped')}) AS shown, ${of('foldedAt')} AS foldedAt, ${engineNow} AS now
     FROM ${data}.pending`,
  );
  const { rows = 0, shown = 0, foldedAt = 0, now = 0 } = row ?? {};
  return { identifiers: shown, isAny: rows > 0, foldedAgoMs: foldedAt === 0 ? null : Math.max(0, now - foldedAt) };
}
