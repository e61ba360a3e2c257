import type { LedgerRow, PersonEvent } from '../queries.ts';

/** What the timeline shows: an event, or a row of the ledger among them. */
export type TimelineItem =
  | { readonly kind: 'event'; readonly key: string; readonly event: PersonEvent }
  | { readonly kind: 'row'; readonly key: string; readonly row: LedgerRow };

/** One uuid may have been sent for two identifiers of a person. */
export const eventKey = ({ uuid, distinct_id }: PersonEvent): string => `${uuid} ${distinct_id}`;

/**
 * Events, newest first, and the rows among them by their time. While earlier events are still to come (`isWhole` false), rows before the earliest
 * event wait for them.
 */
export function timelineItems(
  events: readonly PersonEvent[],
  rows: readonly LedgerRow[],
  isWhole: boolean,
): TimelineItem[] {
  const earliest = isWhole ? Number.NEGATIVE_INFINITY : timeOf(events.at(-1)?.timestamp);
  const items: TimelineItem[] = [];
  let next = rows.length - 1;
  const rowsFrom = (time: number) => {
    for (; next >= 0 && timeOf(rows[next]!.time) >= time; next--)
      items.push({ kind: 'row', key: `row ${rows[next]!.seq}`, row: rows[next]! });
  };
  for (const event of events) {
    rowsFrom(timeOf(event.timestamp));
    items.push({ kind: 'event', key: `event ${eventKey(event)}`, event });
  }
  if (isWhole) rowsFrom(earliest);
  return items;
}

const timeOf = (iso: string | undefined): number => (iso === undefined ? Number.POSITIVE_INFINITY : Date.parse(iso));
