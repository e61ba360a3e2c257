import type { EventCounts } from './types.ts';

export const noEvents: EventCounts = { event_count: 0, first_seen: null, last_seen: null };

export function added(a: EventCounts, b: EventCounts): EventCounts {
  if (a.event_count === 0 || b.event_count === 0) return a.event_count === 0 ? b : a;
  return {
    event_count: a.event_count + b.event_count,
    first_seen: Math.min(a.first_seen!, b.first_seen!),
    last_seen: Math.max(a.last_seen!, b.last_seen!),
  };
}
