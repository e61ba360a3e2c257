import type { DistinctId, Pair, Settings, SplitFact } from './types.ts';

/** Names that stand for nobody, compared in any case (docs/resolution.md, "Guard rails"). */
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

const reservedExactly: ReadonlySet<string> = new Set(['0', '-1', '.', '..']);

/** What programs write for a value that is not there: reserved behind a prefix too (`stripe:undefined`, `anonymous-null`). */
const missingValues: ReadonlySet<string> = new Set(['', 'nan', 'nil', 'none', 'null', 'undefined']);

/** Ids that begin so are anonymous by form. An environment whose settings are of the first rules knows two of them only. */
const anonymousPrefixes = [
  'anonymous-',
  'anonymous_',
  'anon-',
  'anon_',
  'visitor-',
  'visitor_',
  'device-',
  '$device:',
] as const;
const formerAnonymousPrefixes = ['anonymous-', 'device-'] as const;

const quotes = new Set(['"', "'", '`']);
const allZeroUuid = /^[{(]?0{8}-?0{4}-?0{4}-?0{4}-?0{12}[)}]?$/;
/** An object, an array or a promise that was put into text: `[object Object]`. */
const objectText = /^\[object [^\]]*\]$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const controlCharacter = /[\u0000-\u001f\u007f-\u009f]/;
/** What shows nothing at the ends of an id: white space, and characters without a shape. */
const blankEnds =
  /^[\p{White_Space}\p{Default_Ignorable_Code_Point}\u2800]+|[\p{White_Space}\p{Default_Ignorable_Code_Point}\u2800]+$/gu;
/** Most ids begin and end in these, and need no closer look. */
const plainEnds = /^[!#-&(-_a-~](?:.*[!#-&(-_a-~])?$/s;

/** Longer texts than this cannot be reserved by name: spares the hot path the rest. */
const RESERVED_NAME_LENGTH_MAX = 40;

function bare(id: string): string {
  if (plainEnds.test(id)) return id;
  let text = id.replace(blankEnds, '');
  while (text.length >= 2 && quotes.has(text[0]!) && text[0] === text[text.length - 1]) {
    text = text.slice(1, -1).replace(blankEnds, '');
  }
  return text;
}

/** What is left of an id behind its last prefix; null where it has none. */
function behindPrefix(text: string): string | null {
  const colon = text.lastIndexOf(':');
  if (colon > 0) return text.slice(colon + 1);
  const prefix = anonymousPrefixes.find((start) => text.startsWith(start));
  return prefix === undefined ? null : text.slice(prefix.length);
}

function isMissingValue(text: string): boolean {
  const value = bare(text);
  return value.length <= RESERVED_NAME_LENGTH_MAX && (missingValues.has(value.toLowerCase()) || objectText.test(value));
}

/** True for ids that name nobody (docs/resolution.md, "Guard rails"): `null`, `guest`, blank, control characters, `stripe:undefined`… */
export function isReserved(id: DistinctId): boolean {
  if (controlCharacter.test(id)) return true;
  const text = bare(id);
  if (text === '') return true;
  if (text.length <= RESERVED_NAME_LENGTH_MAX) {
    if (reservedExactly.has(text) || reservedInAnyCase.has(text.toLowerCase())) return true;
    if (objectText.test(text) || allZeroUuid.test(text)) return true;
  }
  const rest = behindPrefix(text);
  return rest !== null && isMissingValue(rest);
}

/** How a pattern of the settings is matched is the caller's: a pattern is a text, and engines differ. */
export type CompilePattern = (source: string) => (id: DistinctId) => boolean;

/** JavaScript's own engine, for patterns that are trusted: it may take time exponential in an id's length. */
export const compileNatively: CompilePattern = (source) => {
  const pattern = new RegExp(source, 'u');
  return (id) => pattern.test(id);
};

/** What an id is by its form alone, under one environment's settings. */
export interface Forms {
  /** `isReserved`, or matched by one of the environment's reserved patterns. */
  isReserved(id: DistinctId): boolean;
  /** Anonymous by form (docs/resolution.md, "Known and anonymous"), whatever was said of it. */
  isAnonymous(id: DistinctId): boolean;
}

const formsBySettings = new WeakMap<Settings, Forms>();

export function formsOf(settings: Settings, compile: CompilePattern): Forms {
  let forms = formsBySettings.get(settings);
  if (forms === undefined) {
    const prefixes = settings.rules === 1 ? formerAnonymousPrefixes : anonymousPrefixes;
    const anonymous = settings.anonymousPatterns.map(compile);
    const reserved = settings.reservedPatterns.map(compile);
    forms = {
      isReserved: (id) => isReserved(id) || reserved.some((matches) => matches(id)),
      isAnonymous: (id) => prefixes.some((prefix) => id.startsWith(prefix)) || anonymous.some((matches) => matches(id)),
    };
    formsBySettings.set(settings, forms);
  }
  return forms;
}

/** The prefix before the first `:`, or null: `stripe:cus_1` is of type `stripe`. */
export function typeOf(id: DistinctId): string | null {
  const colon = id.indexOf(':');
  return colon > 0 ? id.slice(0, colon) : null;
}

/** Whether a track call's ids are link evidence (docs/resolution.md, "Verdicts"). */
export function isTrackEvidence(distinctId: DistinctId, anonymousId: DistinctId, forms: Forms): boolean {
  return (
    distinctId !== anonymousId &&
    !forms.isAnonymous(distinctId) &&
    !forms.isReserved(distinctId) &&
    !forms.isReserved(anonymousId)
  );
}

export function pairOf(a: DistinctId, b: DistinctId): Pair {
  return a < b ? [a, b] : [b, a];
}

/** A map key for an unordered pair. Ids hold no NUL, so it is unambiguous. */
export function pairKey(a: DistinctId, b: DistinctId): string {
  return a < b ? `${a}\u0000${b}` : `${b}\u0000${a}`;
}

/** The identifiers that a split without a link is about. */
export function idsOfSplit(target: SplitFact['target']): readonly DistinctId[] {
  return 'ids' in target ? target.ids : [target.a, target.b];
}
