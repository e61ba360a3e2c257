import type { ClickHouseOptions } from '../../clickhouse-options.ts';
import { ConfigError } from '../../config-error.ts';
import type { Databases } from '../databases.ts';
import { identifier } from '../engine.ts';
import { answering } from './server-answering.ts';
import type { ServerClients } from './server-clients.ts';
import { lines } from './server-request.ts';

interface Grant {
  readonly rights: string;
  readonly on: string;
}

/** docs/stores.md shows them as statements. */
const ownGrants = ({ data, open }: Databases, isCluster: boolean): Grant[] => [
  {
    rights:
      'CREATE DATABASE, CREATE TABLE, CREATE DICTIONARY, DROP TABLE, DROP DICTIONARY, SELECT, INSERT, ALTER, TRUNCATE, dictGet',
    on: `${data}.*`,
  },
  { rights: 'CREATE DATABASE, CREATE TABLE, CREATE VIEW, DROP TABLE, DROP VIEW, SELECT, INSERT', on: `${open}.*` },
  { rights: 'SYSTEM RELOAD DICTIONARY, KILL QUERY', on: '*.*' },
  { rights: 'SELECT', on: 'system.*' },
  ...(isCluster
    ? [
        { rights: 'SYSTEM SYNC REPLICA', on: `${data}.*` },
        { rights: 'REMOTE', on: '*.*' },
      ]
    : []),
];

/** What nobody may do whom users' SQL runs as. */
const readerRefusals = ({ data, open }: Databases): Grant[] => [
  { rights: 'SELECT', on: `${data}.*` },
  { rights: 'INSERT', on: `${data}.*` },
  { rights: 'DROP TABLE', on: `${data}.*` },
  { rights: 'DROP VIEW', on: `${open}.*` },
];

export function createRightsCheck(server: ClickHouseOptions, clients: ServerClients) {
  return async (databases: Databases): Promise<void> => {
    const has = (rights: string, on: string) =>
      answering(async () => (await lines(clients.quick(), `CHECK GRANT ${rights} ON ${on}`))[0] === '1');
    const missing: string[] = [];
    for (const { rights, on } of ownGrants(databases, server.cluster !== null)) {
      if (await has(rights, on)) continue;
      for (const right of rights.split(', ')) if (!(await has(right, on))) missing.push(`GRANT ${right} ON ${on}`);
    }
    if (missing.length > 0) {
      throw new ConfigError(
        `ONYM_CLICKHOUSE_USER ${server.user} lacks rights. Run, as an administrator of ClickHouse: ${missing
          .map((grant) => `${grant} TO ${identifier(server.user)};`)
          .join(' ')}`,
      );
    }
    await checkReader(server, clients, databases);
  };
}

async function checkReader(server: ClickHouseOptions, clients: ServerClients, databases: Databases): Promise<void> {
  const { user } = server.reader;
  const client = clients.reader(undefined, {});
  const has = ({ rights, on }: Grant) =>
    answering(async () => (await lines(client, `CHECK GRANT ${rights} ON ${on}`))[0] === '1');
  try {
    const view = { rights: 'SELECT', on: `${databases.open}.*` };
    if (!(await has(view))) {
      throw new ConfigError(
        `The user ${user} of ONYM_CLICKHOUSE_READER_URL can not read the views. Run, as an administrator of ClickHouse: GRANT SELECT ON ${view.on} TO ${identifier(user)};`,
      );
    }
    for (const grant of readerRefusals(databases)) {
      if (!(await has(grant))) continue;
      throw new ConfigError(
        `The user ${user} of ONYM_CLICKHOUSE_READER_URL has the right ${grant.rights} ON ${grant.on}: users' SQL runs as that user. Name one that has SELECT ON ${view.on} and nothing else.`,
      );
    }
  } finally {
    await client.close();
  }
}
