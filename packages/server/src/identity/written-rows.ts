import type { ComponentId, Seq } from '@onym/core';
import type { IdentifyRow, TraitRow } from './rows.ts';

/** Rows as a commit writes them, by the names of their columns (see rows.ts). */

/** Of an identifier that is new; the store gives it its ref. */
export interface NewIdentifierRow {
  readonly distinct_id: string;
  readonly node: string;
  readonly component: number;
  readonly flags: number;
  readonly first_seen: number | null;
}

export interface ComponentToWrite {
  readonly id: number;
  readonly canonical: number;
  readonly known: number;
  readonly size: number;
  readonly created_at: number | null;
  readonly changed_seq: number;
  readonly separated: number;
}

/** The row of an identity that is stored; where it moved, `moved_seq` says at which seq. */
export interface ChangedComponent extends ComponentToWrite {
  readonly moved_seq: number | null;
}

/** Stored components whose root is `root` have the root `into` from now on (it may be the same), and moved at that seq if one is given. */
export interface MovedComponents {
  readonly root: number;
  readonly into: number;
  readonly moved_seq: number | null;
}

export interface ChangedLinkRow {
  readonly seq: number;
  readonly redundant: number;
  readonly status: string;
  readonly reason: string | null;
  readonly status_seq: number | null;
}

export interface NewLinkRow extends ChangedLinkRow {
  readonly kind: string;
  readonly rule: string;
  readonly primary_ref: number;
  readonly secondary_ref: number;
  /** The smaller and the greater of both refs. */
  readonly lo: number;
  readonly hi: number;
  readonly time: number;
  readonly effective_time: number;
  readonly source: number;
  readonly waived: string | null;
  readonly approves: number | null;
  readonly verdict: string;
}

interface SeparationRow {
  /** The smaller ref, and the greater. */
  readonly a: number;
  readonly b: number;
  readonly seq: number;
  readonly lifted_seq: number | null;
}

export interface NewLedgerRow {
  readonly seq: number;
  readonly time: number;
  readonly source: number;
  readonly op: string;
  /** The ref of who an evidence row speaks of. */
  readonly subject: number | null;
  readonly body: string;
}

/**
 * The rows that a commit writes beside its new identifiers, all of one environment. Within a list the order does not matter; the lists are
 * written in the order they stand here. No row is named twice in a list, so that each is one statement where the engine has such.
 */
export interface Delta {
  /** The ledger's head: rows changed carry it. */
  readonly stamp: Seq;
  /** Stored components are removed whose root is one of these. */
  readonly dropped: readonly ComponentId[];
  /** First those whose root stays, then those that get another; none of these is the root of others. */
  readonly moved: readonly MovedComponents[];
  /** The same, where `root` is the only component of that root: its own row is found by its id. */
  readonly movedAlone: readonly MovedComponents[];
  /** Identifiers put into another component. */
  readonly placed: readonly { readonly ref: number; readonly component: number }[];
  readonly identifiers: readonly { readonly ref: number; readonly flags: number; readonly first_seen: number | null }[];
  /** `root` is the id itself. */
  readonly components: readonly ComponentToWrite[];
  /** Of stored ones; `root` stays what it was. */
  readonly changedComponents: readonly ChangedComponent[];
  readonly links: readonly NewLinkRow[];
  readonly changedLinks: readonly ChangedLinkRow[];
  readonly identifies: readonly IdentifyRow[];
  readonly revokedIdentifies: readonly IdentifyRow[];
  readonly traits: readonly TraitRow[];
  readonly revokedTraits: readonly TraitRow[];
  readonly separations: readonly SeparationRow[];
  readonly liftedSeparations: readonly SeparationRow[];
  readonly settings: readonly { readonly seq: number; readonly settings: string }[];
  readonly ledger: readonly NewLedgerRow[];
  /** To be added or, where the batch has rows already, its `last_seq` replaced. */
  readonly batches: readonly { readonly name: string; readonly first_seq: number; readonly last_seq: number }[];
  readonly environment: {
    readonly head: number;
    readonly last_time: number;
    readonly last_lift: number;
    readonly next_component: number;
  };
}
