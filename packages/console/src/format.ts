const integers = new Intl.NumberFormat('en-US');

export const formatCount = (count: number): string => integers.format(count);

/** `1 id`, `5 ids`. */
export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${formatCount(count)} ${count === 1 ? one : many}`;

/** `2026-11-28 01:30:00.123`, in a zone. */
export function formatTime(iso: string, timeZone: string): string {
  const time = new Date(iso);
  const parts = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    fractionalSecondDigits: 3,
    hourCycle: 'h23',
  }).formatToParts(time);
  const of = (type: string) => parts.find((part) => part.type === type)?.value ?? '';
  return `${of('year')}-${of('month')}-${of('day')} ${of('hour')}:${of('minute')}:${of('second')}.${of('fractionalSecond')}`;
}

const spans = [
  [60, 'second', 1],
  [3_600, 'minute', 60],
  [86_400, 'hour', 3_600],
  [86_400 * 30, 'day', 86_400],
  [86_400 * 365, 'month', 86_400 * 30],
  [Number.POSITIVE_INFINITY, 'year', 86_400 * 365],
] as const;

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto', style: 'short' });

/** What is ahead by less is of now: clocks differ, and `now` may be some seconds old. */
const aheadSecondsMax = 30;

/** `2 min. ago`. */
export function formatAgo(iso: string, now: number): string {
  const ahead = (Date.parse(iso) - now) / 1_000;
  const seconds = ahead > 0 && ahead < aheadSecondsMax ? 0 : ahead;
  const [, unit, size] = spans.find(([below]) => Math.abs(seconds) < below)!;
  return relative.format(Math.trunc(seconds / size), unit);
}

/** The middle of a long id is left out: its beginning says the type, its end which one. Never within a character. */
export function cutInTheMiddle(text: string, max: number): string {
  const characters = [...new Intl.Segmenter('en').segment(text)].map(({ segment }) => segment);
  if (characters.length <= max) return text;
  const tail = Math.floor((max - 1) / 3);
  return `${characters.slice(0, max - 1 - tail).join('')}…${characters.slice(-tail).join('')}`;
}

const byteUnits = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const;

/** `1.5 GiB`. */
export function formatBytes(bytes: number): string {
  const power = bytes < 1 ? 0 : Math.min(Math.floor(Math.log(bytes) / Math.log(1024)), byteUnits.length - 1);
  const value = bytes / 1024 ** power;
  return `${power === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${byteUnits[power]}`;
}
