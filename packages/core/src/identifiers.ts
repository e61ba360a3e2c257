import type { DistinctId, Pair, Settings } from './types.ts';

/** DESIGN §4.5, compared in any case. */
const reservedInAnyCase: ReadonlySet<string> = new Set([
  'anonymous_id',
  'anonymous',
  'distinct_id',
  'distinctid',
  'email',
  'false',
  'guest',
  'id',
  'nan',
  'nil',
  'none',
  'not_authenticated',
  'null',
  'true',
  'undefined',
  'user_id',
  'user',
  'visitor_id',
  'visitor',
  'unknown',
]);

const reservedExactly: ReadonlySet<string> = new Set(['[object Object]', '0', '-1']);

const quotes = new Set(['"', "'", '`']);
const allZeroUuid = /^[{(]?0{8}-?0{4}-?0{4}-?0{4}-?0{12}[)}]?$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const controlCharacter = /[\u0000-\u001f\u007f-\u009f]/;

/** Longer ids than this, trimmed and unquoted, cannot be reserved by name: spares the hot path the rest. */
const RESERVED_NAME_LENGTH_MAX = 40;

function bare(id: string): string {
  let text = id.trim();
  while (text.length >= 2 && quotes.has(text[0]!) && text[0] === text[text.length - 1]) {
    text = text.slice(1, -1).trim();
  }
  return text;
}

/** True for ids that name nobody (DESIGN §4.5): `null`, `guest`, blank, control characters, all-zero UUIDs… */
export function isReserved(id: DistinctId): boolean {
  if (controlCharacter.test(id)) return true;
  const text = bare(id);
  if (text === '') return true;
  if (text.length > RESERVED_NAME_LENGTH_MAX) return false;
  return reservedExactly.has(text) || reservedInAnyCase.has(text.toLowerCase()) || allZeroUuid.test(text);
}

const compiledPatterns = new WeakMap<readonly string[], readonly RegExp[]>();

function patternsOf(settings: Settings): readonly RegExp[] {
  let patterns = compiledPatterns.get(settings.anonymousPatterns);
  if (patterns === undefined) {
    patterns = settings.anonymousPatterns.map((source) => new RegExp(source, 'u'));
    compiledPatterns.set(settings.anonymousPatterns, patterns);
  }
  return patterns;
}

/** DESIGN §4.3: anonymous by form, whatever was said of it. */
export function isAnonymousByForm(id: DistinctId, settings: Settings): boolean {
  if (id.startsWith('anonymous-') || id.startsWith('device-')) return true;
  return settings.anonymousPatterns.length > 0 && patternsOf(settings).some((pattern) => pattern.test(id));
}

/** The prefix before the first `:`, or null: `stripe:cus_1` is of type `stripe`. */
export function typeOf(id: DistinctId): string | null {
  const colon = id.indexOf(':');
  return colon > 0 ? id.slice(0, colon) : null;
}

/** Whether a track call's ids are link evidence (DESIGN §4.1). */
export function isTrackEvidence(distinctId: DistinctId, anonymousId: DistinctId, settings: Settings): boolean {
  return (
    distinctId !== anonymousId &&
    !isAnonymousByForm(distinctId, settings) &&
    !isReserved(distinctId) &&
    !isReserved(anonymousId)
  );
}

export function pairOf(a: DistinctId, b: DistinctId): Pair {
  return a < b ? [a, b] : [b, a];
}

/** A map key for an unordered pair. Ids hold no NUL, so it is unambiguous. */
export function pairKey(a: DistinctId, b: DistinctId): string {
  return a < b ? `${a}\u0000${b}` : `${b}\u0000${a}`;
}
