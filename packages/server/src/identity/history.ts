import { type Seq, type State, tiesOf } from '@onym/core';
import { recordedOf } from './erasure.ts';
import type { Reading } from './readings.ts';
import type { HistoryPage } from './store.ts';

/** Seqs of the ledger's rows that bear on whoever was ever of the identity: a page of them, in its order. */
export function historyAt(distinctId: string, { upTo, ...page }: HistoryPage): Reading<Seq[]> {
  const ties = tiesOf(distinctId, upTo ?? Number.POSITIVE_INFINITY);
  return { question: ties.question, answer: (state) => pageOf(rowsOf(state, ties.until), page) };
}

function rowsOf(state: State, until: ReadonlyMap<string, Seq>): Seq[] {
  const rows = new Set<Seq>();
  for (const [id, last] of until) {
    for (const seq of recordedOf(state, id).rows) if (seq <= last) rows.add(seq);
  }
  return [...rows];
}

function pageOf(rows: Seq[], { order, from, limit }: Omit<HistoryPage, 'upTo'>): Seq[] {
  if (order === 'ascending') {
    const later = from === null ? rows : rows.filter((seq) => seq > from);
    return later.sort((a, b) => a - b).slice(0, limit);
  }
  const earlier = from === null ? rows : rows.filter((seq) => seq < from);
  return earlier.sort((a, b) => b - a).slice(0, limit);
}
