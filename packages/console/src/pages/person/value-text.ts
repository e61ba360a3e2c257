import { stringifyExact } from '../../api/exact-json.ts';
import { shownText } from '../../characters.ts';

/** Whether a text could be taken for something else: a number, `true`, an object, nothing at all. */
function isAmbiguous(text: string): boolean {
  if (text.trim() !== text || text === '') return true;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** A value on one line: a text as it is, unless it could be taken for another value; anything else as JSON. */
export const valueText = (value: unknown): string =>
  shownText(typeof value === 'string' && !isAmbiguous(value) ? value : stringifyExact(value));
