import {
  type Identifier,
  type Link,
  pairOf,
  type Separation,
  type Source,
  type TraitKind,
  type TraitWrite,
  traitKinds,
} from '@onym/core';
import { parseExact } from '../exact-json/parse.ts';

/**
 * Rows as every SQL store keeps them, by the names of their columns. Identifiers and sources are integers, given by the store (`ref`); times
 * are milliseconds; what is true or false is 1 or 0.
 */

export interface EnvironmentRow {
  readonly id: number;
  readonly name: string;
  readonly head: number;
  readonly last_time: number;
  readonly last_lift: number;
  readonly next_component: number;
}

export interface SettingsRow {
  readonly seq: number;
  readonly settings: string;
}

export interface IdentifierRow {
  readonly ref: number;
  readonly distinct_id: string;
  /** The component that is its identity now. */
  readonly root: number;
  readonly flags: number;
  readonly first_seen: number | null;
}

/** An identity. */
export interface ComponentRow {
  readonly root: number;
  readonly canonical: string;
  readonly canonical_ref: number;
  readonly known: number;
  readonly size: number;
  readonly created_at: number | null;
  readonly changed_seq: number;
  /** How many of its identifiers stand in a separation in force. */
  readonly separated: number;
}

export interface LinkRow {
  readonly seq: number;
  readonly kind: string;
  readonly rule: string;
  readonly primary_id: string;
  readonly secondary_id: string;
  readonly time: number;
  readonly effective_time: number;
  readonly source: number;
  /** JSON, or null for none. */
  readonly waived: string | null;
  readonly approves: number | null;
  readonly verdict: string;
  readonly redundant: number;
  readonly status: string;
  readonly reason: string | null;
  readonly status_seq: number | null;
}

export interface IdentifyRow {
  readonly identifier: number;
  readonly seq: number;
  readonly effective_time: number;
  readonly batch: string | null;
  readonly revoked_seq: number | null;
}

export interface TraitRow {
  readonly identifier: number;
  readonly key: string;
  /** The code of the value's kind. */
  readonly once: number;
  readonly effective_time: number;
  readonly seq: number;
  readonly time: number;
  readonly timestamp: number | null;
  /** JSON, exactly as it was sent. */
  readonly value: string;
  readonly source: number;
  readonly revoked_seq: number | null;
}

export interface SeparationRow {
  readonly a_id: string;
  readonly b_id: string;
  readonly seq: number;
  readonly lifted_seq: number | null;
}

/** The identifier that an evidence row of the ledger speaks of. */
export interface SubjectRow {
  readonly seq: number;
  readonly distinct_id: string;
}

export interface TypeCountRow {
  readonly root: number;
  readonly type: string;
  readonly count: number;
}

/**
 * Rows that lookups found, in any order. All that is recorded of an identifier's facts and traits is in one part, each row once. A link or a
 * separation that two lookups name may come twice, and a trait that was looked up by key.
 */
export interface FoundRows {
  readonly identifiers?: readonly IdentifierRow[];
  /** The identities of `identifiers` that were looked up by their own name. */
  readonly components?: readonly ComponentRow[];
  readonly links?: readonly LinkRow[];
  readonly identifies?: readonly IdentifyRow[];
  readonly traits?: readonly TraitRow[];
  readonly separations?: readonly SeparationRow[];
  readonly subjects?: readonly SubjectRow[];
  readonly typeCounts?: readonly TypeCountRow[];
}

export const flag = { known: 1, wasAnonymous: 2, wasCanonical: 4 } as const;

export function flagsOf({ known, wasAnonymous, wasCanonical }: Identifier): number {
  return (known ? flag.known : 0) | (wasAnonymous ? flag.wasAnonymous : 0) | (wasCanonical ? flag.wasCanonical : 0);
}

/** A trait's kind as rows and the ledger hold it. A code never changes its meaning. */
const kindCodes: Readonly<Record<TraitKind, number>> = { plain: 0, once: 1 };
const kindsByCode = new Map(traitKinds.map((kind) => [kindCodes[kind], kind]));
export const codeOfKind = (kind: TraitKind): number => kindCodes[kind];
export const kindOfCode = (code: number): TraitKind => kindsByCode.get(code)!;

export function linkOf(row: LinkRow, sourceOf: (id: number) => Source): Link {
  return {
    seq: row.seq,
    kind: row.kind,
    rule: row.rule,
    primary: row.primary_id,
    secondary: row.secondary_id,
    time: row.time,
    effectiveTime: row.effective_time,
    source: sourceOf(row.source),
    waived: row.waived === null ? [] : JSON.parse(row.waived),
    approves: row.approves,
    verdict: row.verdict,
    redundant: row.redundant === 1,
    status: row.status,
    reason: row.reason,
    statusSeq: row.status_seq,
  } as Link;
}

export const separationOf = (row: SeparationRow): Separation => ({
  pair: pairOf(row.a_id, row.b_id),
  seq: row.seq,
  liftedSeq: row.lifted_seq,
});

export function traitOf(row: TraitRow, sourceOf: (id: number) => Source): TraitWrite {
  return {
    seq: row.seq,
    key: row.key,
    value: parseExact(row.value),
    kind: kindOfCode(row.once),
    time: row.time,
    effectiveTime: row.effective_time,
    timestamp: row.timestamp,
    source: sourceOf(row.source),
    revokedSeq: row.revoked_seq,
  };
}
