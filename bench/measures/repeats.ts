import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from '../client.ts';
import { requestOf } from '../load.ts';
import { check, type Measure } from '../measure.ts';
import { createOracle } from '../oracle.ts';
import { type OnymTarget, startOnym } from '../processes.ts';
import { createPeople, createRandom } from '../workload.ts';
import { type Load, type Sample, sample } from './sampling.ts';
import { requestsFor, singleTrackBodies } from './single-track.ts';

const seed = 9;
const goal = { atLeast: 1 };
/** All of them fit the server's memory of decided calls, as the repeats of a day's active users do. */
const people = { S: 20_000, M: 50_000, L: 100_000 } as const;
const roundMs = 2_000;
const warmupMs = 2_000;
const settleMs = 500;

interface Repeated {
  readonly identify: readonly object[];
  readonly alias: readonly object[];
}

function callsOf(count: number): Repeated {
  const random = createRandom(seed);
  const identified = createPeople(count, random).map((person, index) => ({ ...person, userId: `user_${index}` }));
  return {
    identify: identified.map(({ userId, anonymousIds }) => ({
      distinct_id: userId,
      anonymous_id: anonymousIds[0],
      traits: { plan: 'team', email: `${userId}@example.com`, seats: userId.length },
    })),
    alias: identified.map(({ userId }) => ({ distinct_id: userId, alias_id: `stripe:cus_${userId}` })),
  };
}

export const repeats: Measure = {
  name: 'B9',
  title: 'identify and alias calls that change nothing, beside single events',

  async run({ size, rounds, profileDirectory, against }, progress) {
    const onym = await startOnym({ profileDirectory });
    const other = against === null ? null : await startOnym({ checkout: against });
    try {
      const client = createClient(onym);
      const calls = callsOf(people[size]);
      await client.ingest('/identify', calls.identify);
      await client.ingest('/alias', calls.alias);
      const before = await headOf(onym);
      progress(`${calls.identify.length} people identified and aliased`);

      if (other !== null) {
        const otherClient = createClient(other);
        await otherClient.ingest('/identify', calls.identify);
        await otherClient.ingest('/alias', calls.alias);
      }

      const loadOf = (target: OnymTarget, path: string, items: readonly object[]) => ({
        target,
        requests: items.map((item) => requestOf(path, target.secretKey, JSON.stringify(item))),
      });
      const loads: Record<string, Load> = {
        track: { target: onym, requests: requestsFor(onym, singleTrackBodies('S', false)) },
        identify: loadOf(onym, '/identify', calls.identify),
        alias: loadOf(onym, '/alias', calls.alias),
        ...(other !== null && {
          'identify, other checkout': loadOf(other, '/identify', calls.identify),
          'alias, other checkout': loadOf(other, '/alias', calls.alias),
        }),
      };
      const sides = Object.keys(loads);
      const samples: Record<string, Sample[]> = Object.fromEntries(sides.map((side) => [side, []]));
      for (const side of sides) await sample(loads[side]!, warmupMs);
      for (let round = 0; round < rounds; round++) {
        for (const side of sides) {
          await client.drained();
          await sleep(settleMs);
          samples[side]!.push(await sample(loads[side]!, roundMs, round * 10_000));
        }
        const rates = sides.map((side) => `${side} ${samples[side]!.at(-1)!.perSecond.toFixed(0)}`);
        progress(`round ${round + 1}: ${rates.join(', ')} requests/s`);
      }

      check((await headOf(onym)) === before, 'a repeat was recorded');
      const oracle = createOracle();
      for (const call of calls.identify as { distinct_id: string; anonymous_id: string }[]) {
        oracle.link(call.distinct_id, call.anonymous_id);
      }
      for (const call of calls.alias as { distinct_id: string; alias_id: string }[]) {
        oracle.link(call.distinct_id, call.alias_id);
      }
      const names = await client.resolve(oracle.ids());
      oracle.compare((id) => names.get(id)!);

      const figures = sides.slice(1).flatMap((side) => [
        {
          measure: 'B9',
          what: `${side}: changes nothing`,
          unit: 'requests/s',
          subject: samples[side]!.map((one) => one.perSecond),
          beside: samples.track!.map((one) => one.perSecond),
          besideWhat: 'single events',
          goal: side.includes('other') ? null : goal,
        },
        {
          measure: 'B9',
          what: `${side}: CPU of the main thread`,
          unit: 'µs/request',
          subject: samples[side]!.map((one) => one.mainCpuUs),
          beside: samples.track!.map((one) => one.mainCpuUs),
          besideWhat: 'single events',
          goal: null,
        },
      ]);
      return {
        figures,
        notes: [`partition of ${oracle.ids().length} ids equals the oracle's; no ledger row was added`],
      };
    } finally {
      await Promise.all([onym.stop(), other?.stop()]);
    }
  },
};

/** The last seq that the ledger has. */
async function headOf(onym: OnymTarget): Promise<number> {
  let after = 0;
  const page = 1_000;
  for (;;) {
    const response = await fetch(`${onym.url}/v1/ledger?environment=production&after=${after}&limit=${page}`, {
      headers: { authorization: `Bearer ${onym.secretKey}` },
    });
    const { rows } = (await response.json()) as { rows: { seq: number }[] };
    if (rows.length === 0) return after;
    after = rows.at(-1)!.seq;
  }
}
