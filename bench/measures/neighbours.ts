import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from '../client.ts';
import { type LoadOptions, type LoadResult, load, requestOf } from '../load.ts';
import { check, type Measure } from '../measure.ts';
import { createOracle, type Oracle } from '../oracle.ts';
import { type OnymTarget, startOnym } from '../processes.ts';
import { median } from '../series.ts';
import { createRandom } from '../workload.ts';
import { eventsOf, type Scene, scenesOf } from './adversary.ts';
import { type Call, mixedCalls } from './mixed-calls.ts';

const seed = 10;
const goal = { atMost: 2 };
/** Who calls as usual: at a rate well below what the server takes, or the lane's share would be all there is to see. */
const connections = 16;
const pauseMs = 40;
const laneConnections = 4;
/** Of what is sent in one second: all wait for each other. */
const burstConnections = 64;
const aloneMs = 2_500;
const settleMs = 500;
/** What is left to be done behind the answers of a lane is no part of the next round's calls before it. */
const quietMaxMs = 60_000;
const quietShare = 0.2;
/** More calls than a round takes. */
const callsPerRound = 20_000;

export const neighbours: Measure = {
  name: 'B10',
  title: 'ordinary calls, before and beside the adversarial lane',

  async run({ rounds, profileDirectory }, progress) {
    const onym = await startOnym({ profileDirectory });
    try {
      const client = createClient(onym);
      const bench = createBench(onym);
      const random = createRandom(seed);
      const before: LoadResult[] = [];
      const beside: LoadResult[] = [];
      const laneRates = new Map<string, number[]>();
      let laneCalls = 0;
      // The first round warms all.
      for (let round = -1; round < rounds; round++) {
        const calls = mixedCalls(`r${round + 1}`, callsPerRound, random);
        const alone = await bench.ordinary(calls, { durationMs: aloneMs });
        await client.drained();
        await quiet(onym);
        const scenes = scenesOf(round + 1, random);
        const laneEnded = new AbortController();
        const [together, rates] = await Promise.all([
          bench.ordinary(calls, { from: alone.sent, until: laneEnded.signal }),
          bench.lane(scenes).finally(() => laneEnded.abort()),
        ]);
        await client.drained();
        await quiet(onym);
        if (round < 0) continue;
        before.push(alone);
        beside.push(together);
        for (const [name, rate] of rates) laneRates.set(name, [...(laneRates.get(name) ?? []), rate]);
        laneCalls += scenes.reduce((sum, scene) => sum + scene.calls.length, 0);
        progress(
          `round ${round + 1}: p99 ${together.p99Ms.toFixed(1)} beside ${alone.p99Ms.toFixed(1)} ms, ` +
            `${together.perSecond.toFixed(0)} and ${alone.perSecond.toFixed(0)} ordinary calls/s`,
        );
      }
      const counted = await client.countEvents();
      check(counted === bench.events(), `${bench.events()} acknowledged, ${counted} counted`);
      const ids = bench.oracle.ids();
      const names = await client.resolve(ids);
      bench.oracle.compare((id) => names.get(id)!);
      const figure = (what: string, read: (result: LoadResult) => number) => ({
        measure: 'B10',
        what,
        unit: 'ms',
        subject: beside.map(read),
        beside: before.map(read),
        besideWhat: 'before it',
      });
      return {
        figures: [
          { ...figure('ordinary calls beside the lane, p99', (result) => result.p99Ms), goal },
          { ...figure('the same, p50', (result) => result.p50Ms), goal: null },
        ],
        notes: [
          `${laneCalls} calls of the lane, ${bench.turnedDown()} refused or held with those of the first round; ` +
            `partition of ${ids.length} ids equals the oracle's of all that was applied; acknowledged ${counted} events = counted`,
          `the lane, calls/s: ${[...laneRates].map(([name, rate]) => `${name} ${median(rate).toFixed(0)}`).join(', ')}`,
        ],
      };
    } finally {
      await onym.stop();
    }
  },
};

/** Resolves once the main thread rests. */
async function quiet(onym: OnymTarget): Promise<void> {
  const deadline = performance.now() + quietMaxMs;
  for (;;) {
    const before = onym.usage()?.mainCpu ?? 0;
    await sleep(settleMs);
    const busy = (onym.usage()?.mainCpu ?? 0) - before;
    if ((busy * 1_000) / settleMs < quietShare || performance.now() > deadline) return;
  }
}

interface Bench {
  readonly oracle: Oracle;
  ordinary(calls: readonly Call[], bound: Pick<LoadOptions, 'durationMs' | 'until' | 'from'>): Promise<LoadResult>;
  /** One scene after another: calls a second of each. */
  lane(scenes: readonly Scene[]): Promise<Map<string, number>>;
  /** Those that are to be counted. */
  events(): number;
  /** Links that were refused or held. */
  turnedDown(): number;
}

function createBench(onym: OnymTarget): Bench {
  const oracle = createOracle();
  let events = 0;
  let turnedDown = 0;

  /** What was linked is linked in the oracle; what was turned down stands apart there. */
  function hear(pair: readonly [string, string], body: string): void {
    const { verdict } = JSON.parse(body) as { verdict: string };
    if (verdict === 'applied' || verdict === 'unchanged') {
      oracle.link(...pair);
      return;
    }
    check(verdict === 'refused' || verdict === 'held', `a link was answered ${body}`);
    turnedDown++;
    for (const id of pair) oracle.link(id, id);
  }

  const requestsOf = (calls: readonly { path: string; body: object }[]) =>
    calls.map(({ path, body }) => requestOf(path, onym.secretKey, JSON.stringify(body)));

  async function play(
    { name, path, calls, isInvalid = false, atOnce = false, pairOf }: Scene,
    rates: Map<string, number>,
  ): Promise<void> {
    const result = await load({
      url: onym.url,
      connections: atOnce ? burstConnections : laneConnections,
      amount: calls.length,
      requests: requestsOf(calls.map((body) => ({ path, body }))),
      onAnswer: (index, body) => {
        if (pairOf !== undefined) hear(pairOf(calls[index]!), body);
      },
    });
    const expected = isInvalid ? calls.length : 0;
    rates.set(name, calls.length / result.seconds);
    check(
      result.errors === expected,
      `${name}: ${result.errors} of ${calls.length} calls failed: ${result.firstError}`,
    );
  }

  return {
    oracle,
    async ordinary(calls, bound) {
      const result = await load({
        url: onym.url,
        connections,
        pauseMs,
        requests: requestsOf(calls),
        ...bound,
        onAnswer: (index, body) => {
          const { pair } = calls[index]!;
          if (pair === null) events++;
          else hear(pair, body);
        },
      });
      check(result.errors === 0, `${result.errors} ordinary calls failed: ${result.firstError}`);
      return result;
    },
    async lane(scenes) {
      const rates = new Map<string, number>();
      for (const scene of scenes) await play(scene, rates);
      events += eventsOf(scenes);
      return rates;
    },
    events: () => events,
    turnedDown: () => turnedDown,
  };
}
