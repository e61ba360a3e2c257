import { createClient } from '../client.ts';
import { load, requestOf } from '../load.ts';
import { check, type Measure } from '../measure.ts';
import { createOracle } from '../oracle.ts';
import { startOnym, startScript, type Target } from '../processes.ts';
import { createPeople, createRandom, createZipf } from '../workload.ts';

const seed = 7;
const goal = { atLeast: 0.3 };
/** People with two linked identifiers each; L has five million. */
const people = { S: 50_000, M: 500_000, L: 2_500_000 } as const;
const idsPerRequest = 1_000;
const bodies = 100;
const connections = 8;
const roundMs = 3_000;

interface Side {
  readonly target: Target;
  readonly requests: readonly Buffer[];
  readonly rates: number[];
}

export const resolveIds: Measure = {
  name: 'B7',
  title: 'resolving 1,000 ids a request beside a route that echoes the same bodies',

  async run({ size, rounds, profileDirectory, against }, progress) {
    const onym = await startOnym({ profileDirectory });
    const bare = await startScript('bare.ts');
    const other = against === null ? null : await startOnym({ checkout: against });
    try {
      const client = createClient(onym);
      const random = createRandom(seed);
      const pairs = createPeople(people[size], random).map(({ anonymousIds }, index) => ({
        distinct_id: `user_${index}`,
        anonymous_id: anonymousIds[0]!,
      }));
      await client.ingest('/identify', pairs);
      if (other !== null) await createClient(other).ingest('/identify', pairs);
      progress(`${pairs.length * 2} identifiers linked`);

      const drawPerson = createZipf(pairs.length, random);
      // Half of the ids were linked; of the rest one in ten was never seen.
      const drawId = () => {
        const pair = random() < 0.5 ? pairs[drawPerson()]! : pairs[Math.floor(random() * pairs.length)]!;
        return random() < 0.1 ? `anonymous-${random()}` : random() < 0.5 ? pair.distinct_id : pair.anonymous_id;
      };
      const texts = Array.from({ length: bodies }, () =>
        JSON.stringify({ environment: 'production', distinct_ids: Array.from({ length: idsPerRequest }, drawId) }),
      );
      const sideOf = (target: Target, path: string, key: string | null): Side => ({
        target,
        requests: texts.map((text) => requestOf(path, key, text)),
        rates: [],
      });
      const own = sideOf(onym, '/v1/resolve', onym.secretKey);
      const echo = sideOf(bare, '/echo', null);
      const another = other === null ? null : sideOf(other, '/v1/resolve', other.secretKey);
      const sides = another === null ? [own, echo] : [own, echo, another];
      for (let round = -1; round < rounds; round++) {
        for (const { target, requests, rates } of sides) {
          const one = await load({ url: target.url, connections, requests, durationMs: roundMs });
          check(one.errors === 0, `calls failed: ${one.firstError}`);
          // The first round warms all.
          if (round >= 0) rates.push(one.perSecond * idsPerRequest);
        }
        if (round < 0) continue;
        progress(`round ${round + 1}: ${own.rates.at(-1)!.toFixed(0)} beside ${echo.rates.at(-1)!.toFixed(0)} ids/s`);
      }

      const oracle = createOracle();
      for (const pair of pairs) oracle.link(pair.distinct_id, pair.anonymous_id);
      const names = await client.resolve(oracle.ids());
      oracle.compare((id) => names.get(id)!);
      const common = { measure: 'B7', unit: 'ids/s', beside: echo.rates, besideWhat: 'echo route' };
      return {
        figures: [
          { ...common, what: 'ids resolved', subject: own.rates, goal },
          ...(another === null
            ? []
            : [{ ...common, what: 'ids resolved, other checkout', subject: another.rates, goal: null }]),
        ],
        notes: [`partition of ${pairs.length * 2} ids equals the oracle's`],
      };
    } finally {
      await Promise.all([onym.stop(), bare.stop(), other?.stop()]);
    }
  },
};
