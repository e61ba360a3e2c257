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

/** What programs write for a value that is not there: reserved behind a prefix too (`stripe:undefined`, `legacy:`, `anonymous-null`). */
const missing: ReadonlySet<string> = new Set(['', 'nan', 'nil', 'none', 'null', 'undefined']);

/** Ids that begin so are anonymous by form. Settings of the first rules know two of them only. */
const anonymousPrefix = /^(?:(?:anonymous|anon|visitor)[-_]|device-|\$device:)/;
const formerAnonymousPrefix = /^(?:anonymous|device)-/;

const quotes = new Set(['"', "'", '`']);
const allZeroUuid = /^[{(]?0{8}-?0{4}-?0{4}-?0{4}-?0{12}[)}]?$/;
/** An object, an array or a promise that was put into a text. */
const objectText = /^\[object .*\]$/s;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const controlCharacter = /[\u0000-\u001f\u007f-\u009f]/;
/** White space, and what has no shape. */
const unseen = /^[\s\p{Default_Ignorable_Code_Point}\u2800]$/u;

/** Without what can't be seen around it, and without quotes, however often. */
function bare(id: string): string {
  let start = 0;
  let end = id.length;
  for (;;) {
    while (start < end && unseen.test(id[start]!)) start++;
    while (start < end && unseen.test(id[end - 1]!)) end--;
    if (end - start < 2 || id[start] !== id[end - 1] || !quotes.has(id[start]!)) return id.slice(start, end);
    start++;
    end--;
  }
}

/**
 * What most ids look like, and no reserved one does: longer than all of these are, behind any prefix, of such signs alone, and no UUID of
 * zeros. A quarter of the time that the rules themselves take.
 */
const plainlyNaming = /^(?![0-]+$)[\w-]{20,}$/;

/** True for ids that name nobody (docs/resolution.md, "Guard rails"): `null`, `guest`, blank, control characters, `stripe:undefined`… */
export function isReserved(id: DistinctId): boolean {
  return !plainlyNaming.test(id) && isReservedByRules(id);
}

/** As `isReserved`, without the look at the form. */
export function isReservedByRules(id: DistinctId): boolean {
  if (controlCharacter.test(id)) return true;
  const text = bare(id.toLowerCase());
  if (reservedExactly.has(text) || reservedInAnyCase.has(text) || allZeroUuid.test(text)) return true;
  const value = bare(bare(text.slice(text.lastIndexOf(':') + 1)).replace(anonymousPrefix, ''));
  return missing.has(value) || objectText.test(value);
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
    const prefix = settings.rules === 1 ? formerAnonymousPrefix : anonymousPrefix;
    const anonymous = settings.anonymousPatterns.map(compile);
    const reserved = settings.reservedPatterns.map(compile);
    forms = {
      isReserved: (id) => isReserved(id) || reserved.some((matches) => matches(id)),
      isAnonymous: (id) => prefix.test(id) || anonymous.some((matches) => matches(id)),
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
