import type { Properties, Verdict, WireAnswer } from '../wire.ts';
import { camelCased } from './camel-case.ts';

/** What became of a call. */
export interface Answer {
  /** `applied`: it changed something. `unchanged`: it was so already. `refused`, `held`: it joined nothing; `reason` says why. */
  readonly verdict: Verdict;
  /** Such as `separated` or `needs-secret-key`; null where nothing was refused or held. */
  readonly reason: string | null;
  /** The call's row in the ledger, and the name of its link; for a repeat, the earlier row; null where there is none. */
  readonly seq: number | null;
  /** Only for keys with the scope `read`, on identify, alias and split: the identity it belongs to now. */
  readonly identityId?: string;
  readonly canonicalId?: string;
  /** Only for keys with the scope `read`, on track: what became of the evidence that `distinctId` and `anonymousId` are. */
  readonly link?: { readonly verdict: Verdict; readonly reason?: string; readonly seq: number | null };
  /** Of a dry run, for keys with the scope `read`. */
  readonly blastRadius?: BlastRadius;
}

/** What a call would change. Numbers are exact; lists hold the first hundred. */
export interface BlastRadius {
  readonly identities: { readonly before: number; readonly after: number };
  readonly before: readonly BlastIdentity[];
  readonly after: readonly BlastIdentity[];
  readonly identifiers: {
    readonly moved: number;
    readonly listed: readonly { readonly distinctId: string; readonly from: string; readonly to: string }[];
  };
  /** Events that would change hands. */
  readonly events: number;
  readonly traits: {
    readonly changed: number;
    readonly listed: readonly {
      readonly canonicalId: string;
      readonly key: string;
      readonly from?: unknown;
      readonly to?: unknown;
    }[];
  };
}

interface BlastIdentity {
  readonly identityId: string;
  readonly canonicalId: string;
  readonly known: boolean;
  readonly identifiers: number;
  readonly distinctIds: readonly string[];
}

/** Whose an identifier is. */
export interface ResolvedIdentity {
  readonly identityId: string;
  readonly canonicalId: string;
  readonly known: boolean;
}

/** Recorded evidence that two identifiers are one person, by the `seq` of its ledger row. */
export interface Link {
  readonly seq: number;
  readonly kind: 'identify' | 'alias' | 'track' | 'import' | 'manual';
  readonly primaryId: string;
  readonly secondaryId: string;
  readonly status: 'active' | 'refused' | 'held' | 'approved' | 'rejected' | 'revoked';
  readonly reason: string | null;
  readonly verdict: Verdict;
  readonly redundant: boolean;
  /** ISO 8601. */
  readonly time: string;
  readonly effectiveTime: string;
  readonly statusSeq: number | null;
  readonly approves: number | null;
  readonly waived: readonly string[];
  readonly source: {
    readonly key: string | null;
    readonly lib: string | null;
    readonly batch: string | null;
    readonly public: boolean;
  };
}

/** One person. */
export interface Identity extends ResolvedIdentity {
  readonly createdAt: string | null;
  /** Of all of them; `identifiers` and `links` hold the first page. */
  readonly identifierCount: number;
  readonly identifiers: readonly {
    readonly distinctId: string;
    readonly known: boolean;
    readonly firstSeen: string | null;
  }[];
  readonly traits: Properties;
  /** Where each value in force comes from, by its key. */
  readonly traitOrigins: Readonly<
    Record<
      string,
      {
        readonly distinctId: string;
        /** Effective time. */
        readonly time: string;
        /** Its ledger row. */
        readonly seq: number;
        /** Whether it was set by `traitsOnce`. */
        readonly once: boolean;
      }
    >
  >;
  readonly links: readonly Link[];
  readonly eventCount: number;
  readonly firstSeen: string | null;
  readonly lastSeen: string | null;
  /** Where identifiers and links go on; null at the end. */
  readonly next: string | null;
}

/** Why two identifiers are one person, or what stands between them. */
export interface Explanation {
  readonly same: boolean;
  /** The chain of evidence from one to the other; empty when they are not one. */
  readonly path: readonly Link[];
  readonly refused: readonly Link[];
  readonly held: readonly Link[];
  readonly separations: readonly { readonly a: string; readonly b: string; readonly seq: number }[];
  /** An identity that has turned-down evidence with both, or null. */
  readonly neighbour: { readonly canonicalId: string; readonly path: readonly Link[] } | null;
}

export interface SplitAnswer extends Answer {
  /** Links that were revoked. */
  readonly revoked: readonly number[];
  /** Only for keys with the scope `read`: pairs that are kept apart from now on. */
  readonly separations?: readonly { readonly a: string; readonly b: string }[];
  /** Other evidence still makes the two one person. */
  readonly stillConnected: boolean;
  /** Only for keys with the scope `read`: that evidence. */
  readonly path?: readonly Link[];
}

export interface QueryResult<Row> {
  readonly rows: readonly Row[];
  readonly columns: readonly { readonly name: string; readonly type: string }[];
}

export function answerOf(wire: WireAnswer): Answer {
  const { ok: _, reason = null, ...rest } = wire;
  return { ...(camelCased(rest) as Omit<Answer, 'reason'>), reason };
}
