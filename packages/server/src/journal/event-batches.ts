import { bytesPerUnitMax } from '../characters.ts';
import { eventOfRow, exactRowStart, rowStart, sentOfRow } from '../events/event-rows.ts';
import { EncodingError } from '../events/row-error.ts';
import type { SentEvent, StoredEvent } from '../events/types.ts';
import { limits } from '../limits.ts';
import { eventLine, eventsOf } from './event-lines.ts';

/*
 * The text of a batch in the journal's file. Almost always: a line of JSON about its events, and a line for each, the start of its row in the
 * event store. Else, for what comes out of quarantine, for an event that a row would change, and in files of earlier versions: a JSON array of
 * events as they are (event-lines.ts).
 */

/** Events as they are to be written, not more than a batch may hold. */
export interface WrittenEvents {
  readonly form: 'rows' | 'events';
  readonly count: number;
  /** Lines, or JSON parted by commas: out of the heap, where it would be copied again and again while it waits for the disk. */
  readonly bytes: Buffer;
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

export function writtenEvents(events: readonly StoredEvent[]): WrittenEvents[] {
  const single = events.length === 1 ? writtenEvent(events[0]!) : null;
  if (single !== null) return [single];
  const starts: string[] = [];
  for (const event of events) {
    const start = exactRowStart(event);
    if (start === null) return writtenLines(events.map(eventLine));
    starts.push(start);
  }
  return runsOf(starts).map(([from, to]) => {
    const own = from === 0 && to === events.length ? events : events.slice(from, to);
    return {
      form: 'rows',
      count: to - from,
      bytes: bytesOf((own === events ? starts : starts.slice(from, to)).join('\n'), newline),
      distinctIds: own.map((event) => event.distinct_id),
      receivedAt: own[0]!.received_at,
    };
  });
}

/** As one row; null where it has none. */
function writtenEvent(event: StoredEvent): WrittenEvents | null {
  const start = exactRowStart(event);
  if (start === null) return null;
  const { distinct_id, received_at } = event;
  return {
    form: 'rows',
    count: 1,
    bytes: bytesOf(start, newline),
    distinctIds: [distinct_id],
    receivedAt: received_at,
  };
}

/** What a page of memory is shared by: a Buffer of its own for each event, or the small pages that Node shares, cost the collector more. */
const slabBytes = 256 * 1024;
let slab = Buffer.alloc(0);
let slabUsed = 0;

/** In UTF-8, with the byte `last` behind it. */
function bytesOf(text: string, last: number): Buffer {
  const lengthMax = text.length * bytesPerUnitMax + 1;
  if (lengthMax > slabBytes / 8) return Buffer.from(text + String.fromCharCode(last), 'utf8');
  if (slabUsed + lengthMax > slab.length) {
    slab = Buffer.allocUnsafeSlow(slabBytes);
    slabUsed = 0;
  }
  const from = slabUsed;
  slabUsed += slab.write(text, from, 'utf8');
  slab[slabUsed++] = last;
  return slab.subarray(from, slabUsed);
}

/** Of events as they are (event-lines.ts). */
export function writtenLines(lines: readonly string[]): WrittenEvents[] {
  return runsOf(lines).map(([from, to]) => ({
    form: 'events',
    count: to - from,
    bytes: Buffer.from(lines.slice(from, to).join(','), 'utf8'),
    distinctIds: [],
    receivedAt: 0,
  }));
}

const { journalRowEventsMax: eventsMax, journalRowLengthMax: lengthMax } = limits;

/** Cuts lines into runs that one batch may hold; a single one may be longer than that. */
function runsOf(lines: readonly string[]): [from: number, to: number][] {
  const runs: [number, number][] = [];
  let from = 0;
  let length = 0;
  for (let to = 0; to < lines.length; to++) {
    if (to - from === eventsMax || (to > from && length + lines[to]!.length > lengthMax)) {
      runs.push([from, to]);
      from = to;
      length = 0;
    }
    length += lines[to]!.length;
  }
  runs.push([from, lines.length]);
  return runs;
}

/** In their order, as few batches as may hold them. */
export function batchesOf(written: readonly WrittenEvents[]): { text: Buffer; count: number }[] {
  const batches: { text: Buffer; count: number }[] = [];
  let from = 0;
  let count = 0;
  let length = 0;
  const close = (to: number): void => {
    batches.push({ text: batchText(written.slice(from, to)), count });
    from = to;
    count = 0;
    length = 0;
  };
  for (const [index, { form, count: events, bytes }] of written.entries()) {
    const isFull = count + events > eventsMax || length + bytes.length > lengthMax;
    if (index > from && (isFull || form !== written[from]!.form)) close(index);
    count += events;
    length += bytes.length;
  }
  close(written.length);
  return batches;
}

function batchText(written: readonly WrittenEvents[]): Buffer {
  const [{ form, receivedAt, distinctIds }] = written as [WrittenEvents];
  if (form === 'events')
    return Buffer.from(`[${written.map(({ bytes }) => bytes.toString('utf8')).join(',')}]`, 'utf8');
  const ids = written.length === 1 ? distinctIds : written.flatMap((each) => each.distinctIds);
  const head: Head = { received_at: receivedAt, distinct_ids: ids };
  return Buffer.concat([bytesOf(JSON.stringify(head), newline), ...written.map(({ bytes }) => bytes)]);
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
