import { type Dialect, identifier, literal } from '../engine.ts';

/** What a drain that is sent again after a while must still find. The embedded engine has one writer, whose last insert is all it needs. */
const embeddedWindow = 'non_replicated_deduplication_window = 1000';
/**
 * Parts, of all nodes that write; and the time, for it is forgotten by either. A server's own default for the time is an hour, which an
 * outage may well take. Which of the settings counts is a matter of the engine that a server makes of MergeTree.
 */
const serverWindow =
  'non_replicated_deduplication_window = 10000, replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800';

/** Synced, for nothing fills it again: `projected` says that it has all rows up to there. */
const pendingOnDisk =
  'ORDER BY node_id SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, old_parts_lifetime = 60, min_bytes_for_wide_part = 268435456';

export const embeddedDialect: Dialect = {
  eventTables: ['events'],
  spread: () => 'MergeTree()',
  overShards: () => [],
  whole: (_data, _table, family, args = '') => `${family}(${args})`,
  deduplication: embeddedWindow,
  pending: () => 'Memory',
  notDropped: () => '',
  dictionarySource: (query) => `CLICKHOUSE(QUERY ${literal(query)})`,
  viewRights: '',
};

interface Account {
  readonly user: string;
  readonly password: string;
}

export const serverDialect = (account: Account): Dialect => ({
  ...embeddedDialect,
  ...ofServer(account),
  pending: () => `ReplacingMergeTree(version) ${pendingOnDisk}`,
});

/**
 * Events are spread by person, so that a shard has all that an identifier did. All else is whole on every node: a dictionary reads the
 * tables of its own. Each node runs each statement itself, so nothing depends on a queue of the cluster (ON CLUSTER); the places in
 * Keeper are written out for that reason, with a server's own macros for what differs from node to node.
 */
export const clusterDialect = (cluster: string, account: Account): Dialect => {
  const place = (data: string, table: string, part: string) =>
    literal(`/clickhouse/tables/onym/${data}/${table}${part}`);
  const whole: Dialect['whole'] = (data, table, family, args = '') =>
    `Replicated${family}(${place(data, table, '')}, '{shard}-{replica}'${args === '' ? '' : `, ${args}`})`;
  return {
    eventTables: ['events_local', 'events'],
    spread: (data, table) => `ReplicatedMergeTree(${place(data, table, '/{shard}')}, '{replica}')`,
    overShards: (data) => [
      `CREATE TABLE IF NOT EXISTS ${data}.events AS ${data}.events_local
       ENGINE = Distributed(${literal(cluster)}, ${literal(data)}, 'events_local', cityHash64(node_id))`,
    ],
    whole,
    pending: (data) => `${whole(data, 'pending', 'ReplacingMergeTree', 'version')} ${pendingOnDisk}`,
    ...ofServer(account),
  };
};

/** A dictionary logs in, also at its own server; a view is read by who may read nothing else. */
const ofServer = ({ user, password }: Account) => ({
  deduplication: serverWindow,
  notDropped: (data: string) => ` WHERE version > (SELECT max(value) FROM ${data}.state WHERE name = 'dropped')`,
  dictionarySource: (query: string) =>
    `CLICKHOUSE(USER ${literal(user)} PASSWORD ${literal(password)} QUERY ${literal(query)})`,
  viewRights: ` DEFINER = ${identifier(user)} SQL SECURITY DEFINER`,
});
