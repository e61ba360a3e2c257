import { setTimeout as sleep } from 'node:timers/promises';
import { ask } from '../ask.ts';
import { createClient } from '../client.ts';
import { load, requestOf } from '../load.ts';
import { check, type Measure, type Progress } from '../measure.ts';
import { newDirectory, type OnymTarget, removeDirectory, startOnym, startScript, type Target } from '../processes.ts';
import { batchTrackItems } from './batch-items.ts';
import { cpuUsBetween } from './sampling.ts';

const goals = { acknowledged: { atLeast: 0.8 }, stored: { atLeast: 0.6 }, cpu: { atMost: 1.6 } } as const;
const eventsPerRequest = 100;
const connections = 16;
const roundMs = 3_000;
const warmupMs = 2_000;
const calibrationMs = 1_500;
const settleMs = 500;
/** Candidates for the batch that suits the engine best; 50,000 is the largest that Onym drains at once. */
const ceilingRows = [5_000, 10_000, 20_000, 50_000] as const;

interface Inserted {
  readonly perSecond: number;
  /** Of the whole process. */
  readonly cpuUs: number;
}

async function insertAlone(ceiling: Target, rows: number, ms: number): Promise<Inserted> {
  const before = ceiling.usage();
  const inserted = await ask<{ rows: number; seconds: number }>(ceiling, '/insert', { rows, ms });
  await sleep(settleMs);
  return { perSecond: inserted.rows / inserted.seconds, cpuUs: cpuUsBetween(before, ceiling.usage(), inserted.rows) };
}

async function bestRows(ceiling: Target, progress: Progress): Promise<number> {
  let best = { rows: 0, perSecond: 0 };
  for (const rows of ceilingRows) {
    await insertAlone(ceiling, rows, calibrationMs / 4);
    const { perSecond } = await insertAlone(ceiling, rows, calibrationMs);
    progress(`the engine alone, ${rows} rows an insert: ${perSecond.toFixed(0)} events/s`);
    if (perSecond > best.perSecond) best = { rows, perSecond };
  }
  return best.rows;
}

interface Side {
  readonly target: OnymTarget;
  readonly client: ReturnType<typeof createClient>;
  readonly requests: readonly Buffer[];
  readonly acknowledgedRates: number[];
  readonly drainedRates: number[];
  readonly cpuUs: number[];
  acknowledged: number;
}

async function track(side: Side, durationMs: number, counts: boolean): Promise<void> {
  const before = side.target.usage();
  const start = performance.now();
  const one = await load({ url: side.target.url, connections, requests: side.requests, durationMs });
  check(one.errors === 0, `${one.errors} calls failed: ${one.firstError}`);
  side.acknowledged += one.acknowledged * eventsPerRequest;
  await side.client.drained();
  const drainedSeconds = (performance.now() - start) / 1000;
  // Merges of what was inserted are the engine's, here as alone.
  await sleep(settleMs);
  if (!counts) return;
  side.cpuUs.push(cpuUsBetween(before, side.target.usage(), one.acknowledged * eventsPerRequest));
  side.acknowledgedRates.push(one.perSecond * eventsPerRequest);
  side.drainedRates.push((one.acknowledged * eventsPerRequest) / drainedSeconds);
}

export const batchTrack: Measure = {
  name: 'B2',
  title: 'durable arrays of 100 events beside the engine alone',

  async run({ rounds, profileDirectory, against }, progress) {
    const directory = newDirectory('ceiling');
    const onym = await startOnym({ profileDirectory });
    const ceiling = await startScript('ceiling.ts', [directory]);
    const other = against === null ? null : await startOnym({ checkout: against });
    try {
      const items = batchTrackItems();
      const sideOf = (target: OnymTarget): Side => ({
        target,
        client: createClient(target),
        requests: Array.from({ length: items.length / eventsPerRequest }, (_, index) => {
          const array = items.slice(index * eventsPerRequest, (index + 1) * eventsPerRequest);
          return requestOf('/track', target.writeKey, JSON.stringify(array));
        }),
        acknowledgedRates: [],
        drainedRates: [],
        cpuUs: [],
        acknowledged: 0,
      });
      const [own, another] = [sideOf(onym), other === null ? null : sideOf(other)];
      const rows = await bestRows(ceiling, progress);
      const beside: number[] = [];
      const besideCpuUs: number[] = [];
      for (let round = -1; round < rounds; round++) {
        const durationMs = round < 0 ? warmupMs : roundMs;
        for (const side of another === null ? [own] : [own, another]) await track(side, durationMs, round >= 0);
        const alone = await insertAlone(ceiling, rows, durationMs);
        if (round < 0) continue;
        beside.push(alone.perSecond);
        besideCpuUs.push(alone.cpuUs);
        progress(
          `round ${round + 1}: ${own.acknowledgedRates.at(-1)!.toFixed(0)} acknowledged, ${own.drainedRates.at(-1)!.toFixed(0)} stored, ` +
            `beside ${alone.perSecond.toFixed(0)} events/s`,
        );
      }
      const { acknowledged } = own;
      const counted = await own.client.countEvents();
      check(counted === acknowledged, `${acknowledged} acknowledged, ${counted} counted`);
      const common = { measure: 'B2', unit: 'events/s', beside, besideWhat: 'engine alone' };
      return {
        figures: [
          { ...common, what: 'durable arrays of 100 events', subject: own.acknowledgedRates, goal: goals.acknowledged },
          {
            ...common,
            what: 'the same until all are in the event store',
            subject: own.drainedRates,
            goal: goals.stored,
          },
          {
            ...common,
            what: 'CPU of the process',
            unit: 'µs/event',
            subject: own.cpuUs,
            beside: besideCpuUs,
            goal: goals.cpu,
          },
          ...(another === null
            ? []
            : [
                { ...common, what: 'acknowledged, other checkout', subject: another.acknowledgedRates, goal: null },
                { ...common, what: 'stored, other checkout', subject: another.drainedRates, goal: null },
              ]),
        ],
        notes: [`acknowledged ${acknowledged} = counted ${counted}; the engine alone takes ${rows} rows an insert`],
      };
    } finally {
      await Promise.all([onym.stop(), ceiling.stop(), other?.stop()]);
      removeDirectory(directory);
    }
  },
};
