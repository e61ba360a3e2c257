import { stringifyExact } from '../api/exact-json.ts';
import { shownText } from '../characters.ts';
import { cutInTheMiddle } from '../format.ts';

/** JSON on many lines. What is unseen in it is spelled out. */
export const jsonText = (value: unknown): string => stringifyExact(value, 2).split('\n').map(shownText).join('\n');

/** A value of a trait or property on one line. */
export const shownValue = (value: unknown, max = 60): string =>
  cutInTheMiddle(shownText(typeof value === 'string' ? value : stringifyExact(value)), max);
