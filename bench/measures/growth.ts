import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Client, createClient } from '../client.ts';
import { importPairs, type Pair, writePairs } from '../imports.ts';
import { load, requestOf } from '../load.ts';
import { type Curve, check, type Measure, type Size } from '../measure.ts';
import { createOracle, type Oracle } from '../oracle.ts';
import { newDirectory, type OnymTarget, removeDirectory, startOnym } from '../processes.ts';
import { median } from '../series.ts';
import { createRandom } from '../workload.ts';
import { mergesOf } from './merge-pairs.ts';

const goals = { diskBytes: { atMost: 200 }, rssMib: { atMost: 1024 }, restartSeconds: { atMost: 2 } } as const;
/** Identifiers, at the last of the steps. */
const identifiers: Record<Size, number> = { S: 120_000, M: 1_000_000, L: 5_000_000 };
/** Each twice the one before. */
const steps = 4;
/** Of the pairs of `mergesOf`. */
const idsPerPair = 1.4;
const joins = 31;
const idsPerRequest = 1_000;
const resolveConnections = 8;
const resolveMs = 1_500;
const resolveBatches = 20;
const mib = 2 ** 20;

/** What a step came to. */
interface Step {
  readonly ids: number;
  readonly importUs: number;
  readonly aliasMs: number;
  readonly resolveUs: number;
  readonly rssMib: number;
  readonly diskBytes: number;
  readonly restartSeconds: number;
}

export const growth: Measure = {
  name: 'B8',
  title: 'memory, disk and restart by identifiers, and what calls cost as there are more',

  async run({ size, rounds, profileDirectory }, progress) {
    const directory = newDirectory('growth');
    const dataDir = join(directory, 'data');
    const start = () => startOnym({ dataDir, profileDirectory });
    let onym = await start();
    try {
      await onym.stop();
      const emptyBytes = bytesOnDisk(dataDir);
      const oracle = createOracle();
      const done: Step[] = [];
      const restarts: number[] = [];
      const rssMib: number[] = [];
      const restart = async (): Promise<number> => {
        await onym.stop();
        const from = performance.now();
        onym = await start();
        await createClient(onym).resolve(['nobody']);
        return (performance.now() - from) / 1_000;
      };
      for (let step = 0; step < steps; step++) {
        await restart();
        const target = identifiers[size] / 2 ** (steps - 1 - step);
        const pairs = mergesOf(step, Math.round((target - oracle.ids().length) / idsPerPair)).pairs;
        const costs = await grow(onym, oracle, pairs, { directory, step });
        rssMib.push((onym.usage()?.rssBytes ?? Number.NaN) / mib);
        await onym.stop();
        const ids = oracle.ids();
        const text = ids.reduce((sum, id) => sum + Buffer.byteLength(id), 0);
        const diskBytes = (bytesOnDisk(dataDir) - emptyBytes - text) / ids.length;
        restarts.push(await restart());
        done.push({ ...costs, ids: ids.length, rssMib: rssMib.at(-1)!, diskBytes, restartSeconds: restarts.at(-1)! });
        progress(describe(done.at(-1)!));
      }
      const where = diskByPart(dataDir, oracle.ids().length);
      const largest = [done.at(-1)!.restartSeconds];
      while (largest.length < rounds) largest.push(await restart());
      await compare(createClient(onym), oracle);
      const last = done.at(-1)!;
      const at = `at ${last.ids.toLocaleString('en')} identifiers`;
      const alone = { measure: 'B8', beside: null, besideWhat: '' };
      return {
        figures: [
          {
            ...alone,
            what: `disk of an identifier beyond its text, ${at}`,
            unit: 'bytes',
            subject: [last.diskBytes],
            goal: goals.diskBytes,
          },
          { ...alone, what: `resident memory ${at}`, unit: 'MiB', subject: [last.rssMib], goal: goals.rssMib },
          { ...alone, what: `restart to ready ${at}`, unit: 's', subject: largest, goal: goals.restartSeconds },
        ],
        notes: [
          ...done.map(describe),
          `disk ${at}, bytes an id, text and what an empty server has included: ${where}`,
          `partition of ${oracle.ids().length} ids equals the oracle's, after ${largest.length} restarts`,
        ],
        curves: curvesOf(done),
      };
    } finally {
      await onym.stop();
      removeDirectory(directory);
    }
  },
};

const describe = ({ ids, importUs, aliasMs, resolveUs, rssMib, diskBytes, restartSeconds }: Step): string =>
  `${ids.toLocaleString('en')} ids: import ${importUs.toFixed(0)} µs a pair, alias ${aliasMs.toFixed(2)} ms, resolve ${resolveUs.toFixed(1)} µs an id, ` +
  `RSS ${rssMib.toFixed(0)} MiB, disk ${diskBytes.toFixed(0)} B an id beyond its text, restart ${restartSeconds.toFixed(2)} s`;

interface Place {
  readonly directory: string;
  readonly step: number;
}

