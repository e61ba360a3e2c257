import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startPostgres } from '../../test-support/postgres.ts';
import { ask } from '../ask.ts';
import { type Client, createClient } from '../client.ts';
import { importPairs, type Pair, writePairs } from '../imports.ts';
import { check, type Figure, type Measure } from '../measure.ts';
import { createOracle } from '../oracle.ts';
import {
  createTargets,
  newDirectory,
  type OnymTarget,
  postgresDirectory,
  removeDirectory,
  startOnym,
  startScript,
  type Target,
} from '../processes.ts';
import { aliasPairsOf } from './alias-pairs.ts';
import { compareNames } from './comparing.ts';
import { mergesOf } from './merge-pairs.ts';
import { checkDurable, mergeOn } from './merges.ts';

/** Pairs of a round; and of the row-moving side, which is too slow for as many. */
const counts = { S: 30_000, M: 500_000, L: 5_000_000 } as const;
const rowMovingCounts = { S: 1_000, M: 10_000, L: 50_000 } as const;
const rowMovingCallers = 8;
const warmupPairs = 2_000;
const settleMs = 500;

const peers = {
  'bare SQLite': { atLeast: 0.4 },
  'row-moving': { atLeast: 200 },
  'label propagation, DuckDB': { atLeast: 0.25 },
} as const;
type Peer = keyof typeof peers;

interface Bench {
  readonly directory: string;
  readonly onym: OnymTarget;
  readonly client: Client;
  readonly sqlite: Target;
  readonly rows: Target;
  readonly duckDb: Target;
  /** In all that was imported. */
  ids: number;
  people: number;
}

export const importing: Measure = {
  name: 'B6',
  title: 'importing alias pairs, beside bare SQLite, the transaction that moves rows, and label propagation in SQL',

  async run({ size, rounds, profileDirectory }, progress) {
    const directory = newDirectory('importing');
    const targets = createTargets();
    const { started } = targets;
    const postgres = await startPostgres(postgresDirectory());
    try {
      await checkDurable(postgres.url);
      const onym = await started(startOnym({ profileDirectory }));
      const bench: Bench = {
        directory,
        onym,
        client: createClient(onym),
        sqlite: await started(
          startScript('sqlite-copy.ts', [join(onym.dataDir, 'identity.db'), join(directory, 'copy.db')]),
        ),
        rows: await started(startScript('merges.ts', ['rows', postgres.url])),
        duckDb: await started(startScript('label-propagation.ts', [join(directory, 'labels.duckdb')])),
        ids: 0,
        people: 0,
      };
      const rates: number[] = [];
      const besides: Record<Peer, number[]> = {
        'bare SQLite': [],
        'row-moving': [],
        'label propagation, DuckDB': [],
      };
      const notes: string[] = [];
      // The first round warms all.
      for (let round = -1; round < rounds; round++) {
        const pairs = aliasPairsOf(round, round < 0 ? warmupPairs : counts[size]);
        const one = await measureRound(bench, round, pairs, rowMovingCounts[size]);
        if (round < 0) continue;
        rates.push(one.onym);
        for (const peer of Object.keys(peers) as Peer[]) besides[peer].push(one[peer]);
        const shown = (Object.keys(peers) as Peer[]).map((peer) => `${peer} ${one[peer].toFixed(0)}`);
        progress(`round ${round + 1}: ${one.onym.toFixed(0)} pairs/s beside ${shown.join(', ')}`);
        notes.push(one.note);
      }
      const figures = (Object.keys(peers) as Peer[]).map(
        (peer): Figure => ({
          measure: 'B6',
          what: 'alias pairs imported, durable and queryable',
          unit: 'pairs/s',
          subject: rates,
          beside: besides[peer],
          besideWhat: peer,
          goal: peers[peer],
        }),
      );
      return {
        figures,
        notes: [
          `${counts[size].toLocaleString('en')} pairs a round; the partition of each round equals the oracle's on all sides, ${bench.ids} ids and ${bench.people} people in all`,
          notes.at(-1)!,
        ],
      };
    } finally {
      await targets.stop();
      await postgres.stop();
      removeDirectory(directory);
    }
  },
};

async function measureRound(bench: Bench, round: number, pairs: readonly Pair[], rowMoving: number) {
  const { onym, client, sqlite, rows, duckDb } = bench;
  const oracle = createOracle();
  for (const [a, b] of pairs) oracle.link(a, b);
  const ids = oracle.ids();
  bench.ids += ids.length;
  bench.people += oracle.people();
  const file = join(bench.directory, `pairs-${round}.csv`);
  await writePairs(file, pairs);

  const start = performance.now();
  await importPairs(onym, file, `pairs-${round}`, pairs.length);
  const [map] = await client.query<{ ids: number; people: number }>(
    'SELECT count() AS ids, uniqExact(identity_id) AS people FROM identifiers',
  );
  const seconds = (performance.now() - start) / 1_000;
  check(
    map?.ids === bench.ids && map.people === bench.people,
    `the map has ${JSON.stringify(map)}, the oracle ${bench.ids} ids of ${bench.people} people`,
  );
  const names = await client.resolve(ids);
  oracle.compare((id) => names.get(id)!);
  await sleep(settleMs);

  const copied = await ask<{ rows: number; seconds: number }>(sqlite, '/write');
  await compareNames(sqlite, oracle);
  const propagated = await ask<{ rounds: number; seconds: number }>(duckDb, '/run', { file });
  await compareNames(duckDb, oracle);
  const moved = await mergeOn(rows, 'rows', mergesOf(1_000 + round, rowMoving), rowMovingCallers);
  return {
    onym: pairs.length / seconds,
    'bare SQLite': pairs.length / copied.seconds,
    'row-moving': moved,
    'label propagation, DuckDB': pairs.length / propagated.seconds,
    note: `bare SQLite wrote ${(copied.rows / pairs.length).toFixed(1)} rows a pair; labels settled in ${propagated.rounds} rounds; row-moving made ${rowMoving} merges a round`,
  };
}
