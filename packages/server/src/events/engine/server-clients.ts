import { type ClickHouseClient, ClickHouseLogLevel, createClient } from '@clickhouse/client';
import type { ClickHouseOptions } from '../../clickhouse-options.ts';
import { limits } from '../../limits.ts';
import type { Settings } from '../engine.ts';

/** The clients of a server: one for each purpose, with time and connections of its own, so that none waits behind another's. */
export interface ServerClients {
  /** For statements that are answered soon, at a node of the cluster or at the address of the configuration. */
  quick(url?: string): ClickHouseClient;
  /** For those that write rows again. */
  slow(url?: string): ClickHouseClient;
  readonly exports: ClickHouseClient;
  /** As the user that users' SQL runs as. Whoever opens it closes it. */
  reader(database: string | undefined, settings: Settings): ClickHouseClient;
  close(): Promise<void>;
}

interface Purpose {
  readonly url: string;
  readonly account: { readonly user: string; readonly password: string };
  readonly settings: Settings;
  readonly silentMaxMs: number;
  readonly connections: number;
  readonly database?: string | undefined;
}

export function createServerClients(server: ClickHouseOptions, settings: Settings, silentMaxMs: number): ServerClients {
  const all: ClickHouseClient[] = [];
  const quick = new Map<string, ClickHouseClient>();
  const slow = new Map<string, ClickHouseClient>();

  function open({ url, account, settings, silentMaxMs, connections, database }: Purpose): ClickHouseClient {
    return createClient({
      url,
      username: account.user,
      password: account.password,
      application: 'onym',
      request_timeout: silentMaxMs,
      max_open_connections: connections,
      // The fastest level: rows of JSON become a fifth of what they were all the same.
      compression: { request: { codec: 'gzip', level: 1 }, response: true },
      clickhouse_settings: settings,
      ...(database === undefined ? {} : { database }),
      ...(server.ca === null ? {} : { tls: { ca_cert: server.ca } }),
      // What fails is thrown, and logged by who can say what it means.
      log: { level: ClickHouseLogLevel.OFF },
    });
  }

  function kept(client: ClickHouseClient): ClickHouseClient {
    all.push(client);
    return client;
  }

  const at =
    (known: Map<string, ClickHouseClient>, silentMaxMs: number) =>
    (url = server.url) => {
      let client = known.get(url);
      if (client === undefined) {
        client = kept(open({ url, account: server, settings, silentMaxMs, connections: connectionsPerNode }));
        known.set(url, client);
      }
      return client;
    };

  return {
    quick: at(quick, silentMaxMs),
    slow: at(slow, limits.eventStoreRewriteMaxMs),
    exports: kept(
      open({
        url: server.url,
        account: server,
        settings,
        silentMaxMs: limits.eventStoreRewriteMaxMs,
        connections: limits.concurrentExportsMax,
      }),
    ),
    reader: (database, settings) =>
      open({
        url: server.reader.url,
        account: server.reader,
        settings,
        // Nothing comes before the end of a query.
        silentMaxMs: silentMaxMs + Number(settings.max_execution_time ?? 0) * 1_000,
        connections: 1,
        database,
      }),
    async close() {
      await Promise.all(all.map((client) => client.close()));
    },
  };
}

const connectionsPerNode = 16;
