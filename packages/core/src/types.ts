/**
 * The words of the engine (docs/resolution.md, "Words"). Everything here is plain data: no class, no clock, no id generator.
 *
 * Times are integers, milliseconds since the Unix epoch. `Seq` numbers ledger rows from 1, without gaps, per environment.
 * A link is named by the `Seq` of the ledger row that recorded it.
 */

export type DistinctId = string;
export type Seq = number;
export type Millis = number;

/** What a trait may hold: any JSON value. Integers that a double can't hold are bigints. */
export type Json = null | boolean | number | bigint | string | readonly Json[] | { readonly [key: string]: Json };

export type LinkKind = 'identify' | 'alias' | 'track' | 'import' | 'manual';

/** Under which rules a link is judged and makes its sides known; `import` links and approved refusals follow `alias`. */
export type LinkRule = 'identify' | 'track' | 'alias';

export type Verdict = 'applied' | 'unchanged' | 'refused' | 'held';

export type RefusalReason = 'reserved-distinct-id' | 'separated' | 'anonymous-id-belongs-to-another-identity';

export type HoldReason = 'needs-secret-key' | 'identity-too-large' | 'too-many-of-type';

export type Reason = RefusalReason | HoldReason;

/** Who sent a call. All strings are opaque to the engine. */
export interface Source {
  /** Name of the key that authenticated the call, or null for calls from within (tests, imports by file). */
  readonly key: string | null;
  /** What `$lib` (or the user agent's library) said, or null. */
  readonly lib: string | null;
  /** The batch the call belongs to (each import is one), or null for a live call. */
  readonly batch: string | null;
  /** True when a publishable key sent it: `publicKeyMerges` applies. */
  readonly public: boolean;
}

/** Guard rails and patterns in force (docs/resolution.md, "Guard rails"). A change is a ledger fact, so that a refold judges by what was in force. */
export interface Settings {
  /**
   * The edition of the engine's own rules, so that a ledger folds by the rules it was written under. 2 knows more forms of anonymous ids,
   * and joins a stranger to a known person at a publishable key's word, under that person's name.
   */
  readonly rules: 1 | 2;
  readonly identifiersPerIdentityMax: number;
  /** Maxima per identity for a type, the prefix before the first `:`. */
  readonly identifiersPerTypeMax: Readonly<Record<string, number>>;
  readonly publicKeyMerges: 'hold' | 'apply';
  /** Regular expression sources; an id that matches one is anonymous by form, beside `anonymous-…` and its like. */
  readonly anonymousPatterns: readonly string[];
  /** Likewise; an id that matches one names nobody in this application. */
  readonly reservedPatterns: readonly string[];
}

export const defaultSettings: Settings = {
  rules: 2,
  identifiersPerIdentityMax: 1_000,
  identifiersPerTypeMax: {},
  publicKeyMerges: 'hold',
  anonymousPatterns: [],
  reservedPatterns: [],
};

/** Settings as a ledger keeps them: those of before a setting was there lack it. */
export function settingsFrom(stored: Partial<Settings>): Settings {
  return { ...defaultSettings, rules: 1, ...stored };
}

// ---------------------------------------------------------------------------------------------------------------------
// Operations: what is asked. They are well formed (lengths, NUL, reserved distinct_id) before they get here; only
// identify's and track's anonymous id may still be reserved, because that is a verdict and not an error.

interface Asked {
  /** The client's timestamp, or null when it sent none. */
  readonly timestamp: Millis | null;
  readonly source: Source;
}

/**
 * How a value takes part in the fold: `plain`, where the latest wins, or `once` (`traits_once`), where the earliest does and only without a
 * plain one, and a null is ignored.
 */
export const traitKinds = ['plain', 'once'] as const;
export type TraitKind = (typeof traitKinds)[number];

export interface TraitInput {
  readonly key: string;
  /** null removes: where it wins the fold, the profile has no such key. */
  readonly value: Json;
  readonly kind: TraitKind;
}

export interface IdentifyOperation extends Asked {
  readonly op: 'identify';
  /** The identifier that gets the traits, and is known from now on unless it is anonymous by form, or `anonymous`. */
  readonly distinctId: DistinctId;
  /** True for a call with an anonymous id alone: it sets traits on that id and makes nobody known. */
  readonly anonymous?: boolean;
  /** null: no link is asked for. Equal to distinctId: likewise. */
  readonly anonymousId: DistinctId | null;
  readonly traits: readonly TraitInput[];
}

export interface AliasOperation extends Asked {
  readonly op: 'alias';
  readonly primary: DistinctId;
  readonly secondary: DistinctId;
  /** `import` for a pair from a file, `manual` for one that a person joins; they follow the same rules. */
  readonly kind: 'alias' | 'import' | 'manual';
}

