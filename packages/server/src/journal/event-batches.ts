import { eventOfRow, exactRowStart, rowStart, sentOfRow } from '../events/event-rows.ts';
import { EncodingError } from '../events/row-error.ts';
import type { SentEvent, StoredEvent } from '../events/types.ts';
import { eventLine, eventsOf } from './event-lines.ts';

/*
 * The text of a batch in the journal's file. Almost always: a line of JSON about its events, and a line for each, the start of its row in the
 * event store. Else, for what comes out of quarantine, for an event that a row would change, and in files of earlier versions: a JSON array of
 * events as they are (event-lines.ts).
 */

/** Events as they are to be written. */
export interface WrittenEvents {
  readonly form: 'rows' | 'events';
  readonly lines: readonly string[];
  /** Of rows: whose they are, and when the first of them came. */
  readonly distinctIds: readonly string[];
  readonly receivedAt: number;
}

/** Events whose rows lack their ends alone. */
export interface EventRows {
  readonly distinctIds: readonly string[];
  /** A line each. Throws EncodingError for an event that has no row. */
  lines(): Buffer;
  sent(): readonly SentEvent[];
}

/** The events of one batch. */
export interface BatchEvents {
  readonly count: number;
  readonly events: StoredEvent[];
  /** What each is told by from others of its environment. */
  readonly names: { readonly uuid: string; readonly distinct_id: string }[];
  /** Those from `from` (inclusive) to `to` (exclusive). */
  rows(from: number, to: number): EventRows;
}

interface Head {
  readonly received_at: number;
  readonly distinct_ids: readonly string[];
}

const newline = 0x0a;
const openingBracket = 0x5b;

export function writtenEvents(events: readonly StoredEvent[]): WrittenEvents {
  const receivedAt = events[0]!.received_at;
  const lines: string[] = [];
  const distinctIds: string[] = [];
  for (const event of events) {
    const start = exactRowStart(event);
    if (start === null) return { form: 'events', lines: events.map(eventLine), distinctIds: [], receivedAt };
    lines.push(start);
    distinctIds.push(event.distinct_id);
  }
  return { form: 'rows', lines, distinctIds, receivedAt };
}

export function batchText({ form, lines, distinctIds, receivedAt }: WrittenEvents): string {
  if (form === 'events') return `[${lines.join(',')}]`;
  const head: Head = { received_at: receivedAt, distinct_ids: distinctIds };
  return `${JSON.stringify(head)}\n${lines.join('\n')}\n`;
}

/** Throws SyntaxError for what is no text of a batch. */
export function batchEvents(text: Buffer): BatchEvents {
  if (text[0] === openingBracket) return eventsAsTheyAre(eventsOf(text.toString('utf8')));
  const end = text.indexOf(newline);
  if (end === -1) throw new SyntaxError('It has no first line.');
  const { distinct_ids: distinctIds } = JSON.parse(text.toString('utf8', 0, end)) as Head;
  return eventsAsRows(distinctIds, text.subarray(end + 1));
}

function eventsAsTheyAre(events: StoredEvent[]): BatchEvents {
  return {
    count: events.length,
    events,
    names: events,
    rows: (from, to) => rowsOfEvents(events.slice(from, to)),
  };
}

function eventsAsRows(distinctIds: readonly string[], lines: Buffer): BatchEvents {
  return {
    count: distinctIds.length,
    get events() {
      return textsOf(lines).map(eventOfRow);
    },
    get names() {
      return textsOf(lines).map(sentOfRow);
    },
    rows(from, to) {
      const isWhole = from <= 0 && to >= distinctIds.length;
      const ids = isWhole ? distinctIds : distinctIds.slice(from, to);
      const part = isWhole ? lines : lines.subarray(placeOf(lines, from), placeOf(lines, to));
      return { distinctIds: ids, lines: () => part, sent: () => textsOf(part).map(sentOfRow) };
    },
  };
}

/** Events of whatever origin. */
export function rowsOfEvents(events: readonly StoredEvent[]): EventRows {
  return {
    distinctIds: events.map((event) => event.distinct_id),
    lines() {
      try {
        return Buffer.from(events.map((event) => `${rowStart(event)}\n`).join(''), 'utf8');
      } catch (error) {
        throw new EncodingError(`An event can't be encoded: ${error instanceof Error ? error.message : error}`, {
          cause: error,
        });
      }
    },
    sent: () => events,
  };
}

/** Where the line of this number begins. */
function placeOf(lines: Buffer, line: number): number {
  let at = 0;
  for (let n = 0; n < line && at < lines.length; n++) at = lines.indexOf(newline, at) + 1;
  return at;
}

const textsOf = (lines: Buffer): string[] =>
  lines.length === 0 ? [] : lines.toString('utf8', 0, lines.length - 1).split('\n');

/** Throws for a text that does not hold so many events. */
export function checkBatch(text: string, count: number): void {
  const { events } = batchEvents(Buffer.from(text, 'utf8'));
  if (events.length !== count) throw new SyntaxError(`It holds ${events.length} events, and not ${count}.`);
}
