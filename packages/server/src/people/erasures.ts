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
import type { Log } from '../log.ts';
import { nodeId } from '../node-id.ts';
import { projectionOfStrays } from '../projector/projection.ts';
import type { Projector } from '../projector/projector.ts';

export interface ErasureParts {
  readonly identityStore: IdentityStore;
  readonly commits: Pick<Commits, 'erase'>;
  readonly eventStore: Pick<EventStore, 'countEach' | 'project' | 'erase'>;
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

export interface EraseOptions {
  readonly dryRun: boolean;
  readonly source: Source;
}

export interface Erasures {
  /**
   * Erases the identity of an identifier everywhere; null when neither store has met it. When it rejects after the ledger was written,
   * the rest is removed as soon as that is possible.
   */
  erase(environment: string, distinctId: string, options: EraseOptions): Promise<EraseFact | null>;
  /**
   * As `erase` does, one person after the other in the ledger, and then all their events at once. What was erased by the time the reader
   * leaves, or a person fails, is completed before this ends. Of an id that is one person with an earlier one nothing is left to do.
   */
  eraseAll(environment: string, distinctIds: readonly string[], options: EraseOptions): AsyncGenerator<ErasedPerson>;
  /** Completes what a crash, or an absent event store, has interrupted; what fails is tried again in the background. */
  resume(environments: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

export interface ErasedPerson {
  readonly distinctId: string;
  /** null: neither store has met the id. */
  readonly fact: EraseFact | null;
  /** An id of the list that is the same person, and came before. */
  readonly sameAs: string | null;
}

/** Erased before others have their turn: their ledger rows follow each other, so that their events go by one condition. */
const personsPerTurn = 50;
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

  async function* eraseAll(environment: string, distinctIds: readonly string[], options: EraseOptions) {
    await drain.flush(environment);
    await projector.sync(environment);
    const { persons, sameAs } = await personsOf(environment, distinctIds);
    const nodes = persons.map(({ members }) => members.map((id) => nodeId(environment, id)));
    const events = await eventStore.countEach(environment, nodes.flat());
    const letters = await deadLetters.naming(
      environment,
      persons.map(({ members }) => new Set(members)),
    );
    let isBegun = false;
    try {
      let done: ErasedPerson[] = [];
      for (const [index, { distinctId }] of persons.entries()) {
        const count = nodes[index]!.reduce((sum, node) => sum + (events.get(node) ?? 0), 0);
        const isKnown = count > 0 || (await identityStore.has(environment, distinctId));
        const fact = isKnown
          ? await parts.commits.erase(environment, distinctId, {
              id: parts.newId(),
              now: parts.now(),
              source: options.source,
              events: count,
              deadLetters: letters[index]!,
              dryRun: options.dryRun,
            })
          : null;
        isBegun ||= isKnown;
        done.push({ distinctId, fact, sameAs: null });
        if (done.length < personsPerTurn) continue;
        yield* done;
        done = [];
      }
      yield* done;
      for (const [distinctId, earlier] of sameAs) yield { distinctId, fact: null, sameAs: earlier };
    } finally {
      if (isBegun && !options.dryRun) await finishAll(environment);
    }
  }

  /** Each person of a list once, by the first id that names it. */
  async function personsOf(environment: string, distinctIds: readonly string[]) {
    const persons: { distinctId: string; members: readonly string[] }[] = [];
    const firstById = new Map<string, string>();
    const sameAs = new Map<string, string>();
    for (const distinctId of new Set(distinctIds)) {
      const first = firstById.get(distinctId);
      if (first !== undefined) {
        sameAs.set(distinctId, first);
        continue;
      }
      const members = await identityStore.members(environment, distinctId);
      for (const member of members) firstById.set(member, distinctId);
      persons.push({ distinctId, members });
    }
    return { persons, sameAs };
  }

  async function erase(environment: string, distinctId: string, options: EraseOptions) {
    let erased: EraseFact | null = null;
    for await (const { fact } of eraseAll(environment, [distinctId], options)) erased = fact;
    return erased;
  }

  /** From the first person to the last nothing else is erased. */
  async function* inOneTurn(persons: () => AsyncGenerator<ErasedPerson>): AsyncGenerator<ErasedPerson> {
    let end = (): void => undefined;
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    await new Promise<void>((begin) => {
      void inTurn(() => {
        begin();
        return ended;
      });
    });
    try {
      yield* persons();
    } finally {
      end();
    }
  }

  async function finishAll(environment: string): Promise<void> {
    try {
      const pending = await identityStore.pendingErasures(environment);
      if (pending.length > 0) await finish(environment, pending);
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

  async function finish(environment: string, pending: readonly PendingErasure[]): Promise<void> {
    const events = pending.map(({ distinctIds, links, seq, time }) => ({
      distinctIds,
      links,
      seq,
      receivedUpTo: time,
    }));
    // No projection that is under way now has read the identity store before the erasure.
    await projector.sync(environment);
    for (const erasure of pending) {
      if (erasure.strays.length > 0) await eventStore.project(environment, projectionOfStrays(environment, erasure));
    }
    for (let pass = 0; pass < passesMax; pass++) {
      await drain.flush();
      const erased = await parts.removing(environment, () => eventStore.erase(environment, events));
      if (erased === 0) break;
    }
    const distinctIds = pending.flatMap((erasure) => erasure.distinctIds);
    for (const keeper of parts.keepers) await keeper.forget(environment, distinctIds);
    await identityStore.finishErasures(
      environment,
      pending.map(({ seq }) => seq),
    );
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
    eraseAll: (environment, distinctIds, options) => inOneTurn(() => eraseAll(environment, distinctIds, options)),
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
