export type Settings = Record<string, string | number>;

export type EngineOptions =
  /** chDB, embedded; everything lies below `path`. One path per process. */
  | { path: string }
  /** A ClickHouse server; `cluster` makes the tables replicated. Users' SQL runs as the (read-only) user of `readerUrl`. */
  | { url: string; readerUrl?: string; cluster?: string };

/** What differs between the embedded engine, a server and a cluster in DDL. */
export interface Dialect {
  readonly onCluster: string;
  mergeTree(family: 'MergeTree' | 'ReplacingMergeTree', args?: string): string;
  /** The engine of a table that `prepare` fills again: memory where one process owns the data. */
  readonly scratch: string;
}

/** A connection for untrusted SQL only. One query at a time. */
export interface Reader {
  /** Writes the result into `file`, which must not exist yet. Never settles before the engine is done with the query. */
  write(database: string, sql: string, format: string, file: string): Promise<void>;
  close(): Promise<void>;
}

/**
 * Connections to the engine. Settings are never passed per query: over chDB they become `SET`s that stick to the connection
 * (a deduplication token leaked this way drops the next insert). They stand in the statement, or are set once at connect.
 *
 * No statement sees anything of another, however that one ended: see engine/connection-pool.ts.
 */
export interface Engine {
  readonly dialect: Dialect;
  /** True where no other process reads or writes the data. */
  readonly exclusive: boolean;
  /** A directory of this process's own, for files that need not outlive it. */
  readonly scratchDirectory: string;
  command(sql: string): Promise<void>;
  rows<Row>(sql: string): Promise<Row[]>;
  /** A result of one column of text, one line a row, newlines within escaped. For statements that take a FORMAT for their own. */
  lines(sql: string): Promise<string[]>;
  /** A result of any size in a text format that has no header, in chunks. */
  stream(sql: string, format: 'TSVRaw' | 'CSV'): AsyncIterable<Uint8Array>;
  /** A result of any size as one Parquet file, by way of the disk where the engine gives it out no other way. */
  parquet(sql: string, rowGroupRows: number): AsyncIterable<Uint8Array>;
  /** Inserts a body of newline-delimited JSON. */
  insertRaw(table: string, body: Buffer, settings: Settings): Promise<void>;
  openReader(settings: Settings): Promise<Reader>;
  /** Readers beyond these would leave no thread for the engine's own work, the killing of a query included. */
  readonly readersMax: number;
  close(): Promise<void>;
}

export const literal = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