/**
 * A link taken over from another ledger, where it was judged and stands: it keeps its kind, rule and waivers, and makes its sides known
 * as its rule does.
 */
export interface LinkOperation extends Asked {
  readonly op: 'link';
  readonly kind: LinkKind;
  readonly rule: LinkRule;
  readonly primary: DistinctId;
  readonly secondary: DistinctId;
  readonly waived: readonly HoldReason[];
  /** False where nothing else has spoken yet: that the secondary side is known was no reason against it there, and is none here. */
  readonly guarded: boolean;
}

/** The link evidence of a track call; the event itself is no business of the engine. The caller checked by
 *  `isTrackEvidence` that they are evidence. */
export interface TrackOperation extends Asked {
  readonly op: 'track';
  readonly distinctId: DistinctId;
  readonly anonymousId: DistinctId;
}

export interface SplitOperation extends Asked {
  readonly op: 'split';
  /** The link to revoke, with every other on its pair; two ids to disconnect; or ids to take out of their identity, as they hang together. */
  readonly target: { readonly link: Seq } | { readonly a: DistinctId; readonly b: DistinctId } | SplitSet;
}

export interface SplitSet {
  readonly ids: readonly DistinctId[];
}

export interface SeparateOperation extends Asked {
  readonly op: 'separate';
  readonly a: DistinctId;
  readonly b: DistinctId;
}

export interface LiftOperation extends Asked {
  readonly op: 'lift';
  readonly a: DistinctId;
  readonly b: DistinctId;
}

/** Revokes every link, identify fact and trait whose ledger row is listed; the store finds them by batch or by key and span. */
export interface RevertOperation extends Asked {
  readonly op: 'revert';
  /** What was asked, for the record: `{batch}` or `{key, from, to}`. */
  readonly scope: { readonly batch: string } | { readonly key: string; readonly from: Millis; readonly to: Millis };
  readonly seqs: readonly Seq[];
  /** Leave a separation on each revoked link's pair. */
  readonly separate: boolean;
}

export interface ApproveOperation extends Asked {
  readonly op: 'approve';
  readonly link: Seq;
}

export interface RejectOperation extends Asked {
  readonly op: 'reject';
  readonly link: Seq;
}

export interface SettingsOperation extends Asked {
  readonly op: 'settings';
  readonly settings: Settings;
}

export type Operation =
  | IdentifyOperation
  | AliasOperation
  | TrackOperation
  | LinkOperation
  | SplitOperation
  | SeparateOperation
  | LiftOperation
  | RevertOperation
  | ApproveOperation
  | RejectOperation
  | SettingsOperation;

// ---------------------------------------------------------------------------------------------------------------------
// Facts: what the ledger holds. `state = fold(apply, facts)`.

/** A link asked for by a call, as it was judged. */
export interface LinkFact {
  readonly kind: LinkKind;
  readonly rule: LinkRule;
  readonly primary: DistinctId;
  readonly secondary: DistinctId;
  readonly verdict: Verdict;
  readonly reason: Reason | null;
  /** The rails that approvals have waived, also when the link is judged again in a refold. */
  readonly waived: readonly HoldReason[];
  /** For an approval: the link it approves. */
  readonly approves: Seq | null;
}

export interface TraitFact {
  readonly key: string;
  readonly value: Json;
  readonly kind: TraitKind;
}

interface Row {
  readonly seq: Seq;
  /** Received time; never decreases along the ledger. */
  readonly time: Millis;
  readonly timestamp: Millis | null;
  readonly source: Source;
  /** The verdict the caller was given. */
  readonly verdict: Verdict;
  readonly reason: Reason | null;
}

/** identify, alias (a link taken over likewise), track and approve: what they recorded. Any of the three parts may be absent, never all. */
export interface EvidenceFact extends Row {
  readonly op: 'identify' | 'alias' | 'track' | 'approve';
  /** The id this row makes known as the distinct_id of an identify; null when an earlier row of the same batch already did. */
  readonly identified: DistinctId | null;
  /** The distinct_id of an identify, whether or not this row is what makes it known; the identifier that gets `traits`. */
  readonly subject: DistinctId | null;
  readonly traits: readonly TraitFact[];
  /** null when none was asked for, or when it repeats one the ledger has. */
  readonly link: LinkFact | null;
}

export interface SplitFact extends Row {
  readonly op: 'split';
  readonly target: { readonly a: DistinctId; readonly b: DistinctId } | SplitSet;
  /** Links revoked, ascending. Empty when there was nothing to revoke, with a new separation all the same. */
  readonly revoked: readonly Seq[];
  /** Pairs newly separated, each as [smaller, greater]. */
  readonly separations: readonly Pair[];
}

