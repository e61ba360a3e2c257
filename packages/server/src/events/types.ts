import type { Seq } from '@onym/core';
import type { QueryParameters } from './query-parameters.ts';
import type { QueryStats } from './query-tally.ts';

/** One event as the journal holds it and the event store takes it. Times are epoch milliseconds. */
export interface StoredEvent {
  /** Lower-case UUID. */
  uuid: string;
  /** What order and queries go by. */
  timestamp: number;
  /** What the client said, where that lies too far ahead of its receipt to go by. */
  client_timestamp: number | null;
  received_at: number;
  event: string;
  /** JSON text of an object, with every digit as it was sent. */
  properties: string;
  /** Whether the event store's JSON type would not give the properties back as they are (isLossy). */
  lossy: boolean;
  /** The identifier the event is attributed to. */
  distinct_id: string;
  anonymous_id: string | null;
  device_id: string | null;
  session_id: string | null;
}

/** What an event is found again by when it was sent twice. */
export type SentEvent = Pick<
  StoredEvent,
  'uuid' | 'distinct_id' | 'event' | 'timestamp' | 'client_timestamp' | 'received_at'
>;

/** An event as the event store gives it back. */
export type TimelineEvent = Omit<StoredEvent, 'lossy'>;

/** An identifier as of `version`. `identity_id` is the node id of its identity's canonical id of that moment. */
export interface IdentifierRow {
  node_id: string;
  distinct_id: string;
  identity_id: string;
  /** Whose node id `identity_id` is. */
  canonical_id: string;
  known: boolean;
  /** Ledger row of the first identify that named it and stands; 0 without one. */
  identified_seq: Seq;
  /** Epoch milliseconds; null hides the row from the view `identifiers`: no active fact names it, only the map needs it. */
  first_seen: number | null;
  /** Ledger seq the row is true at; the greatest wins. */
  version: Seq;
}

/** A profile as of `version`; `deleted` once no identity has this identity_id any more. */
export interface IdentityRow {
  identity_id: string;
  canonical_id: string;
  known: boolean;
  /** A JSON object, serialised. */
  traits: string;
  /** Likewise: of each key, where its value comes from. */
  trait_origins: string;
  /** A JSON array: what identifiers say themselves and the profile does not show. */
  other_traits: string;
  identifiers: readonly string[];
  known_identifiers: readonly string[];
  created_at: number;
  version: Seq;
  deleted: boolean;
}

export interface LinkRow {
  seq: Seq;
  kind: string;
  primary_id: string;
  secondary_id: string;
  status: string;
  reason: string | null;
  time: number;
  key: string | null;
  lib: string | null;
  batch: string | null;
  rule: string;
  effective_time: number;
  waived: readonly string[];
  /** True when a publishable key sent it. */
  public: boolean;
  version: Seq;
}

/** Two identifiers that must not be one person, smaller first, since ledger row `seq`. */
export interface SeparationRow {
  distinct_id: string;
  separated_from: string;
  seq: Seq;
  lifted: boolean;
  version: Seq;
}

/** What changed in the identity store since the last projection, ready to be written. */
export interface Projection {
  identifiers: readonly IdentifierRow[];
  identities: readonly IdentityRow[];
  links: readonly LinkRow[];
  separations: readonly SeparationRow[];
  /** The ledger seq that is projected once these rows are written. */
  seq: Seq;
  /** True when another projection follows at once: only the last of them need be visible to queries. */
  more?: boolean;
}

/** Seqs of the ledger. */
export interface Progress {
  /** The rows of the projection are there up to here, not all of them shown: the next projection goes on from it. */
  readonly written: Seq;
  /** Every query that begins now sees them up to here, on every node. */
  readonly projected: Seq;
  /** Of the last erasure that was made here, whole or not; 0 as well where the only process has made none since it started. */
  readonly erased: Seq;
}

/** What is laid over the events when they are queried, and not folded into them yet. */
export interface Pending {
  /** Identifiers whose identity it is; one that changed again counts again. */
  readonly identifiers: number;
  /** Something is there to be folded or dropped. */
  readonly isAny: boolean;
  /** How long ago some were last folded; null where none were, in this process where it is the only one. */
  readonly foldedAgoMs: number | null;
}

export interface CompactionOptions {
  /** Resolves when every read of events has ended, on any node, that was under way when it was called. */
  readonly readsSettled: () => Promise<void>;
  /** Aborted where others may compact by now: it goes no further, though that would do no harm. */
  readonly lost?: AbortSignal | undefined;
}

