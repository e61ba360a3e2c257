import { Counter, Gauge, type Registry } from 'prom-client';

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
export function registerCounter(registry: Registry, { name, help, labels = [], read }: ReadMetric): void {
  new Counter({
    name,
    help,
    labelNames: labels,
    registers: [registry],
    async collect() {
      const values = await read();
      this.reset();
      if (typeof values === 'number') this.inc(values);
      else for (const [labels, value] of values) this.inc(labels, value);
    },
  });
}

/** What is so now. */
export function registerGauge(registry: Registry, { name, help, labels = [], read }: ReadMetric): void {
  new Gauge({
    name,
    help,
    labelNames: labels,
    registers: [registry],
    async collect() {
      const values = await read();
      this.reset();
      if (typeof values === 'number') this.set(values);
      else for (const [labels, value] of values) this.set(labels, value);
    },
  });
}
