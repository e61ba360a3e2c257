import type {
  Answered,
  BlastRadius,
  ComponentId,
  EraseFact,
  Fact,
  Json,
  Link,
  Millis,
  Operation,
  OperationError,
  Pair,
  RevertOperation,
  Separation,
  Seq,
  Settings,
  Source,
  TraitKind,
  TraitWrite,
} from '@onym/core';

export interface EnvironmentInfo {
  readonly name: string;
  /** The last ledger row's seq; 0 for an empty ledger. */
  readonly head: Seq;
  readonly settings: Settings;
  /** In force before the ledger's first row: what a fold begins with. */
  readonly initialSettings: Settings;
}

/** The identity an identifier belongs to. An identifier without a row answers with itself. */
export interface Resolved {
  readonly canonicalId: string;
  readonly known: boolean;
}

export interface Commit {
  /** One per operation, in order. */
  readonly answers: readonly (Answered | OperationError)[];
  /** Components whose identities changed in any way; what was remembered of them is no longer true. */
  readonly touched: readonly ComponentId[];
  /** The rows written, ascending; of a dry run, those that would be. */
  readonly facts: readonly Fact[];
  /** Of a dry run, one per operation: what it would change, on top of those before it. Else empty. */
  readonly radii: readonly BlastRadius[];
  /** The ledger's head after the commit. */
  readonly head: Seq;
}

export interface CommitOptions {
  /** Judge; write nothing. */
  readonly dryRun?: boolean;
  /**
   * Per operation, its answer from when it was last judged, if nothing that it is about has changed since; else null. Such an answer
   * stands, and the operation costs the store nothing, unless another operation of this commit bears on one of its identities.
   * A store may judge all of them: the answers are the same.
   */
  readonly remembered?: readonly (Answered | null)[];
  /** The ledger row up to which that is so. Where the ledger has gone on since, all are judged. Default: up to its head. */
  readonly rememberedAt?: Seq;
}

/** What another node has committed. */
export interface LedgerChange {
  readonly environment: string;
  /** The ledger's head before and after. */
  readonly before: Seq;
  readonly head: Seq;
  /** See Commit; null where that is not told: then everything may have changed. */
  readonly touched: readonly ComponentId[] | null;
}

/** A ledger that other nodes write to as well. */
export interface SharedLedger {
  head(environment: string): Promise<Seq>;
  /** Calls `heard` soon after each commit of another node; what was missed while the connection was away is one change. Returns how to stop. */
  follow(heard: (change: LedgerChange) => void): Promise<() => Promise<void>>;
}

/** The identity that has turned-down evidence with both of two others: where they nearly met. */
export interface CommonNeighbour {
  readonly canonicalId: string;
  /** From one to the other: turned-down evidence at the ends, active links between. */
  readonly path: readonly Link[];
}

export interface Explanation {
  readonly same: boolean;
  /** A shortest path of active links; empty when they are not one. */
  readonly path: readonly Link[];
  /** Evidence between the two identities that was turned down. */
  readonly refused: readonly Link[];
  readonly held: readonly Link[];
  readonly separations: readonly { readonly pair: Pair; readonly seq: Seq }[];
  /** Where they nearly met; null when they are one, or nowhere. */
  readonly neighbour: CommonNeighbour | null;
}

export interface IdentityProfile {
  readonly canonicalId: string;
  readonly known: boolean;
  /** Minimum effective time of the identity's active facts; null when it has none. */
  readonly createdAt: Millis | null;
  readonly size: number;
  /** Ascending by distinct_id; one page of them. */
  readonly identifiers: readonly { distinctId: string; known: boolean; firstSeen: Millis | null }[];
  readonly traits: Readonly<Record<string, TraitWrite & { readonly distinctId: string }>>;
  /** Active and recorded links among the identifiers, ascending by seq; one page of them. */
  readonly links: readonly Link[];
}

