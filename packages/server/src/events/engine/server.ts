import { mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { ClickHouseOptions } from '../../clickhouse-options.ts';
import { limits } from '../../limits.ts';
import type { Engine, EngineOptions, Settings } from '../engine.ts';
import { internalSettings, parquetSettings, timeSettings } from './client.ts';
import { clusterDialect, serverDialect } from './dialects.ts';
import { answering } from './server-answering.ts';
import { checkServer, findNodes } from './server-check.ts';
import { createServerClients } from './server-clients.ts';
import { openServerReader } from './server-reader.ts';
import { ask, command, lines, rows } from './server-request.ts';
import { createRightsCheck } from './server-rights.ts';
import { wholeStream } from './server-streams.ts';

/**
 * ClickHouse over HTTP. Throws ConfigError, one line that says which setting to look at, where it can not be worked with; OnymError
 * `event-store-unavailable` where it does not answer.
 */
export async function openServer({
  server,
  path,
  silentMaxMs = limits.eventStoreSilentMaxMs,
}: Extract<EngineOptions, { server: unknown }>): Promise<Engine> {
  const clients = createServerClients(
    server,
    { ...internalSettings, ...serverSettings, ...clusterSettings(server) },
    silentMaxMs,
  );
  try {
    const { readerReadonly } = await checkServer(server, clients);
    const nodes = server.cluster === null ? [[server.url]] : await findNodes(server, server.cluster, clients);
    const scratchDirectory = join(resolve(path), 'scratch');
    rmSync(scratchDirectory, { recursive: true, force: true });
    mkdirSync(scratchDirectory, { recursive: true, mode: 0o700 });

    const run = (sql: string, url = server.url): Promise<void> =>
      answering(() => command(isRewrite(sql) ? clients.slow(url) : clients.quick(url), sql));
    const everywhere = async (sql: string): Promise<void> => {
      // One after the other: of nodes that share a table the first makes what the others then have.
      for (const url of nodes.flat()) await run(sql, url);
    };
    async function* stream(sql: string): AsyncGenerator<Uint8Array> {
      yield* wholeStream(await answering(() => ask(clients.exports, sql)));
    }

    return {
      exclusive: false,
      dialect: server.cluster === null ? serverDialect(server) : clusterDialect(server.cluster, server),
      scratchDirectory,
      readersMax: Number.POSITIVE_INFINITY,
      checkRights: createRightsCheck(server, clients),
      command: (sql) => run(sql),
      everywhere,
      async eachShard(sql) {
        await Promise.all(nodes.map(([first]) => run(sql, first)));
      },
      async settled(data, tables) {
        if (server.cluster === null) return;
        await Promise.all(tables.map((table) => everywhere(`SYSTEM SYNC REPLICA ${data}.${table}`)));
      },
      rows: (sql) => answering(() => rows(clients.quick(), sql)),
      lines: (sql) => answering(() => lines(clients.quick(), sql)),
      stream: (sql, format) => stream(`${sql} FORMAT ${format}`),
      parquet: (sql, rowGroupRows) => stream(`${sql} FORMAT Parquet SETTINGS ${parquetSettings(rowGroupRows)}`),
      insertRaw: (table, body, settings) =>
        answering(async () => {
          const { stream: answer } = await ask(clients.quick(), `INSERT INTO ${table} FORMAT JSONEachRow`, {
            values: Readable.from([body], { objectMode: false }),
            settings,
          });
          await buffer(answer);
        }),
      openReader: async (settings) =>
        openServerReader(clients, { ...timeSettings, ...clusterSettings(server), ...settings }, { readerReadonly }),
      async close() {
        await clients.close();
        rmSync(scratchDirectory, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await clients.close();
    throw error;
  }
}

/** What a server's own profile may say otherwise. */
const serverSettings: Settings = {
  // A token is remembered for a batch, not for what a server makes of several.
  async_insert: 0,
  // A client that goes away has no use for the rest.
  cancel_http_readonly_queries_on_client_close: 1,
};

/** An insert is acknowledged once the shards have it; reads ask the replica that inserts went to. */
const clusterSettings = ({ cluster }: ClickHouseOptions): Settings =>
  cluster === null
    ? {}
    : { distributed_foreground_insert: 1, distributed_product_mode: 'global', load_balancing: 'in_order' };

/** Waits until rows are written again, however many there are. */
const isRewrite = (sql: string): boolean => /^\s*(?:ALTER|UPDATE)\b/.test(sql);
