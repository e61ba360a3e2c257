import type { Seq } from '@onym/core';
import type { EventStore } from '../events/types.ts';
import type { IdentityStore } from '../identity/store.ts';
import type { Nodes } from '../nodes/nodes.ts';
import type { Turns } from '../nodes/turns.ts';

/** A fold scans all events once, however many rows it folds: rarely, then. */
export const foldIntervalMs = 60_000;

export interface FoldingParts {
  readonly identityStore: Pick<IdentityStore, 'pendingErasures'>;
  readonly eventStore: Pick<EventStore, 'progress' | 'compact' | 'pending'>;
  readonly nodes: Pick<Nodes, 'safeSeq' | 'readsSettled'>;
  readonly turns: Pick<Turns, 'tryTake'>;
}

/** Held by one node at a time. Who holds the turn of the projection may ask for it; who holds it asks for no other. */
export const foldingTurn = (environment: string): string => `compact:${environment}`;

/** Folding what is pending into the events, in a turn among nodes. */
export function createFolding({ identityStore, eventStore, nodes, turns }: FoldingParts) {
  /**
   * Where drains bind what is on its way; and below where an erasure is still to project at its own seq, which it does before anything is erased.
   * What else is left of one may take as long as a node is away.
   */
  async function heldSeqs(environment: string, erased: Seq): Promise<Seq[]> {
    const drained = await nodes.safeSeq(environment);
    const erasures = await identityStore.pendingErasures(environment);
    const before = erasures.filter(({ seq }) => seq > erased).map(({ seq }) => seq - 1);
    return drained === null ? before : [drained, ...before];
  }

  return {
    /** `isAll`: nothing that is projected was held back. Null where another node is at it. */
    fold: (environment: string): Promise<{ identifiers: number; isAll: boolean } | null> =>
      turns.tryTake(foldingTurn(environment), async (lost) => {
        // In this order: a drain, or an erasure, that begins after it is at `projected` or later.
        const { projected, erased } = await eventStore.progress(environment);
        const safeSeq = Math.min(projected, ...(await heldSeqs(environment, erased)));
        const among = { readsSettled: nodes.readsSettled, lost };
        return { identifiers: await eventStore.compact(environment, safeSeq, among), isAll: safeSeq === projected };
      }),

    /** What any node left is folded by whoever comes to it, and by one of them in a while. */
    async isDue(environment: string): Promise<boolean> {
      const { isAny, foldedAgoMs } = await eventStore.pending(environment);
      return isAny && (foldedAgoMs ?? foldIntervalMs) >= foldIntervalMs;
    },
  };
}