export interface ProfilePage {
  readonly identifiersAfter: string | null;
  readonly linksAfter: Seq;
  readonly limit: number;
}

/** Of the ledger's rows that bear on an identity. */
export interface HistoryPage {
  readonly order: 'ascending' | 'descending';
  /** The row after which the page begins, in its order; null at the beginning. */
  readonly from: Seq | null;
  readonly limit: number;
  /** The last row that counts, and with it the identity as of then; undefined for all of them. */
  readonly upTo: Seq | undefined;
}

/** Where a separation stands in their list. */
export type SeparationPlace = Pick<Separation, 'pair' | 'seq'>;

export interface SeparationPage {
  readonly after: SeparationPlace | null;
  readonly limit: number;
}

/** Where an identity stands among those that changed: `component` is a store's own number. */
export interface RecentPlace {
  readonly changedSeq: Seq;
  readonly component: number;
}

export interface RecentIdentity extends Resolved {
  readonly createdAt: Millis;
  /** How many identifiers it has. */
  readonly size: number;
  /** The ledger's head after the commit that changed it last, and the time of that row. */
  readonly changedSeq: Seq;
  readonly changedAt: Millis;
}

/** An identifier that says this of itself. */
export interface TraitMatch {
  readonly key: string;
  readonly value: Json;
  readonly distinctId: string;
}

export interface TraitHistoryPage {
  readonly after: TraitPlace | null;
  readonly limit: number;
}

/** A place in the history of a trait. One call may have set a key both ways. */
export type TraitPlace = Pick<TraitWrite, 'effectiveTime' | 'seq' | 'kind'>;

/** Where a value comes from: the identifier it was set on, when, and by which ledger row. */
export interface TraitOrigin {
  readonly distinctId: string;
  readonly seq: Seq;
  readonly effectiveTime: Millis;
  readonly kind: TraitKind;
}

/** What changed after a ledger seq, as the projector needs it (see EventStore.project). */
export interface Changes {
  readonly identifiers: readonly {
    distinctId: string;
    canonicalId: string;
    known: boolean;
    /** The first identify that named it and stands; null where it is known by its links alone, or not known. */
    identifiedSeq: Seq | null;
    /** null when no active fact names it: it only needs its place in the map. */
    firstSeen: Millis | null;
  }[];
  /** Identities as they are now, whose rows must be written anew. */
  readonly identities: readonly {
    canonicalId: string;
    known: boolean;
    createdAt: Millis;
    traits: Readonly<Record<string, unknown>>;
    /** Where each key's value comes from; a key that `traits` lacks was removed there. */
    origins: Readonly<Record<string, TraitOrigin>>;
    /** What identifiers say themselves and the profile does not show, ascending by ledger row: a split would bring it out. */
    otherTraits: readonly (TraitOrigin & { readonly key: string; readonly value: Json })[];
    identifiers: readonly string[];
    /** Those of them that are known. */
    knownIdentifiers: readonly string[];
  }[];
  /** Identifiers that were canonical once and are no longer: their identity rows are deleted. */
  readonly retired: readonly string[];
  readonly links: readonly Link[];
  readonly separations: readonly Separation[];
  /** These changes bring a projection up to here. */
  readonly seq: Seq;
}

export interface ErasureRequest {
  /** Of the receipt; random. */
  readonly id: string;
  readonly now: Millis;
  readonly source: Source;
  /** For the receipt: what the caller found, and removes afterwards. */
  readonly events: number;
  readonly deadLetters: number;
  /** Count, write nothing. */
  readonly dryRun: boolean;
}

/** What an erasure still has to remove outside of the identity store. */
export interface PendingErasure {
  /** The ledger row of the erasure, and its time. */
  readonly seq: Seq;
  readonly time: Millis;
  readonly distinctIds: readonly string[];
  /** Identifiers of others that have no row any more, because only what was erased spoke of them: alone from now on. */
  readonly strays: readonly string[];
  /** Links that are gone. */
  readonly links: readonly Seq[];
}

