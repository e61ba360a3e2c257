import type { Databases } from './databases.ts';
import type { Engine } from './engine.ts';
import { sentJson } from './json-column.ts';
import type { ReadsUnderWay } from './reads-under-way.ts';
import type { ExportFormat, ExportTable } from './types.ts';
import { identityExpression, type Overlay } from './views.ts';

interface Column {
  readonly name: string;
  readonly sql: string;
  /** `json`: text that is JSON already. */
  readonly kind: 'text' | 'time' | 'json' | 'plain' | 'list';
}

const column = (name: string, kind: Column['kind'] = 'text', sql = name): Column => ({ name, kind, sql });

function columnsOf(what: ExportTable, data: string, overlay: Overlay): readonly Column[] {
  switch (what) {
    case 'events':
      return [
        column('uuid', 'text', 'toString(e.uuid)'),
        column('timestamp', 'time', 'e.timestamp'),
        column('received_at', 'time', 'e.received_at'),
        column('event', 'text', 'toString(e.event)'),
        column('properties', 'json', sentJson('properties')),
        column('distinct_id'),
        column('anonymous_id'),
        column('device_id'),
        column('session_id'),
        column('identity_id', 'text', `toString(${identityExpression(data, overlay)})`),
        column('client_timestamp'),
      ];
    case 'identities':
      return [
        column('identity_id', 'text', 'toString(e.identity_id)'),
        column('canonical_id'),
        column('known', 'plain'),
        column('traits', 'json', sentJson('traits')),
        column('identifiers', 'list'),
        column('created_at', 'time'),
        column('known_identifiers', 'list'),
        column('trait_origins', 'json'),
        column('other_traits', 'json'),
      ];
    case 'identifiers':
      return [
        column('distinct_id'),
        column('identity_id', 'text', 'toString(e.identity_id)'),
        column('known', 'plain'),
        column('first_seen', 'time', 'assumeNotNull(e.first_seen)'),
        column('canonical_id'),
        column('identified', 'plain', 'CAST(e.identified_seq > 0 AS Bool)'),
      ];
    case 'links':
      return [
        column('seq', 'plain'),
        column('kind', 'text', 'toString(e.kind)'),
        column('primary_id'),
        column('secondary_id'),
        column('status', 'text', 'toString(e.status)'),
        column('reason', 'text', 'CAST(e.reason AS Nullable(String))'),
        column('time', 'time'),
        column('key'),
        column('lib'),
        column('batch'),
        column('effective_time', 'time'),
        column('rule', 'text', 'toString(e.rule)'),
        column('waived', 'list'),
        column('public', 'plain'),
        column('primary_identified', 'plain'),
        column('secondary_identified', 'plain'),
      ];
    case 'separations':
      return [column('distinct_id'), column('separated_from'), column('seq', 'plain')];
  }
}

const isoTime = (sql: string): string => `concat(replaceOne(toString(${sql}), ' ', 'T'), 'Z')`;

/** One line of NDJSON for a row. */
function jsonLine(columns: readonly Column[]): string {
  const parts = columns.map(({ name, kind, sql }, index) => {
    const value =
      kind === 'json'
        ? sql
        : kind === 'time'
          ? `toJSONString(${isoTime(sql)})`
          : `ifNull(toJSONString(${sql}), 'null')`;
    return `'${index === 0 ? '{' : ','}"${name}":', ${value}`;
  });
  return `concat(${parts.join(', ')}, '}')`;
}

function csvCell({ kind, sql }: Column): string {
  return kind === 'time' ? isoTime(sql) : kind === 'list' ? `toJSONString(${sql})` : sql;
}

const rowGroupRows = 100_000;
/** What a join or a sort keeps in memory before it goes by way of the disk. */
const spillBytes = 1024 ** 3;

/** Exports look identities up as queries do: a compaction waits for them. */
export interface Exporter {
  run(databases: Databases, overlay: Overlay, what: ExportTable, format: ExportFormat): AsyncGenerator<Uint8Array>;
}

export function createExporter(engine: Engine, reads: ReadsUnderWay): Exporter {
  async function* text(databases: Databases, overlay: Overlay, what: ExportTable, format: 'csv' | 'ndjson') {
    const columns = columnsOf(what, databases.data, overlay);
    const from = sourceOf(databases, what);
    if (format === 'ndjson') {
      yield* engine.stream(`SELECT ${jsonLine(columns)} FROM ${from}`, 'TSVRaw');
      return;
    }
    yield Buffer.from(`${columns.map(({ name }) => name).join(',')}\n`);
    yield* engine.stream(
      `SELECT ${columns.map(csvCell).join(', ')} FROM ${from} SETTINGS format_csv_null_representation = ''`,
      'CSV',
    );
  }

  function parquet(databases: Databases, overlay: Overlay, what: ExportTable) {
    const columns = columnsOf(what, databases.data, overlay).map(({ name, sql }) => `${sql} AS ${name}_`);
    const names = columnsOf(what, databases.data, overlay).map(({ name }) => `${name}_ AS ${name}`);
    const select = `SELECT ${names.join(', ')} FROM (SELECT ${columns.join(', ')} FROM ${sourceOf(databases, what)})`;
    return engine.parquet(select, rowGroupRows);
  }

  return {
    async *run(databases, overlay, what, format) {
      const end = reads.begin();
      try {
        yield* format === 'parquet' ? parquet(databases, overlay, what) : text(databases, overlay, what, format);
      } finally {
        end();
      }
    },
  };
}

/** The alias `e` is what the columns name. */
function sourceOf({ data }: Databases, what: ExportTable): string {
  switch (what) {
    case 'events':
      return `${data}.events AS e`;
    case 'identities':
      return `${data}.identities AS e FINAL`;
    case 'identifiers':
      return `${data}.identifiers AS e FINAL WHERE e.first_seen IS NOT NULL`;
    case 'links':
      return `(${linksOf(data)}) AS e`;
    case 'separations':
      return `${data}.separations AS e FINAL WHERE NOT e.lifted`;
  }
}

/**
 * Links in the order of the ledger, each with the rows that first named its sides by an identify: whom a link finds known decides who
 * gives the name, and an import can tell so from this file alone.
 */
function linksOf(data: string): string {
  const identified = `(SELECT distinct_id, identified_seq FROM ${data}.identifiers FINAL WHERE identified_seq > 0)`;
  return `SELECT l.*, nullIf(p.identified_seq, 0) AS primary_identified, nullIf(s.identified_seq, 0) AS secondary_identified
    FROM ${data}.links AS l FINAL
    LEFT ANY JOIN ${identified} AS p ON p.distinct_id = l.primary_id
    LEFT ANY JOIN ${identified} AS s ON s.distinct_id = l.secondary_id
    ORDER BY l.seq SETTINGS join_algorithm = 'grace_hash', max_bytes_in_join = ${spillBytes}, max_bytes_before_external_sort = ${spillBytes}`;
}
