import type { EraseFact, Source } from '@onym/core';
import { OnymError } from '../errors.ts';
import type { EventStore } from '../events/types.ts';
import type { Forgets } from '../forgets.ts';
import type { Commits } from '../identity/commits.ts';
import type { IdentityStore, PendingErasure } from '../identity/store.ts';
import { createTurns } from '../in-turn.ts';
import type { DeadLetters } from '../ingest/dead-letters.ts';
import type { DrainLoop } from '../journal/drain.ts';
import type { Removals } from '../journal/removals.ts';
import type { Log } from '../journal/types.ts';
import { nodeId } from '../node-id.ts';
import { projectionOfStrays } from '../projector/projection.ts';
import type { Projector } from '../projector/projector.ts';

export interface ErasureParts {
  readonly identityStore: IdentityStore;
  readonly commits: Pick<Commits, 'erase'>;
  readonly eventStore: Pick<EventStore, 'counts' | 'project' | 'erase'>;
  readonly drain: Pick<DrainLoop, 'flush'>;
  readonly projector: Pick<Projector, 'sync'>;
  readonly deadLetters: Pick<DeadLetters, 'naming'>;
  /** Everything else that keeps ids. Asked one after the other, once the events are gone. */
  readonly keepers: readonly Forgets[];
  readonly removing: Removals;
  readonly now: () => number;
  readonly newId: () => string;
  readonly log: Log;
}

export interface Erasures {
  /**
   * Erases the identity of an identifier everywhere; null when neither store has met it. When it rejects after the ledger was written,
   * the rest is removed as soon as that is possible.
   */
  erase(
    environment: string,
    distinctId: string,
    options: { readonly dryRun: boolean; readonly source: Source },
  ): Promise<EraseFact | null>;
  /** Completes what a crash, or an absent event store, has interrupted; what fails is tried again in the background. */
  resume(environments: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

const retryIntervalMs = 5_000;
/** Calls under way while an identity was erased may journal their events a little later; then it is looked again. */
const passesMax = 3;

/** docs/http.md, "Erasure and subject access". The identity store goes first and notes what is left to do; the rest may be done twice, and is never forgotten. */
export function createErasures(parts: ErasureParts): Erasures {
  const { identityStore, eventStore, drain, projector, deadLetters, log } = parts;
  // Two of the same identity would both count it.
  const inTurn = createTurns();
  const timers = new Map<string, NodeJS.Timeout>();
  let closed = false;

  async function erase(environment: string, distinctId: string, { dryRun, source }: Parameters<Erasures['erase']>[2]) {
    await drain.flush(environment);
    await projector.sync(environment);
    const distinctIds = await identityStore.members(environment, distinctId);
    const nodes = distinctIds.map((id) => nodeId(environment, id));
    const { event_count: events } = await eventStore.counts(environment, nodes);
    if (events === 0 && !(await identityStore.has(environment, distinctId))) return null;
    const fact = await parts.commits.erase(environment, distinctId, {
      id: parts.newId(),
      now: parts.now(),
      source,
      events,
      deadLetters: await deadLetters.naming(environment, new Set(distinctIds)),
      dryRun,
    });
    if (dryRun) return fact;
    await finishAll(environment);
    return fact;
  }

  async function finishAll(environment: string): Promise<void> {
    try {
      for (const erasure of await identityStore.pendingErasures(environment)) await finish(environment, erasure);
    } catch (error) {
      retryLater(environment);
      log.error({ environment, err: error }, 'An erasure is not complete: the identity is gone, its events are not.');
      throw new OnymError(
        'event-store-unavailable',
        'The identity is erased and its ledger rewritten, but its events and dead letters could not be removed yet. That is tried again until it is done.',
        { cause: error, retryAfterSeconds: retryIntervalMs / 1000 },
      );
    }
  }

  async function finish(environment: string, erasure: PendingErasure): Promise<void> {
    const { distinctIds, links, seq, time } = erasure;
    // No projection that is under way now has read the identity store before the erasure.
    await projector.sync(environment);
    if (erasure.strays.length > 0) await eventStore.project(environment, projectionOfStrays(environment, erasure));
    for (let pass = 0; pass < passesMax; pass++) {
      await drain.flush();
      const erased = await parts.removing(environment, () =>
        eventStore.erase(environment, { distinctIds, links, seq, receivedUpTo: time }),
      );
      if (erased === 0) break;
    }
    for (const keeper of parts.keepers) await keeper.forget(environment, distinctIds);
    await identityStore.finishErasure(environment, seq);
  }

  function retryLater(environment: string): void {
    if (closed || timers.has(environment)) return;
    const timer = setTimeout(() => {
      timers.delete(environment);
      inTurn(() => finishAll(environment)).catch(() => undefined);
    }, retryIntervalMs);
    timer.unref();
    timers.set(environment, timer);
  }

  return {
    erase: (environment, distinctId, options) => inTurn(() => erase(environment, distinctId, options)),
    async resume(environments) {
      // What fails is logged, and has its timer.
      for (const environment of environments) await inTurn(() => finishAll(environment)).catch(() => undefined);
    },
    async close() {
      closed = true;
      for (const timer of timers.values()) clearTimeout(timer);
      await inTurn(async () => undefined);
    },
  };
}
