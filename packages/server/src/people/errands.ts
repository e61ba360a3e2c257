import type { Forgets } from '../forgets.ts';
import type { IdentityStore } from '../identity/store.ts';
import type { DrainLoop } from '../journal/drain.ts';
import type { ErrandWork } from '../nodes/nodes.ts';

export interface ErrandParts {
  readonly identityStore: Pick<IdentityStore, 'pendingErasures'>;
  readonly drain: Pick<DrainLoop, 'flush'>;
  /** All that keeps ids on this node beside the two stores. Asked one after the other. */
  readonly keepers: readonly Forgets[];
}

/** What erasures ask of a node. */
export function createErrandWork({ identityStore, drain, keepers }: ErrandParts): ErrandWork {
  return async (errand, environment, seqs) => {
    await drain.flush();
    if (errand === 'drain') return;
    const asked = new Set(seqs);
    const pending = await identityStore.pendingErasures(environment);
    const distinctIds = pending.filter(({ seq }) => asked.has(seq)).flatMap((erasure) => erasure.distinctIds);
    if (distinctIds.length === 0) return;
    for (const keeper of keepers) await keeper.forget(environment, distinctIds);
  };
}