export interface EventErasure {
  distinctIds: readonly string[];
  /** Names of their links. */
  links: readonly Seq[];
  /** Ledger row of the erasure, and its time: what was projected or received later is of strangers who have the same ids. */
  seq: Seq;
  receivedUpTo: number;
}

export interface EventCounts {
  event_count: number;
  /** Epoch milliseconds, null when there is no event. */
  first_seen: number | null;
  last_seen: number | null;
}

export interface SeenIdentifiers {
  readonly distinctIds: readonly string[];
  /** Whether these are all there are. */
  readonly isAll: boolean;
}

/** A place in a timeline. The same uuid may have been sent for two identifiers of a person. */
export interface TimelinePlace {
  readonly timestamp: number;
  readonly uuid: string;
  readonly distinct_id: string;
}

export type ExportTable = 'events' | 'identities' | 'identifiers' | 'links' | 'separations';
export type ExportFormat = 'ndjson' | 'csv' | 'parquet';

export interface QueryOptions {
  /** ClickHouse format name that the route mapped from `json`, `ndjson`, `csv`, `parquet`, `arrow`. */
  format: 'JSON' | 'JSONEachRow' | 'CSVWithNames' | 'Parquet' | 'ArrowStream';
  /** Values for the `{name:Type}` of the statement. */
  parameters?: QueryParameters;
  /** Name of whoever asks: turns are shared out among them. */
  key?: string;
  signal?: AbortSignal;
}

/** The bytes of an answer, whole before the first of them is read. */
export interface QueryResult extends AsyncIterable<Uint8Array> {
  /** How many they are. */
  readonly size: number;
}

export interface ExpiredYear {
  readonly year: number;
  readonly events: number;
  /** Nothing of the year is left. */
  readonly whole: boolean;
}

export interface DamagedPart {
  readonly table: string;
  readonly name: string;
  /** Where its files are now. */
  readonly path: string;
}

/** The events of an environment as files that nobody changes. */
export interface FrozenEvents {
  /** Directories of files, in no order, each with a name of its own. What is in one never changes under the same name. */
  readonly parts: readonly { readonly name: string; readonly path: string }[];
  /** The newest migration that the tables have had. */
  readonly migration: number;
}

/** A place among all events, in the order in which they are read raw. */
export interface RawPlace {
  readonly timestamp: number;
  readonly event: string;
  readonly node_id: string;
  readonly uuid: string;
  readonly distinct_id: string;
}

export interface RawRange {
  /** Exclusive; null for the beginning. */
  readonly after: RawPlace | null;
  /** Inclusive. Null for as much as fits the bounds, which count only then; it may be a little more. */
  readonly upTo: RawPlace | null;
  readonly rowsMax: number;
  readonly bytesMax: number;
}

export interface RawRows {
  /** As `insertEvents` takes them, bound at seq 0 of the map. */
  readonly ndjson: Buffer;
  readonly rows: number;
  /** Of the last of them. No row up to it is left out. */
  readonly last: RawPlace;
}

/**
 * The columnar side: events, and the projection of the identity store that queries see beside them.
 * One adapter, on `@clickhouse/client`; embedded over chDB, or a server by URL.
 * Environments are addressed by name (`production`); the store knows their databases.
 */
export interface EventStore {
  /** Creates or migrates the databases of an environment. Safe to call twice and from two processes. */
  prepare(environment: string): Promise<void>;

  /**
   * Inserts newline-delimited JSON rows (the columns of `events` including node_id and identity_id), exactly once per token:
   * the same token again is a no-op, also after a crash in between. Rows keep below one insert block.
   */
  insertEvents(environment: string, ndjson: Buffer, token: string): Promise<void>;

  /** How far the projection has come, on whatever node; zeros when it never ran. */
  progress(environment: string): Promise<Progress>;
  /** `progress`, as far as queries see it. */
  projectedSeq(environment: string): Promise<Seq>;

  /** What is laid over the events when they are queried, and not folded into them yet. */
  pending(environment: string): Promise<Pending>;

  /** Events in the store, whoever's. Cheap. */
  eventCount(environment: string): Promise<number>;

  /** Forgets the projection, in the events too, and what of it was damaged: for a ledger that is not the one it was made from. */
  resetProjection(environment: string): Promise<void>;

  /**
   * Writes a projection and makes it visible to the next query, the overlay of `events` included. Idempotent: rows are versioned,
   * and the same or an older projection written again changes nothing.
   */
  project(environment: string, projection: Projection): Promise<void>;

