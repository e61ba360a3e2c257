/**
 * Text of PostgreSQL can't hold U+0000, and UTF-8 no half of a surrogate pair. Control characters and such halves are written as U+001A and four
 * hexadecimal digits. Texts without any are as they were, and compare as they did.
 */
const mark = '\u001a';
const hexDigits = 4;
const unstorable = /\p{Cc}|\p{Cs}/gu;
const marked = new RegExp(`${mark}([0-9a-f]{${hexDigits}})`, 'g');

/** As PostgreSQL can hold it; `fromStoredText` gives back exactly the same. */
export const toStoredText = (text: string): string =>
  text.replace(unstorable, (unit) => mark + unit.charCodeAt(0).toString(16).padStart(hexDigits, '0'));

export const fromStoredText = (stored: string): string =>
  stored.includes(mark) ? stored.replace(marked, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16))) : stored;
