/**
 * Every limit of the server, by name: of queues, batches, bodies, pages, lists, caches and histories, and of what may be waited for. Units
 * come last in the names. Beyond a limit the caller gets a clear answer (413, 422, 429 or 503 with Retry-After), never a slow death; what a
 * cache or a history has no room for is told again, or counted. How a part goes about its work within these (how much it reads at a time,
 * how often it looks, when it tries again) stands in its own file.
 */
export const limits = {
  /** A request body as it arrives, and after gunzip. */
  bodyBytesMax: 20 * 1024 * 1024,
  /** A request's line and headers; and those that a browser asks in advance to send. A page with tracing asks for some hundred bytes. */
  headerBytesMax: 16 * 1024,
  preflightHeadersLengthMax: 4_096,
  /** From a request's first byte to its last; and between two requests on one connection, above the 60 s of common proxies. */
  requestMaxMs: 60_000,
  connectionIdleMaxMs: 72_000,
  /** Nesting of an item of a JSON body; and of a body as a whole, beyond which no item of it is looked at. */
  jsonDepthMax: 32,
  bodyDepthMax: 1_000,
  /** Characters of an integer that is kept with every digit; one beyond is beyond any double, and becomes infinite. */
  integerLengthMax: 1_024,
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
  /** Unknown names of one object that are compared with the known ones; those beyond, and longer ones, are only counted. */
  unknownNamesJudgedMax: 50,
  unknownNameJudgedLengthMax: 64,
  /** Names remembered with what they were judged to be; beyond it all are judged anew. Clients send the same few. */
  judgedNamesMax: 1_000,
  /** Ids in one `POST /v1/resolve`. */
  resolveIdsMax: 10_000,
  /** Ids of people in one `POST /v1/erasures`. */
  erasedIdsMax: 10_000,
  /** Ids taken out of their identity in one `POST /v1/split`. */
  splitIdsMax: 10_000,
  /** What is searched for; how long one scan of the event store goes on for it; and searches that may wait for their turn at that. */
  searchBytesMax: 512,
  searchPageSizeMax: 100,
  searchPageSizeDefault: 20,
  searchScanMaxMs: 500,
  waitingSearchesMax: 16,
  /** Keys of traits whose values people are found by, per environment; and such a value. */
  matchingTraitsMax: 20,
  matchingValueBytesMax: 512,
  /** A pattern of the settings, in characters; and how many a setting has. */
  patternLengthMax: 1_000,
  patternsMax: 100,
  pageSizeDefault: 100,
  pageSizeMax: 1_000,
  /** Rows of the ledger that are looked at for one page of those that a filter lets pass. */
  ledgerRowsPerPage: 10_000,
  /** Components that are looked at for one page of recent identities; and how many it holds: each is shown with its events. */
  recentRowsPerPage: 20_000,
  recentPageSizeMax: 100,
  recentPageSizeDefault: 25,
  /** Held links of one page: each is shown with its blast radius. */
  reviewPageSizeMax: 100,
  /** Identity operations waiting for a commit, per environment; beyond: 503. */
  waitingOperationsMax: 20_000,
  /** Connections of one node to PostgreSQL for its calls, and how long a statement of theirs may take. */
  postgresConnectionsMax: 10,
  postgresStatementMaxMs: 30_000,
  /** Operations of several calls decided in one transaction; one that may set traits counts as two. */
  operationsPerCommitMax: 1_000,
  /** The same where the ledger is shared: while one such is written, the next is judged. */
  operationsPerSharedCommitMax: 500,
  /** Rows of an import decided in one transaction. */
  importChunkRows: 1_000,
  /** Identifiers and links that an environment's commits leave in memory to the next ones: some 40 MB at the most. */
  carriedIdentifiersMax: 50_000,
  /** Calls remembered as changing nothing. */
  decidedCallsMax: 200_000,
  /** Links whose repeats are counted between two writes, per environment; beyond it repeats are not counted, which is all that is lost. */
  repeatedLinksMax: 50_000,
  /** Identifiers whose nodes are remembered, per environment: some 6 MB. Beyond it all are worked out anew. */
  nodeIdsMax: 30_000,
  /** Events waiting for the journal's next group, and their length; beyond: 503. */
  waitingEventsMax: 100_000,
  waitingEventsLengthMax: 64 * 1024 * 1024,
  /** Length of what the journal writes in one transaction, some 40 ms on the disk; more waits for the next turn of the event loop. */
  journalGroupLengthMax: 8 * 1024 * 1024,
  /** Events in one row of the journal, and their length. Reading one back holds up the event loop for some milliseconds at most. */
  journalRowEventsMax: 1_000,
  journalRowLengthMax: 1024 * 1024,
  /** Undrained bytes in the journal; beyond: 503. */
  journalBytesMax: 2 * 1024 * 1024 * 1024,
  /** One insert into the event store. */
  drainRowsMax: 50_000,
  drainBytesMax: 64 * 1024 * 1024,
  /** How long a call waits for the event store to take its events, where that is what acknowledges them; beyond: 503. */
  acknowledgeWaitMaxMs: 10_000,
  /** How long a reader waits for acknowledged events to arrive; beyond: 503. */
  drainWaitMaxMs: 20_000,
  /** How long a ClickHouse server may be silent in the midst of a request; and where it writes rows again, which takes what it takes. */
  eventStoreSilentMaxMs: 60_000,
  eventStoreRewriteMaxMs: 60 * 60_000,
  /** Queries that may wait for a reader, in all and of one key, and how long, before the caller is asked to come back. */
  waitingQueriesMax: 32,
  waitingQueriesPerKeyMax: 16,
  queryWaitMaxMs: 10_000,
  /** Most recent event uuids remembered for idempotence, per environment. */
  uuidWindowEvents: 1_000_000,
  /** Identities, identifiers and traits that a blast radius lists; its counts are exact. */
  blastRadiusListedMax: 100,
  /** Node ids in one read of events; a larger identity is read in parts. */
  nodesPerReadMax: 10_000,
  /** Rows that one ledger row of a revert takes back, but for an identity that has more of its own. */
  revertRowsPerCommit: 500,
  /** Refused links looked at for one page of conflicts; and claimants and links that one conflict lists. */
  conflictLinksPerPage: 5_000,
  conflictClaimantsListedMax: 10,
  conflictLinksListedMax: 5,
  /** Differences that `onym verify` shows. */
  differencesListedMax: 100,
  keyNameBytesMax: 128,
  /** Keys that are not revoked: each node has all in memory. */
  activeKeysMax: 10_000,
  /** Secrets that are known by themselves, without their hash, since they were sent before; beyond: all are hashed again once. */
  knownSecretsMax: 1_000,
  /** How long keys that a node has in memory hold while PostgreSQL, where they are kept, does not answer; beyond: 503. */
  keysWithoutStoreMaxMs: 10 * 60_000,
  /** How long a session lasts, and a token that begins one; the newest of each that one key may have; and the body that asks for one. */
  sessionMaxMs: 8 * 60 * 60_000,
  signInTokenMaxMs: 10 * 60_000,
  sessionsPerKeyMax: 100,
  signInBytesMax: 4_096,
  /** A file to import, decompressed; one of its rows; and, decoded, one row group of a Parquet file. */
  importBytesMax: 16 * 1024 * 1024 * 1024,
  importRowBytesMax: 4 * 1024 * 1024,
  importRowGroupBytesMax: 512 * 1024 * 1024,
  concurrentImportsMax: 2,
  importBatchNameLengthMax: 400,
  /** How often a file may be compressed: a browser may save as `.gz` what a server compressed once more on the way. */
  importCompressionsMax: 2,
  /** What a decoder of Zstandard holds in memory; `zstd --ultra -22` needs as much. */
  importZstdWindowBytesMax: 128 * 1024 * 1024,
  /** How much of a row that can't be read is shown: enough to find it by. */
  importBadRowLengthMax: 500,
  /** Ledger rows of a killed run that are looked up again. More than one chunk: at most the last was applied without being noted. */
  importRecoveredRowsMax: 10_000,
  /** Largest identities that an import lists. */
  importLargestListedMax: 10,
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
  /** Rejected items kept, the newest, and of each key; how much of each; and how many may wait to be written, all and of each key. */
  deadLettersMax: 100_000,
  deadLettersPerKeyMax: 20_000,
  deadLetterCharactersMax: 16_384,
  waitingDeadLettersMax: 10_000,
  waitingDeadLettersPerKeyMax: 5_000,
  /** Rejected items, or quarantined events, that one request takes up again, or names to be discarded. */
  replayedPerRequestMax: 1_000,
  /** What lint keeps per environment: findings, of which the one not seen for longest is dropped, and the newest examples of each. */
  lintFindingsMax: 500,
  lintExamplesMax: 5,
  /** Calls that wait to be looked into by lint, per environment; beyond it they are only counted, as unexamined. */
  lintWaitingCallsMax: 10_000,
  /** What lint remembers to compare with, the most recent, per environment; and users who claim one anonymous id. */
  lintPairsMax: 10_000,
  lintClaimedIdsMax: 10_000,
  lintKnownIdsMax: 10_000,
  lintCrowdedIdentitiesMax: 10_000,
  lintSpellingsMax: 20_000,
  lintClaimantsMax: 20,
  /** Ledger rows projected in one step. */
  projectionRowsMax: 20_000,
  sqlBytesMax: 64 * 1024,
  /** Parameters of one statement, and what they come to as literals. */
  queryParametersMax: 100,
  queryParametersBytesMax: 256 * 1024,
  /** The newest events and profiles that a description of the data looks at, and the keys and names of events it lists. */
  schemaSampleRows: 10_000,
  schemaKeysMax: 500,
  schemaEventsMax: 100,
  /** A text that it gives for an example; and a row that it looks at for one, since each row stands beside each of its keys for a moment. */
  schemaExampleLengthMax: 80,
  schemaExampleRowBytesMax: 4_096,
  /** What an error says of a query, and of that what it repeats of the statement. */
  queryMessageLengthMax: 200,
  queryMessageQuoteLengthMax: 40,
  /** Saved queries of an environment; the name of one; and the columns its chart shows, and their names. */
  savedQueriesMax: 500,
  savedQueryNameBytesMax: 200,
  savedQueryColumnsMax: 20,
  savedQueryColumnLengthMax: 512,
  queryDurationMaxMs: 30_000,
  /** How long a query may take on the reader that is kept for short ones; a longer one begins again on another reader. */
  shortQueryMs: 1_000,
  queryMemoryBytesMax: 4 * 1024 * 1024 * 1024,
  queryRowsMax: 1_000_000,
  queryResultBytesMax: 512 * 1024 * 1024,
  /** Results that clients have not fetched yet, in files; one more large result than fits: 503. */
  heldResultBytesMax: 4 * 1024 * 1024 * 1024,
  /** A pattern in a query, and all of them, in characters: compiling one can't be interrupted. */
  queryPatternLengthMax: 1_000,
  queryPatternsLengthMax: 10_000,
  concurrentQueriesMax: 4,
  /** Exports of whole tables; each is at work for as long as its reader likes, and further ones wait. */
  concurrentExportsMax: 4,
  concurrentStreamsMax: 100,
  /** Calls a second that publishable keys may make, counted over `rateWindowMs`: one key, and one client address. An array is as many calls as it has items. */
  keyRateMax: 5_000,
  addressRateMax: 1_000,
  rateWindowMs: 10_000,
  /** Held links that one publishable key may have waiting for review, per environment; evidence beyond them becomes a dead letter. */
  heldLinksPerKeyMax: 1_000,
  /** Events that a live reader has not taken yet; and, in UTF-16 units, their properties. */
  streamedEventsWaitingMax: 1_000,
  streamedBytesWaitingMax: 4 * 1024 * 1024,
  /** SQLite opens paths of up to 512 bytes, and what lies in the data directory needs some of them. */
  dataDirectoryPathBytesMax: 440,
  /** A SQLite file of up to this size is read through at each start, to see whether it is sound; that takes a second or so. */
  damageReadBytesMax: 256 * 1024 * 1024,
  /** Time a stopping server gives to calls and drains under way. */
  shutdownMaxMs: 20_000,
} as const;
