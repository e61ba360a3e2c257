import type { Millis } from '@onym/core';
import { OnymError } from '../errors.ts';
import { parseTimestamp, timestampForms, timestampMax } from '../ingest/timestamps.ts';
import { plainName } from './columns.ts';
import type { Cells, ImportKind } from './types.ts';

/** Names of columns that say when, by who says it: the client, whoever changed the row, the server that took it in, the row's maker. */
const clientNames = [
  'timestamp',
  'original_timestamp',
  'event_time',
  'event_timestamp',
  'event_datetime',
  'event_ts',
  'time',
  'occurred_at',
  'happened_at',
  'tracked_at',
  'client_event_time',
  'client_timestamp',
  'client_time',
  'derived_tstamp',
  'true_tstamp',
  'dvce_created_tstamp',
];
const changedNames = ['updated_at', 'updated', 'modified_at', 'last_modified', 'last_updated', 'last_modified_at'];
const createdNames = ['created_at', 'created', 'create_time'];
const looseNames = [
  'ts',
  'tstamp',
  'datetime',
  'date_time',
  'event_date',
  'date',
  'timestamp_ms',
  'ts_ms',
  'time_ms',
  'timestamp_utc',
  'unix_timestamp',
  'unix_time',
  'epoch',
  'epoch_ms',
  'time_stamp',
  'logged_at',
  'recorded_at',
];
const sentNames = ['sent_at', 'client_upload_time', 'dvce_sent_tstamp'];
const serverNames = [
  'received_at',
  'received',
  'server_received_time',
  'server_timestamp',
  'server_time',
  'server_upload_time',
  'collector_tstamp',
  'processed_time',
  'processed_at',
  'ingested_at',
  'inserted_at',
  'etl_tstamp',
  'load_tstamp',
  'loaded_at',
  'uuid_ts',
];

/**
 * In order of preference. An event happened when its client says; what a row tells of a person is as of the row's last change, and a
 * person's first day is only better than nothing.
 */
const namesByKind: Readonly<Record<ImportKind, readonly string[]>> = {
  event: [...clientNames, ...createdNames, ...looseNames, ...sentNames, ...serverNames],
  identify: [...clientNames, ...changedNames, ...looseNames, ...sentNames, ...serverNames, ...createdNames],
  alias: [...clientNames, ...changedNames, ...looseNames, ...sentNames, ...serverNames, ...createdNames],
};

/**
 * Columns that say when a row of this kind happened, the best first. A column of the right name that holds something else (a duration)
 * goes by, unless there is no other.
 */
export function timeColumns(
  columns: readonly string[],
  kind: ImportKind,
  taken: ReadonlySet<string>,
  mayBe: (column: string) => boolean,
): string[] {
  const open = columns.filter((column) => !taken.has(column));
  const named = namesByKind[kind].flatMap((name) => open.filter((column) => timeName(column) === name));
  const likely = named.filter(mayBe);
  return likely.length > 0 ? likely : named;
}

/** Whether a column is empty in these rows, or holds a moment in one of them. */
export function mayBeTime(rows: readonly Cells[], column: string): boolean {
  const filled = rows.filter((cells) => !isNoTime(cells[column]));
  return filled.length === 0 || filled.some((cells) => readMoment(cells[column]) !== null);
}

/** Says when the person of a row came to be, not when the row did. */
export const isCreation = (column: string): boolean => createdNames.includes(timeName(column));

const timeName = (column: string): string => plainName(column).replace(/^[@$_]/, '');

/** Columns that may say when, for a message. */
export function likelyTimes(columns: readonly string[]): string[] {
  return columns.filter((column) =>
    /(^|_)(at|time|date|day|ts|tstamp|timestamp|when)$|^(date|time)/.test(timeName(column)),
  );
}

export function noTimeError(columns: readonly string[], there: string): OnymError {
  const likely = likelyTimes(columns)[0];
  return new OnymError(
    'invalid-payload',
    `No column says when these events happened, and they are not to be dated today in silence. Give --timestamp ${likely === undefined ? 'and a column' : JSON.stringify(likely)}, or --timestamp now where now is right. ${there}`,
  );
}

/** How a moment is written, where that deserves to be said. */
export type TimeForm = 'spreadsheet days' | 'dates' | 'plain';

export interface Moment {
  readonly at: Millis;
  readonly form: TimeForm;
}

/** When the row happened, by the first of these columns that is filled in; null where none is. Throws `invalid-timestamp`. */
export function timeOf(cells: Cells, columns: readonly string[]): Moment | null {
  for (const column of columns) {
    const value = cells[column];
    if (isNoTime(value)) continue;
    return momentOf(value, column);
  }
  return null;
}

