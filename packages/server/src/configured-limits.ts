import { limits } from './limits.ts';

/** Limits that an operator sets, because they hang on the machine and on who calls. Their defaults are in limits.ts, like all others. */
export type ConfiguredLimits = { readonly [Name in keyof typeof settableLimits]: number };

interface Settable {
  readonly variable: LimitVariable;
  readonly kind: keyof typeof kinds;
  /** In the unit of the limit. */
  readonly min: number;
}

export const limitVariables = {
  ONYM_QUERY_MEMORY_MAX: 'memory of one query (4GiB)',
  ONYM_QUERY_TIME_MAX: 'how long a query may run (30s)',
  ONYM_QUERY_ROWS_MAX: 'rows of one answer (1000000)',
  ONYM_QUERY_RESULT_MAX: 'size of one answer (512MiB)',
  ONYM_QUERIES_MAX: 'queries that run at a time (4)',
  ONYM_BODY_MAX: 'a request body, as sent and unpacked; files to import have a bound of their own (20MiB)',
  ONYM_IMPORTS_MAX: 'imports at a time (2)',
  ONYM_JOURNAL_MAX: 'events that may wait for the event store (2GiB)',
  ONYM_KEY_RATE_MAX: 'calls a second that one publishable key may make, over ten seconds; 0 for no limit (5000)',
  ONYM_ADDRESS_RATE_MAX: 'the same by client address, over all publishable keys; 0 for no limit (1000)',
  ONYM_HELD_PER_KEY_MAX: 'held links of one publishable key that may wait for review (1000)',
} as const;

export type LimitVariable = keyof typeof limitVariables;

const mebibyte = 1024 * 1024;

const settableLimits = {
  queryMemoryBytesMax: { variable: 'ONYM_QUERY_MEMORY_MAX', kind: 'size', min: 64 * mebibyte },
  queryDurationMaxMs: { variable: 'ONYM_QUERY_TIME_MAX', kind: 'time', min: 1_000 },
  queryRowsMax: { variable: 'ONYM_QUERY_ROWS_MAX', kind: 'count', min: 1 },
  queryResultBytesMax: { variable: 'ONYM_QUERY_RESULT_MAX', kind: 'size', min: mebibyte },
  concurrentQueriesMax: { variable: 'ONYM_QUERIES_MAX', kind: 'count', min: 1 },
  bodyBytesMax: { variable: 'ONYM_BODY_MAX', kind: 'size', min: limits.propertiesBytesMax },
  concurrentImportsMax: { variable: 'ONYM_IMPORTS_MAX', kind: 'count', min: 1 },
  journalBytesMax: { variable: 'ONYM_JOURNAL_MAX', kind: 'size', min: 16 * mebibyte },
  keyRateMax: { variable: 'ONYM_KEY_RATE_MAX', kind: 'count', min: 0 },
  addressRateMax: { variable: 'ONYM_ADDRESS_RATE_MAX', kind: 'count', min: 0 },
  heldLinksPerKeyMax: { variable: 'ONYM_HELD_PER_KEY_MAX', kind: 'count', min: 1 },
} as const satisfies Partial<Record<keyof typeof limits, Settable>>;

/** How values of a kind are written: a number, with one of these behind it. */
const kinds = {
  size: {
    units: { '': 1, B: 1, KiB: 1024, MiB: mebibyte, GiB: 1024 * mebibyte, TiB: 1024 * 1024 * mebibyte },
    form: 'a size, such as 512MiB or 4GiB',
  },
  time: { units: { ms: 1, s: 1_000, min: 60_000 }, form: 'a time, such as 500ms, 30s or 2min' },
  count: { units: { '': 1 }, form: 'a whole number' },
} as const;

/** The limits in force. Throws, by `fail`, with the variable's name and what it should be. */
export function limitsFrom(
  env: Readonly<Partial<Record<LimitVariable, string | undefined>>>,
  fail: (message: string) => Error,
): ConfiguredLimits {
  const names = Object.keys(settableLimits) as (keyof typeof settableLimits)[];
  const entries = names.map((name) => {
    const settable = settableLimits[name];
    const text = env[settable.variable]?.trim();
    return [name, text ? amountOf(text, settable, fail) : limits[name]] as const;
  });
  return Object.fromEntries(entries) as ConfiguredLimits;
}

function amountOf(text: string, { variable, kind, min }: Settable, fail: (message: string) => Error): number {
  const { units, form } = kinds[kind];
  const [, digits, unit] = /^(\d{1,16})\s*([A-Za-z]*)$/.exec(text) ?? [];
  const factor = Object.entries(units).find(([name]) => name.toLowerCase() === unit?.toLowerCase())?.[1];
  const value = digits === undefined || factor === undefined ? Number.NaN : Number(digits) * factor;
  if (!Number.isSafeInteger(value)) throw fail(`${variable} is ${JSON.stringify(text)}. Give ${form}.`);
  if (value < min) throw fail(`${variable} is ${JSON.stringify(text)}. Give at least ${shownAs(kind, min)}.`);
  return value;
}

/** In the largest unit that leaves a whole number. */
function shownAs(kind: keyof typeof kinds, value: number): string {
  const units = Object.entries(kinds[kind].units).reverse();
  const [unit, factor] = units.find(([, each]) => value > 0 && value % each === 0) ?? units.at(-1)!;
  return `${value / factor}${unit}`;
}
