import { join } from 'node:path';
import { startPostgres } from '../../test-support/postgres.ts';
import { ask } from '../ask.ts';
import { createClient } from '../client.ts';
import { load, requestOf } from '../load.ts';
import { check, type Figure, type Measure } from '../measure.ts';
import { createOracle } from '../oracle.ts';
import { createTargets, postgresDirectory, startOnym, startScript, type Target } from '../processes.ts';
import { createPeople, createRandom, createZipf } from '../workload.ts';
import { compareNames } from './comparing.ts';
import { checkDurable } from './merges.ts';

const seed = 7;
/** People with two linked identifiers each; L has five million. */
const people = { S: 50_000, M: 500_000, L: 2_500_000 } as const;
const idsPerRequest = 1_000;
const batchCount = 100;
const connections = 8;
const roundMs = 1_500;

const peers = {
  'SQLite in-process': { atLeast: 0.6 },
  'PostgreSQL = ANY': { atLeast: 3 },
  'echo route': { atLeast: 0.12 },
} as const;
type Peer = keyof typeof peers;

/** Ids a second, for so long. */
type Side = (ms: number) => Promise<number>;

export const resolveIds: Measure = {
  name: 'B7',
  title: 'resolving 1,000 ids a request, beside both engines without a server and a route that echoes the same bodies',

  async run({ size, rounds, profileDirectory, against }, progress) {
    const postgres = await startPostgres(postgresDirectory());
    const targets = createTargets();
    const { started } = targets;
    try {
      await checkDurable(postgres.url);
      const onym = await started(startOnym({ profileDirectory }));
      const bare = await started(startScript('bare.ts'));
      const other = against === null ? null : await started(startOnym({ checkout: against }));
      const client = createClient(onym);
      const random = createRandom(seed);
      const pairs = createPeople(people[size], random).map(({ anonymousIds }, index) => ({
        distinct_id: `user_${index}`,
        anonymous_id: anonymousIds[0]!,
      }));
      await client.ingest('/identify', pairs);
      if (other !== null) await createClient(other).ingest('/identify', pairs);
      const stored = join(onym.dataDir, 'identity.db');
      const sqlite = await started(startScript('point-reads.ts', ['sqlite', stored]));
      const table = await started(startScript('point-reads.ts', ['postgres', stored, postgres.url]));
      progress(`${pairs.length * 2} identifiers linked`);

      const drawPerson = createZipf(pairs.length, random);
      // Half of the ids were linked; of the rest one in ten was never seen.
      const drawId = () => {
        const pair = random() < 0.5 ? pairs[drawPerson()]! : pairs[Math.floor(random() * pairs.length)]!;
        return random() < 0.1 ? `anonymous-${random()}` : random() < 0.5 ? pair.distinct_id : pair.anonymous_id;
      };
      const batches = Array.from({ length: batchCount }, () => Array.from({ length: idsPerRequest }, drawId));
      const overHttp = ({ url }: Target, path: string, key: string | null): Side => {
        const requests = batches.map((ids) =>
          requestOf(path, key, JSON.stringify({ environment: 'production', distinct_ids: ids })),
        );
        return async (durationMs) => {
          const one = await load({ url, connections, requests, durationMs });
          check(one.errors === 0, `calls failed: ${one.firstError}`);
          return one.perSecond * idsPerRequest;
        };
      };
      const withoutServer =
        (target: Target): Side =>
        async (ms) => {
          const { ids, seconds } = await ask<{ ids: number; seconds: number }>(target, '/read', { batches, ms });
          return ids / seconds;
        };
      const sides: Record<string, Side> = {
        onym: overHttp(onym, '/v1/resolve', onym.secretKey),
        'SQLite in-process': withoutServer(sqlite),
        'PostgreSQL = ANY': withoutServer(table),
        'echo route': overHttp(bare, '/echo', null),
        ...(other !== null && { 'other checkout': overHttp(other, '/v1/resolve', other.secretKey) }),
      };
      const rates: Record<string, number[]> = Object.fromEntries(Object.keys(sides).map((side) => [side, []]));
      for (let round = -1; round < rounds; round++) {
        for (const [name, side] of Object.entries(sides)) {
          const perSecond = await side(roundMs);
          // The first round warms all.
          if (round >= 0) rates[name]!.push(perSecond);
        }
        if (round < 0) continue;
        progress(
          `round ${round + 1}: ${Object.entries(rates)
            .map(([name, rate]) => `${name} ${rate.at(-1)!.toFixed(0)}`)
            .join(', ')} ids/s`,
        );
      }

      const oracle = createOracle();
      for (const pair of pairs) oracle.link(pair.distinct_id, pair.anonymous_id);
      const names = await client.resolve(oracle.ids());
      oracle.compare((id) => names.get(id)!);
      for (const target of [sqlite, table]) await compareNames(target, oracle);
      const figure = (what: string, subject: number[], peer: Peer, goal: Figure['goal']): Figure => ({
        measure: 'B7',
        what,
        unit: 'ids/s',
        subject,
        beside: rates[peer]!,
        besideWhat: peer,
        goal,
      });
      return {
        figures: [
          ...(Object.keys(peers) as Peer[]).map((peer) => figure('ids resolved', rates.onym!, peer, peers[peer])),
          ...(other === null
            ? []
            : [figure('ids resolved, other checkout', rates['other checkout']!, 'echo route', null)]),
        ],
        notes: [`partition of ${pairs.length * 2} ids equals the oracle's on all three sides`],
      };
    } finally {
      await targets.stop();
      await postgres.stop();
    }
  },
};
