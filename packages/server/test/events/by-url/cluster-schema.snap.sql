CREATE DATABASE IF NOT EXISTS onym_production_data

CREATE DATABASE IF NOT EXISTS onym_production

CREATE TABLE IF NOT EXISTS onym_production_data.migrations (id UInt32, applied_at DateTime64(3, 'UTC')) ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/onym/onym_production_data/migrations', '{shard}-{replica}') ORDER BY id SETTINGS fsync_after_insert = 1, fsync_part_directory = 1

CREATE TABLE IF NOT EXISTS onym_production_data.events_local ( uuid UUID, timestamp DateTime64(3, 'UTC'), received_at DateTime64(3, 'UTC'), event LowCardinality(String), properties JSON(max_dynamic_paths = 64), properties_raw String CODEC(ZSTD(1)), distinct_id String, anonymous_id Nullable(String), device_id Nullable(String), session_id Nullable(String), node_id UUID, identity_id UUID, INDEX node_id_bloom node_id TYPE bloom_filter(0.01) GRANULARITY 1, INDEX distinct_id_bloom distinct_id TYPE bloom_filter(0.01) GRANULARITY 1 ) ENGINE = ReplicatedMergeTree('/clickhouse/tables/onym/onym_production_data/events_local/{shard}', '{replica}') PARTITION BY toYear(timestamp) ORDER BY (toDate32(timestamp), event, node_id) SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_bytes_for_wide_part = 268435456, non_replicated_deduplication_window = 10000, replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800, enable_block_number_column = 1, enable_block_offset_column = 1

CREATE TABLE IF NOT EXISTS onym_production_data.events AS onym_production_data.events_local ENGINE = Distributed('main', 'onym_production_data', 'events_local', cityHash64(node_id))

CREATE TABLE IF NOT EXISTS onym_production_data.identifiers ( node_id UUID, distinct_id String, identity_id UUID, known Bool, first_seen Nullable(DateTime64(3, 'UTC')), version UInt64 ) ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/onym/onym_production_data/identifiers', '{shard}-{replica}', version) ORDER BY node_id SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, old_parts_lifetime = 60, min_bytes_for_wide_part = 268435456

CREATE TABLE IF NOT EXISTS onym_production_data.identities ( identity_id UUID, canonical_id String, known Bool, traits JSON(max_dynamic_paths = 64), identifiers Array(String), created_at DateTime64(3, 'UTC'), version UInt64, deleted UInt8 ) ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/onym/onym_production_data/identities', '{shard}-{replica}', version, deleted) ORDER BY identity_id SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, old_parts_lifetime = 60, min_bytes_for_wide_part = 268435456

CREATE TABLE IF NOT EXISTS onym_production_data.links ( seq UInt64, kind LowCardinality(String), primary_id String, secondary_id String, status LowCardinality(String), reason LowCardinality(Nullable(String)), time DateTime64(3, 'UTC'), key Nullable(String), lib Nullable(String), batch Nullable(String), version UInt64 ) ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/onym/onym_production_data/links', '{shard}-{replica}', version) ORDER BY seq SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, old_parts_lifetime = 60, min_bytes_for_wide_part = 268435456

CREATE TABLE IF NOT EXISTS onym_production_data.state (name LowCardinality(String), value UInt64) ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/onym/onym_production_data/state', '{shard}-{replica}', value) ORDER BY name SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, old_parts_lifetime = 60, min_bytes_for_wide_part = 268435456

CREATE TABLE IF NOT EXISTS onym_production_data.pending (node_id UUID, identity_id UUID, version UInt64) ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/onym/onym_production_data/pending', '{shard}-{replica}', version) ORDER BY node_id SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, old_parts_lifetime = 60, min_bytes_for_wide_part = 268435456

CREATE DICTIONARY IF NOT EXISTS onym_production_data.overlay (node_id UUID, identity_id UUID) PRIMARY KEY node_id SOURCE(CLICKHOUSE(USER 'onym' PASSWORD 'secret' QUERY 'SELECT node_id, argMax(identity_id, version) AS identity_id FROM onym_production_data.pending WHERE version > (SELECT max(value) FROM onym_production_data.state WHERE name = \'dropped\') GROUP BY node_id')) LAYOUT(COMPLEX_KEY_HASHED()) LIFETIME(0)