/** All that names one identifier. */
export interface Recorded {
  readonly traits: readonly TraitWrite[];
  /** Of any status. */
  readonly links: readonly Link[];
  /** Lifted ones included. */
  readonly separations: readonly Separation[];
  /** Ledger rows that bear on it, ascending. */
  readonly rows: readonly Seq[];
}

/** Reads of one identity or two that say all of them. An SQL store takes them from `createReads`, over a working set. */
export interface IdentityReads {
  /** With `asOf`, as of that ledger row. */
  profile(environment: string, distinctId: string, page: ProfilePage, asOf?: Seq): Promise<IdentityProfile>;

  /** Every value ever set for a key on an identifier of the identity, newest effective time first. */
  traitHistory(
    environment: string,
    distinctId: string,
    key: string,
    page: TraitHistoryPage,
  ): Promise<(TraitWrite & { readonly distinctId: string })[]>;

  /** A shortest path of active links from a to b (empty when there is none), and what stands between their identities. */
  explain(environment: string, a: string, b: string): Promise<Explanation>;

  /** All that is recorded of the identifier, for subject access. */
  recorded(environment: string, distinctId: string): Promise<Recorded>;
}

/**
 * The transactional side: the ledger and the state it folds to, one total order per environment.
 * Adapters: memory (reference), SQLite; PostgreSQL behind the same interface.
 */
export interface IdentityStore extends IdentityReads {
  /** Creates what is missing; a changed `settings` is recorded as a ledger fact. */
  prepare(environment: string, settings: Settings, now: Millis): Promise<EnvironmentInfo>;
  environment(environment: string): Promise<EnvironmentInfo>;
  /** Those ever prepared, oldest first. */
  environments(): Promise<string[]>;

  /**
   * Judges the operations in order against the components they touch, and writes ledger rows and state in one transaction.
   * `now` is the received time; the store raises it to the ledger's last when it lies before. When the promise resolves,
   * everything is durable; when it rejects, nothing was written. With `dryRun`, nothing is ever written.
   */
  commit(environment: string, operations: readonly Operation[], now: Millis, options?: CommitOptions): Promise<Commit>;

  /** null where this process is the only one that writes. */
  readonly shared: SharedLedger | null;

  /** Writes a little, durably, that changes nothing; rejects as a commit would. */
  tryWrite(): Promise<void>;

  /** One entry per id asked for, and the seq they are true at; with `asOf`, as of that ledger row. */
  resolve(
    environment: string,
    distinctIds: readonly string[],
    asOf?: Seq,
  ): Promise<{ seq: Seq; resolved: Map<string, Resolved> }>;

  /** Those of the identifiers that are known themselves, whoever else their identity holds. */
  known(environment: string, distinctIds: readonly string[]): Promise<ReadonlySet<string>>;

  /**
   * The ledger's rows that bear on whoever is of the identity, or ever was: those that name them, whatever the verdict, and those that changed what
   * is recorded of them. Whoever was taken away counts up to the row that did it.
   */
  history(environment: string, distinctId: string, page: HistoryPage): Promise<Fact[]>;

  /** Ledger rows after `after`, ascending, at most `limit`. */
  ledger(environment: string, after: Seq, limit: number): Promise<Fact[]>;

  /** What a projection at `after` lacks. Bounded by about `limit` rows of ledger, and of what they changed; call again until `seq` is the head. */
  changes(environment: string, after: Seq, limit: number): Promise<Changes>;

  /** The distinct_id that has this node id, when it has a row. */
  byNodeId(environment: string, nodeId: string): Promise<string | null>;

  /** The link of this name, or null. */
  link(environment: string, seq: Seq): Promise<Link | null>;

  /** Links that wait in this status, newest first, below `before`. One that is held leaves the queue while its sides are one identity. */
  waiting(
    environment: string,
    status: 'held' | 'refused',
    page: { before: Seq | null; limit: number },
  ): Promise<Link[]>;

