import type { components } from '../../api/schema.d.ts';

export type LedgerRow = components['schemas']['LedgerRow'];

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
  const { link, distinct_ids, identified, subject, a, b } = row as Readonly<Record<string, unknown>>;
  const { primary_id, secondary_id } = (typeof link === 'object' && link !== null ? link : {}) as Readonly<
    Record<string, unknown>
  >;
  const all = [
    identified,
    subject,
    primary_id,
    secondary_id,
    a,
    b,
    ...(Array.isArray(distinct_ids) ? distinct_ids : []),
  ];
  return [...new Set(all.filter((id): id is string => typeof id === 'string'))];
}
