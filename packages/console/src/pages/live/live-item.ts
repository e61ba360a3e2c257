import type { LedgerRow } from '../../api/ledger-row.ts';
import { linkOf, partsOf } from '../../api/row-parts.ts';

/** An event as `GET /v1/events` sends it. */
export interface LiveEvent {
  readonly uuid: string;
  readonly timestamp: string;
  readonly received_at: string;
  readonly event: string;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly distinct_id: string;
  readonly identity_id: string;
}

export type LiveItem =
  | { readonly type: 'event'; readonly key: string; readonly event: LiveEvent }
  | { readonly type: 'ledger'; readonly key: string; readonly row: LedgerRow }
  | { readonly type: 'dropped'; readonly key: string; readonly count: number };

/** The identifiers that a row of the ledger speaks of, whatever its operation. */
export function idsOf(row: LedgerRow): readonly string[] {
  const { distinct_ids = [], identified, subject, a, b } = partsOf(row);
  const link = linkOf(row);
  const all = [identified, subject, link?.primary_id, link?.secondary_id, a, b, ...distinct_ids];
  return [...new Set(all.filter((id) => typeof id === 'string'))];
}
