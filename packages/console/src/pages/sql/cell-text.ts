import { stringifyExact } from '../../api/exact-json.ts';
import { shownText } from '../../characters.ts';

/** A value as a cell shows it; null is a dash, so that it differs from an empty text. */
export function cellText(value: unknown): string {
  if (value === null || value === undefined) return '–';
  if (typeof value === 'string') return shownText(value);
  return typeof value === 'object' ? shownText(stringifyExact(value)) : String(value);
}
