import { hasOnlyWholeCharacters } from '../characters.ts';
import { parseExact } from '../exact-json/parse.ts';
import { stringifyExact } from '../exact-json/stringify.ts';

/*
 * The engine's JSON type, which `properties` and `traits` are of in SQL, does not keep everything. It refuses a whole batch for one
 * integer beyond 64 bits, one lone surrogate or one object nested a few thousand deep; it drops nulls and empty objects; a key "a.b"
 * becomes the path a → b; and an array that holds a fraction makes doubles of its integers. So:
 * - what it would refuse is rewritten: such integers as floats, lone surrogates as U+FFFD, what is nested too deep as text;
 * - a key "a.b" that would meet another path is written `a%2Eb`, which is how ClickHouse itself writes a dot that is part of a key;
 * - what would not come back as it was sent is kept as text too, in a column beside it, from which timelines and exports answer.
 */

/** Where rewritten JSON turns to text; ingestion refuses more than 32 levels, and the engine takes a thousand. */
const depthMax = 64;
/** Numbers from here on may not come back digit for digit. */
const exactBelow = 1e15;
/** What 64 bits hold, with a sign or without. */
const integerMin = -(2n ** 63n);
const integerMax = 2n ** 64n - 1n;

/** What JSON.stringify would write otherwise than it stands, and more: it is asked then. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const escaped = /["\\\u0000-\u001f\ud800-\udfff]/;

/** JSON.stringify escapes only surrogates that stand alone; with u, the class matches no others either. */
export function text(value: string): string {
  if (!escaped.test(value)) return `"${value}"`;
  const json = JSON.stringify(value);
  return json.includes('\\ud') ? JSON.stringify(value.replace(/\p{Surrogate}/gu, '\uFFFD')) : json;
}

/** Whether the column would change the value. A walk takes a quarter of the time that a pattern over the text does. */
export function isLossy(value: unknown, depth = 0): boolean {
  switch (typeof value) {
    case 'string':
      return !hasOnlyWholeCharacters(value);
    case 'number':
      return !(Math.abs(value) < exactBelow);
    case 'boolean':
      return false;
    case 'object':
      break;
    default:
      return true;
  }
  if (value === null || depth >= depthMax) return true;
  if (Array.isArray(value)) {
    for (const item of value) if (isLossy(item, depth + 1)) return true;
    return false;
  }
  let isEmpty = depth > 0;
  for (const key in value) {
    isEmpty = false;
    if (key.includes('.') || !hasOnlyWholeCharacters(key)) return true;
    if (isLossy((value as Record<string, unknown>)[key], depth + 1)) return true;
  }
  return isEmpty;
}

/** What was sent, as an expression over a row `e`. */
export const sentJson = (column: string): string =>
  `if(e.${column}_raw = '', toJSONString(e.${column}), e.${column}_raw)`;

/** Possibly refused or changed by more than the loss of nulls: an escaped surrogate, an integer of 19 digits, a dot in a key. */
const suspicious = /\\ud[89a-f]|(?<![.\d])\d{19}|\.[^".]*":/;

/** An object's JSON as the column takes it, whatever is in it. */
export function columnJson(json: string): string {
  const brackets = json.split(/[[{]/, depthMax + 1).length - 1;
  return brackets >= depthMax || suspicious.test(json) ? write(parseExact(json), 0, null) : json;
}

/** `place` is where the value stands in the object whose paths can meet: the outermost, or the nearest within an array. */
function write(value: unknown, depth: number, place: Place | null): string {
  if (typeof value === 'string') return text(value);
  if (typeof value === 'bigint') return value >= integerMin && value <= integerMax ? `${value}` : floatOf(value);
  // Whole numbers that are no bigints came with an exponent or a point, and are floats.
  if (typeof value === 'number' && Math.abs(value) > Number.MAX_SAFE_INTEGER) return floatOf(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if (depth >= depthMax) return text(textOf(value));
  if (Array.isArray(value)) return `[${value.map((item) => write(item, depth + 1, null)).join(',')}]`;
  const here = place ?? placesOf(value);
  const members = Object.entries(value).map(([key, member]) => {
    const there = placeOf(here, key);
    const name = there.meets || isOneStep(key) ? key.replaceAll('.', '%2E') : key;
    return `${text(name)}:${write(member, depth + 1, there)}`;
  });
  return `{${members.join(',')}}`;
}

/** A step of a path into an object, as the engine sees it: a key "a.b" takes two. */
interface Place {
  readonly steps: Map<string, Place>;
  /** Values that end here. More than one, or one with others below it, meet. */
  ends: number;
  /** Whether a value that ends here or below meets another. */
  meets: boolean;
}

const place = (): Place => ({ steps: new Map(), ends: 0, meets: false });

/** A key of so many dots is one step, with its dots escaped, wherever it stands. */
const isOneStep = (key: string): boolean => key.split('.', depthMax + 1).length > depthMax;

function placeOf(from: Place, key: string): Place {
  let at = from;
  for (const step of isOneStep(key) ? [key] : key.split('.')) {
    let next = at.steps.get(step);
    if (next === undefined) {
      next = place();
      at.steps.set(step, next);
    }
    at = next;
  }
  return at;
}

function placesOf(object: object): Place {
  const root = place();
  occupy(object, root, 0);
  mark(root, false);
  return root;
}

function occupy(object: object, from: Place, depth: number): void {
  for (const [key, value] of Object.entries(object)) {
    // The column has no place for these.
    if (value === null || value === undefined) continue;
    const there = placeOf(from, key);
    if (typeof value !== 'object' || Array.isArray(value) || depth >= depthMax) there.ends++;
    else occupy(value, there, depth + 1);
  }
}

/** Returns whether a value ends here or below. */
function mark(here: Place, isBelowEnd: boolean): boolean {
  let endsBelow = false;
  for (const next of here.steps.values()) {
    if (mark(next, isBelowEnd || here.ends > 0)) endsBelow = true;
    here.meets ||= next.meets;
  }
  here.meets ||= here.ends > 1 || (here.ends === 1 && (isBelowEnd || endsBelow));
  return endsBelow || here.ends > 0;
}

const floatOf = (value: number | bigint): string => {
  const float = Number(value);
  return Number.isFinite(float) ? float.toExponential() : 'null';
};

/** Empty where it nests too deep for a text as well. */
function textOf(value: object): string {
  try {
    return stringifyExact(value);
  } catch {
    return '';
  }
}
