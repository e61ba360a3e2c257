import type { LedgerRow } from '../../api/ledger-row.ts';
import { linkOf, partsOf } from '../../api/row-parts.ts';
import type { texts } from '../../texts/texts.ts';

type Name = keyof typeof texts.ledger.what;

const byVerdict = { applied: 'merged', unchanged: 'linked', refused: 'refused', held: 'held' } as const;

const byOperation: Partial<Record<LedgerRow['op'], Name>> = {
  separate: 'separate',
  lift: 'lift',
  reject: 'reject',
  settings: 'settings',
  erased: 'erased',
  erase: 'erase',
};

/** Which sentences say what the row did. */
export function sentencesOf(row: LedgerRow): Name[] {
  const { identified, traits = [], a, scope } = partsOf(row);
  const single = byOperation[row.op];
  if (single !== undefined) return [single];
  if (row.op === 'split') return [a === undefined ? 'splitSet' : 'splitPair'];
  if (row.op === 'revert') return [scope?.batch === undefined ? 'revertKey' : 'revertBatch'];
  const link = linkOf(row);
  const names: Name[] = [
    ...(identified == null ? [] : (['identified'] as const)),
    ...(link === null ? [] : [byVerdict[link.verdict as keyof typeof byVerdict]]),
    ...(traits.length > 0 ? (['traits'] as const) : []),
  ];
  return names.length > 0 ? names : ['repeated'];
}
