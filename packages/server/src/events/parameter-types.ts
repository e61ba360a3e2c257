import { hasOnlyWholeCharacters } from '../characters.ts';
import { OnymError } from '../errors.ts';
import { isUuid } from '../node-id.ts';
import { literal } from './engine.ts';

/** The types that a parameter may have. `text` is how the engine writes it. */
export type ParameterType = PlainType | TypeAround<'array'> | TypeAround<'nullable'>;

interface TypeAround<Kind> {
  readonly kind: Kind;
  readonly text: string;
  readonly of: ParameterType;
}

interface PlainType {
  readonly kind: 'plain';
  readonly text: string;
  /** A value of the type as text, or null for one that is not. */
  read(value: unknown): string | null;
}

const depthMax = 4;

const taken =
  'String, Int8 to Int256, UInt8 to UInt256, Float32, Float64, Bool, Date, DateTime, DateTime64(n), UUID, Nullable(…) and Array(…)';

/** Throws OnymError `invalid-payload` for a type that is none of these. */
export function parameterTypeOf(text: string, name: string, depth = 0): ParameterType {
  const type = text.trim();
  const refuse = (why: string) => new OnymError('invalid-payload', `The parameter ${name}: ${why}`);
  if (type === 'Identifier') {
    throw refuse('a name of a table or column can not be a parameter. Choose between statements instead.');
  }
  const [, outer, inner] = /^(Array|Nullable)\((.*)\)$/s.exec(type) ?? [];
  if (outer !== undefined && depth < depthMax) {
    const of = parameterTypeOf(inner!, name, depth + 1);
    if (outer === 'Nullable' && of.kind !== 'plain')
      throw refuse(`there is no ${type}. Put Nullable around a plain type.`);
    return { kind: outer === 'Array' ? 'array' : 'nullable', text: `${outer}(${of.text})`, of };
  }
  const known = plainTypeOf(type);
  if (known === null) throw refuse(`the type ${type.slice(0, 40)} is not taken here. There are ${taken}.`);
  return known;
}

const plain = (text: string, read: PlainType['read']): PlainType => ({ kind: 'plain', text, read });

function plainTypeOf(type: string): PlainType | null {
  const integer = /^(U?)Int(8|16|32|64|128|256)$/.exec(type);
  if (integer !== null) return plain(type, integerReader(integer[1] === 'U', BigInt(integer[2]!)));
  const moment = /^DateTime64\(\s*([0-9])\s*(?:,\s*'UTC'\s*)?\)$/.exec(type);
  if (moment !== null) {
    const digits = Number(moment[1]);
    return plain(`DateTime64(${digits}, 'UTC')`, (value) => momentOf(value, digits, 1900, 2299));
  }
  switch (type) {
    case 'String':
      return plain(type, (value) => (typeof value === 'string' && hasOnlyWholeCharacters(value) ? value : null));
    case 'Float32':
    case 'Float64':
      return plain(type, numberOf);
    case 'Bool':
      return plain(type, (value) => (/^(?:true|false)$/.test(String(value)) ? String(value) : null));
    case 'UUID':
      return plain(type, (value) => (typeof value === 'string' && isUuid(value) ? value : null));
    case 'Date':
      return plain(type, dateOf);
    case 'DateTime':
    case "DateTime('UTC')":
      return plain("DateTime('UTC')", (value) => momentOf(value, 0, 1970, 2105));
    default:
      return null;
  }
}

const digitsForm = /^-?\d{1,78}$/;
const numberForm = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
const momentForm = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)?)?$/;

/** Whole numbers, or their digits as text, for programs whose numbers can't hold them. */
function integerReader(isUnsigned: boolean, bits: bigint): (value: unknown) => string | null {
  const min = isUnsigned ? 0n : -(2n ** (bits - 1n));
  const max = 2n ** (isUnsigned ? bits : bits - 1n) - 1n;
  return (value) => {
    const isWhole = typeof value === 'bigint' || Number.isSafeInteger(value);
    const isDigits = typeof value === 'string' && digitsForm.test(value);
    if (!isWhole && !isDigits) return null;
    const number = BigInt(value as bigint | number | string);
    return number < min || number > max ? null : String(number);
  };
}