export interface SeparationFact extends Row {
  readonly op: 'separate' | 'lift';
  readonly a: DistinctId;
  readonly b: DistinctId;
}

export interface RevertFact extends Row {
  readonly op: 'revert';
  readonly scope: RevertOperation['scope'];
  readonly revoked: readonly Seq[];
  readonly separations: readonly Pair[];
}

export interface RejectFact extends Row {
  readonly op: 'reject';
  readonly link: Seq;
  readonly a: DistinctId;
  readonly b: DistinctId;
}

export interface SettingsFact extends Row {
  readonly op: 'settings';
  readonly settings: Settings;
}

/** What is left of an erased row: its place and time. The fold skips it. */
export interface ErasedFact extends Row {
  readonly op: 'erased';
}

/** How much an erasure took; of whom is not kept. */
export interface ErasureReceipt {
  /** Random. */
  readonly id: string;
  readonly identifiers: number;
  readonly events: number;
  readonly links: number;
  /** Values, earlier ones included. */
  readonly traits: number;
  /** Rows of the ledger that were rewritten. */
  readonly ledgerRows: number;
  readonly deadLetters: number;
  readonly separations: number;
}

/** That an erasure happened. The rows before it are rewritten already; the fold skips it. */
export interface EraseFact extends Row {
  readonly op: 'erase';
  readonly receipt: ErasureReceipt;
}

export type Fact =
  | EvidenceFact
  | SplitFact
  | SeparationFact
  | RevertFact
  | RejectFact
  | SettingsFact
  | ErasedFact
  | EraseFact;

/** An unordered pair of identifiers, stored [smaller, greater] by code unit order. */
export type Pair = readonly [DistinctId, DistinctId];

// ---------------------------------------------------------------------------------------------------------------------
// State: what the fold yields.

/**
 * - `active`: applied, or redundant evidence within one identity; holds its pair together.
 * - `refused`, `held`: recorded, joins nothing. Redundant evidence can turn so in a refold.
 * - `approved`: was held or refused, and an approval made it good under its own seq; joins nothing itself.
 * - `rejected`: was held or refused, and a reviewer said no.
 * - `revoked`: was active, and a split or revert took it back.
 */
export type LinkStatus = 'active' | 'refused' | 'held' | 'approved' | 'rejected' | 'revoked';

export interface Link {
  readonly seq: Seq;
  readonly kind: LinkKind;
  readonly rule: LinkRule;
  readonly primary: DistinctId;
  readonly secondary: DistinctId;
  readonly time: Millis;
  /** min(client timestamp, received time). */
  readonly effectiveTime: Millis;
  readonly source: Source;
  readonly waived: readonly HoldReason[];
  readonly approves: Seq | null;
  /** As it was judged when it was recorded. */
  readonly verdict: Verdict;
  /** True while it joins nothing by itself: recorded within one identity, and judged at its place in every refold. */
  readonly redundant: boolean;
  readonly status: LinkStatus;
  readonly reason: Reason | null;
  /** The ledger row that last changed `status` after the link was recorded, or null. */
  readonly statusSeq: Seq | null;
}

/** That an identify named the identifier. At most one unrevoked per batch, and one outside of batches. */
export interface IdentifyFact {
  readonly seq: Seq;
  readonly effectiveTime: Millis;
  readonly batch: string | null;
  readonly revokedSeq: Seq | null;
}

/** One key of an identifier, and the timestamp of the call that writes it. */
export interface TraitKey {
  readonly id: DistinctId;
  readonly key: string;
  readonly timestamp: Millis | null;
}

export interface TraitWrite {
  readonly seq: Seq;
  readonly key: string;
  readonly value: Json;
  readonly kind: TraitKind;
  readonly time: Millis;
  readonly effectiveTime: Millis;
  /** The client's timestamp as it was sent, or null: by it a repeat is known (R4). */
  readonly timestamp: Millis | null;
  readonly source: Source;
  readonly revokedSeq: Seq | null;
}

export interface Separation {
  readonly pair: Pair;
  readonly seq: Seq;
  readonly liftedSeq: Seq | null;
}

/** One answer per operation, in order. */
export interface Outcome {
  readonly verdict: Verdict;
  readonly reason: Reason | null;
  /** The ledger row of this call; for a repeat, the earlier row's; else null. */
  readonly seq: Seq | null;
  /** True when a ledger row was written for this call. */
  readonly recorded: boolean;
}

/** An error of the caller that costs its neighbours nothing, such as a split of an unknown link. */
export interface OperationError {
  readonly error: 'not-found';
  readonly message: string;
}
