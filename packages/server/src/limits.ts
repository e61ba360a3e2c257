/**
 * Every limit of the server, by name. Units come last in the names. Beyond a limit the caller gets a clear answer
 * (413, 422, 429 or 503 with Retry-After), never a slow death.
 */
export const limits = {
  /** A request body as it arrives, and after gunzip. */
  bodyBytesMax: 20 * 1024 * 1024,
  /** Nesting of a JSON body; deeper ones are `invalid-payload`. */
  jsonDepthMax: 32,
  /** Items in an ingestion array. */
  itemsPerRequestMax: 1_000,
  distinctIdBytesMax: 512,
  eventNameBytesMax: 512,
  /** One event's properties, or one call's traits, serialised. */
  propertiesBytesMax: 256 * 1024,
  /** How far ahead of its receipt an event counts; one that says more counts as this far, and keeps what it said beside it. */
  clockAheadMaxMs: 5 * 60_000,
  traitKeyBytesMax: 512,
  traitsPerCallMax: 500,
  /** Unknown names of one object that are compared with the known ones; those beyond are only counted. */
  unknownNamesJudgedMax: 50,
  /** Ids in one `POST /v1/resolve`. */
  resolveIdsMax: 10_000,
  /** Ids taken out of their identity in one `POST /v1/split`. */
  splitIdsMax: 10_000,
  /** A pattern of the settings, in characters; and how many a setting has. */
  patternLengthMax: 1_000,
  patternsMax: 100,
  pageSizeDefault: 100,
  pageSizeMax: 1_000,
  /** Held links of one page: each is shown with its blast radius. */
  reviewPageSizeMax: 100,
  /** Identity operations waiting for a commit, per environment; beyond: 503. */
  waitingOperationsMax: 20_000,
  /** Operations decided in one transaction. */
  operationsPerCommitMax: 500,
  /** Calls remembered as changing nothing. */
  decidedCallsMax: 200_000,
  /** Events waiting for the journal's next group; beyond: 503. */
  waitingEventsMax: 100_000,
  /** Undrained bytes in the journal; beyond: 503. */
  journalBytesMax: 2 * 1024 * 1024 * 1024,
  /** One journal row, and one insert into the event store. */
  drainRowsMax: 50_000,
  drainBytesMax: 64 * 1024 * 1024,
  /** Queries that may wait for a reader, and how long, before the caller is asked to come back. */
  waitingQueriesMax: 32,
  queryWaitMaxMs: 5_000,
  /** Most recent event uuids remembered for idempotence, per environment. */
  uuidWindowEvents: 1_000_000,
  /** Identities, identifiers and traits that a blast radius lists; its counts are exact. */
  blastRadiusListedMax: 100,
  /** Node ids in one read of events; a larger identity is read in parts. */
  nodesPerReadMax: 10_000,
  /** Rows that one ledger row of a revert takes back, but for an identity that has more of its own. */
  revertRowsPerCommit: 500,
  /** Refused links looked at for one page of conflicts. */
  conflictLinksPerPage: 5_000,
  /** A file to import, decompressed; one of its rows; and, decoded, one row group of a Parquet file. */
  importBytesMax: 16 * 1024 * 1024 * 1024,
  importRowBytesMax: 4 * 1024 * 1024,
  importRowGroupBytesMax: 512 * 1024 * 1024,
  concurrentImportsMax: 2,
  /** Identifiers that an import of links remembers to have made known; one that is forgotten is only said again. */
  importIdentifiedMax: 1_000_000,
  /** How much of a file is read before what it says is applied. */
  importChunkBytesMax: 16 * 1024 * 1024,
  /** How much of a file is looked at before its first row is applied, and how much of that is kept. */
  importSurveyBytesMax: 64 * 1024 * 1024,
  importSampleBytesMax: 16 * 1024 * 1024,
  importSampleRowsMax: 2_000,
  /** Different columns of a file that are told apart, and those without a meaning that are named. */
  importColumnsMax: 10_000,
  importColumnsListedMax: 50,
  /** People whose latest traits an import remembers, so as not to repeat what a vendor's file repeats with every event. */
  importPersonsRememberedMax: 20_000,
  /** People of a file that has a row for each of their ids. */
  importPersonsMax: 1_000_000,
  /** Rejected rows that a single answer lists; a streamed one has all of them. */
  importRejectionsListedMax: 1_000,
  /** Rejected items kept, the newest; and how much of each. */
  deadLettersMax: 100_000,
  deadLetterCharactersMax: 16_384,
  waitingDeadLettersMax: 10_000,
  /** Ledger rows projected in one step. */
  projectionRowsMax: 20_000,
  sqlBytesMax: 64 * 1024,
  queryDurationMaxMs: 30_000,
  queryMemoryBytesMax: 4 * 1024 * 1024 * 1024,
  queryRowsMax: 1_000_000,
  queryResultBytesMax: 512 * 1024 * 1024,
  /** Results that clients have not fetched yet, in files; one more large result than fits: 503. */
  heldResultBytesMax: 4 * 1024 * 1024 * 1024,
  concurrentQueriesMax: 4,
  concurrentStreamsMax: 100,
  /** SQLite opens paths of up to 512 bytes, and what lies in the data directory needs some of them. */
  dataDirectoryPathBytesMax: 440,
  /** Time a stopping server gives to calls and drains under way. */
  shutdownMaxMs: 20_000,
} as const;
