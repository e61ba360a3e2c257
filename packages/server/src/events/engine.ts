import type { ClickHouseOptions } from '../clickhouse-options.ts';
import type { Databases } from './databases.ts';

export type Settings = Record<string, string | number>;

export type EngineOptions =
  /** chDB, embedded; everything lies below `path`. One path per process. */
  | { path: string }
  /** ClickHouse by URL. Below `path` are results of queries on their way to clients, and nothing that need outlive the process. */
  | {
      path: string;
      server: ClickHouseOptions;
      /** How long it may be silent, where that differs from `limits`. */
      silentMaxMs?: number;
    };

/** What differs in DDL between the embedded engine, a server and a cluster. */
export interface Dialect {
  /**
   * The tables of the events, that which holds the rows first: it is what UPDATE and ALTER name. On a cluster each shard has one of its
   * own, and `events` spreads inserts and reads over them.
   */
  readonly eventTables: readonly ['events'] | readonly ['events_local', 'events'];
  /** The engine of a table whose rows are spread over the shards. */
  spread(data: string, table: string): string;
  /** The statement that makes a table over those; none where there is one server. */
  overShards(data: string): readonly string[];
  /** The engine of a table that is whole on every node. */
  whole(data: string, table: string, family: 'MergeTree' | 'ReplacingMergeTree', args?: string): string;
  /** Of inserts, by table settings: how many of them a token is remembered for. */
  readonly deduplication: string;
  /** The engine, order and settings of `pending`: memory where one process owns the data, which fills it again when it starts. */
  pending(data: string): string;
  /** Between a FROM of `pending` and what follows: leaves out the rows that others may have written after they were dropped. */
  notDropped(data: string): string;
  /** Of a dictionary, which reads the tables of its own node. */
  dictionarySource(query: string): string;
  /** Between the name of a view and its AS. */
  readonly viewRights: string;
}

/** A connection for untrusted SQL only. One query at a time. */
export interface Reader {
  /** Writes the result into `file`, which must not exist yet. Never settles before the engine is done with the query. */
  write(database: string, sql: string, format: string, file: string): Promise<void>;
  close(): Promise<void>;
}

/**
 * Connections to the engine. Over chDB settings are never passed per query: they become `SET`s that stick to the connection (a
 * deduplication token leaked this way drops the next insert). They stand in the statement, or are set once at connect. Over HTTP they go
 * with each request and end with it.
 *
 * No statement sees anything of another, however that one ended: see engine/connection-pool.ts. Every statement that Onym itself runs may
 * run twice: that is how one whose answer was lost is tried again.
 *
 * A server that does not answer is OnymError `event-store-unavailable`.
 */
export interface Engine {
  readonly dialect: Dialect;
  /** True where no other process reads or writes the data, so that what is known of them may be remembered. */
  readonly exclusive: boolean;
  /** A directory of this process's own, for files that need not outlive it. */
  readonly scratchDirectory: string;
  /** Throws ConfigError where the server does not give the rights that an environment needs. */
  checkRights(databases: Databases): Promise<void>;
  command(sql: string): Promise<void>;
  /** On every node: what is not replicated, as databases, tables, views and dictionaries. */
  everywhere(sql: string): Promise<void>;
  /** Once on each shard: changes to rows that are spread. */
  eachShard(sql: string): Promise<void>;
  /** Resolves once every node has all rows of these tables, which are whole on each. */
  settled(data: string, tables: readonly string[]): Promise<void>;
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

export const identifier = (name: string): string => `\`${name.replaceAll('\\', '\\\\').replaceAll('`', '\\`')}\``;
