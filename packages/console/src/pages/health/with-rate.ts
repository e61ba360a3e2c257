import { formatCount } from '../../format.ts';
import { texts } from '../../texts/texts.ts';
import type { ServerStatus, StatusReading } from './queries.ts';
import { rateOf } from './rate.ts';

/** `1,204 · 3.5 a second`. */
export function withRate(reading: StatusReading, read: (status: ServerStatus) => number): string {
  const rate = rateOf(reading, read);
  const count = formatCount(read(reading.now));
  return rate === null || rate === 0 ? count : `${count} · ${texts.health.status.perSecond(rate)}`;
}
