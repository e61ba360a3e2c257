import type { Databases } from './databases.ts';
import type { Engine } from './engine.ts';
import { sentJson } from './json-column.ts';
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
      ];
    case 'identifiers':
      return [
        column('distinct_id'),
        column('identity_id', 'text', 'toString(e.identity_id)'),
        column('known', 'plain'),
        column('first_seen', 'time'),
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
      ];
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

/** Exports that run, so that a compaction waits for them: they look identities up as queries do. */
export interface Exporter {
  run(databases: Databases, overlay: Overlay, what: ExportTable, format: ExportFormat): AsyncGenerator<Uint8Array>;
  underWay(): Promise<void>;
}

export function createExporter(engine: Engine): Exporter {
  const running = new Set<Promise<void>>();

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
      let end = () => {};
      const ended = new Promise<void>((resolve) => {
        end = resolve;
      });
      running.add(ended);
      try {
        yield* format === 'parquet' ? parquet(databases, overlay, what) : text(databases, overlay, what, format);
      } finally {
        running.delete(ended);
        end();
      }
    },
    async underWay() {
      await Promise.all([...running]);
    },
  };
}

/** The alias `e` is what the columns name. What is kept as text beside a JSON column is in the tables alone. */
function sourceOf({ open, data }: Databases, what: ExportTable): string {
  switch (what) {
    case 'events':
      return `${data}.events AS e`;
    case 'identities':
      return `${data}.identities AS e FINAL`;
    default:
      return `${open}.${what} AS e`;
  }
}
