import type { ServerStatus, StatusReading } from './queries.ts';

/** Of a counter, how fast it grows, between the last two readings of one server; null where there are no two. */
export function rateOf({ now, at, before }: StatusReading, read: (status: ServerStatus) => number): number | null {
  if (before === null || at <= before.at) return null;
  // Another node answered, or the server began anew: its counters are others.
  if (before.now.node.id !== now.node.id || before.now.node.since !== now.node.since) return null;
  const grown = read(now) - read(before.now);
  return grown < 0 ? null : grown / ((at - before.at) / 1_000);
}
