import { componentOf, needsOfIds, type Pair, type Separation, type State } from '@onym/core';
import type { Reading } from './readings.ts';
import type { SeparationPage, SeparationPlace } from './store.ts';

/** Separations in force, newest first; those of one ledger row by their identifiers, as bytes compare. A store may page all of an environment itself. */

const inBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

function inOrder(a: SeparationPlace, b: SeparationPlace): number {
  if (a.seq !== b.seq) return b.seq - a.seq;
  const [[a1, a2], [b1, b2]] = [a, b].map(({ pair }) => [...pair].sort(inBytes) as unknown as Pair) as [Pair, Pair];
  return inBytes(a1, b1) || inBytes(a2, b2);
}

/** Greater than any seq, less than any pair. */
export const beforeAllSeparations: SeparationPlace = { seq: Number.MAX_SAFE_INTEGER, pair: ['', ''] };

/** Of these, a page of those in force. */
export function separationsPage(separations: Iterable<Separation>, { after, limit }: SeparationPage): Separation[] {
  return [...separations]
    .filter((each) => each.liftedSeq === null && (after === null || inOrder(after, each) < 0))
    .sort(inOrder)
    .slice(0, limit);
}

/** Those that keep somebody from a person; her own identifiers from each other, too. */
export const separationsAt = (distinctId: string, page: SeparationPage): Reading<Separation[]> => ({
  question: () => [needsOfIds([distinctId], 'row')],
  answer: (state) => separationsPage(separationsOf(state, distinctId), page),
});

function* separationsOf(state: State, distinctId: string): Generator<Separation> {
  const identity = componentOf(state, distinctId);
  if (identity === null) return;
  for (const list of state.separations.values()) {
    if (list[0]!.pair.some((id) => componentOf(state, id) === identity)) yield* list;
  }
}
