import type { ActSearch } from '../../acts/act-search.ts';
import { undoStepsOf } from '../../acts/undo-steps.ts';
import type { LedgerRow } from '../../api/ledger-row.ts';
import { joins, linkOf, partsOf } from '../../api/row-parts.ts';
import { texts } from '../../texts/texts.ts';

export interface RowAct {
  readonly label: string;
  readonly search: ActSearch;
}

/** What a row's page offers. Where one act takes it back, that act and its preview; else the undo, step by step. */
export function actsOf(row: LedgerRow): RowAct[] {
  const { a, b } = partsOf(row);
  const { acts } = texts.ledger;
  const link = linkOf(row);
  const { batch } = row.source;
  const whole = batch !== null && row.op !== 'revert' ? [{ label: acts.revert, search: { act: 'revert', batch } }] : [];
  if (link !== null) {
    const own = joins(link)
      ? { label: acts.split, search: { act: 'split', link: row.seq } }
      : { label: acts.review, search: { act: 'review', link: row.seq } };
    return [own, ...whole];
  }
  if (row.op === 'separate') return [{ label: acts.lift, search: { act: 'lift', a, b } }];
  if (row.op === 'lift') return [{ label: acts.separate, search: { act: 'separate', a, b } }];
  return undoStepsOf(row).length > 0 ? [{ label: acts.undo, search: { act: 'undo', row: row.seq } }] : whole;
}
