import type { DistinctId, Json, Pair, Settings } from '../types.ts';

// The reference model's own reading of docs/resolution.md, "Guard rails". Nothing here is shared with the engine.

const reservedInAnyCase =
  'anonymous_id anonymous distinct_id distinctid email false guest id nan nil none not_authenticated null true undefined user_id user visitor_id visitor unknown'.split(
    ' ',
  );
const missing = ['undefined', 'null', 'nil', 'none', 'nan'];
const quotes = ['"', "'", '`'];
const anonymousStarts = ['anonymous-', 'anonymous_', 'anon-', 'anon_', 'visitor-', 'visitor_', 'device-', '$device:'];

function isBlank(character: string): boolean {
  return character.trim() === '' || character === '\u2800' || /\p{Default_Ignorable_Code_Point}/u.test(character);
}

function trimmedAndUnquoted(id: DistinctId): string {
  let characters = [...id];
  for (;;) {
    while (characters.length > 0 && isBlank(characters[0]!)) characters = characters.slice(1);
    while (characters.length > 0 && isBlank(characters.at(-1)!)) characters = characters.slice(0, -1);
    const isQuoted = characters.length >= 2 && quotes.includes(characters[0]!) && characters.at(-1) === characters[0];
    if (!isQuoted) return characters.join('');
    characters = characters.slice(1, -1);
  }
}

function isControl(character: string): boolean {
  const code = character.codePointAt(0) ?? 0;
  return code < 0x20 || (code >= 0x7f && code <= 0x9f);
}

/** Nothing, or what programs write for it. */
function standsForNothing(text: string): boolean {
  return text === '' || missing.includes(text) || (text.startsWith('[object ') && text.endsWith(']'));
}

export function isReservedId(id: DistinctId, settings?: Settings): boolean {
  if ([...id].some(isControl)) return true;
  if (settings?.reservedPatterns.some((source) => new RegExp(source, 'u').test(id))) return true;
  const text = trimmedAndUnquoted(id.toLowerCase());
  if (['0', '-1', '.', '..', ...reservedInAnyCase].includes(text)) return true;
  if (/^[{(]?0{8}-?0{4}-?0{4}-?0{4}-?0{12}[)}]?$/.test(text)) return true;
  const value = trimmedAndUnquoted(text.split(':').at(-1)!);
  const start = anonymousStarts.find((candidate) => value.startsWith(candidate)) ?? '';
  return standsForNothing(trimmedAndUnquoted(value.slice(start.length)));
}

const idBytesMax = 512;

export function isMalformedId(id: DistinctId): boolean {
  let bytes = 0;
  for (const character of id) {
    const code = character.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes < 1 || bytes > idBytesMax || id.includes('\0');
}

export function isAnonymousByForm(id: DistinctId, settings: Settings): boolean {
  const starts = settings.rules === 1 ? ['anonymous-', 'device-'] : anonymousStarts;
  if (starts.some((start) => id.startsWith(start))) return true;
  return settings.anonymousPatterns.some((source) => new RegExp(source, 'u').test(id));
}

/** The prefix before the first `:`, or null. */
export function typeOf(id: DistinctId): string | null {
  const colon = id.indexOf(':');
  return colon < 0 ? null : id.slice(0, colon);
}

export function pairOf(a: DistinctId, b: DistinctId): Pair {
  return a < b ? [a, b] : [b, a];
}

export function isPair(pair: Pair, a: DistinctId, b: DistinctId): boolean {
  return (pair[0] === a && pair[1] === b) || (pair[0] === b && pair[1] === a);
}

export function equalJson(a: Json, b: Json): boolean {
  if (a === null || b === null || typeof a !== 'object' || typeof b !== 'object') return a === b;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const left = Object.entries(a);
  const right = new Map<string, Json>(Object.entries(b));
  return (
    left.length === right.size && left.every(([key, value]) => right.has(key) && equalJson(value, right.get(key)!))
  );
}
