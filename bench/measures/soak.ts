import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from '../client.ts';
import { type LoadResult, load, requestOf } from '../load.ts';
import { check, type Progress, type Result } from '../measure.ts';
import { createOracle } from '../oracle.ts';
import type { OnymTarget } from '../processes.ts';
import { median } from '../series.ts';
import { createRandom } from '../workload.ts';
import { mixedCalls } from './mixed-calls.ts';
import { connections, type Load, sample } from './sampling.ts';

const seed = 11;
/** Sent again and again: events are new each time, who is who is not, so that there is no more to remember after the first fifth. */
const calls = 50_000;
const slices = 20;
const bareMs = 2_000;
const memoryEveryMs = 1_000;
/** What the memory of the last fifth may be of the second's. */
const flatGoal = { atMost: 1.05 };
const mib = 2 ** 20;

/** The product mix for so many seconds, memory each second, and everything acknowledged counted and compared afterwards. */
export async function soak(onym: OnymTarget, bare: Load, seconds: number, progress: Progress): Promise<Result> {
  const client = createClient(onym);
  const mix = mixedCalls('soak', calls, createRandom(seed));
  const requests = mix.map(({ path, body }) => requestOf(path, onym.secretKey, JSON.stringify(body)));
  const oracle = createOracle();
  const memory: number[] = [];
  const done: LoadResult[] = [];
  const beside: number[] = [];
  let events = 0;
  let sent = 0;
  let isLoaded = false;
  let ended = false;
  const watch = (async () => {
    while (!ended) {
      // Only the seconds under load count.
      if (isLoaded) memory.push((onym.usage()?.rssBytes ?? Number.NaN) / mib);
      await sleep(memoryEveryMs);
    }
  })();
  try {
    for (let slice = 0; slice < slices; slice++) {
      isLoaded = true;
      const one = await load({
        url: onym.url,
        connections,
        requests,
        from: sent,
        durationMs: (seconds * 1_000) / slices,
        onAnswer: (index) => {
          const { pair } = mix[index]!;
          if (pair === null) events++;
          else oracle.link(...pair);
        },
      });
      isLoaded = false;
      check(one.errors === 0, `${one.errors} calls failed: ${one.firstError}`);
      sent = one.sent;
      done.push(one);
      const other = await sample(bare, bareMs);
      beside.push(other.perSecond);
      progress(
        `${Math.round(((slice + 1) * seconds) / slices)} s: ${one.perSecond.toFixed(0)} beside ${other.perSecond.toFixed(0)} requests/s, ` +
          `p99 ${one.p99Ms.toFixed(1)} ms, RSS ${memory.at(-1)?.toFixed(0)} MiB`,
      );
    }
  } finally {
    ended = true;
    await watch;
  }
  const counted = await client.countEvents();
  check(counted === events, `${events} acknowledged, ${counted} counted`);
  const names = await client.resolve(oracle.ids());
  oracle.compare((id) => names.get(id)!);
  return resultOf(seconds, { done, beside, memory, counted, ids: oracle.ids().length });
}

interface Soaked {
  readonly done: readonly LoadResult[];
  readonly beside: readonly number[];
  readonly memory: readonly number[];
  readonly counted: number;
  readonly ids: number;
}

function resultOf(seconds: number, { done, beside, memory, counted, ids }: Soaked): Result {
  const fifth = Math.floor(memory.length / 5);
  const [second, last] = [memory.slice(fifth, 2 * fifth), memory.slice(memory.length - fifth)];
  const measure = 'B1';
  const p99 = done.map(({ p99Ms }) => p99Ms);
  return {
    figures: [
      {
        measure,
        what: `soak of ${seconds} s, product mix`,
        unit: 'requests/s',
        subject: done.map(({ perSecond }) => perSecond),
        beside,
        besideWhat: 'bare route',
        goal: null,
      },
      {
        measure,
        what: 'memory in the last fifth: flat after the first',
        unit: 'MiB',
        subject: last,
        beside: second,
        besideWhat: 'in the second',
        goal: flatGoal,
      },
    ],
    notes: [
      `acknowledged ${counted} events = counted; partition of ${ids} ids equals the oracle's; 0 errors`,
      `p99 of a slice ${median(p99).toFixed(1)} ms, at most ${Math.max(...p99).toFixed(1)}`,
      `RSS each second: ${memory.map((value) => value.toFixed(0)).join(' ')}`,
    ],
    curves: [
      {
        name: 'memory-of-a-soak',
        title: 'Resident memory under load',
        x: 'seconds',
        y: 'MiB',
        isLogarithmic: false,
        lines: [{ label: 'resident memory', points: memory.map((value, second) => [second, value] as const) }],
      },
    ],
  };
}
