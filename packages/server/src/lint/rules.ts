import type { Millis, Seq, Source } from '@onym/core';
import type { CallName } from '../ingest/types.ts';
import { limits } from '../limits.ts';

/** The rules, in the order in which findings are listed. */
export const lintRules = [
  'alias-at-login',
  'alias-before-identify',
  'missing-prefix',
  'chained-alias',
  'repeated-alias',
  'no-stable-canonical',
  'shared-identifier',
  'reserved-id',
  'near-miss-id',
  'clock-skew',
  'unknown-field',
] as const;

export type LintRule = (typeof lintRules)[number];

/** From where on a rule speaks. */
export const lintThresholds = {
  /** repeated-alias: calls with one pair from one call site. */
  callsPerPairMin: 10,
  /** shared-identifier: users to whom one anonymous id was refused. */
  claimantsMin: 3,
  /** no-stable-canonical: known identifiers in one identity. */
  knownIdentifiersMin: 10,
  /** clock-skew: earlier timestamps come from a clock that was never set, or from a wrong unit. */
  clockSetSince: Date.UTC(2000, 0, 1),
} as const;

/** Where a call comes from: findings are kept apart by it. */
export type CallSite = Pick<Source, 'key' | 'lib'>;

export type ExampleId = 'distinct_id' | 'alias_id' | 'anonymous_id' | 'device_id' | 'canonical_id' | 'similar_id';

/** One call that broke a rule. */
export interface Example {
  readonly call: CallName;
  readonly time: Millis;
  /**
   * Its ids under their wire names. On an alias, `anonymous_id` says which side is the anonymous one; `canonical_id` is the id that names
   * the identity of the call's subject. `similar_id` is the one that an id of the call is a near miss of.
   */
  readonly ids: Readonly<Partial<Record<ExampleId, string>>>;
  /** The ledger row. */
  readonly seq?: Seq;
  /** Of an event. */
  readonly uuid?: string;
  /** The client's, where it is what is wrong. */
  readonly timestamp?: Millis;
  /** repeated-alias: calls so far; no-stable-canonical: known identifiers; shared-identifier: users who claim it. */
  readonly number?: number;
  /** unknown-field: its name; of a query parameter with a `?` before it. */
  readonly field?: string;
}

/** Fields of a call that mean nothing, and were passed over. */
export interface UnknownFields {
  readonly call: Example['call'];
  /** As Example's `field`. */
  readonly fields: readonly string[];
  readonly site: CallSite;
  readonly time: Millis;
}

/** One rule, broken from one call site. */
export interface Finding extends CallSite {
  readonly rule: LintRule;
  readonly count: number;
  readonly firstTime: Millis;
  readonly lastTime: Millis;
  /** Newest first, no two with the same ids. */
  readonly examples: readonly Example[];
}

export function isSkewed(timestamp: Millis, received: Millis): boolean {
  return timestamp > received + limits.clockAheadMaxMs || timestamp < lintThresholds.clockSetSince;
}
