import { Counter, type Metric, Registry } from 'prom-client';

/** Upper bounds, in seconds, of the latency histogram. */
const latencyBoundsSeconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30] as const;

/** What one route has answered so far. Plain numbers: prom-client's own counting hashes its labels on every call. */
interface RouteTally {
  readonly countByStatus: Map<number, number>;
  /** One more than the bounds: the last is for what is slower than all. */
  readonly countByBound: number[];
  sumSeconds: number;
}

export interface HttpMetrics {
  /** Others register theirs here. */
  readonly registry: Registry;
  observe(route: string, status: number, seconds: number): void;
  /** Counts names that mean nothing, in the query string or in the body. */
  unknownNames(route: string, place: 'query' | 'body', count: number): void;
  /** Counts requests that a limit turned away. */
  rateLimited(counted: string): void;
  /** How many that were so far, by what was counted. */
  turnedAway(): Readonly<Record<string, number>>;
  text(): Promise<string>;
}

export function createHttpMetrics(registry: Registry = new Registry()): HttpMetrics {
  const tallies = new Map<string, RouteTally>();

  registry.registerMetric(
    new Counter({
      name: 'onym_http_requests_total',
      help: 'Requests answered, by route and status.',
      labelNames: ['route', 'status'],
      registers: [],
      collect() {
        this.reset();
        for (const [route, tally] of tallies) {
          for (const [status, count] of tally.countByStatus) this.inc({ route, status }, count);
        }
      },
    }),
  );
  registry.registerMetric(latencyHistogram(tallies));
  const unknownNames = new Counter({
    name: 'onym_unknown_names_total',
    help: 'Fields of items and query parameters that mean nothing, by route and place.',
    labelNames: ['route', 'place'],
    registers: [registry],
  });

  // Who watches a counter sees no growth from nothing to 1.
  const turnedAway: Record<string, number> = { key: 0, address: 0 };
  registry.registerMetric(
    new Counter({
      name: 'onym_rate_limited_requests_total',
      help: 'Requests of publishable keys that were turned away, by what was counted (key, address).',
      labelNames: ['counted'],
      registers: [],
      collect() {
        this.reset();
        for (const [counted, count] of Object.entries(turnedAway)) this.inc({ counted }, count);
      },
    }),
  );

  function tallyOf(route: string): RouteTally {
    let tally = tallies.get(route);
    if (tally === undefined) {
      tally = {
        countByStatus: new Map(),
        countByBound: new Array<number>(latencyBoundsSeconds.length + 1).fill(0),
        sumSeconds: 0,
      };
      tallies.set(route, tally);
    }
    return tally;
  }

  return {
    registry,
    observe(route, status, seconds) {
      const tally = tallyOf(route);
      tally.countByStatus.set(status, (tally.countByStatus.get(status) ?? 0) + 1);
      tally.sumSeconds += seconds;
      let bound = 0;
      while (bound < latencyBoundsSeconds.length && seconds > latencyBoundsSeconds[bound]!) bound++;
      tally.countByBound[bound]!++;
    },
    unknownNames(route, place, count) {
      if (count > 0) unknownNames.inc({ route, place }, count);
    },
    rateLimited(counted) {
      turnedAway[counted] = (turnedAway[counted] ?? 0) + 1;
    },
    turnedAway: () => turnedAway,
    text: () => registry.metrics(),
  };
}

/** prom-client's Histogram cannot be filled from totals, but the registry takes anything with a name and `get`. */
function latencyHistogram(tallies: ReadonlyMap<string, RouteTally>): Metric {
  const name = 'onym_http_request_duration_seconds';
  const help = 'Time from a request’s headers to the end of its answer, by route.';
  return {
    name,
    help,
    reset() {},
    async get() {
      const values = [...tallies].flatMap(([route, tally]) => {
        let count = 0;
        const buckets = tally.countByBound.map((inBound, i) => {
          count += inBound;
          const le = latencyBoundsSeconds[i] ?? '+Inf';
          return { labels: { le, route }, value: count, metricName: `${name}_bucket` };
        });
        return [
          ...buckets,
          { labels: { route }, value: tally.sumSeconds, metricName: `${name}_sum` },
          { labels: { route }, value: count, metricName: `${name}_count` },
        ];
      });
      return { name, help, type: 'histogram', values, aggregator: 'sum' };
    },
  } as unknown as Metric;
}
