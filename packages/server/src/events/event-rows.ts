import { hasOnlyWholeCharacters } from '../characters.ts';
import { parseExact } from '../exact-json/parse.ts';
import { columnJson, text } from './json-column.ts';
import type { SentEvent, StoredEvent } from './types.ts';

/*
 * An event as a row of the event store, in two pieces: its start, which is all that was known when it came, and its end, which binds it to an
 * identity. The properties stand last in the start: what is before them can be read without them.
 */

/** Years 1900 to 2299: what the column holds. */
const timeMinMs = Date.UTC(1900, 0, 1);
const timeMaxMs = Date.UTC(2300, 0, 1) - 1;

export const clampTime = (ms: number): number =>
  Number.isFinite(ms) ? Math.trunc(Math.min(Math.max(ms, timeMinMs), timeMaxMs)) : 0;

export const textOrNull = (value: string | null): string => (value === null ? 'null' : text(value));

/** The column, and, where that does not keep everything, the text beside it from which timelines and exports answer. */
export function jsonColumn(name: 'properties' | 'traits', json: string, lossy: boolean): string {
  return lossy ? `"${name}":${columnJson(json)},"${name}_raw":${JSON.stringify(json)}` : `"${name}":${json}`;
}

/** Null where it is left out. */
function clientTimestampOf({ client_timestamp: sent }: StoredEvent): string {
  return sent === null ? '' : `"client_timestamp":"${new Date(sent).toISOString()}",`;
}

/** On one line. Throws for what has no such form, such as a moment that no calendar has. */
export function rowStart(event: StoredEvent): string {
  return (
    `{"uuid":"${event.uuid}","timestamp":${clampTime(event.timestamp)},"received_at":${clampTime(event.received_at)},` +
    `"event":${text(event.event)},"distinct_id":${text(event.distinct_id)},${clientTimestampOf(event)}` +
    `"anonymous_id":${textOrNull(event.anonymous_id)},"device_id":${textOrNull(event.device_id)},` +
    `"session_id":${textOrNull(event.session_id)},${jsonColumn('properties', event.properties, event.lossy)}`
  );
}

/** Of ASCII, and always of the same length. */
export const rowEnd = (node: string, identityId: string): string =>
  `,"node_id":"${node}","identity_id":"${identityId}"}\n`;

/** The row's start, from which the very event can be read again; null where it has none such. */
export function exactRowStart(event: StoredEvent): string | null {
  if (clampTime(event.timestamp) !== event.timestamp || clampTime(event.received_at) !== event.received_at) return null;
  try {
    const start = rowStart(event);
    return start.includes('\n') || (start.includes('\ufffd') && !isWhole(event)) ? null : start;
  } catch {
    return null;
  }
}

const isWhole = ({ event, distinct_id, anonymous_id, device_id, session_id }: StoredEvent): boolean =>
  [event, distinct_id, anonymous_id, device_id, session_id].every(
    (value) => value === null || hasOnlyWholeCharacters(value),
  );

/** No text of the event can hold this: the quotes in it would be escaped. */
const beforeProperties = ',"properties":';

interface RowHead {
  readonly uuid: string;
  readonly timestamp: number;
  readonly received_at: number;
  readonly event: string;
  readonly distinct_id: string;
  readonly client_timestamp?: string;
  readonly anonymous_id: string | null;
  readonly device_id: string | null;
  readonly session_id: string | null;
}

function headOf(start: string): RowHead {
  return JSON.parse(`${start.slice(0, start.indexOf(beforeProperties))}}`) as RowHead;
}

const momentOf = ({ client_timestamp: sent }: RowHead): number | null => (sent === undefined ? null : Date.parse(sent));

/** What an event that was sent twice is found by, of a row's start. */
export function sentOfRow(start: string): SentEvent {
  const head = headOf(start);
  const { uuid, distinct_id, event, timestamp, received_at } = head;
  return { uuid, distinct_id, event, timestamp, client_timestamp: momentOf(head), received_at };
}

/** The event of an exact row's start. */
export function eventOfRow(start: string): StoredEvent {
  const head = headOf(start);
  const { properties_raw: raw } = parseExact(`${start}}`) as { properties_raw?: string };
  return {
    uuid: head.uuid,
    timestamp: head.timestamp,
    client_timestamp: momentOf(head),
    received_at: head.received_at,
    event: head.event,
    properties: raw ?? start.slice(start.indexOf(beforeProperties) + beforeProperties.length),
    lossy: raw !== undefined,
    distinct_id: head.distinct_id,
    anonymous_id: head.anonymous_id,
    device_id: head.device_id,
    session_id: head.session_id,
  };
}
