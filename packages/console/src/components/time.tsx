import { formatAgo, formatTime } from '../format.ts';
import { useTimeZone } from '../preferences/time-zone.ts';
import { useNow } from './use-now.ts';

/** A moment: relative, with the exact one on hover; or, with `exact`, the other way round. */
export function Time({ at, exact = false }: { readonly at: string; readonly exact?: boolean }) {
  const zone = useTimeZone();
  const now = useNow();
  const whole = `${formatTime(at, zone)} ${zone}`;
  const ago = formatAgo(at, now);
  return (
    <time dateTime={at} title={exact ? ago : whole}>
      {exact ? formatTime(at, zone) : ago}
    </time>
  );
}