CREATE DICTIONARY IF NOT EXISTS onym_production_data.slots_small (slot UInt64, one UInt8) PRIMARY KEY slot SOURCE(CLICKHOUSE(USER 'onym' PASSWORD 'secret' QUERY 'SELECT DISTINCT bitAnd(reinterpretAsUInt64(node_id), 262143) AS slot, toUInt8(1) AS one FROM onym_production_data.pending WHERE version > (SELECT max(value) FROM onym_production_data.state WHERE name = \'dropped\')')) LAYOUT(FLAT(INITIAL_ARRAY_SIZE 262144 MAX_ARRAY_SIZE 262145)) LIFETIME(0)

CREATE DICTIONARY IF NOT EXISTS onym_production_data.slots_large (slot UInt64, one UInt8) PRIMARY KEY slot SOURCE(CLICKHOUSE(USER 'onym' PASSWORD 'secret' QUERY 'SELECT DISTINCT bitAnd(reinterpretAsUInt64(node_id), 4194303) AS slot, toUInt8(1) AS one FROM onym_production_data.pending WHERE version > (SELECT max(value) FROM onym_production_data.state WHERE name = \'dropped\')')) LAYOUT(FLAT(INITIAL_ARRAY_SIZE 4194304 MAX_ARRAY_SIZE 4194305)) LIFETIME(0)

ALTER TABLE onym_production_data.events_local ADD COLUMN IF NOT EXISTS client_timestamp Nullable(String)

ALTER TABLE onym_production_data.events ADD COLUMN IF NOT EXISTS client_timestamp Nullable(String)

ALTER TABLE onym_production_data.identities ADD COLUMN IF NOT EXISTS traits_raw String CODEC(ZSTD(1)) AFTER traits

ALTER TABLE onym_production_data.identifiers ADD COLUMN IF NOT EXISTS canonical_id String, ADD COLUMN IF NOT EXISTS identified_seq UInt64

ALTER TABLE onym_production_data.identities ADD COLUMN IF NOT EXISTS trait_origins String CODEC(ZSTD(1)), ADD COLUMN IF NOT EXISTS other_traits String CODEC(ZSTD(1)), ADD COLUMN IF NOT EXISTS known_identifiers Array(String)

ALTER TABLE onym_production_data.links ADD COLUMN IF NOT EXISTS rule LowCardinality(String), ADD COLUMN IF NOT EXISTS effective_time DateTime64(3, 'UTC'), ADD COLUMN IF NOT EXISTS waived Array(String), ADD COLUMN IF NOT EXISTS public Bool

CREATE TABLE IF NOT EXISTS onym_production_data.separations ( distinct_id String, separated_from String, seq UInt64, lifted Bool, version UInt64 ) ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/onym/onym_production_data/separations', '{shard}-{replica}', version) ORDER BY (distinct_id, separated_from, seq) SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, old_parts_lifetime = 60, min_bytes_for_wide_part = 268435456

CREATE OR REPLACE VIEW onym_production.events DEFINER = `onym` SQL SECURITY DEFINER AS SELECT e.uuid AS uuid, e.timestamp AS timestamp, e.received_at AS received_at, e.event AS event, e.properties AS properties, e.distinct_id AS distinct_id, e.anonymous_id AS anonymous_id, e.device_id AS device_id, e.session_id AS session_id, if((SELECT count() FROM onym_production_data.pending) = 0, e.identity_id, identity(if((SELECT count() FROM onym_production_data.pending) <= 20000, if(dictHas('onym_production_data.slots_small', bitAnd(reinterpretAsUInt64(e.node_id), 262143)), dictGetOrDefault('onym_production_data.overlay', 'identity_id', e.node_id, e.identity_id), e.identity_id), if(dictHas('onym_production_data.slots_large', bitAnd(reinterpretAsUInt64(e.node_id), 4194303)), dictGetOrDefault('onym_production_data.overlay', 'identity_id', e.node_id, e.identity_id), e.identity_id)))) AS identity_id, e.client_timestamp AS client_timestamp FROM onym_production_data.events AS e

CREATE OR REPLACE VIEW onym_production.identities DEFINER = `onym` SQL SECURITY DEFINER AS SELECT identity_id, canonical_id, known, traits, identifiers, created_at FROM onym_production_data.identities FINAL

CREATE OR REPLACE VIEW onym_production.identifiers DEFINER = `onym` SQL SECURITY DEFINER AS SELECT distinct_id, identity_id, known, assumeNotNull(i.first_seen) AS first_seen FROM onym_production_data.identifiers AS i FINAL WHERE i.first_seen IS NOT NULL

CREATE OR REPLACE VIEW onym_production.links DEFINER = `onym` SQL SECURITY DEFINER AS SELECT seq, kind, primary_id, secondary_id, status, reason, time, key, lib, batch FROM onym_production_data.links FINAL