import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from '../client.ts';
import { requestOf } from '../load.ts';
import { check, type Figure, type Measure, type Options, type Progress, type Result } from '../measure.ts';
import { type OnymTarget, startOnym, startScript } from '../processes.ts';
import { median } from '../series.ts';
import { createPeople, createRandom, createTrackItems } from '../workload.ts';
import { type Load, type Sample, sample } from './sampling.ts';
import { soak } from './soak.ts';

const seed = 1;
const goals = {
  rate: { atLeast: 0.6 },
  evidence: { atLeast: 0.55 },
  mainCpu: { atMost: 1.4 },
  cpu: { atMost: 1.8 },
  p99: { atMost: 3 },
} as const;
const bodies = 20_000;
const people = { S: 200_000, M: 1_000_000, L: 5_000_000 } as const;
const warmupMs = 2_000;
const roundMs = 2_500;
const settleMs = 500;

export function singleTrackBodies(size: Options['size'], evidence: boolean): string[] {
  const random = createRandom(seed);
  // Only the most active of a large population are ever drawn in so few bodies.
  const population = createPeople(Math.min(people[size], people.S), random);
  return createTrackItems(bodies, population, random, { evidence }).map((item) => JSON.stringify(item));
}

export const requestsFor = (target: OnymTarget | null, texts: readonly string[]): Buffer[] =>
  texts.map((text) => requestOf('/track', target?.writeKey ?? null, text));

export const singleTrack: Measure = {
  name: 'B1',
  title: 'single durable events beside a bare route',

  async run(options, progress) {
    const onym = await startOnym({ profileDirectory: options.profileDirectory });
    const bare = await startScript('bare.ts');
    const other = options.against === null ? null : await startOnym({ checkout: options.against });
    try {
      const texts = singleTrackBodies(options.size, false);
      const loads = {
        onym: { target: onym, requests: requestsFor(onym, texts) },
        evidence: { target: onym, requests: requestsFor(onym, singleTrackBodies(options.size, true)) },
        bare: { target: bare, requests: requestsFor(null, texts) },
        ...(other !== null && { other: { target: other, requests: requestsFor(other, texts) } }),
      };
      if (options.soakSeconds !== null) return await soak(onym, loads.bare, options.soakSeconds, progress);
      return await compare(onym, loads, options, progress);
    } finally {
      await Promise.all([onym.stop(), bare.stop(), other?.stop()]);
    }
  },
};

type Side = 'onym' | 'evidence' | 'bare' | 'other';
type Loads = { readonly onym: Load; readonly evidence: Load; readonly bare: Load; readonly other?: Load };

async function compare(onym: OnymTarget, loads: Loads, { rounds }: Options, progress: Progress): Promise<Result> {
  const client = createClient(onym);
  const samples: Record<Side, Sample[]> = { onym: [], evidence: [], bare: [], other: [] };
  const sides: readonly Side[] = loads.other ? ['onym', 'bare', 'other'] : ['onym', 'bare', 'evidence'];
  const counts = (side: Side) => side === 'onym' || side === 'evidence';
  let acknowledged = 0;
  for (const side of sides) {
    const warm = await sample(loads[side]!, warmupMs);
    if (counts(side)) acknowledged += warm.acknowledged;
  }
  for (let round = 0; round < rounds; round++) {
    for (const side of sides) {
      // What one side left to do in the background is not to be paid by the other.
      await client.drained();
      await sleep(settleMs);
      const one = await sample(loads[side]!, roundMs, round * bodies);
      samples[side].push(one);
      if (counts(side)) acknowledged += one.acknowledged;
    }
    const [a, b] = [samples.onym.at(-1)!, samples.bare.at(-1)!];
    progress(`round ${round + 1}: ${a.perSecond.toFixed(0)} beside ${b.perSecond.toFixed(0)} requests/s`);
  }
  const counted = await client.countEvents();
  check(counted === acknowledged, `${acknowledged} acknowledged, ${counted} counted`);

  const of = (side: Side, read: (one: Sample) => number) => samples[side].map(read);
  const figure = (
    what: string,
    side: Side,
    read: (one: Sample) => number,
    unit: string,
    goal: Figure['goal'],
  ): Figure => ({
    measure: 'B1',
    what,
    unit,
    subject: of(side, read),
    beside: of('bare', read),
    besideWhat: 'bare route',
    goal,
  });
  const perSecond = (one: Sample) => one.perSecond;
  const mainCpu = (one: Sample) => one.mainCpuUs;
  const another = 'single durable events, other checkout';
  return {
    figures: [
      figure('CPU of the main thread', 'onym', mainCpu, 'µs/request', goals.mainCpu),
      figure('CPU of the process', 'onym', (one) => one.cpuUs, 'µs/request', goals.cpu),
      figure('single durable events', 'onym', perSecond, 'requests/s', goals.rate),
      ...(loads.other
        ? [
            figure(another, 'other', perSecond, 'requests/s', null),
            figure('CPU of the main thread, other checkout', 'other', mainCpu, 'µs/request', null),
          ]
        : [figure('the same with link evidence in 30%', 'evidence', perSecond, 'requests/s', goals.evidence)]),
      figure('single durable events, p99', 'onym', (one) => one.p99Ms, 'ms', goals.p99),
    ],
    notes: [
      `acknowledged ${acknowledged} = counted ${counted}; p50 ${median(of('onym', (one) => one.p50Ms)).toFixed(2)} ms, ` +
        `bare ${median(of('bare', (one) => one.p50Ms)).toFixed(2)}`,
    ],
  };
}
