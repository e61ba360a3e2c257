import type { Databases } from './databases.ts';
import { type Engine, literal } from './engine.ts';
import { columnJson } from './json-column.ts';
import type { RawPlace, RawRange, RawRows } from './types.ts';

/**
 * Rows of the events as `insertEvents` takes them, in the order of the table's key, which nothing that happens to its parts changes. Each is
 * bound to its own node, which is right at seq 0 of the map: whoever takes them in lays the whole map over them.
 */
export async function rawRows(engine: Engine, databases: Databases, range: RawRange): Promise<RawRows | null> {
  const { upTo, rowsMax, bytesMax } = range;
  const limit = upTo === null ? rowsMax + 1 : null;
  const lines: string[] = [];
  let bytes = 0;
  let next: string | null = null;
  for await (const line of linesOf(engine.stream(selectOf(databases, range, limit), 'TSVRaw'))) {
    if (upTo === null && (lines.length === rowsMax || bytes >= bytesMax)) {
      next = line;
      break;
    }
    lines.push(line);
    bytes += line.length;
  }
  if (next !== null) {
    // Rows of one place go together, or it would not be known where to go on.
    const place = placeOf(next);
    while (lines.length > 0 && isSame(placeOf(lines.at(-1)!), place)) lines.pop();
    if (lines.length === 0) return rawRows(engine, databases, { ...range, upTo: place });
  }
  if (lines.length === 0) return null;
  const ndjson = Buffer.concat(lines.map((line) => Buffer.from(rowOf(line), 'utf8')));
  return { ndjson, rows: lines.length, last: placeOf(lines.at(-1)!) };
}

/** How many events there are, and a digest of all that is not in the column of their properties, whatever their order. */
export async function tallyOf(engine: Engine, { data }: Databases): Promise<{ events: number; digest: string }> {
  const [row] = await engine.rows<{ events: number; digest: string }>(
    `SELECT count() AS events, toString(sum(cityHash64(toString((${digested.join(', ')}))))) AS digest FROM ${data}.events AS e`,
  );
  return { events: Number(row!.events), digest: row!.digest };
}

const order = ['toDate32(e.timestamp)', 'e.event', 'e.node_id', 'e.timestamp', 'e.uuid', 'e.distinct_id'];
const milliseconds = (column: string): string => `toUnixTimestamp64Milli(e.${column})`;
const digested = [
  'e.uuid',
  milliseconds('timestamp'),
  milliseconds('received_at'),
  'e.client_timestamp',
  'toString(e.event)',
  'e.distinct_id',
  'e.anonymous_id',
  'e.device_id',
  'e.session_id',
  'e.node_id',
  'e.properties_raw',
];

const json = (sql: string): string => `ifNull(toJSONString(${sql}), 'null')`;
/** Three texts, none of which holds a tab or a newline: a row's JSON but for its properties and its end, what the column has of these, and what was sent. */
const columns = [
  `concat('{"uuid":"', toString(e.uuid), '","timestamp":', toString(${milliseconds('timestamp')}),
    ',"received_at":', toString(${milliseconds('received_at')}), ',"event":', ${json('toString(e.event)')},
    ',"distinct_id":', ${json('e.distinct_id')}, ',"client_timestamp":', ${json('e.client_timestamp')},
    ',"anonymous_id":', ${json('e.anonymous_id')}, ',"device_id":', ${json('e.device_id')},
    ',"session_id":', ${json('e.session_id')}, ',"node_id":"', toString(e.node_id), '","identity_id":"', toString(e.node_id), '"')`,
  'toJSONString(e.properties)',
  `if(e.properties_raw = '', '', toJSONString(e.properties_raw))`,
];

function selectOf({ data }: Databases, { after, upTo }: RawRange, limit: number | null): string {
  const conditions = [...(after === null ? [] : beyond(after, '>')), ...(upTo === null ? [] : beyond(upTo, '<='))];
  return `SELECT ${columns.join(', ')} FROM ${data}.events AS e
    ${conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`}
    ORDER BY ${order.join(', ')} ${limit === null ? '' : `LIMIT ${limit}`}`;
}

/** Column by column, which the index understands; of tuples it understands nothing. */
function beyond(place: RawPlace, operator: '>' | '<='): string[] {
  const time = `fromUnixTimestamp64Milli(toInt64(${place.timestamp}), 'UTC')`;
  const values = [
    `toDate32(${time})`,
    literal(place.event),
    `toUUID(${literal(place.node_id)})`,
    time,
    `toUUID(${literal(place.uuid)})`,
    literal(place.distinct_id),
  ];
  const strict = operator === '>' ? '>' : '<';
  const isBeyond = values.reduceRight((rest, value, index) => {
    const column = order[index]!;
    return index === values.length - 1
      ? `${column} ${operator} ${value}`
      : `(${column} ${strict} ${value} OR ${column} = ${value} AND ${rest})`;
  }, '');
  return [`${order[0]} ${strict}= ${values[0]}`, isBeyond];
}

function rowOf(line: string): string {
  const [head, properties, raw] = line.split('\t') as [string, string, string];
  if (raw === '') return `${head},"properties":${properties}}\n`;
  // What the column was made of. Where the engine could not take that, it is empty.
  const column = properties === '{}' ? properties : columnJson(JSON.parse(raw) as string);
  return `${head},"properties":${column},"properties_raw":${raw}}\n`;
}

function placeOf(line: string): RawPlace {
  const { timestamp, event, node_id, uuid, distinct_id } = JSON.parse(`${line.split('\t', 1)[0]}}`) as RawPlace;
  return { timestamp, event, node_id, uuid, distinct_id };
}

const isSame = (a: RawPlace, b: RawPlace): boolean => JSON.stringify(a) === JSON.stringify(b);

async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of chunks) {
    const lines = (text + decoder.decode(chunk, { stream: true })).split('\n');
    text = lines.pop()!;
    yield* lines;
  }
  if (text !== '') yield text;
}
