import { stringifyExact } from '../api/exact-json.ts';
import { shownText } from '../characters.ts';
import { cutInTheMiddle } from '../format.ts';

/** A value of a trait or property on one line. */
export const shownValue = (value: unknown, max = 60): string =>
  cutInTheMiddle(shownText(typeof value === 'string' ? value : stringifyExact(value)), max);
