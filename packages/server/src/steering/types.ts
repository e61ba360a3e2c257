import type {
  AliasOperation,
  Answered,
  ApproveOperation,
  DistinctId,
  Fact,
  Json,
  LiftOperation,
  Link,
  LinkOperation,
  Millis,
  RejectOperation,
  RevertOperation,
  SeparateOperation,
  Seq,
  Source,
  SplitOperation,
} from '@onym/core';

export type SteeringOperation =
  | SplitOperation
  | SeparateOperation
  | LiftOperation
  | ApproveOperation
  | RejectOperation
  | AliasOperation
  | LinkOperation;

export interface SteeringOptions {
  /** Judge, write nothing. */
  readonly dryRun: boolean;
  readonly sync: boolean;
}

export interface SteeringAnswer {
  readonly answer: Answered;
  /** The ledger row this call left, or would leave; null when it leaves none. */
  readonly fact: Fact | null;
  /** Of a dry run. */
  readonly blastRadius: Json | null;
  /** Of a split: whether the two are one identity all the same, and why (the path is empty in a dry run). */
  readonly stillConnected: boolean;
  readonly path: readonly Link[];
}

export interface RevertAnswer {
  readonly verdict: 'applied' | 'unchanged';
  /** Ledger rows that the revert left, ascending: one for each group of identities. */
  readonly seqs: readonly Seq[];
  /** How many rows were taken back. */
  readonly revoked: number;
  readonly separations: number;
  readonly blastRadius: Json | null;
}

export interface ReviewItem {
  readonly link: Link;
  /** What approving it would do; null where that was not asked for. */
  readonly blastRadius: Json | null;
  readonly repeats: number;
}

/** Refused evidence with one cause: the reason, and the identifier that is claimed. */
export interface Conflict {
  readonly reason: string;
  readonly distinctId: DistinctId;
  /** Calls, repeats included. */
  readonly count: number;
  readonly firstTime: Millis;
  readonly lastTime: Millis;
  /** Who claims it, newest first. */
  readonly claimants: readonly DistinctId[];
  /** The newest links. */
  readonly links: readonly Link[];
  readonly sources: readonly { readonly key: string | null; readonly lib: string | null; readonly count: number }[];
}

export interface Steering {
  /** Throws OnymError `not-found` for a link, or a separation, that is not there. */
  run(environment: string, operation: SteeringOperation, options: SteeringOptions): Promise<SteeringAnswer>;
  /** What makes a revoked or rejected link again. Throws OnymError `not-found`, and `invalid-payload` for a link of another status. */
  linkAgain(environment: string, seq: Seq): Promise<Omit<LinkOperation, 'timestamp' | 'source'>>;
  /** Throws OnymError `not-found` when nothing was ever recorded in this scope. */
  revert(
    environment: string,
    scope: RevertOperation['scope'],
    options: SteeringOptions & { readonly separate: boolean; readonly source: Source },
  ): Promise<RevertAnswer>;
  /** Held links, newest first. */
  review(environment: string, page: { before: Seq | null; limit: number; withRadius: boolean }): Promise<ReviewItem[]>;
  /** Refused evidence grouped by cause, newest first; `next` is null when all was looked at. */
  conflicts(
    environment: string,
    page: { before: Seq | null; limit: number },
  ): Promise<{ conflicts: Conflict[]; next: Seq | null }>;
}
