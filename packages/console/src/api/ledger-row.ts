import { queryOptions } from '@tanstack/react-query';
import { answered, api } from './client.ts';
import { environmentKey } from './query-client.ts';
import type { components } from './schema.d.ts';

export type LedgerRow = components['schemas']['LedgerRow'];

/** A row of the ledger, and whether another follows. `row` is null where there is none of this number. */
export interface FoundRow {
  readonly row: LedgerRow | null;
  readonly isLast: boolean;
}

export async function readRow(environment: string, seq: number, signal?: AbortSignal): Promise<FoundRow> {
  const query = { environment, after: String(seq - 1), limit: 2 };
  const page = await answered(api.GET('/v1/ledger', { params: { query }, signal }));
  // Text is what a live stream answers.
  const rows = typeof page === 'string' ? [] : page.rows;
  const row = rows[0]?.seq === seq ? rows[0] : null;
  return { row, isLast: rows.length < 2 };
}

export const ledgerRowQuery = (environment: string, seq: number) =>
  queryOptions({
    queryKey: [...environmentKey(environment), 'ledger-row', seq],
    queryFn: ({ signal }) => readRow(environment, seq, signal),
  });
