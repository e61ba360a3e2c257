import pg from 'pg';
import { startPostgres } from '../../test-support/postgres.ts';
import { ask } from '../ask.ts';
import { check, type Figure, type Measure } from '../measure.ts';
import { createOracle } from '../oracle.ts';
import { newDirectory, postgresDirectory, removeDirectory, startScript, type Target } from '../processes.ts';
import { type Merges, mergesOf } from './merge-pairs.ts';

/** True merges in a round. */
const counts = { S: 5_000, M: 20_000, L: 100_000 } as const;
/** Who wait for an answer at a time: as a busy hour's or an import's, and as few as there are connections of the row-moving side. */
const callersMany = 1_000;
const callersFew = 8;
const goals = { embedded: { atLeast: 20 }, postgres: { atLeast: 10 } } as const;
/** Without these a commit is no promise, and the figures of both sides would be of something else. */
const durableSettings = ['fsync', 'synchronous_commit', 'full_page_writes'];

const sides = ['rows', 'embedded', 'postgres'] as const;
type SideName = (typeof sides)[number];

export const merges: Measure = {
  name: 'B3',
  title: 'true merges through the store, beside the transaction that moves rows, on the same disk',

  async run({ size, rounds }, progress) {
    const directory = newDirectory('merges');
    const postgres = await startPostgres(postgresDirectory());
    const targets = new Map<SideName, Target>();
    try {
      await checkDurable(postgres.url);
      const where: Record<SideName, string> = { rows: postgres.url, embedded: directory, postgres: postgres.url };
      for (const side of sides) targets.set(side, await startScript('merges.ts', [side, where[side]]));

      const rates = Object.fromEntries(
        sides.flatMap((side) => [callersMany, callersFew].map((callers) => [`${side} ${callers}`, [] as number[]])),
      );
      const count = counts[size];
      // The first round warms all.
      for (let round = -1; round < rounds; round++) {
        for (const callers of [callersMany, callersFew]) {
          const merged = mergesOf(2 * round + (callers === callersMany ? 2 : 3), count);
          for (const side of sides) {
            const perSecond = await mergeOn(targets.get(side)!, side, merged, callers);
            if (round >= 0) rates[`${side} ${callers}`]!.push(perSecond);
          }
        }
        if (round < 0) continue;
        const shown = sides.map((side) => `${side} ${rates[`${side} ${callersMany}`]!.at(-1)!.toFixed(0)}`);
        progress(`round ${round + 1}: ${shown.join(', ')} merges/s`);
      }

      const figure = (side: 'embedded' | 'postgres', callers: number): Figure => ({
        measure: 'B3',
        what: `${side === 'embedded' ? 'embedded' : 'on PostgreSQL'}, ${callers} callers`,
        unit: 'merges/s',
        subject: rates[`${side} ${callers}`]!,
        beside: rates[`rows ${callers}`]!,
        besideWhat: 'row-moving',
        goal: callers === callersMany ? goals[side] : null,
      });
      const notes = await Promise.all(sides.map((side) => ask<string[]>(targets.get(side)!, '/notes')));
      return {
        figures: [callersMany, callersFew].flatMap((callers) => [
          figure('embedded', callers),
          figure('postgres', callers),
        ]),
        notes: ["the partition of each round equals the oracle's on all three sides", ...notes.flat()],
      };
    } finally {
      await Promise.all([...targets.values()].map((target) => target.stop()));
      await postgres.stop();
      removeDirectory(directory);
    }
  },
};

/** Merges a second; what it made of them is as the oracle says, or the run is void. */
export async function mergeOn(
  target: Target,
  side: SideName,
  { ids, pairs }: Merges,
  callers: number,
): Promise<number> {
  await ask(target, '/people', { ids });
  const { merged, seconds } = await ask<{ merged: number; seconds: number }>(target, '/merge', { pairs, callers });
  check(merged === pairs.length, `${side} made ${merged} merges of ${pairs.length}`);
  const oracle = createOracle();
  for (const [a, b] of pairs) oracle.link(a, b);
  const names = new Map(await ask<[string, string][]>(target, '/names', { ids }));
  check(names.size === ids.length, `${side} names ${names.size} of ${ids.length} ids`);
  oracle.compare((id) => names.get(id)!);
  return pairs.length / seconds;
}

/** Of a PostgreSQL. */
export async function checkDurable(url: string): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    for (const name of durableSettings) {
      const { rows } = await client.query<{ value: string }>('SELECT current_setting($1) AS value', [name]);
      check(rows[0]?.value === 'on', `${name} of PostgreSQL is ${rows[0]?.value}`);
    }
  } finally {
    await client.end();
  }
}