  /** Separations in force, newest first: those of an environment, or of one person, whichever of her identifiers they name. */
  separations(environment: string, distinctId: string | null, page: SeparationPage): Promise<Separation[]>;

  /** How many links that a publishable key of this name sent wait in the queue of held ones. */
  heldBy(environment: string, key: string): Promise<number>;

  /**
   * Seqs of the rows that a revert of this scope names (its evidence, nothing of what steered), in groups of about `rowsMax`.
   * Rows that bear on one identity are in one group: a revert that goes group by group is as exact as one that goes at once.
   */
  rowsOf(environment: string, scope: RevertOperation['scope'], rowsMax: number): Promise<Seq[][]>;

  /**
   * Adds how often the links of these names were sent again, whichever node says so first. Best effort, outside the ledger: where the connection
   * to the store is lost over it, they may be added twice.
   */
  addRepeats(environment: string, repeats: ReadonlyMap<Seq, { count: number; lastTime: Millis }>): Promise<void>;
  /** Of those ever repeated. */
  repeats(environment: string, seqs: readonly Seq[]): Promise<Map<Seq, { count: number; lastTime: Millis }>>;

  /** Every identifier of the identity, ascending, with `asOf` as of that ledger row; the id itself when it has no row. */
  members(environment: string, distinctId: string, asOf?: Seq): Promise<string[]>;

  /** The last ledger row received at or before a time; 0 when there is none. */
  seqAt(environment: string, time: Millis): Promise<Seq>;

  /** Whether the identifier has a row: it was identified, linked, given traits or separated. */
  has(environment: string, distinctId: string): Promise<boolean>;

  /**
   * Erases every identifier of an identity: rewrites the ledger's rows that name one (see core's erasure.ts), so that the state is
   * its fold again, and adds the row that says so. One transaction, `pendingErasures` included. The same strings are strangers at once.
   */
  erase(environment: string, distinctId: string, request: ErasureRequest): Promise<EraseFact>;
  /** Erasures whose rest has not been reported as done, oldest first. */
  pendingErasures(environment: string): Promise<PendingErasure[]>;
  /** The rest is done: forgets the ids, and leaves nothing of them in the store's files. */
  finishErasures(environment: string, seqs: readonly Seq[]): Promise<void>;

  /**
   * Identities that active facts hold, the one that changed last first, after a place. Bounded: there may be fewer than `limit` on a page, or
   * none, that has a `next`.
   */
  recent(
    environment: string,
    page: { readonly after: RecentPlace | null; readonly limit: number },
  ): Promise<{ identities: RecentIdentity[]; next: RecentPlace | null }>;

  /** Identifiers with a row, from this text on, ascending as bytes compare: those that begin with it come first, if it is the whole of what they begin with. */
  identifiersFrom(environment: string, text: string, limit: number): Promise<string[]>;

  /** Sets which traits people are found by, from now on and by what was said before. To be called once an environment is prepared. */
  match(environment: string, keys: readonly string[]): Promise<void>;

  /**
   * Identifiers that say of themselves, in such a trait, what begins with the text; that is in lower case, without space around it, as values
   * are compared. Their profile may show what another identifier says. Bounded: of each key, as many values are looked at as fit `limit` with room
   * for some that no longer stand; `isAll` when there were no more.
   */
  byTrait(environment: string, text: string, limit: number): Promise<{ matches: TraitMatch[]; isAll: boolean }>;

  /** The identities with the most identifiers among those changed after a ledger row, largest first. */
  largest(
    environment: string,
    options: { changedAfter: Seq; limit: number },
  ): Promise<{ canonicalId: string; size: number }[]>;

  /** A copy to try things on, as of some moment of the call, other work going on; not durable. Whoever closes it leaves nothing of it. */
  scratch(): Promise<IdentityStore>;

  close(): Promise<void>;
}
