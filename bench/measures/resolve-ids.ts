import { createClient } from '../client.ts';
import { load, requestOf } from '../load.ts';
import { check, type Measure } from '../measure.ts';
import { createOracle } from '../oracle.ts';
import { startOnym, startScript } from '../processes.ts';
import { createPeople, createRandom, createZipf } from '../workload.ts';

const seed = 7;
const goal = { atLeast: 0.3 };
/** People with two linked identifiers each; L has five million. */
const people = { S: 50_000, M: 500_000, L: 2_500_000 } as const;
const idsPerRequest = 1_000;
const bodies = 100;
const connections = 8;
const roundMs = 3_000;

export const resolveIds: Measure = {
  name: 'B7',
  title: 'resolving 1,000 ids a request beside a route that echoes the same bodies',

  async run({ size, rounds, profileDirectory }, progress) {
    const onym = await startOnym({ profileDirectory });
    const bare = await startScript('bare.ts');
    try {
      const client = createClient(onym);
      const random = createRandom(seed);
      const pairs = createPeople(people[size], random).map(({ anonymousIds }, index) => ({
        distinct_id: `user_${index}`,
        anonymous_id: anonymousIds[0]!,
      }));
      await client.ingest('/identify', pairs);
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
      const onymRequests = texts.map((text) => requestOf('/v1/resolve', onym.secretKey, text));
      const bareRequests = texts.map((text) => requestOf('/echo', null, text));
      const subject: number[] = [];
      const beside: number[] = [];
      for (let round = -1; round < rounds; round++) {
        const one = await load({ url: onym.url, connections, requests: onymRequests, durationMs: roundMs });
        const other = await load({ url: bare.url, connections, requests: bareRequests, durationMs: roundMs });
        check(one.errors + other.errors === 0, `calls failed: ${one.firstError ?? other.firstError}`);
        // The first round warms both.
        if (round < 0) continue;
        subject.push(one.perSecond * idsPerRequest);
        beside.push(other.perSecond * idsPerRequest);
        progress(`round ${round + 1}: ${subject.at(-1)!.toFixed(0)} beside ${beside.at(-1)!.toFixed(0)} ids/s`);
      }

      const oracle = createOracle();
      for (const pair of pairs) oracle.link(pair.distinct_id, pair.anonymous_id);
      const names = await client.resolve(oracle.ids());
      oracle.compare((id) => names.get(id)!);
      const figure = {
        measure: 'B7',
        what: 'ids resolved',
        unit: 'ids/s',
        subject,
        beside,
        besideWhat: 'echo route',
        goal,
      };
      return { figures: [figure], notes: [`partition of ${pairs.length * 2} ids equals the oracle's`] };
    } finally {
      await Promise.all([onym.stop(), bare.stop()]);
    }
  },
};
