import type {
  AliasOperation,
  EraseFact,
  Fact,
  IdentifyOperation,
  Json,
  Millis,
  Operation,
  OperationError,
  Seq,
  Settings,
  Source,
  TrackOperation,
  TraitWrite,
} from '@onym/core';
import type { PersonPart } from '../erasure/person.ts';
import type { ErrorCode } from '../errors.ts';
import type { EventCounts, EventStore, QueryOptions, StoredEvent } from '../events/types.ts';
import type { Committed, IdentityProfile, IdentityStore, Resolved } from '../identity/types.ts';
import type { Imports } from '../import/imports.ts';
import type { Lint } from '../lint/lint.ts';
import type { Steering } from '../steering/types.ts';

/**
 * What the routes need from the rest of the server. Every promise may reject with an OnymError; its code and Retry-After go to
 * the caller as they are. Routes ask only for environments that `environments()` names.
 */
export interface Services {
  environments(): readonly string[];
  /** In force now; called for each item, so it must be a look-up in memory. */
  settings(environment: string): Settings;
  readonly ingest: IngestServices;
  readonly steering: Steering;
  readonly lint: Pick<Lint, 'report'>;
  readonly people: PeopleServices;
  /** Notes rejected items; must neither throw nor wait. What to do beyond a limit (drop, count) is the implementer's. */
  deadLetter(letters: readonly DeadLetter[]): void;

  /** One entry per distinct id asked for. */
  resolve(environment: string, distinctIds: readonly string[], at: At): Promise<ReadonlyMap<string, Resolved>>;
  /** null when neither store has met the identifier. */
  identity(environment: string, name: IdentityName, page: IdentityPage): Promise<IdentityView | null>;
  /** The identity's events, newest first, `before` exclusive; null when the identity does not exist. */
  timeline(
    environment: string,
    name: IdentityName,
    page: { readonly before: { readonly timestamp: Millis; readonly uuid: string } | null; readonly limit: number },
  ): Promise<Timeline | null>;
  /** Newest effective time first; empty for a key never set, null when the identity does not exist. */
  traitHistory(
    environment: string,
    name: IdentityName,
    key: string,
    page: { readonly after: { readonly effectiveTime: Millis; readonly seq: Seq } | null; readonly limit: number },
  ): Promise<readonly (TraitWrite & { readonly distinctId: string })[] | null>;
  explain: IdentityStore['explain'];

  /** Ledger rows after `after`, ascending, at most `limit`. */
  ledgerPage(environment: string, after: Seq, limit: number): Promise<readonly Fact[]>;
  /** Calls `listener` after rows were added (once for several is fine; early calls do no harm). Returns how to stop. */
  onLedger(environment: string, listener: () => void): () => void;

  query(environment: string, sql: string, options: QueryOptions): Promise<AsyncIterable<Uint8Array>>;
  /** A whole table, all that was acknowledged before in it. */
  exportTable: EventStore['exportTable'];
  readonly imports: Pick<Imports, 'run'>;
  /** True once calls are accepted, until shutdown begins. */
  ready(): boolean;
}

export interface PeopleServices {
  /** null when neither store has met the identifier. */
  erase(
    environment: string,
    name: IdentityName,
    options: { readonly dryRun: boolean; readonly source: Source },
  ): Promise<EraseFact | null>;
  /** All that is held of the identity; null when neither store has met the identifier. */
  export(environment: string, name: IdentityName): Promise<AsyncIterable<PersonPart> | null>;
}

export interface IngestServices {
  /** One answer per operation, in order, once all are durable. */
  identify(environment: string, operations: readonly IdentifyOperation[], options: IngestOptions): Promise<Answer[]>;
  alias(environment: string, operations: readonly AliasOperation[], options: IngestOptions): Promise<Answer[]>;
  /** Calls of several kinds, in their order, as one; of a file, for instance. */
  operations(environment: string, operations: readonly Operation[], options: IngestOptions): Promise<Answer[]>;
  /** One answer per item, in order, once events and evidence are durable. */
  track(environment: string, items: readonly TrackItem[], options: { readonly sync: boolean }): Promise<TrackAnswer[]>;
}

export interface IngestOptions {
  /** Judge, write nothing. */
  readonly dryRun: boolean;
  /** Resolve only once the next query of anyone sees the call. */
  readonly sync: boolean;
}

/** `blastRadius`: of a dry run, as it goes over the wire. */
export type Answer = (Committed & { readonly blastRadius?: Json }) | OperationError;

export interface TrackItem {
  readonly event: StoredEvent;
  /** True when the client named the event (`uuid` or `message_id`): the same one for the same distinct_id counts once. */
  readonly explicitUuid: boolean;
  /** To be committed before the event is journaled. */
  readonly evidence: TrackOperation | null;
  /** True when one of the ids is reserved: to be counted. */
  readonly reserved: boolean;
  readonly source: Source;
}

export interface TrackAnswer {
  /** Of the event: `unchanged` when its uuid was seen before. */
  readonly verdict: 'applied' | 'unchanged';
  /** Of the link evidence; null when the item had none. */
  readonly link: Committed | null;
}

export interface DeadLetter {
  readonly call: 'track' | 'identify' | 'alias';
  /** As the item named it; null when it named none that exists. */
  readonly environment: string | null;
  /** Name of the key that sent it. */
  readonly key: string;
  readonly receivedAt: Millis;
  readonly errorCode: ErrorCode;
  readonly message: string;
  /** The item as JSON text, cut where it is very long. */
  readonly item: string;
}

/** The moment a read is true at: both null for now; at most one is set. `asOf` is a received time. */
export interface At {
  readonly asOf: Millis | null;
  readonly asOfSeq: Seq | null;
}

/** The `:id` of a path. With `by` null, a UUID is read first as a node id, then as a distinct_id. */
export interface IdentityName {
  readonly id: string;
  readonly by: 'distinct_id' | 'identity_id' | null;
}

export interface IdentityPage extends At {
  readonly identifiersAfter: string | null;
  readonly linksAfter: Seq;
  readonly limit: number;
}

export interface Timeline {
  readonly canonicalId: string;
  readonly events: readonly StoredEvent[];
}

export interface IdentityView {
  /** Of the page asked for. */
  readonly profile: IdentityProfile;
  readonly counts: EventCounts;
}
