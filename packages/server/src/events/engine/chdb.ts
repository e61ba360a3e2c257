import { randomUUID } from 'node:crypto';
import { createReadStream, mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type ClickHouseClient, type ClickHouseClientConfigOptions, createClient } from '@clickhouse/client';
import { drainPending } from 'chdb';
import { type ChdbExtension, createChdbConnection } from 'chdb/connection';
import { OnymError } from '../../errors.ts';
import { limits } from '../../limits.ts';
import { type Engine, literal, type Reader, type Settings } from '../engine.ts';
import { openWithRights } from './chdb-rights.ts';
import { command, internalSettings, linesOf, parquetSettings, rows, timeSettings } from './client.ts';
import { createConnectionPool } from './connection-pool.ts';
import { embeddedDialect } from './dialects.ts';

/** Over chDB every call holds a thread of libuv's pool (4, unless UV_THREADPOOL_SIZE says so at the start of the process). */
const poolThreads = Number(process.env.UV_THREADPOOL_SIZE ?? 4);
const internalThreadsMin = 2;

/** So that the parts of a projection are written side by side. */
const internalConnections = 4;

const exportChunkBytes = 256 * 1024;

/** The client ships a copy of the types that chdb implements. */
type ClientConnection = NonNullable<ClickHouseClientConfigOptions['connection']>;

interface Connection {
  readonly client: ClickHouseClient;
  /** What the client has no call for. */
  readonly chdb: ChdbExtension;
  close(): Promise<void>;
}

export async function openChdb(path: string): Promise<Engine> {
  const { anchor, data } = openWithRights(resolve(path));
  const scratchDirectory = join(resolve(path), 'scratch');
  // What a process that died was writing.
  rmSync(scratchDirectory, { recursive: true, force: true });
  mkdirSync(scratchDirectory);

  async function connect(settings: Settings): Promise<Connection> {
    const connection = createChdbConnection({ path: data });
    const client = createClient({ connection: connection as unknown as ClientConnection });
    try {
      for (const [name, value] of Object.entries(settings)) {
        await command(client, `SET ${name} = ${typeof value === 'number' ? value : literal(value)}`);
      }
    } catch (error) {
      await client.close();
      throw error;
    }
    return { client, chdb: connection.chdb, close: () => client.close() };
  }
  const internal = createConnectionPool(() => connect(internalSettings), { size: internalConnections });
  // Apart: the engine's own statements do not wait behind exports.
  const exporting = createConnectionPool(() => connect({}), { size: limits.concurrentExportsMax });
  const run = (sql: string): Promise<void> => internal.use(({ client }) => command(client, sql));

  return {
    exclusive: true,
    dialect: embeddedDialect,
    scratchDirectory,
    readersMax: Math.max(poolThreads - internalThreadsMin, 1),
    // It is the one user, whose rights are written down beside the data.
    checkRights: async () => {},
    command: run,
    everywhere: run,
    eachShard: run,
    settled: async () => {},
    rows: (sql) => internal.use(({ client }) => rows(client, sql)),
    async lines(sql) {
      const result = await internal.use(({ chdb }) => chdb.queryAsync(sql, { format: 'TabSeparated' }));
      return linesOf(result.text());
    },
    async *stream(sql, format) {
      const { connection, end } = await exporting.take();
      let clean = false;
      try {
        for await (const chunk of connection.chdb.queryStream(sql, { format: format as never })) yield chunk.raw();
        clean = true;
      } finally {
        end(clean);
      }
    },
    async *parquet(sql, rowGroupRows) {
      const file = join(scratchDirectory, `${randomUUID()}.parquet`);
      try {
        await exporting.use(({ client }) =>
          writeFile(client, sql, `Parquet SETTINGS ${parquetSettings(rowGroupRows)}`, file),
        );
        yield* createReadStream(file, { highWaterMark: exportChunkBytes });
      } finally {
        rmSync(file, { force: true });
      }
    },
    async insertRaw(table, body, settings) {
      // The only way that does not copy the batch into a JavaScript string; settings go into the statement.
      await internal.use(({ chdb }) => chdb.rawInsert({ table, values: body, format: 'JSONEachRow', settings }));
    },
    openReader: async (settings) => readerOn(await connect({ ...timeSettings, ...settings })),
    async close() {
      await Promise.all([internal.close(), exporting.close()]);
      anchor.close();
      // A connection that is closed while another one works goes later; only then may the process open other data.
      await drainPending();
    },
  };
}

function readerOn({ client, close }: Connection): Reader {
  let current = '';
  return {
    async write(database, sql, format, file) {
      if (current !== database) {
        await command(client, `USE ${database}`);
        current = database;
      }
      await writeFile(client, sql, format, file);
    },
    close,
  };
}

/**
 * By way of the engine's own output to files: in memory it would be one piece of any size, which no limit of the engine counts. On a
 * full disk the statement ends well all the same, and the file is cut short; nothing but this counter of the process tells.
 */
async function writeFile(client: ClickHouseClient, sql: string, format: string, file: string): Promise<void> {
  const before = await failedWrites(client);
  await command(client, `${sql}\nINTO OUTFILE ${literal(file)} FORMAT ${format}`);
  if ((await failedWrites(client)) === before) return;
  throw new OnymError('storage-full', 'The disk is full: there is no room for the result. Free space and ask again.');
}

async function failedWrites(client: ClickHouseClient): Promise<number> {
  const [row] = await rows<{ value: number | string }>(
    client,
    `SELECT value FROM system.events WHERE event = 'WriteBufferFromFileDescriptorWriteFailed'`,
  );
  return Number(row?.value ?? 0);
}
