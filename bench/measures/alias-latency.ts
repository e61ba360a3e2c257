import { setTimeout as sleep } from 'node:timers/promises';
import { type Client, createClient } from '../client.ts';
import { load, requestOf } from '../load.ts';
import { type Curve, check, type Figure, type Measure, type Progress } from '../measure.ts';
import { createOracle, type Oracle } from '../oracle.ts';
import { type OnymTarget, startOnym } from '../processes.ts';
import { median, quantile } from '../series.ts';

const eventsGoal = { atMost: 1.1 };
const identifiersGoal = { atMost: 3 };
const p99Goal = { atMost: 5 };
const eventCounts = [10, 1_000, 100_000] as const;
const eventCountLong = 1_000_000;
const identifierCounts = [10, 1_000, 10_000] as const;
const identifierCountLong = 100_000;
/** Single calls are short and noisy: many of them. */
const joins = 31;
/** Each needs two whole identities of its own. */
const bigJoins = 7;
const warmups = 20;
const settleMs = 400;
/** The largest identities of this measure; the default rail holds unions above 1,000. */
const settings = { identifiersPerIdentityMax: 1_000_000 };

interface Bench {
  readonly onym: OnymTarget;
  readonly client: Client;
  readonly oracle: Oracle;
}

/** One alias on a connection of its own: milliseconds from sending it to its answer. */
async function timedAlias({ onym, oracle }: Bench, primary: string, secondary: string): Promise<number> {
  const body = JSON.stringify({ distinct_id: primary, alias_id: secondary });
  let verdict = '';
  const result = await load({
    url: onym.url,
    connections: 1,
    amount: 1,
    requests: [requestOf('/alias', onym.secretKey, body)],
    onAnswer: (_, text) => {
      verdict = JSON.parse(text).verdict;
    },
  });
  check(result.errors === 0 && verdict === 'applied', `an alias was answered ${result.firstError ?? verdict}`);
  oracle.link(primary, secondary);
  return result.p50Ms;
}

/** The identity's events are counted as one person's by the next query. */
async function checkOnePerson({ client }: Bench, newest: string, member: string, events: number): Promise<number> {
  const start = performance.now();
  const [row] = await client.query<{ people: number; events: number }>(
    `SELECT uniqExact(identity_id) AS people, count() AS events FROM events WHERE distinct_id IN ('${newest}', '${member}')`,
  );
  const ms = performance.now() - start;
  check(row?.people === 1 && row.events === events, `the query after an alias saw ${JSON.stringify(row)}`);
  return ms;
}

const eventOf = (id: string, n: number) => ({
  event: 'page_viewed',
  distinct_id: id,
  timestamp: Date.UTC(2026, 9, 1) + (n % 2_592_000) * 1000,
  properties: { n },
});

/** Sent in parts, so that a million need not be in memory at once. */
async function sendEvents(client: Client, id: string, count: number): Promise<void> {
  const part = 50_000;
  for (let from = 0; from < count; from += part) {
    const length = Math.min(part, count - from);
    await client.ingest(
      '/track',
      Array.from({ length }, (_, i) => eventOf(id, from + i)),
    );
  }
}

/** A new known person becomes the primary each time, so that all events of the large identity change hands. */
async function byEvents(bench: Bench, counts: readonly number[], progress: Progress) {
  const { client } = bench;
  for (const count of counts) await sendEvents(client, `crowd:${count}`, count);
  const newcomers = counts.flatMap((count) =>
    Array.from({ length: joins + warmups }, (_, n) => `events:${count}:${n}`),
  );
  await client.ingest(
    '/track',
    newcomers.map((id, n) => eventOf(id, n)),
  );
  await client.drained();
  progress(`events of identities of ${counts.join(', ')} are stored`);
  const latencies = new Map<number, number[]>(counts.map((count) => [count, []]));
  const queries = new Map<number, number[]>(counts.map((count) => [count, []]));
  for (let n = 0; n < joins + warmups; n++) {
    for (const count of counts) {
      const ms = await timedAlias(bench, `events:${count}:${n}`, `crowd:${count}`);
      const queryMs = await checkOnePerson(bench, `events:${count}:${n}`, `crowd:${count}`, count + 1);
      if (n < warmups) continue;
      latencies.get(count)!.push(ms);
      queries.get(count)!.push(queryMs);
    }
  }
  return { latencies, queries };
}

/** The making of groups is projected: what is left of that is not the alias's. */
async function settled({ client }: Bench): Promise<void> {
  await client.query('SELECT 1 AS one');
  await sleep(settleMs);
}

