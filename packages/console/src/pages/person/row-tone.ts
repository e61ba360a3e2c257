import type { Tone } from '../../components/badge.tsx';
import type { LedgerRow } from './queries.ts';

const parting: ReadonlySet<LedgerRow['op']> = new Set(['split', 'separate', 'reject', 'revert']);

/** What colour a row of the ledger has: amber where it was turned down or waits, red where it parts. */
export function rowTone({ op, verdict }: LedgerRow): Tone {
  if (verdict === 'refused' || verdict === 'held') return 'held';
  return parting.has(op) ? 'separated' : 'accent';
}