function numberOf(value: unknown): string | null {
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : null;
  return typeof value === 'string' && numberForm.test(value) ? value : null;
}

/** The engine takes a day beyond its range for the nearest within. */
function dateOf(value: unknown): string | null {
  const day = dayOf(value);
  return day !== null && day >= '1970-01-01' && day <= '2149-06-06' ? day : null;
}

function dayOf(value: unknown): string | null {
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\d$/.test(value)) return null;
  const at = Date.parse(`${value}T00:00:00Z`);
  // What is no day of its month is none, or another.
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(value) ? value : null;
}

/** ISO 8601, of the zone it names, else UTC; a day alone is its midnight. What the type can't hold of a second is cut off. */
function momentOf(value: unknown, digits: number, firstYear: number, lastYear: number): string | null {
  const [match, day, clock = '00:00:00', fraction = '', zone = 'Z'] =
    typeof value === 'string' ? (momentForm.exec(value) ?? []) : [];
  if (match === undefined || dayOf(day) === null) return null;
  const at = Date.parse(`${day}T${clock}${zone}`);
  if (Number.isNaN(at)) return null;
  const year = new Date(at).getUTCFullYear();
  if (year < firstYear || year > lastYear) return null;
  const seconds = new Date(at).toISOString().slice(0, 19).replace('T', ' ');
  return digits === 0 ? seconds : `${seconds}.${fraction.slice(0, digits).padEnd(digits, '0')}`;
}

/** Throws OnymError `invalid-payload` where the value is not of the type. */
export function literalOf(type: ParameterType, value: unknown, name: string): string {
  const text = partOf(type, value, name);
  // A plain text is what the engine can look up in an index without further ado.
  return type.text === 'String' ? text : `CAST(${text}, ${literal(type.text)})`;
}

function partOf(type: ParameterType, value: unknown, name: string): string {
  if (type.kind === 'nullable' && value === null) return 'NULL';
  if (type.kind === 'nullable') return partOf(type.of, value, name);
  if (type.kind === 'array') {
    if (!Array.isArray(value)) throw notOf(type, value, name);
    return `[${value.map((inner) => partOf(type.of, inner, name)).join(', ')}]`;
  }
  const text = type.read(value);
  if (text === null) throw notOf(type, value, name);
  return quotedText(text);
}

/** Control characters by their codes: a NUL would end the statement on its way to the engine. */
const quotedText = (text: string): string =>
  literal(text).replace(
    // biome-ignore lint/suspicious/noControlCharactersInRegex: it is these that are to be found.
    /[\u0000-\u001f\u007f]/g,
    (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );

function notOf(type: ParameterType, value: unknown, name: string): OnymError {
  if (typeof value === 'string' && !hasOnlyWholeCharacters(value)) {
    return new OnymError('invalid-payload', `The parameter ${name} holds half a character (a lone surrogate).`);
  }
  const what =
    value === null
      ? 'null'
      : Array.isArray(value)
        ? 'a list'
        : typeof value === 'object'
          ? 'an object'
          : shownValue(value);
  const hint = value === null ? ` Nullable(${type.text}) takes it.` : (hints[type.text.replace(/\(.*/, '')] ?? '');
  return new OnymError('invalid-payload', `The parameter ${name} is ${what}, which is no ${type.text}.${hint}`);
}

const shownValue = (value: unknown): string => {
  const text = String(value);
  const cut = text.length > 40 ? `${text.slice(0, 40)}…` : text;
  return typeof value === 'string' ? JSON.stringify(cut) : cut;
};

const hints: Readonly<Record<string, string>> = {
  Date: ' Send it as "2026-08-01".',
  DateTime: ' Send it as "2026-08-01T12:00:00Z".',
  DateTime64: ' Send it as "2026-08-01T12:00:00.000Z".',
  Array: ' Send a list.',
  Bool: ' Send true or false.',
};
