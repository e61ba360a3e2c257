import { setImmediate as turn } from 'node:timers/promises';
import type { Fact, Seq } from '@onym/core';
import { limits } from '../limits.ts';
import type { LedgerFilter, LedgerPage } from './ledger-filter.ts';

/** Rows looked at between two turns of the event loop, where a filter may leave out most of them. */
const rowsPerLook = 500;

/** Rows after a seq, ascending. */
type ReadLedger = (after: Seq, limit: number) => Promise<readonly Fact[]>;

/**
 * A page of the rows that pass, which may hold fewer than `limit`, or none, though there are more: no more than `limits.ledgerRowsPerPage`
 * rows are looked at.
 */
export async function pageForward(
  read: ReadLedger,
  { filter, after, limit }: { filter: LedgerFilter; after: Seq; limit: number },
): Promise<LedgerPage> {
  const facts: Fact[] = [];
  const size = filter.isOpen ? limit + 1 : rowsPerLook;
  for (let seq = after, looked = 0; ; await turn()) {
    const rows = await read(seq, size);
    for (const fact of rows) {
      if (facts.length === limit) return { facts, next: seq };
      seq = fact.seq;
      if (filter.passes(fact)) facts.push(fact);
    }
    looked += rows.length;
    if (rows.length < size) return { facts, next: null };
    if (looked >= limits.ledgerRowsPerPage) return { facts, next: seq };
  }
}

/** The same from the newest row below `before` on back: the ledger has no gaps, so that the rows below a seq are those after another. */
export async function pageBackward(
  read: ReadLedger,
  { filter, before, limit }: { filter: LedgerFilter; before: Seq; limit: number },
): Promise<LedgerPage> {
  const facts: Fact[] = [];
  const size = filter.isOpen ? limit : rowsPerLook;
  for (let seq = before, looked = 0; ; await turn()) {
    if (seq <= 1) return { facts, next: null };
    if (facts.length === limit || looked >= limits.ledgerRowsPerPage) return { facts, next: seq };
    const after = Math.max(0, seq - 1 - size);
    const rows = await read(after, seq - 1 - after);
    const passing = rows.filter(filter.passes).reverse();
    const shown = passing.slice(0, limit - facts.length);
    facts.push(...shown);
    seq = shown.length < passing.length ? shown.at(-1)!.seq : after + 1;
    looked += rows.length;
  }
}