/** Of a cell: nothing, or a word for it. */
export function isNoTime(value: unknown): boolean {
  if (value === null || value === undefined) return true;
  return typeof value === 'string' && /^\s*(\\N|null|none|n\/a|nan|nat)?\s*$/i.test(value);
}

export function momentOf(value: unknown, column: string): Moment {
  const moment = readMoment(value);
  if (moment !== null && moment.at >= 0 && moment.at <= timestampMax) return moment;
  const shown = typeof value === 'string' ? JSON.stringify(value.slice(0, 64)) : String(value);
  throw new OnymError(
    'invalid-timestamp',
    `${column} is ${shown}, which does not say when. Write it as ${timestampForms}${hintFor(value)}; --timestamp names another column.`,
  );
}

const dayMs = 86_400_000;

/** Days since 1899-12-30, as spreadsheets count: these are 1970 to 2119. As seconds they would be the first day of 1970. */
const spreadsheetEpoch = 25_569;
const spreadsheetDaysBelow = 80_000;
/** As seconds, what lies below is before 1973-03: no time of anything, but some other number. */
const secondsFrom = 1e8;
const millisFrom = 1e11;
const microsFrom = 1e14;
const nanosFrom = 1e17;
const nanosBelow = 1e20;

function readMoment(value: unknown): Moment | null {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : { at: value.getTime(), form: 'plain' };
  if (typeof value === 'bigint') return ofNumber(Number(value));
  if (typeof value === 'number') return ofNumber(value);
  if (typeof value !== 'string') return null;
  const text = value.trim();
  if (/^\d+([.,]\d+)?$/.test(text)) return ofNumber(Number(text.replace(',', '.')));
  const at = parseTimestamp(text) ?? parseTimestamp(asIso(text)) ?? ofNamedMonth(text);
  return at === null ? null : { at, form: 'plain' };
}

function ofNumber(value: number): Moment | null {
  if (!Number.isFinite(value)) return null;
  if (value >= spreadsheetEpoch && value < spreadsheetDaysBelow)
    return { at: Math.round((value - spreadsheetEpoch) * dayMs), form: 'spreadsheet days' };
  const date = ofDigits(value);
  if (date !== null) return { at: date, form: 'dates' };
  if (value < secondsFrom || value >= nanosBelow) return null;
  if (value < millisFrom) return { at: Math.round(value * 1_000), form: 'plain' };
  const divisor = value < microsFrom ? 1 : value < nanosFrom ? 1e3 : 1e6;
  return { at: Math.trunc(value / divisor), form: 'plain' };
}

/** 20260102 and 20260102030405. As seconds the first would be 1970, as milliseconds the second 2612. */
function ofDigits(value: number): Millis | null {
  if (!Number.isInteger(value)) return null;
  const match = /^((?:19|20)\d\d)(\d\d)(\d\d)(?:(\d\d)(\d\d)(\d\d))?$/.exec(String(value));
  if (match === null || Number(match[1]) < 1970) return null;
  const [, year, month, day, hour = '00', minute = '00', second = '00'] = match;
  return parseTimestamp(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}

/** 2026/01/02 03:04 and 20260102T030405Z. Where the year comes last, nobody knows which is the month. */
function asIso(text: string): string {
  const basic = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})(.*)$/.exec(text);
  if (basic !== null) return `${basic[1]}-${basic[2]}-${basic[3]}T${basic[4]}:${basic[5]}:${basic[6]}${basic[7]}`;
  return text
    .replace(
      /^(\d{4})[/.](\d{1,2})[/.](\d{1,2})\b/,
      (_, year, month, day) => `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`,
    )
    .replace(/^(\d{4}-\d{2}-\d{2}[T ])(\d):/, '$10$2:');
}

const namedMonth =
  /^(?:[A-Za-z]{3,9},? )?(?:\d{1,2}[ -][A-Za-z]{3,9}[ -]\d{4}|[A-Za-z]{3,9} \d{1,2},? \d{4})\b[ ,]*(?:\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?: ?[AP]M)?)?(?: ?(Z|UTC|GMT|[+-]\d{2}:?\d{2}))?$/i;

/** `Fri, 02 Jan 2026 03:04:05 GMT`, `Jan 2, 2026 3:04 PM`; UTC where no zone is named. */
function ofNamedMonth(text: string): Millis | null {
  const match = namedMonth.exec(text);
  if (match === null) return null;
  const at = Date.parse(match[1] === undefined ? `${text} UTC` : text);
  return Number.isNaN(at) ? null : at;
}

function hintFor(value: unknown): string {
  if (typeof value === 'string' && /^\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}\b/.test(value.trim()))
    return ' (day and month can not be told apart here)';
  return '';
}
