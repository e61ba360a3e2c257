import { ConfigError } from '../config.ts';
import type { Databases } from './databases.ts';
import { dictionaryStatements } from './dictionaries.ts';
import type { Dialect, Engine } from './engine.ts';

/**
 * Numbered, and never edited once released. Each statement may run twice, and from two processes at once, while a third works with the
 * tables (`IF NOT EXISTS`), so no lock is needed: the table of migrations only saves the work. Where others may be at work a statement takes
 * nothing away.
 */
interface Migration {
  id: number;
  statements(databases: Databases, dialect: Dialect, engine: Pick<Engine, 'exclusive'>): string[];
}

/** An acknowledged row is on disk. */
const durable = 'fsync_after_insert = 1, fsync_part_directory = 1';
/**
 * A wide part of a JSON column is over a thousand files, all open while it is written or merged (6,000 descriptors at once were
 * seen), and each with its fsync. Below this size a part is one file: 1.6 times the rows inserted per second, for reads of small
 * parts that take up to twice as long.
 */
const compactParts = 'min_bytes_for_wide_part = 268435456';
/** Small tables written often: parts that were merged away go soon. */
const small = `old_parts_lifetime = 60, ${compactParts}`;

const migrations: Migration[] = [
  {
    id: 1,
    statements: ({ data }, dialect, { exclusive }) => [
      /*
       * Years, not months: a batch may hold any time between 1970 and 2299, each partition costs a part with its fsyncs, and the
       * deduplication window counts parts. toDate32, for toDate ends in 2149 and an index on it then loses rows.
       * The block columns are what a lightweight UPDATE needs.
       */
      `CREATE TABLE IF NOT EXISTS ${data}.${dialect.eventTables[0]} (
        uuid UUID,
        timestamp DateTime64(3, 'UTC'),
        received_at DateTime64(3, 'UTC'),
        event LowCardinality(String),
        properties JSON(max_dynamic_paths = 64),
        properties_raw String CODEC(ZSTD(1)),
        distinct_id String,
        anonymous_id Nullable(String),
        device_id Nullable(String),
        session_id Nullable(String),
        node_id UUID,
        identity_id UUID,
        INDEX node_id_bloom node_id TYPE bloom_filter(0.01) GRANULARITY 1,
        INDEX distinct_id_bloom distinct_id TYPE bloom_filter(0.01) GRANULARITY 1
      ) ENGINE = ${dialect.spread(data, dialect.eventTables[0])}
      PARTITION BY toYear(timestamp)
      ORDER BY (toDate32(timestamp), event, node_id)
      SETTINGS ${durable}, ${compactParts}, ${dialect.deduplication},
        enable_block_number_column = 1, enable_block_offset_column = 1`,
      ...dialect.overShards(data),
      `CREATE TABLE IF NOT EXISTS ${data}.identifiers (
        node_id UUID,
        distinct_id String,
        identity_id UUID,
        known Bool,
        first_seen Nullable(DateTime64(3, 'UTC')),
        version UInt64
      ) ENGINE = ${dialect.whole(data, 'identifiers', 'ReplacingMergeTree', 'version')} ORDER BY node_id SETTINGS ${durable}, ${small}`,
      `CREATE TABLE IF NOT EXISTS ${data}.identities (
        identity_id UUID,
        canonical_id String,
        known Bool,
        traits JSON(max_dynamic_paths = 64),
        identifiers Array(String),
        created_at DateTime64(3, 'UTC'),
        version UInt64,
        deleted UInt8
      ) ENGINE = ${dialect.whole(data, 'identities', 'ReplacingMergeTree', 'version, deleted')} ORDER BY identity_id SETTINGS ${durable}, ${small}`,
      `CREATE TABLE IF NOT EXISTS ${data}.links (
        seq UInt64,
        kind LowCardinality(String),
        primary_id String,
        secondary_id String,
        status LowCardinality(String),
        reason LowCardinality(Nullable(String)),
        time DateTime64(3, 'UTC'),
        key Nullable(String),
        lib Nullable(String),
        batch Nullable(String),
        version UInt64
      ) ENGINE = ${dialect.whole(data, 'links', 'ReplacingMergeTree', 'version')} ORDER BY seq SETTINGS ${durable}, ${small}`,
      // No fsync where it is one process's: losing a row only means that a projection or a compaction is done again.
      `CREATE TABLE IF NOT EXISTS ${data}.state (name LowCardinality(String), value UInt64)
       ENGINE = ${dialect.whole(data, 'state', 'ReplacingMergeTree', 'value')} ORDER BY name SETTINGS ${exclusive ? '' : `${durable}, `}${small}`,
      // The rows of `identifiers` that are not folded into the events: the overlay.
      `CREATE TABLE IF NOT EXISTS ${data}.pending (node_id UUID, identity_id UUID, version UInt64)
       ENGINE = ${dialect.pending(data)}`,
      ...dictionaryStatements(data, dialect, 'CREATE DICTIONARY IF NOT EXISTS'),
    ],
  },
  {
    id: 2,
    statements: ({ data }, { eventTables }) => [
      // As text, for it may lie in a year that no DateTime64 holds.
      ...eventTables.map(
        (table) => `ALTER TABLE ${data}.${table} ADD COLUMN IF NOT EXISTS client_timestamp Nullable(String)`,
      ),
      `ALTER TABLE ${data}.identities ADD COLUMN IF NOT EXISTS traits_raw String CODEC(ZSTD(1)) AFTER traits`,
    ],
  },
  {
    /*
     * What exports tell and queries do not see. The projection is forgotten, and made again from the ledger with it: rows that are
     * projected anew may have a lower version than those of before. `watermark` stays, for the events keep what is folded into them.
     * Where others may project meanwhile nothing is forgotten: no version before this one ran there.
     */
    id: 3,
    statements: ({ data }, dialect, { exclusive }) => [
      `ALTER TABLE ${data}.identifiers ADD COLUMN IF NOT EXISTS canonical_id String,
         ADD COLUMN IF NOT EXISTS identified_seq UInt64`,
      `ALTER TABLE ${data}.identities ADD COLUMN IF NOT EXISTS trait_origins String CODEC(ZSTD(1)),
         ADD COLUMN IF NOT EXISTS other_traits String CODEC(ZSTD(1)), ADD COLUMN IF NOT EXISTS known_identifiers Array(String)`,
      `ALTER TABLE ${data}.links ADD COLUMN IF NOT EXISTS rule LowCardinality(String),
         ADD COLUMN IF NOT EXISTS effective_time DateTime64(3, 'UTC'), ADD COLUMN IF NOT EXISTS waived Array(String),
         ADD COLUMN IF NOT EXISTS public Bool`,
      `CREATE TABLE IF NOT EXISTS ${data}.separations (
        distinct_id String,
        separated_from String,
        seq UInt64,
        lifted Bool,
        version UInt64
      ) ENGINE = ${dialect.whole(data, 'separations', 'ReplacingMergeTree', 'version')} ORDER BY (distinct_id, separated_from, seq)
      SETTINGS ${durable}, ${small}`,
      ...(exclusive
        ? [
            `ALTER TABLE ${data}.state DELETE WHERE name = 'projected' SETTINGS mutations_sync = 2`,
            ...['identifiers', 'identities', 'links'].map((table) => `TRUNCATE TABLE ${data}.${table}`),
          ]
        : []),
    ],
  },
];

