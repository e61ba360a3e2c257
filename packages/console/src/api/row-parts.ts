import type { LedgerRow } from './ledger-row.ts';
import type { components } from './schema.d.ts';

/** The fields of its own that a ledger row has, by its operation (docs/http.md, "The ledger"). */
export interface RowParts {
  readonly link?: RowLinkPart | number | null;
  readonly identified?: string | null;
  readonly subject?: string | null;
  readonly traits?: readonly { readonly key: string; readonly value: unknown; readonly once: boolean }[];
  readonly a?: string;
  readonly b?: string;
  readonly distinct_ids?: readonly string[];
  readonly revoked?: readonly number[];
  readonly separations?: readonly (readonly [string, string])[];
  readonly scope?: { readonly batch?: string; readonly key?: string; readonly from?: string; readonly to?: string };
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly receipt?: Readonly<Record<string, string | number>>;
}

export interface RowLinkPart {
  readonly kind: components['schemas']['Link']['kind'];
  readonly primary_id: string;
  readonly secondary_id: string;
  readonly verdict: components['schemas']['Link']['verdict'];
  readonly reason: string | null;
  readonly waived: readonly string[];
  readonly approves: number | null;
}

export const partsOf = (row: LedgerRow): RowParts => row as RowParts;

/** The link that a row of evidence asked for. */
export function linkOf(row: LedgerRow): RowLinkPart | null {
  const { link } = partsOf(row);
  return typeof link === 'object' ? (link ?? null) : null;
}

export const joins = (link: RowLinkPart): boolean => link.verdict === 'applied' || link.verdict === 'unchanged';
