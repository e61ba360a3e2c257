import { linkOf, partsOf, type RowLinkPart } from '../../api/row-parts.ts';
import type { LedgerRow } from './queries.ts';

/** Evidence that was turned down, or waits. */
export interface TurnedDown extends Pick<LedgerRow, 'seq' | 'time' | 'source'> {
  readonly kind: RowLinkPart['kind'];
  readonly a: string;
  readonly b: string;
  readonly verdict: 'refused' | 'held';
  readonly reason: string | null;
}

export interface Separation {
  readonly seq: number;
  readonly a: string;
  readonly b: string;
}

/** What stands beside the links of a person. */
export interface Standing {
  readonly turnedDown: readonly TurnedDown[];
  readonly separations: readonly Separation[];
}

const pairOf = (a: string, b: string): string => JSON.stringify(a < b ? [a, b] : [b, a]);

/** What rows say, up to one of them, of refusals, holds and separations that nothing later ended. Rows come as they happened. */
export function standingAt(rows: readonly LedgerRow[], upTo: number): Standing {
  const turnedDown = new Map<number, TurnedDown>();
  const separations = new Map<string, Separation>();
  for (const row of rows) {
    if (row.seq > upTo) break;
    const { a, b, revoked = [], link, separations: left = [] } = partsOf(row);
    const evidence = linkOf(row);
    if (evidence !== null) judge(row, evidence);
    for (const seq of revoked) turnedDown.delete(seq);
    for (const [one, other] of left) separations.set(pairOf(one, other), { seq: row.seq, a: one, b: other });
    if (a === undefined || b === undefined) continue;
    if (row.op === 'lift') separations.delete(pairOf(a, b));
    if (row.op === 'separate' || row.op === 'reject') separations.set(pairOf(a, b), { seq: row.seq, a, b });
    if (typeof link === 'number') turnedDown.delete(link);
  }
  return { turnedDown: [...turnedDown.values()], separations: [...separations.values()] };

  function judge({ seq, time, source }: LedgerRow, evidence: RowLinkPart): void {
    const { kind, verdict, reason, approves, primary_id: a, secondary_id: b } = evidence;
    if (verdict === 'refused' || verdict === 'held')
      turnedDown.set(seq, { seq, time, source, kind, a, b, verdict, reason });
    else if (approves !== null) turnedDown.delete(approves);
  }
}

/** What of it bears on these identifiers. Evidence between two who are one person by now says nothing any more; a separation still does. */
export function besideOf({ turnedDown, separations }: Standing, ids: ReadonlySet<string>): Standing {
  return {
    turnedDown: turnedDown.filter(({ a, b }) => ids.has(a) !== ids.has(b)),
    separations: separations.filter(({ a, b }) => ids.has(a) || ids.has(b)),
  };
}
