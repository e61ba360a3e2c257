import type { LedgerRow } from '../api/ledger-row.ts';
import { joins, linkOf, partsOf } from '../api/row-parts.ts';
import { texts } from '../texts/texts.ts';

/** One thing that undoing a ledger row does. */
export type UndoStep =
  /** Splits the link, and lifts the separations that this leaves. */
  | { readonly does: 'split'; readonly link: number }
  /** Only the separation that this row left: one stated since is somebody else's. */
  | { readonly does: 'lift'; readonly a: string; readonly b: string; readonly leftBy: number }
  | { readonly does: 'separate'; readonly a: string; readonly b: string }
  | { readonly does: 'link'; readonly link: number }
  | { readonly does: 'put-back'; readonly link: number };

/** What gives back what was before the row, as far as it can be; empty for what has no undo. */
export function undoStepsOf(row: LedgerRow): UndoStep[] {
  const { a, b, revoked = [], separations = [], link } = partsOf(row);
  if (row.verdict === 'refused' || row.verdict === 'held') return [];
  switch (row.op) {
    case 'alias':
    case 'approve':
    case 'identify':
    case 'track': {
      const evidence = linkOf(row);
      return evidence !== null && joins(evidence) ? [{ does: 'split', link: row.seq }] : [];
    }
    case 'split':
      return [
        ...separations.map(([one, other]) => ({ does: 'lift', a: one, b: other, leftBy: row.seq }) as const),
        ...revoked.map((seq) => ({ does: 'link', link: seq }) as const),
      ];
    case 'separate':
      return [{ does: 'lift', a: a!, b: b!, leftBy: row.seq }];
    case 'lift':
      return [{ does: 'separate', a: a!, b: b! }];
    case 'reject':
      return [
        { does: 'lift', a: a!, b: b!, leftBy: row.seq },
        { does: 'put-back', link: Number(link) },
      ];
    default:
      return [];
  }
}

/** What undoing will do, in words, for the toast. */
export function undoWordsOf(row: LedgerRow): string {
  const { revoked = [], separations = [], link } = partsOf(row);
  const { undoes } = texts.act;
  switch (row.op) {
    case 'approve':
      return undoes.approve(linkOf(row)?.approves ?? row.seq);
    case 'split':
      return undoes.split(separations.length, revoked.length);
    case 'separate':
      return undoes.separate;
    case 'lift':
      return undoes.lift;
    case 'reject':
      return undoes.reject(Number(link));
    default:
      return undoes.link;
  }
}
