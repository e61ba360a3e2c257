import type { ClickHouseOptions } from '../../clickhouse-options.ts';
import { ConfigError } from '../../config-error.ts';
import { OnymError } from '../../errors.ts';
import { literal } from '../engine.ts';
import { engineErrorCode } from './errors.ts';
import { isUnanswered } from './server-answering.ts';
import type { ServerClients } from './server-clients.ts';
import type { ReaderReadonly } from './server-reader.ts';
import { rows } from './server-request.ts';

const versionMin = '25.8';

const wrongPassword = new Set([
  192, // UNKNOWN_USER
  194, // REQUIRED_PASSWORD
  516, // AUTHENTICATION_FAILED
]);

/** Whether the server can be worked with at all. Throws ConfigError, or OnymError `event-store-unavailable` while nothing answers. */
export async function checkServer(
  server: ClickHouseOptions,
  clients: ServerClients,
): Promise<{ readerReadonly: ReaderReadonly }> {
  const [own] = await rows<{ version: string; updates: number }>(
    clients.quick(),
    `SELECT version() AS version, (SELECT count() FROM system.settings WHERE name = 'enable_lightweight_update') AS updates`,
  ).catch((error) => {
    throw loginProblem(error, 'ONYM_CLICKHOUSE_URL', server.url, server.user);
  });
  if (own === undefined || own.updates === 0) {
    throw new ConfigError(
      `ONYM_CLICKHOUSE_URL is a ClickHouse ${own?.version ?? ''}, which has no lightweight UPDATE. Onym needs ${versionMin} or newer.`,
    );
  }
  const client = clients.reader(undefined, {});
  const { url, user } = server.reader;
  try {
    const [reader] = await rows<{ readonly: number }>(client, `SELECT toUInt8(getSetting('readonly')) AS readonly`);
    if (reader?.readonly === 0 || reader?.readonly === 2) return { readerReadonly: reader.readonly };
  } catch (error) {
    if (engineErrorCode(error) !== readonlySetting) throw loginProblem(error, 'ONYM_CLICKHOUSE_READER_URL', url, user);
  } finally {
    await client.close();
  }
  throw new ConfigError(
    `The user ${user} of ONYM_CLICKHOUSE_READER_URL has the setting readonly = 1, under which no query can be given a limit. Set it to 2, or leave it out: Onym sets it itself.`,
  );
}

/** What a server answers to such a user who sends any setting, as the client does for compression. */
const readonlySetting = 164;

interface NodeRow {
  readonly shard: number;
  readonly replicas: number;
  readonly internal: number;
  readonly host: string;
}

/** The nodes of a cluster by shard, each as a URL: under the names that the cluster has for them, at the port of the configuration. */
export async function findNodes(
  server: ClickHouseOptions,
  cluster: string,
  clients: ServerClients,
): Promise<string[][]> {
  const found = await rows<NodeRow>(
    clients.quick(),
    `SELECT shard_num AS shard, count() OVER (PARTITION BY shard_num) AS replicas, internal_replication AS internal, host_name AS host
     FROM system.clusters WHERE cluster = ${literal(cluster)} ORDER BY shard_num, replica_num`,
  );
  if (found.length === 0) {
    throw new ConfigError(
      `ONYM_CLICKHOUSE_CLUSTER is ${JSON.stringify(cluster)}, which the server does not know. Take a name from system.clusters.`,
    );
  }
  if (found.some(({ replicas, internal }) => replicas > 1 && internal === 0)) {
    throw new ConfigError(
      `The cluster ${cluster} has internal_replication off: inserts would be written to each replica twice. Set it to true in remote_servers.`,
    );
  }
  const only = found.length === 1;
  const shards = new Map<number, string[]>();
  for (const { shard, host } of found) {
    const url = new URL(server.url);
    // A cluster of one may have any name for it.
    if (!only) url.hostname = host.includes(':') ? `[${host}]` : host;
    shards.set(shard, [...(shards.get(shard) ?? []), url.origin]);
  }
  for (const url of [...shards.values()].flat()) await checkNode(url, server, clients);
  return [...shards.values()];
}

async function checkNode(url: string, server: ClickHouseOptions, clients: ServerClients): Promise<void> {
  const macros = await rows<{ macro: string }>(
    clients.quick(url),
    `SELECT macro FROM system.macros WHERE macro IN ('shard', 'replica')`,
  ).catch((error) => {
    throw loginProblem(error, `ONYM_CLICKHOUSE_CLUSTER ${server.cluster}, node`, url, server.user);
  });
  if (macros.length < 2) {
    throw new ConfigError(
      `The node ${url} of the cluster ${server.cluster} lacks the macros shard and replica, which say where it stands. Add <macros> to its configuration.`,
    );
  }
}

const noTls = 'It speaks no TLS there: write http:, or name the port of TLS (8443)';

const tlsProblems: Record<string, string> = {
  // Which of the two, the moment at which the answer is read decides.
  EPROTO: noTls,
  ERR_SSL_WRONG_VERSION_NUMBER: noTls,
  CERT_HAS_EXPIRED: 'Its certificate has expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'Its certificate is for another name',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'Its certificate is of an authority that is not known: name that in ONYM_CLICKHOUSE_CA',
  SELF_SIGNED_CERT_IN_CHAIN: 'Its certificate is of an authority that is not known: name that in ONYM_CLICKHOUSE_CA',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    'Its certificate is of an authority that is not known: name that in ONYM_CLICKHOUSE_CA',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    'Its certificate is of an authority that is not known: name that in ONYM_CLICKHOUSE_CA',
};

function loginProblem(error: unknown, setting: string, url: string, user: string): unknown {
  const code = engineErrorCode(error);
  if (code !== null && wrongPassword.has(code)) {
    return new ConfigError(`${setting} (${url}) refuses the user ${user}: wrong name or password. Correct them.`);
  }
  if (code !== null) return new ConfigError(`${setting} (${url}) answers: ${firstLine(error)}`);
  if (!isUnanswered(error)) return error;
  const { code: reason = '' } = error as { code?: string };
  const tls = tlsProblems[reason];
  if (tls !== undefined) return new ConfigError(`${setting} (${url}) can not be reached by TLS. ${tls}.`);
  if (/^E[A-Z_]+$/.test(reason) || /hang up|Timeout error|^HTTP 5/.test(firstLine(error))) {
    const message = `${setting} (${url}) does not answer (${firstLine(error) || reason}). Is ClickHouse up, and is this its HTTP port (8123, or 8443 with https:)?`;
    // It may be on its way up: no fault of the configuration yet.
    return new OnymError('event-store-unavailable', message, { cause: error });
  }
  return new ConfigError(`What answers at ${setting} (${url}) is not ClickHouse's HTTP interface: ${firstLine(error)}`);
}

const firstLine = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).trim().split('\n', 1)[0]!.slice(0, 200);
