import { setTimeout as sleep } from 'node:timers/promises';
import { type Client, createClient } from '../client.ts';
import { load, requestOf } from '../load.ts';
import { check, type Measure } from '../measure.ts';
import { startOnym } from '../processes.ts';
import { median } from '../series.ts';
import { batchTrackItems } from './batch-items.ts';

const goals = { ingest: { atLeast: 0.6 }, query: { atMost: 2.5 } } as const;
const eventsPerRequest = 100;
const connections = 16;
const roundMs = 2_500;
const settleMs = 500;
/** What there is to be counted before the first round; rounds add to it. */
const eventsBefore = { S: 200_000, M: 2_000_000, L: 10_000_000 } as const;
const sql = `SELECT toDate(timestamp) AS day, uniqExact(identity_id) AS people, count() AS events, avg(properties.price::Nullable(Float64)) AS price
  FROM events GROUP BY day ORDER BY day`;

export const analyst: Measure = {
  name: 'B11',
  title: 'durable arrays of 100 events beside one query after another',

  async run({ size, rounds, profileDirectory }, progress) {
    const onym = await startOnym({ profileDirectory });
    try {
      const client = createClient(onym);
      const items = batchTrackItems();
      const requests = Array.from({ length: items.length / eventsPerRequest }, (_, index) =>
        requestOf(
          '/track',
          onym.writeKey,
          JSON.stringify(items.slice(index * eventsPerRequest, (index + 1) * eventsPerRequest)),
        ),
      );
      let acknowledged = 0;
      let sent = 0;
      const ingest = async (bound: { durationMs: number } | { amount: number }): Promise<number> => {
        const one = await load({
          url: onym.url,
          connections,
          requests,
          from: sent,
          ...bound,
          onAnswer: () => {
            acknowledged += eventsPerRequest;
          },
        });
        check(one.errors === 0, `${one.errors} calls failed: ${one.firstError}`);
        sent = one.sent;
        return one.perSecond * eventsPerRequest;
      };
      const queries = async (durationMs: number): Promise<number> => {
        const end = performance.now() + durationMs;
        const times: number[] = [];
        while (performance.now() < end) times.push(await timedQuery(client, () => acknowledged));
        return median(times);
      };
      const quiet = async () => {
        await client.drained();
        await sleep(settleMs);
      };
      await ingest({ amount: eventsBefore[size] / eventsPerRequest });
      await quiet();
      progress(`${acknowledged} events are stored`);

      const rates = { alone: [] as number[], together: [] as number[] };
      const queryMs = { alone: [] as number[], together: [] as number[] };
      for (let round = -1; round < rounds; round++) {
        const ingestAlone = await ingest({ durationMs: roundMs });
        await quiet();
        const queryAlone = await queries(roundMs);
        const [ingestTogether, queryTogether] = await Promise.all([ingest({ durationMs: roundMs }), queries(roundMs)]);
        await quiet();
        // The first round warms all.
        if (round < 0) continue;
        rates.alone.push(ingestAlone);
        rates.together.push(ingestTogether);
        queryMs.alone.push(queryAlone);
        queryMs.together.push(queryTogether);
        progress(
          `round ${round + 1}: ${ingestTogether.toFixed(0)} beside ${ingestAlone.toFixed(0)} events/s, ` +
            `queries ${queryTogether.toFixed(0)} beside ${queryAlone.toFixed(0)} ms`,
        );
      }
      const counted = await client.countEvents();
      check(counted === acknowledged, `${acknowledged} acknowledged, ${counted} counted`);
      return {
        figures: [
          {
            measure: 'B11',
            what: 'arrays of 100 beside queries',
            unit: 'events/s',
            subject: rates.together,
            beside: rates.alone,
            besideWhat: 'alone',
            goal: goals.ingest,
          },
          {
            measure: 'B11',
            what: 'one query after another beside ingest, p50',
            unit: 'ms',
            subject: queryMs.together,
            beside: queryMs.alone,
            besideWhat: 'alone',
            goal: goals.query,
          },
        ],
        notes: [
          `acknowledged ${acknowledged} = counted ${counted}; every query counted all that was acknowledged before it was sent`,
        ],
      };
    } finally {
      await onym.stop();
    }
  },
};

/** People per day of all events. What was acknowledged before it was sent has to be in it. */
async function timedQuery(client: Client, acknowledged: () => number): Promise<number> {
  const before = acknowledged();
  const start = performance.now();
  const days = await client.query<{ events: number }>(sql);
  const ms = performance.now() - start;
  const counted = days.reduce((sum, { events }) => sum + events, 0);
  check(counted >= before, `a query counted ${counted} events when ${before} were acknowledged before it was sent`);
  return ms;
}