/** Imports the pairs, then takes single calls among all there are by then. */
async function grow(onym: OnymTarget, oracle: Oracle, pairs: readonly Pair[], { directory, step }: Place) {
  const client = createClient(onym);
  const file = join(directory, `pairs-${step}.csv`);
  await writePairs(file, pairs);
  const start = performance.now();
  await importPairs(onym, file, `growth-${step}`, pairs.length);
  await client.query('SELECT count() AS ids FROM identifiers');
  const importUs = ((performance.now() - start) * 1_000) / pairs.length;
  for (const [a, b] of pairs) oracle.link(a, b);
  const random = createRandom(800 + step);
  const ids = oracle.ids();
  const draw = () => ids[Math.floor(random() * ids.length)]!;

  const joined: number[] = [];
  for (let n = 0; n < joins; n++) {
    const [primary, secondary] = [draw(), `joined_${step}_${n}`];
    const body = JSON.stringify({ distinct_id: primary, alias_id: secondary });
    const one = await load({
      url: onym.url,
      connections: 1,
      amount: 1,
      requests: [requestOf('/alias', onym.secretKey, body)],
    });
    check(one.errors === 0, `an alias was answered ${one.firstError}`);
    oracle.link(primary, secondary);
    joined.push(one.p50Ms);
  }

  const requests = Array.from({ length: resolveBatches }, () =>
    requestOf(
      '/v1/resolve',
      onym.secretKey,
      JSON.stringify({ environment: 'production', distinct_ids: Array.from({ length: idsPerRequest }, draw) }),
    ),
  );
  const resolved = await load({ url: onym.url, connections: resolveConnections, requests, durationMs: resolveMs });
  check(resolved.errors === 0, `calls failed: ${resolved.firstError}`);
  return { importUs, aliasMs: median(joined), resolveUs: 1e6 / (resolved.perSecond * idsPerRequest) };
}

async function compare(client: Client, oracle: Oracle): Promise<void> {
  const names = await client.resolve(oracle.ids());
  oracle.compare((id) => names.get(id)!);
  const [map] = await client.query<{ ids: number; people: number }>(
    'SELECT count() AS ids, uniqExact(identity_id) AS people FROM identifiers',
  );
  check(
    map?.ids === oracle.ids().length && map.people === oracle.people(),
    `the map has ${JSON.stringify(map)}, the oracle ${oracle.ids().length} ids of ${oracle.people()} people`,
  );
}

/** Without what was merged into other parts of the event store, which goes a minute later. */
function bytesOnDisk(directory: string): number {
  const entries = readdirSync(directory, { withFileTypes: true });
  const parts = entries.flatMap(({ name }) => partOf(name) ?? []);
  const blockBytes = 512;
  return entries
    .filter(({ name }) => !isMerged(partOf(name), parts))
    .map((entry) => {
      const path = join(directory, entry.name);
      return entry.isDirectory() ? bytesOnDisk(path) : statSync(path).blocks * blockBytes;
    })
    .reduce((sum, bytes) => sum + bytes, 0);
}

/** A part of a MergeTree is called by its partition, its first and last block, and how often it was merged. */
interface Part {
  readonly partition: string;
  readonly first: number;
  readonly last: number;
  readonly level: number;
}

function partOf(name: string): Part | null {
  const match = /^([^_]+)_(\d+)_(\d+)_(\d+)$/.exec(name);
  if (match === null) return null;
  const [, partition, first, last, level] = match;
  return { partition: partition!, first: Number(first), last: Number(last), level: Number(level) };
}

const isMerged = (part: Part | null, others: readonly Part[]): boolean =>
  part !== null &&
  others.some(
    ({ partition, first, last, level }) =>
      partition === part.partition && first <= part.first && last >= part.last && level > part.level,
  );

function diskByPart(dataDir: string, ids: number): string {
  return readdirSync(dataDir, { withFileTypes: true })
    .map((entry) => {
      const path = join(dataDir, entry.name);
      const bytes = entry.isDirectory() ? bytesOnDisk(path) : statSync(path).size;
      return { name: entry.name, each: Math.round(bytes / ids) };
    })
    .filter(({ each }) => each > 0)
    .sort((a, b) => b.each - a.each)
    .map(({ name, each }) => `${name} ${each}`)
    .join(', ');
}

function curvesOf(done: readonly Step[]): Curve[] {
  const line = (label: string, read: (step: Step) => number) => ({
    label,
    points: done.map((step) => [step.ids, read(step)] as const),
  });
  const relative = (label: string, read: (step: Step) => number) => line(label, (step) => read(step) / read(done[0]!));
  const x = 'identifiers';
  return [
    {
      name: 'cost-by-identifiers',
      title: 'What a call costs, by the identifiers there are',
      x,
      y: 'times the cost at the first',
      isLogarithmic: true,
      lines: [
        relative('one alias', (step) => step.aliasMs),
        relative('an id resolved', (step) => step.resolveUs),
        relative('a pair imported', (step) => step.importUs),
      ],
    },
    {
      name: 'memory-by-identifiers',
      title: 'Resident memory after an import',
      x,
      y: 'MiB',
      isLogarithmic: true,
      lines: [line('resident memory', (step) => step.rssMib)],
    },
    {
      name: 'disk-by-identifiers',
      title: 'Disk of an identifier beyond its own text',
      x,
      y: 'bytes',
      isLogarithmic: true,
      lines: [line('disk', (step) => step.diskBytes)],
    },
    {
      name: 'restart-by-identifiers',
      title: 'From the start of the process to its first answer',
      x,
      y: 'seconds',
      isLogarithmic: true,
      lines: [line('restart', (step) => step.restartSeconds)],
    },
  ];
}
