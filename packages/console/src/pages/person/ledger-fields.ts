import type { LedgerRow, Link } from './queries.ts';

/** The fields that rows have by their `op` (docs/http.md, "The ledger"), which the types of the API leave open. */
export interface RowLinkFields {
  readonly kind: Link['kind'];
  readonly primary_id: string;
  readonly secondary_id: string;
  readonly verdict: Link['verdict'];
  readonly reason: string | null;
  readonly approves: number | null;
}

interface Fields {
  readonly link?: RowLinkFields | number | null;
  readonly identified?: string | null;
  readonly subject?: string | null;
  readonly traits?: readonly { readonly key: string }[];
  readonly a?: string;
  readonly b?: string;
  readonly distinct_ids?: readonly string[];
  readonly revoked?: readonly number[];
  readonly separations?: readonly (readonly [string, string])[];
  readonly scope?: { readonly batch?: string; readonly key?: string };
}

export const fieldsOf = (row: LedgerRow): Fields => row as unknown as Fields;

/** The evidence that a row records, if it does. */
export function evidenceOf(row: LedgerRow): RowLinkFields | null {
  const { link } = fieldsOf(row);
  return typeof link === 'object' ? (link ?? null) : null;
}