  /**
   * Folds pending map rows into the events. A map row leaves the overlay only when every drain still under way had read the
   * map at or after it: `safeSeq` is the least seq registered by a drain under way, or the projected seq when there is none.
   * Never needed for correctness; broken off at any point, the next call goes on from there, on whatever node. Without `readsSettled` it waits
   * for the reads of this process. Resolves to the number of identifiers folded.
   */
  compact(environment: string, safeSeq: Seq, among?: Partial<CompactionOptions>): Promise<number>;

  /** Resolves when all reads of events have ended that are under way in this process: queries, exports, timelines and counts. */
  readsUnderWay(): Promise<void>;
  /** Epoch milliseconds at which the oldest of those began; null when there is none. */
  oldestReadStartedAt(): number | null;

  /** Events of these nodes, however many, newest first: by (timestamp, uuid, distinct_id) descending. `before` is exclusive. */
  timeline(
    environment: string,
    nodeIds: readonly string[],
    options: { before: TimelinePlace | null; limit: number },
  ): Promise<TimelineEvent[]>;

  /** Of all events of these nodes, however many. */
  counts(environment: string, nodeIds: readonly string[]): Promise<EventCounts>;

  /** The same of each of these nodes, however many they are; those without any are left out. */
  countEach(environment: string, nodeIds: readonly string[]): Promise<ReadonlyMap<string, EventCounts>>;

  /** Identifiers of the projection and of events that hold a text, whatever the case, in no order. Bounded in time. */
  identifiersWith(environment: string, text: string, limit: number): Promise<SeenIdentifiers>;

  /**
   * Which of these the store has already, as far as it can be found without reading everything: an event that carries a time of its client,
   * by that time, however old; one that counts by its receipt, where the other's is at most a day away. Of either, as the same event of the
   * same identifier.
   */
  findSent(environment: string, events: readonly SentEvent[]): Promise<{ uuid: string; distinct_id: string }[]>;

  /** uuids with their distinct_id of the most recently received events, newest first: refills the idempotence window. */
  recentUuids(environment: string, limit: number): Promise<{ uuid: string; distinct_id: string }[]>;

  /** node_id → identity_id of every identifier projected, for `onym verify`; paged by node_id. */
  readMap(environment: string, after: string | null, limit: number): Promise<IdentifierRow[]>;

  /**
   * A user's read-only SQL (docs/sql.md), bounded in time, memory and rows. Throws OnymError `payload-too-large` (413) for a statement
   * that is too long, `query-refused` (403) for one the guard rejects, `query-failed` (400) for one that is
   * wrong, `query-too-expensive` (422) beyond a limit, `invalid-payload` (400) for parameters that do not fit, `too-many-requests` (429),
   * `overloaded` and `storage-full` (503). Resolves once the query has ended well.
   */
  query(environment: string, sql: string, options: QueryOptions): Promise<QueryResult>;

  /** What became of the queries so far, and how many run and wait. */
  queryStats(): QueryStats;

  /** A whole table, streamed, whatever its size. */
  exportTable(environment: string, what: ExportTable, format: ExportFormat): Promise<AsyncIterable<Uint8Array>>;

  /**
   * Deletes the events of these identifiers for good (the parts are rewritten, once for all of them), what the projection holds of them, and their mention in
   * events of others. Project up to `seq` first, and drain the journal. Resolves to the number of events deleted.
   */
  erase(environment: string, erasures: readonly EventErasure[]): Promise<number>;

  /** Deletes, or counts, the events whose own time is before a moment. Identities stay. Resolves to what went, by year. */
  expire(
    environment: string,
    options: { readonly before: number; readonly dryRun: boolean },
  ): Promise<readonly ExpiredYear[]>;

  /** Events as they lie there, every column exact, in an order that stays the same: to be put into another event store. Null for none. */
  rawRows(environment: string, range: RawRange): Promise<RawRows | null>;
  /** How many events there are, and a digest of what they hold but for their properties, which their order does not change. */
  tally(environment: string): Promise<{ readonly events: number; readonly digest: string }>;

  /** How many events there are. */
  size(environment: string): Promise<number>;
  /** What the engine found damaged when it opened its files, and goes on without. */
  damaged(environment: string): Promise<readonly DamagedPart[]>;
  /** The names of parts of the events that can't be read; reads all of them. They stay in use, unless they are to be left out. */
  unreadable(environment: string, options: { readonly leaveOut: boolean }): Promise<readonly string[]>;

  /** The events of these environments as they are now: at once, and without copying. They stay until they are thawed. */
  freeze(environments: readonly string[]): Promise<ReadonlyMap<string, FrozenEvents>>;
  /** Gives back what freezing holds on the disk. */
  thaw(): Promise<void>;
  close(): Promise<void>;
}
