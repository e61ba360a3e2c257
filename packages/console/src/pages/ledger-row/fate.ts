import { queryOptions } from '@tanstack/react-query';
import { answered, api } from '../../api/client.ts';
import type { LedgerRow } from '../../api/ledger-row.ts';
import { environmentKey } from '../../api/query-client.ts';
import { linkOf, partsOf } from '../../api/row-parts.ts';

/** What a later row did with a link. */
export interface Fate {
  readonly what: 'revoked' | 'approved' | 'rejected';
  readonly seq: number;
}

/** Whether the row decided on the link: revoked it, approved it so that it joined, or rejected it. */
export function fateBy(row: LedgerRow, link: number): Fate | null {
  const { seq } = row;
  const parts = partsOf(row);
  if (parts.revoked?.includes(link)) return { what: 'revoked', seq };
  if (row.op === 'reject' && parts.link === link) return { what: 'rejected', seq };
  if (row.verdict === 'applied' && linkOf(row)?.approves === link) return { what: 'approved', seq };
  return null;
}

const rowsPerPage = 1_000;
/** Of a person with a longer history than this the row is not looked for: their page has it. */
const pagesMax = 5;

/** The newest row that decided on a link, from the history of one of its sides; null for none. */
export const fateQuery = (environment: string, link: number, side: string) =>
  queryOptions({
    queryKey: [...environmentKey(environment), 'fate', link, side],
    queryFn: async ({ signal }): Promise<Fate | null> => {
      let fate: Fate | null = null;
      let next: string | null = null;
      for (let page = 0; page < pagesMax; page++) {
        const query = {
          environment,
          by: 'distinct_id' as const,
          limit: rowsPerPage,
          ...(next === null ? {} : { next }),
        };
        const answer: { rows: LedgerRow[]; next: string | null } = await answered(
          api.GET('/v1/identities/{id}/history', { params: { path: { id: side }, query }, signal }),
        );
        for (const row of answer.rows) fate = fateBy(row, link) ?? fate;
        next = answer.next;
        if (next === null) break;
      }
      return fate;
    },
  });
