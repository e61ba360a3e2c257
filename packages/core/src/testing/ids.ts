import type { DistinctId, Json, Pair, Settings } from '../types.ts';

// The reference model's own reading of DESIGN §4.3 and §4.5. Nothing here is shared with the engine.

const reservedInAnyCase = new Set(
  (
    'anonymous_id anonymous distinct_id distinctid email false guest id nan nil none not_authenticated null true ' +
    'undefined user_id user visitor_id visitor unknown'
  ).split(' '),
);
const reservedExactly = new Set(['[object Object]', '0', '-1']);
const quotes = new Set(['"', "'", '`']);

function trimmedAndUnquoted(id: DistinctId): string {
  let text = id.trim();
  while (text.length >= 2 && quotes.has(text.charAt(0)) && text.at(-1) === text.charAt(0)) {
    text = text.slice(1, -1).trim();
  }
  return text;
}

function isControl(character: string): boolean {
  const code = character.codePointAt(0) ?? 0;
  return code < 0x20 || (code >= 0x7f && code <= 0x9f);
}

export function isReservedId(id: DistinctId): boolean {
  const text = trimmedAndUnquoted(id);
  if (text === '') return true;
  if (reservedExactly.has(text) || reservedInAnyCase.has(text.toLowerCase())) return true;
  if (/^0{8}-?0{4}-?0{4}-?0{4}-?0{12}$/.test(text)) return true;
  return [...text].some(isControl);
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
  if (id.startsWith('anonymous-') || id.startsWith('device-')) return true;
  return settings.anonymousPatterns.some((source) => new RegExp(source).test(id));
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
