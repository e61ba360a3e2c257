import { shownText } from '../characters.ts';
import { cutInTheMiddle } from '../format.ts';

/** An id within a text that can hold no element: isolated, so that its direction touches nothing around it. */
export const isolatedId = (id: string, max = 28): string => `\u2068${cutInTheMiddle(shownText(id), max)}\u2069`;
