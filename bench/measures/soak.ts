import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from '../client.ts';
import { check, type Progress, type Result } from '../measure.ts';
import type { OnymTarget } from '../processes.ts';
import { median } from '../series.ts';
import { type Load, sample } from './sampling.ts';

/** Both sides are measured in slices of the soak, in turn; the server is kept under load for all of its time. */
const bareMs = 3_000;
const bareEverySeconds = 10;
const rssSampleMs = 1_000;
/** From then on memory should be flat. */
const warmSeconds = 20;
const mib = 2 ** 20;

interface Loads {
  readonly onym: Load;
  readonly bare: Load;
}

/** Sixty seconds of single events, memory each second, and every acknowledged event counted afterwards. */
export async function soak(onym: OnymTarget, loads: Loads, seconds: number, progress: Progress): Promise<Result> {
  const client = createClient(onym);
  const slices = Math.max(1, Math.round(seconds / bareEverySeconds));
  const rss: number[] = [];
  const subject: number[] = [];
  const beside: number[] = [];
  let acknowledged = 0;
  let isLoaded = false;
  let ended = false;
  const watch = (async () => {
    while (!ended) {
      // Only the seconds under load count.
      if (isLoaded) rss.push((onym.usage()?.rssBytes ?? Number.NaN) / mib);
      await sleep(rssSampleMs);
    }
  })();
  for (let slice = 0; slice < slices; slice++) {
    isLoaded = true;
    const one = await sample(loads.onym, (seconds * 1000) / slices, acknowledged);
    isLoaded = false;
    acknowledged += one.acknowledged;
    const other = await sample(loads.bare, bareMs);
    subject.push(one.perSecond);
    beside.push(other.perSecond);
    progress(
      `${Math.round(((slice + 1) * seconds) / slices)} s: ${one.perSecond.toFixed(0)} beside ${other.perSecond.toFixed(0)} requests/s, ` +
        `p99 ${one.p99Ms.toFixed(1)} ms, RSS ${rss.at(-1)?.toFixed(0)} MiB`,
    );
  }
  ended = true;
  await watch;
  const counted = await client.countEvents();
  check(counted === acknowledged, `${acknowledged} acknowledged, ${counted} counted`);
  const warm = rss[Math.min(warmSeconds, rss.length) - 1] ?? Number.NaN;
  const later = rss.slice(warmSeconds);
  return {
    figures: [
      {
        measure: 'B1',
        what: `soak of ${seconds} s`,
        unit: 'requests/s',
        subject,
        beside,
        besideWhat: 'bare route',
        goal: { atLeast: 0.6 },
      },
    ],
    notes: [
      `acknowledged ${acknowledged} = counted ${counted}; 0 errors`,
      `RSS in MiB: ${warm.toFixed(0)} after ${warmSeconds} s, ${rss.at(-1)?.toFixed(0)} at the end; ` +
        `median ${median(later).toFixed(0)}, largest ${Math.max(...later).toFixed(0)} after ${warmSeconds} s`,
      `RSS each second: ${rss.map((value) => value.toFixed(0)).join(' ')}`,
    ],
  };
}
