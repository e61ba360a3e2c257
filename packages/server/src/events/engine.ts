import { randomUUID } from 'node:crypto';
import { chmodSync, createReadStream, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { type ClickHouseClient, type ClickHouseClientConfigOptions, createClient } from '@clickhouse/client';
import { Session } from 'chdb';
import { createChdbConnection } from 'chdb/connection';

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
  /** The result's bytes. Never settles before the engine is done with the query. */
  exec(database: string, sql: string): Promise<Buffer>;
  close(): Promise<void>;
}

/**
 * Connections to the engine. Settings are never passed per query: over chDB they become `SET`s that stick to the connection
 * (a deduplication token leaked this way drops the next insert). They stand in the statement, or are set once at connect.
 */
export interface Engine {
  readonly dialect: Dialect;
  /** True where no other process reads or writes the data. */
  readonly exclusive: boolean;
  command(sql: string): Promise<void>;
  rows<Row>(sql: string): Promise<Row[]>;
  /** A result of one column of text, one line a row, newlines within escaped. For statements that take a FORMAT for their own. */
  lines(sql: string): Promise<string[]>;
  /** A result of any size in a text format that has no header, in chunks. One at a time over chDB; the others wait. */
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

/** Over chDB every call holds a thread of libuv's pool (4, unless UV_THREADPOOL_SIZE says so at the start of the process). */
const poolThreads = Number(process.env.UV_THREADPOOL_SIZE ?? 4);
const INTERNAL_THREADS_MIN = 2;

/** The client ships a copy of the types that chdb implements. */
type Connection = NonNullable<ClickHouseClientConfigOptions['connection']>;

/** Internal connections used in turn, so that the parts of a projection are written side by side. */
const INTERNAL_CONNECTIONS = 4;

const internalSettings: Settings = {
  output_format_json_quote_64bit_integers: 0,
  // Id lists of large identities are literals in the statement.
  max_query_size: 16 * 1024 * 1024,
};

export const literal = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

/** ClickHouse's own number for an error (`62` for a syntax error), or null when it came from elsewhere. */
export function engineErrorCode(error: unknown): number | null {
  if (!(error instanceof Error)) return null;
  const { clickhouseCode, code } = error as { clickhouseCode?: unknown; code?: unknown };
  if (typeof clickhouseCode === 'number') return clickhouseCode;
  if (typeof code === 'string' && /^\d+$/.test(code)) return Number(code);
  const match = /^Code: (\d+)\./.exec(error.message);
  return match === null ? null : Number(match[1]);
}

export async function openEngine(options: EngineOptions): Promise<Engine> {
  return 'path' in options ? openEmbedded(options.path) : openServer(options);
}

/** What Onym itself needs; above all no SOURCES (files, URLs, other servers), for chDB has one user for everybody. */
const usersXml = `<clickhouse>
  <profiles><default/></profiles>
  <quotas><default/></quotas>
  <users><default>
    <password/>
    <networks><ip>::/0</ip></networks>
    <profile>default</profile>
    <quota>default</quota>
    <grants>
      <query>GRANT SELECT, INSERT, ALTER, CREATE DATABASE, CREATE TABLE, CREATE VIEW, CREATE DICTIONARY, DROP, TRUNCATE, OPTIMIZE, SHOW, dictGet ON *.*</query>
      <query>GRANT SYSTEM RELOAD DICTIONARY ON *.*</query>
      <query>GRANT KILL QUERY ON *.*</query>
      <query>GRANT TABLE ENGINE ON *</query>
    </grants>
  </default></users>
</clickhouse>
`;

const escapeXml = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

/** The engine reads its rights when the first connection of the process opens; later ones inherit them. */
function openWithRights(path: string): { session: Session; data: string } {
  const config = join(path, 'config');
  const data = join(path, 'data');
  mkdirSync(config, { recursive: true });
  mkdirSync(data, { recursive: true });
  chmodSync(path, 0o700);
  const users = join(config, 'users.xml');
  const server = join(config, 'config.xml');
  writeFileSync(users, usersXml);
  writeFileSync(server, `<clickhouse><users_config>${escapeXml(users)}</users_config></clickhouse>\n`);
  return { session: new Session(data, { connectionArgs: [`--config-file=${server}`] }), data };
}

async function openEmbedded(path: string): Promise<Engine> {
  const { session, data } = openWithRights(resolve(path));
  const connect = async (settings: Settings) => {
    const connection = createChdbConnection({ path: data });
    const client = createClient({ connection: connection as unknown as Connection });
    for (const [name, value] of Object.entries(settings)) await command(client, `SET ${name} = ${value}`);
    return { connection, client };
  };
  const internal = await Promise.all(Array.from({ length: INTERNAL_CONNECTIONS }, () => connect(internalSettings)));
  let turn = 0;
  // What a process that died was writing.
  const exports = join(resolve(path), 'exports');
  rmSync(exports, { recursive: true, force: true });
  const streamFrom = oneStreamAtATime();
  const next = () => internal[turn++ % INTERNAL_CONNECTIONS]!;

  return {
    exclusive: true,
    dialect: {
      onCluster: '',
      mergeTree: (family, args = '') => `${family}(${args})`,
      scratch: 'Memory',
    },
    readersMax: Math.max(poolThreads - INTERNAL_THREADS_MIN, 1),
    command: (sql) => command(next().client, sql),
    rows: (sql) => rows(next().client, sql),
    async lines(sql) {
      const result = await next().connection.chdb.queryAsync(sql, { format: 'TabSeparated' });
      return linesOf(result.text());
    },
    stream: (sql, format) => streamFrom(session, sql, format),
    async *parquet(sql, rowGroupRows) {
      mkdirSync(exports, { recursive: true });
      const file = join(exports, `${randomUUID()}.parquet`);
      const settings = parquetSettings(rowGroupRows);
      try {
        await command(next().client, `${sql} INTO OUTFILE ${literal(file)} FORMAT Parquet SETTINGS ${settings}`);
        yield* createReadStream(file, { highWaterMark: exportChunkBytes });
      } finally {
        rmSync(file, { force: true });
      }
    },
    async insertRaw(table, body, settings) {
      // The only way that does not copy the batch into a JavaScript string; settings go into the statement.
      await next().connection.chdb.rawInsert({ table, values: body, format: 'JSONEachRow', settings });
    },
    async openReader(settings) {
      const { client } = await connect(settings);
      let current = '';
      return {
        async exec(database, sql) {
          if (current !== database) {
            await command(client, `USE ${database}`);
            current = database;
          }
          return bytes(client, sql);
        },
        close: () => client.close(),
      };
    },
    async close() {
      await Promise.all(internal.map(({ client }) => client.close()));
      session.close();
    },
  };
}

async function openServer(options: { url: string; readerUrl?: string; cluster?: string }): Promise<Engine> {
  const { cluster } = options;
  const client = createClient({ url: options.url, clickhouse_settings: internalSettings });
  return {
    exclusive: false,
    dialect: {
      onCluster: cluster === undefined ? '' : ` ON CLUSTER ${literal(cluster)}`,
      mergeTree: (family, args = '') => `${cluster === undefined ? '' : 'Replicated'}${family}(${args})`,
      scratch: `${cluster === undefined ? '' : 'Replicated'}MergeTree ORDER BY (node_id, version)`,
    },
    readersMax: Number.POSITIVE_INFINITY,
    command: (sql) => command(client, sql),
    rows: (sql) => rows(client, sql),
    // TabSeparated is what a server answers with unasked.
    lines: async (sql) => linesOf((await bytes(client, sql)).toString('utf8')),
    async *stream(sql, format) {
      const { stream } = await client.exec({ query: `${sql} FORMAT ${format}` });
      yield* stream as AsyncIterable<Uint8Array>;
    },
    async *parquet(sql, rowGroupRows) {
      const { stream } = await client.exec({
        query: `${sql} FORMAT Parquet SETTINGS ${parquetSettings(rowGroupRows)}`,
      });
      yield* stream as AsyncIterable<Uint8Array>;
    },
    async insertRaw(table, body, settings) {
      const clause = Object.entries(settings).map(([name, value]) => `${name} = ${settingLiteral(value)}`);
      const query = `INSERT INTO ${table}${clause.length > 0 ? ` SETTINGS ${clause.join(', ')}` : ''} FORMAT JSONEachRow`;
      const { stream } = await client.exec({ query, values: Readable.from([body], { objectMode: false }) });
      stream.resume();
    },
    async openReader(settings) {
      const clients = new Map<string, ClickHouseClient>();
      return {
        async exec(database, sql) {
          let reader = clients.get(database);
          if (reader === undefined) {
            reader = createClient({ url: options.readerUrl ?? options.url, database, clickhouse_settings: settings });
            clients.set(database, reader);
          }
          return bytes(reader, sql);
        },
        async close() {
          await Promise.all([...clients.values()].map((reader) => reader.close()));
        },
      };
    },
    close: () => client.close(),
  };
}

const exportChunkBytes = 256 * 1024;

const parquetSettings = (rowGroupRows: number): string =>
  `output_format_parquet_row_group_size = ${rowGroupRows}, output_format_parquet_string_as_string = 1`;

/** A session of chDB takes one stream at a time. */
function oneStreamAtATime() {
  let last: Promise<unknown> = Promise.resolve();
  return async function* (session: Session, sql: string, format: string): AsyncGenerator<Uint8Array> {
    const before = last;
    let end = () => {};
    last = new Promise<void>((resolve) => {
      end = resolve;
    });
    try {
      await before;
      for await (const chunk of session.queryStream(sql, { format: format as never })) yield chunk.raw();
    } finally {
      end();
    }
  };
}

const settingLiteral = (value: string | number): string => (typeof value === 'number' ? String(value) : literal(value));

const linesOf = (text: string): string[] => text.split('\n').filter((line) => line !== '');

async function command(client: ClickHouseClient, query: string): Promise<void> {
  await client.command({ query });
}

async function rows<Row>(client: ClickHouseClient, query: string): Promise<Row[]> {
  const result = await client.query({ query, format: 'JSONEachRow' });
  return result.json<Row>();
}

async function bytes(client: ClickHouseClient, query: string): Promise<Buffer> {
  const { stream } = await client.exec({ query });
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
}
