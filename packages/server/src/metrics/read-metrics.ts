import { Counter, Gauge, type Registry } from 'prom-client';
import { unlessAway } from './unless-away.ts';

/** Labels and values as they are now; a number for a metric without labels. */
type Values = number | Iterable<readonly [labels: Readonly<Record<string, string>>, value: number]>;

export interface ReadMetric {
  readonly name: string;
  readonly help: string;
  readonly labels?: readonly string[];
  /** Asked each time /metrics is: nothing is counted twice, and hot paths count plain numbers. */
  readonly read: () => Values | Promise<Values>;
}

/** What only grows while the process lives; its name ends with _total. */
export function registerCounter(registry: Registry, metric: ReadMetric): void {
  new Counter({
    ...configurationOf(registry, metric),
    async collect() {
      const values = await valuesOf(metric);
      this.reset();
      for (const [labels, value] of values) this.inc(labels, value);
    },
  });
}

/** What is so now. */
export function registerGauge(registry: Registry, metric: ReadMetric): void {
  new Gauge({
    ...configurationOf(registry, metric),
    async collect() {
      const values = await valuesOf(metric);
      this.reset();
      for (const [labels, value] of values) this.set(labels, value);
    },
  });
}

const configurationOf = (registry: Registry, { name, help, labels = [] }: ReadMetric) => ({
  name,
  help,
  labelNames: labels,
  registers: [registry],
});

async function valuesOf({ read }: ReadMetric): Promise<Exclude<Values, number>> {
  const values = (await unlessAway(read)) ?? [];
  return typeof values === 'number' ? [[{}, values]] : values;
}
