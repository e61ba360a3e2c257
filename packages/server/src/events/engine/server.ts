import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { type ClickHouseClient, createClient } from '@clickhouse/client';
import { type Engine, literal, type Reader, type Settings } from '../engine.ts';
import { command, internalSettings, linesOf, parquetSettings, rows } from './client.ts';

interface ServerOptions {
  url: string;
  readerUrl?: string;
  cluster?: string;
}

export async function openServer(options: ServerOptions): Promise<Engine> {
  const { cluster } = options;
  const client = createClient({ url: options.url, clickhouse_settings: internalSettings });
  const scratchDirectory = mkdtempSync(join(tmpdir(), 'onym-'));
  return {
    exclusive: false,
    dialect: {
      onCluster: cluster === undefined ? '' : ` ON CLUSTER ${literal(cluster)}`,
      mergeTree: (family, args = '') => `${cluster === undefined ? '' : 'Replicated'}${family}(${args})`,
      scratch: `${cluster === undefined ? '' : 'Replicated'}MergeTree ORDER BY (node_id, version)`,
    },
    scratchDirectory,
    readersMax: Number.POSITIVE_INFINITY,
    command: (sql) => command(client, sql),
    rows: (sql) => rows(client, sql),
    // TabSeparated is what a server answers with unasked.
    async lines(sql) {
      const { stream } = await client.exec({ query: sql });
      return linesOf((await buffer(stream)).toString('utf8'));
    },
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
    openReader: async (settings) => openReader(options.readerUrl ?? options.url, settings),
    async close() {
      await client.close();
      rmSync(scratchDirectory, { recursive: true, force: true });
    },
  };
}

/** A client has one database for its life. */
function openReader(url: string, settings: Settings): Reader {
  const clients = new Map<string, ClickHouseClient>();
  return {
    async write(database, sql, format, file) {
      let client = clients.get(database);
      if (client === undefined) {
        // Else the server would answer 200 to what fails half-way, with the error for its last line.
        client = createClient({ url, database, clickhouse_settings: { ...settings, wait_end_of_query: 1 } });
        clients.set(database, client);
      }
      const { stream } = await client.exec({ query: `${sql}\nFORMAT ${format}` });
      await pipeline(stream, createWriteStream(file, { flags: 'wx', mode: 0o600 }));
    },
    async close() {
      await Promise.all([...clients.values()].map((client) => client.close()));
    },
  };
}

const settingLiteral = (value: string | number): string => (typeof value === 'number' ? String(value) : literal(value));