/** The members of a group, linked to its first. */
async function createGroup({ client, oracle }: Bench, name: string, size: number): Promise<string> {
  const items = Array.from({ length: size - 1 }, (_, n) => ({
    distinct_id: `${name}:0`,
    alias_id: `${name}:${n + 1}`,
  }));
  await client.ingest('/alias', items);
  for (const { distinct_id: primary, alias_id: secondary } of items) oracle.link(primary, secondary);
  return `${name}:0`;
}

async function byIdentifiers(bench: Bench, identifierCounts: readonly number[], progress: Progress) {
  const equal = new Map<number, number[]>(identifierCounts.map((count) => [count, []]));
  const single = new Map<number, number[]>(identifierCounts.map((count) => [count, []]));
  // The first round warms all.
  for (let n = -1; n < bigJoins; n++) {
    for (const count of identifierCounts) {
      const a = await createGroup(bench, `a${n}:${count}`, count);
      const b = await createGroup(bench, `b${n}:${count}`, count);
      await settled(bench);
      const singleMs = await timedAlias(bench, `one${n}:${count}`, a);
      await settled(bench);
      const equalMs = await timedAlias(bench, `one${n}:${count}`, b);
      if (n < 0) continue;
      single.get(count)!.push(singleMs);
      equal.get(count)!.push(equalMs);
    }
    if (n >= 0) progress(`identities of ${identifierCounts.join(', ')} identifiers joined: ${n + 1} of ${bigJoins}`);
  }
  return { equal, single };
}

function figuresOf(what: string, cases: ReadonlyMap<number, number[]>, goal: Figure['goal']): Figure[] {
  const [smallest] = cases;
  const [smallestCount, smallestLatencies] = smallest!;
  return [...cases].flatMap(([count, latencies]) => {
    const common = { measure: 'B4', what: `${what}: ${count.toLocaleString('en')}`, unit: 'ms' };
    const besideSmallest: Figure = {
      ...common,
      subject: latencies,
      beside: smallestLatencies,
      besideWhat: String(smallestCount),
      goal,
    };
    const worst: Figure = {
      ...common,
      what: `${common.what}, p99`,
      subject: [quantile(latencies, 0.99)],
      beside: [median(latencies)],
      besideWhat: 'its median',
      goal: p99Goal,
    };
    return count === smallestCount ? [worst] : [besideSmallest, worst];
  });
}

function curveOf(
  name: string,
  title: string,
  x: string,
  cases: Readonly<Record<string, ReadonlyMap<number, number[]>>>,
): Curve {
  return {
    name,
    title,
    x,
    y: 'ms, median',
    isLogarithmic: true,
    lines: Object.entries(cases).map(([label, latencies]) => ({
      label,
      points: [...latencies].map(([count, ms]) => [count, median(ms)] as const),
    })),
  };
}

export const aliasLatency: Measure = {
  name: 'B4',
  title: 'one alias, by the events and identifiers of the identities it joins',

  async run({ long, profileDirectory }, progress) {
    const onym = await startOnym({ settings, profileDirectory });
    try {
      const bench = { onym, client: createClient(onym), oracle: createOracle() };
      const counts = long ? [...eventCounts, eventCountLong] : eventCounts;
      const sizes = long ? [...identifierCounts, identifierCountLong] : identifierCounts;
      const { latencies, queries } = await byEvents(bench, counts, progress);
      const { equal, single } = await byIdentifiers(bench, sizes, progress);
      const ids = bench.oracle.ids();
      const names = await bench.client.resolve(ids);
      bench.oracle.compare((id) => names.get(id)!);
      const queryMs = [...queries].map(([count, ms]) => `${count}: ${median(ms).toFixed(0)} ms`).join(', ');
      return {
        figures: [
          ...figuresOf('alias by events', latencies, eventsGoal),
          ...figuresOf('alias by identifiers, one joins many', single, identifiersGoal),
          ...figuresOf('alias by identifiers, many join many', equal, identifiersGoal),
        ],
        notes: [
          `every query right after an alias counted one person; such a query took, by events, ${queryMs}`,
          `partition of ${ids.length} ids equals the oracle's`,
        ],
        curves: [
          curveOf('alias-by-events', 'One alias, by the events of the identity that joins', 'events', {
            alias: latencies,
          }),
          curveOf('query-by-events', 'The first query after it, which counts one person', 'events', { query: queries }),
          curveOf('alias-by-identity-size', 'One alias, by the identifiers of the identities it joins', 'identifiers', {
            'one joins many': single,
            'many join many': equal,
          }),
        ],
      };
    } finally {
      await onym.stop();
    }
  },
};
