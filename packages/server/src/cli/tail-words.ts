import { stringifyExact } from '../exact-json/stringify.ts';
import type { Style } from './demo/style.ts';
import { shown } from './print.ts';

/** Events and ledger rows as lines for people. */

export interface EventRow {
  readonly received_at: string;
  readonly event: string;
  readonly distinct_id: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

interface RowLink {
  readonly primary_id: string;
  readonly secondary_id: string;
  readonly verdict: string;
  readonly reason: string | null;
}

/** A row of the ledger with the parts of all its kinds. */
export interface LedgerRow {
  readonly seq: number;
  readonly time: string;
  readonly op: string;
  readonly identified?: string | null;
  readonly subject?: string | null;
  readonly traits?: readonly { readonly key: string; readonly value: unknown }[];
  readonly link?: RowLink | number | null;
  readonly a?: string;
  readonly b?: string;
  readonly distinct_ids?: readonly string[];
  readonly revoked?: readonly number[];
  readonly scope?: { readonly batch?: string; readonly key?: string };
  readonly receipt?: { readonly identifiers: number; readonly events: number };
}

const columnsDefault = 120;

export function eventWords(
  { received_at, event, distinct_id, properties }: EventRow,
  style: Style,
  columns = columnsDefault,
): string {
  const what = `  ${shown(event)}  ${shown(distinct_id)}`;
  const line = style.dim(timeOf(received_at)) + what;
  if (Object.keys(properties).length === 0) return line;
  const room = columns - timeOf(received_at).length - what.length - 3;
  return `${line}  ${style.dim(cut(shown(stringifyExact(properties)), room))}`;
}

export function ledgerWords(row: LedgerRow, style: Style): string {
  return `${style.dim(timeOf(row.time))}  ${style.bold(`#${row.seq} ${row.op}`)}  ${shown(sentence(row))}`;
}

export const droppedWords = (count: number, style: Style): string =>
  style.dim(`… ${count} events came too fast to be shown`);

/** Whether a row has the identifier anywhere but in what was set as a trait. */
export function namesId(row: unknown, id: string): boolean {
  const { traits: _traits, source: _source, ...rest } = row as Record<string, unknown>;
  return holds(rest, id);
}

function holds(value: unknown, id: string): boolean {
  if (typeof value !== 'object' || value === null) return value === id;
  return Object.values(value).some((inner) => holds(inner, id));
}

const timeOf = (time: string): string => `${time.slice(11, 19)}Z`;

const cut = (text: string, width: number): string =>
  text.length <= Math.max(width, 1) ? text : `${text.slice(0, Math.max(width, 1))}…`;

function sentence(row: LedgerRow): string {
  switch (row.op) {
    case 'split':
      return `${splitWords(row)} (${taken(row)})`;
    case 'revert': {
      const { batch, key } = row.scope ?? {};
      return `${batch === undefined ? `what the key ${key} sent` : `batch ${batch}`} is taken back (${taken(row)})`;
    }
    case 'separate':
      return `${row.a} and ${row.b} are kept apart from now on`;
    case 'lift':
      return `${row.a} and ${row.b} are no longer kept apart`;
    case 'reject':
      return `link ${row.link} of ${row.a} and ${row.b} was turned down for good`;
    case 'settings':
      return 'other guard rails are in force from here on';
    case 'erase':
      return `a person was erased: ${row.receipt?.identifiers} identifiers, ${row.receipt?.events} events`;
    case 'erased':
      return 'emptied by an erasure';
    default:
      return evidenceWords(row).join('; ');
  }
}

function splitWords({ a, b, distinct_ids: ids, link }: LedgerRow): string {
  if (ids !== undefined) return `${ids.join(', ')} came out of their identity`;
  return link === undefined ? `${a} and ${b} are parted` : `link ${link} is taken back`;
}

function taken({ revoked = [] }: LedgerRow): string {
  return revoked.length === 1 ? '1 link' : `${revoked.length} links`;
}

function evidenceWords({ identified, subject, traits = [], link = null }: LedgerRow): string[] {
  const words: string[] = [];
  if (typeof link === 'object' && link !== null) words.push(linkWords(link));
  else if (identified !== null && identified !== undefined) words.push(`${identified} is known from now on`);
  if (traits.length > 0) {
    const values = traits.map(({ key, value }) =>
      value === null ? `${key} removed` : `${key} = ${stringifyExact(value)}`,
    );
    words.push(`${subject}: ${values.join(', ')}`);
  }
  return words;
}

function linkWords({ primary_id: primary, secondary_id: secondary, verdict, reason }: RowLink): string {
  const both = `${primary} and ${secondary}`;
  switch (verdict) {
    case 'applied':
      return `${both} are one person`;
    case 'unchanged':
      return `${both} were one person already`;
    case 'held':
      return `${both} wait for review: ${reason}`;
    default:
      return `${both} stay apart, refused: ${reason}`;
  }
}
