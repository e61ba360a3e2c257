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

/** The identifiers that a row of the ledger speaks of. */
export function idsOf(row: LedgerRow): readonly string[] {
  const link = row.link as { primary_id?: unknown; secondary_id?: unknown } | number | null | undefined;
  const fromLink = typeof link === 'object' && link !== null ? [link.primary_id, link.secondary_id] : [];
  const many = Array.isArray(row.distinct_ids) ? row.distinct_ids : [];
  const all = [row.identified, row.subject, ...fromLink, row.a, row.b, ...many];
  return [...new Set(all.filter((id): id is string => typeof id === 'string'))];
}
