import type { Millis } from '@onym/core';

/** Numbers below are epoch seconds, the others milliseconds. */
const secondsBelow = 1e11;
/** 9999-12-31T23:59:59.999Z */
export const timestampMax = 253_402_300_799_999;

/** What parseTimestamp takes, for messages. */
export const timestampForms =
  'ISO 8601 such as 2026-11-03T12:00:00Z, or a number of seconds or milliseconds since 1970';

const iso8601 =
  /^(\d{4})-(\d{2})-(\d{2})(?:[Tt ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?(?: ?(?:([Zz]|UTC)|([+-])(\d{2}):?(\d{2})?))?)?$/;

/**
 * ISO 8601 (date alone, or with a time; without a zone it is UTC; ` UTC` and ` +0200` as Ruby writes times) or a number. null for
 * anything else, and for moments before 1970 or after 9999. Fractions of a millisecond are cut.
 */
export function parseTimestamp(value: unknown): Millis | null {
  const millis = typeof value === 'number' ? fromNumber(value) : typeof value === 'string' ? fromText(value) : null;
  return millis !== null && millis >= 0 && millis <= timestampMax ? millis : null;
}

function fromNumber(value: number): Millis | null {
  if (!Number.isFinite(value)) return null;
  // Seconds in floating point: 1700000000.123 * 1000 is not whole.
  return value < secondsBelow ? Math.round(value * 1000) : Math.trunc(value);
}

/** As `Date.prototype.toISOString` writes it, which is what almost all clients send: a third of the time that the pattern takes. */
function fromUsualText(text: string): Millis | null {
  if (text.length !== 24 || text[10] !== 'T' || text[19] !== '.' || text[23] !== 'Z') return null;
  if (text[4] !== '-' || text[7] !== '-' || text[13] !== ':' || text[16] !== ':') return null;
  const year = digits(text, 0, 4);
  const month = digits(text, 5, 7);
  const day = digits(text, 8, 10);
  const hour = digits(text, 11, 13);
  const minute = digits(text, 14, 16);
  const second = digits(text, 17, 19);
  const millis = digits(text, 20, 23);
  // Negative where one is no number. What is left out here, the pattern decides.
  if ((year | month | day | hour | minute | second | millis) < 0) return null;
  if (
    year < 1970 ||
    month < 1 ||
    month > 12 ||
    day < 1 ||
    day > daysIn(year, month) ||
    hour > 23 ||
    minute > 59 ||
    second > 59
  )
    return null;
  return Date.UTC(year, month - 1, day, hour, minute, second, millis);
}

/** The number written there; negative where something else is. */
function digits(text: string, from: number, to: number): number {
  let number = 0;
  for (let at = from; at < to; at++) {
    const digit = text.charCodeAt(at) - 0x30;
    if (digit < 0 || digit > 9) return -1;
    number = number * 10 + digit;
  }
  return number;
}

function fromText(text: string): Millis | null {
  const usual = fromUsualText(text);
  if (usual !== null) return usual;
  const match = iso8601.exec(text);
  if (match === null) return null;
  const year = Number(match[1]);
  const month = Number(match[2]);
  const day = Number(match[3]);
  const hour = Number(match[4] ?? 0);
  const minute = Number(match[5] ?? 0);
  const second = Number(match[6] ?? 0);
  if (year < 1969 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return null;
  // 24:00:00 ends a day, and :60 is a leap second; both roll over.
  if (minute > 59 || second > 60 || hour > 24 || (hour === 24 && (minute > 0 || second > 0))) return null;
  const millis = match[7] === undefined ? 0 : Number(match[7].slice(0, 3).padEnd(3, '0'));
  const utc = Date.UTC(year, month - 1, day, hour, minute, second, millis);
  if (match[9] === undefined) return utc;
  const offsetHours = Number(match[10]);
  const offsetMinutes = Number(match[11] ?? 0);
  if (offsetHours > 23 || offsetMinutes > 59) return null;
  const offset = (offsetHours * 60 + offsetMinutes) * 60_000;
  return match[9] === '+' ? utc - offset : utc + offset;
}

function daysIn(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}