export const newestMigration = migrations.at(-1)!.id;

/** `upTo`: as far as a version went whose files are to be taken in. */
export async function migrate(engine: Engine, databases: Databases, upTo = newestMigration): Promise<void> {
  const { dialect } = engine;
  const { data, open } = databases;
  await engine.everywhere(`CREATE DATABASE IF NOT EXISTS ${data}`);
  await engine.everywhere(`CREATE DATABASE IF NOT EXISTS ${open}`);
  await engine.everywhere(
    `CREATE TABLE IF NOT EXISTS ${data}.migrations (id UInt32, applied_at DateTime64(3, 'UTC'))
     ENGINE = ${dialect.whole(data, 'migrations', 'ReplacingMergeTree')} ORDER BY id SETTINGS ${durable}`,
  );
  const done = await engine.rows<{ id: number }>(`SELECT DISTINCT id FROM ${data}.migrations`);
  const ahead = done.find(({ id }) => id > newestMigration);
  if (ahead !== undefined) {
    throw new ConfigError(
      `The event store was written by a newer Onym (migration ${ahead.id}, this one knows ${newestMigration}). Start that version or a later one.`,
    );
  }
  for (const migration of migrations) {
    if (migration.id > upTo || done.some(({ id }) => id === migration.id)) continue;
    for (const statement of migration.statements(databases, dialect, engine)) await engine.everywhere(statement);
    await engine.command(`INSERT INTO ${data}.migrations VALUES (${migration.id}, now64(3))`);
  }
}
