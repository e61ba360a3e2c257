import { randomUUID } from 'node:crypto';

const countMax = 0xfff;

const hex = (value: number, digits: number) => value.toString(16).padStart(digits, '0');

/**
 * Makes UUIDv7s (RFC 9562) for events that came without one. Each sorts after those before it, also within a millisecond: timelines break ties
 * of time by the uuid, and so show events in the order they came.
 */
export function createEventUuids(now: () => number = Date.now): () => string {
  let time = 0;
  let count = 0;
  return () => {
    const millis = now();
    if (millis > time) {
      time = millis;
      count = 0;
    } else if (++count > countMax) {
      time++;
      count = 0;
    }
    const stamp = hex(time, 12);
    // Variant and random bits are those of a random one.
    return `${stamp.slice(0, 8)}-${stamp.slice(8)}-7${hex(count, 3)}-${randomUUID().slice(19)}`;
  };
}
