import { limits } from '../limits.ts';
/** Where a value stands: keys of objects and indexes of arrays, from the outside. */
export type Path = readonly (string | number)[];

export interface ExactOptions {
  /** Leaves keys named `__proto__` out, at every level. */
  readonly withoutProto?: boolean;
  /** Whether a number there is an id. Is asked for those alone that are no plain integers. */
  readonly isId?: (path: Path) => boolean;
}

/** No double holds all integers of so many digits. */
const longDigits = 16;
const integerForm = /^-?\d+$/;

/**
 * JSON.parse, but for integer literals beyond ±(2^53 − 1): they become bigints, with every digit. A text in which there are none is left
 * to JSON.parse.
 */
export function parseExact(text: string): ReturnType<typeof JSON.parse> {
  return holdsLongDigits(text) ? parseWith(text) : JSON.parse(text);
}

const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39;

/** What may stand before a number: it begins a text, a value or an item, after blanks or not. */
const beforeNumbers = new Set([...':,[ \n\r\t'].map((char) => char.charCodeAt(0)));
const minus = 0x2d;

/** Whether an integer may begin there and end there. It may still stand in a string: what it costs to look closer is time alone. */
function mayBeInteger(text: string, from: number, to: number): boolean {
  const after = text[to];
  if (after === '.' || after === 'e' || after === 'E') return false;
  const before = text.charCodeAt(from - 1) === minus ? from - 2 : from - 1;
  return before < 0 || beforeNumbers.has(text.charCodeAt(before));
}

/** A run of so many digits can't lie between two of the places looked at: a pattern takes ten times as long. */
function holdsLongDigits(text: string): boolean {
  for (let at = longDigits - 1; at < text.length; at += longDigits) {
    if (!isDigit(text.charCodeAt(at))) continue;
    let from = at;
    while (isDigit(text.charCodeAt(from - 1))) from--;
    let to = at + 1;
    while (isDigit(text.charCodeAt(to))) to++;
    if (to - from >= longDigits && mayBeInteger(text, from, to)) return true;
    at = to;
  }
  return false;
}

const protoKey = /"(?:_|\\u005f){2}(?:p|\\u0070)(?:r|\\u0072)(?:o|\\u006f)(?:t|\\u0074)(?:o|\\u006f)(?:_|\\u005f){2}"/i;

function mayHoldProto(text: string): boolean {
  // The two searches are far cheaper than the pattern, and almost always enough.
  return (text.includes('__proto__') || text.includes('\\u00')) && protoKey.test(text);
}

/** As parseExact, of what came from outside: without keys named `__proto__`, which nobody means well. */
export function parseForeign(text: string): unknown {
  return holdsLongDigits(text) || mayHoldProto(text) ? parseWith(text, { withoutProto: true }) : JSON.parse(text);
}

/** The number that a literal stands for, an integer in full. */
export function numberOf(literal: string): number | bigint {
  const value = Number(literal);
  if (Number.isSafeInteger(value) || !integerForm.test(literal) || literal.length > limits.integerLengthMax)
    return value;
  return BigInt(literal);
}

/** A number in the place of an id that was not written as an integer, such as `1.0`. Nothing but refusing it is right. */
export interface WrittenNumber {
  readonly written: string;
  toJSON(): bigint;
}

const writtenNumbers = new WeakSet<object>();

export function isWrittenNumber(value: unknown): value is WrittenNumber {
  return typeof value === 'object' && value !== null && writtenNumbers.has(value);
}

function writtenNumber(written: string): WrittenNumber {
  // JSON.stringify gives up on it, as on any bigint; stringifyExact writes it as it was written.
  const value = Object.freeze({ written, toJSON: () => 0n });
  writtenNumbers.add(value);
  return value;
}

type Frame = { readonly list: unknown[] } | { readonly object: Record<string, unknown>; key: string };

const numberToken = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON strings hold none unescaped
const notVerbatim = /[\\\u0000-\u001f]/;
/** The deepest place of an id: in a list of an item of an array. */
const idDepthMax = 3;

/**
 * As parseExact, all of it by hand: a third to a fifth as fast as JSON.parse, no limit of depth, the same texts refused with a SyntaxError.
 * Of a key that comes twice, the last value counts.
 */
export function parseWith(text: string, { withoutProto, isId }: ExactOptions = {}): unknown {
  const frames: Frame[] = [];
  let at = 0;

  const unexpected = (): SyntaxError =>
    new SyntaxError(at < text.length ? `Unexpected character in JSON at position ${at}` : 'Unexpected end of JSON');

  function skipBlanks(): void {
    for (;;) {
      const code = text.charCodeAt(at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
      at++;
    }
  }

  function take(char: string): boolean {
    skipBlanks();
    if (text[at] !== char) return false;
    at++;
    return true;
  }

  function string(): string {
    const start = at;
    for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
      let backslashes = 0;
      while (text[end - 1 - backslashes] === '\\') backslashes++;
      if (backslashes % 2 === 1) continue;
      at = end + 1;
      const inner = text.slice(start + 1, end);
      return notVerbatim.test(inner) ? JSON.parse(text.slice(start, at)) : inner;
    }
    at = text.length;
    throw unexpected();
  }

  function word<Value>(written: string, value: Value): Value {
    if (!text.startsWith(written, at)) throw unexpected();
    at += written.length;
    return value;
  }

  function pathHere(): Path {
    return frames.map((frame) => ('list' in frame ? frame.list.length : frame.key));
  }

  function number(): unknown {
    numberToken.lastIndex = at;
    const written = numberToken.exec(text)?.[0];
    if (written === undefined) throw unexpected();
    at += written.length;
    const isOddId = isId !== undefined && frames.length <= idDepthMax && !integerForm.test(written) && isId(pathHere());
    return isOddId ? writtenNumber(written) : numberOf(written);
  }

  function scalar(): unknown {
    switch (text[at]) {
      case '"':
        return string();
      case 't':
        return word('true', true);
      case 'f':
        return word('false', false);
      case 'n':
        return word('null', null);
      default:
        return number();
    }
  }

  function nextKey(frame: Frame): void {
    if ('list' in frame) return;
    skipBlanks();
    if (text[at] !== '"') throw unexpected();
    frame.key = string();
    if (!take(':')) throw unexpected();
  }

  function put(frame: Frame, value: unknown): void {
    if ('list' in frame) frame.list.push(value);
    else if (frame.key !== '__proto__') frame.object[frame.key] = value;
    else if (withoutProto !== true) {
      Object.defineProperty(frame.object, frame.key, { value, enumerable: true, configurable: true, writable: true });
    }
  }

  for (;;) {
    skipBlanks();
    let value: unknown;
    if (text[at] === '{' || text[at] === '[') {
      const frame: Frame = text[at++] === '[' ? { list: [] } : { object: {}, key: '' };
      if (!take('list' in frame ? ']' : '}')) {
        frames.push(frame);
        nextKey(frame);
        continue;
      }
      value = 'list' in frame ? frame.list : frame.object;
    } else value = scalar();
    // Closes what the value completes.
    for (;;) {
      const frame = frames.at(-1);
      if (frame === undefined) {
        skipBlanks();
        if (at < text.length) throw unexpected();
        return value;
      }
      put(frame, value);
      if (take(',')) {
        nextKey(frame);
        break;
      }
      if (!take('list' in frame ? ']' : '}')) throw unexpected();
      frames.pop();
      value = 'list' in frame ? frame.list : frame.object;
    }
  }
}
