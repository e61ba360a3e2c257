import type { EraseFact, Source } from '@onym/core';
import { OnymError } from '../errors.ts';
import type { EventStore } from '../events/types.ts';
import type { Commits } from '../identity/commits.ts';
import type { IdentityStore, PendingErasure } from '../identity/store.ts';
import type { DeadLetters } from '../ingest/dead-letters.ts';
import type { DrainLoop } from '../journal/drain.ts';
import type { Removals } from '../journal/removals.ts';
import type { Log } from '../log.ts';
import { nodeId } from '../node-id.ts';
import { hold } from '../nodes/held-turn.ts';
import type { Nodes } from '../nodes/nodes.ts';
import type { Turns } from '../nodes/turns.ts';
import { projectionOfStrays } from '../projector/projection.ts';
import type { Projector } from '../projector/projector.ts';

export interface ErasureParts {
  readonly identityStore: IdentityStore;
  readonly commits: Pick<Commits, 'erase'>;
  readonly eventStore: Pick<EventStore, 'countEach' | 'project' | 'erase'>;
  readonly drain: Pick<DrainLoop, 'flush'>;
  readonly projector: Pick<Projector, 'sync'>;
  readonly deadLetters: Pick<DeadLetters, 'naming'>;
  readonly nodes: Pick<Nodes, 'ask' | 'finished'>;
  readonly turns: Pick<Turns, 'take' | 'tryTake'>;
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
/** How often it is looked for what another node has begun and did not complete. */
const lookIntervalMs = 60_000;
/** Calls under way while an identity was erased may journal their events a little later; then it is looked again. */
const passesMax = 3;

/** docs/http.md, "Erasure and subject access". The identity store goes first and notes what is left to do; the rest may be done twice, and is never forgotten. */
export function createErasures(parts: ErasureParts): Erasures {
  const { identityStore, eventStore, drain, projector, deadLetters, nodes, log } = parts;
  const underWay = new Set<Promise<unknown>>();
  const timers = new Map<string, NodeJS.Timeout>();
  let lookTimer: NodeJS.Timeout | null = null;
  let closed = false;

  // Two of the same identity would both count it.
  const turns: Pick<Turns, 'take' | 'tryTake'> = {
    take: (name, work) => noted(parts.turns.take(name, work)),
    tryTake: (name, work) => noted(parts.turns.tryTake(name, work)),
  };

  function noted<T>(work: Promise<T>): Promise<T> {
    const settled = work.catch(() => undefined).finally(() => underWay.delete(settled));
    underWay.add(settled);
    return work;
  }

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
        const count = nodes[index]!.reduce((sum, node) => sum + (events.get(node)?.event_count ?? 0), 0);
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
  async function* inOneTurn(
    environment: string,
    persons: () => AsyncGenerator<ErasedPerson>,
  ): AsyncGenerator<ErasedPerson> {
    const turn = await hold(turns, turnOf(environment));
    try {
      yield* persons();
    } finally {
      await turn.end();
    }
  }

  async function finishAll(environment: string): Promise<void> {
    let away: readonly string[];
    try {
      const pending = await identityStore.pendingErasures(environment);
      away = pending.length > 0 ? await finish(environment, pending) : [];
    } catch (error) {
      retryLater(environment);
      log.error({ environment, err: error }, 'An erasure is not complete: the identity is gone, its events are not.');
      throw incomplete('its events and dead letters could not be removed yet', error);
    }
    if (away.length === 0) return;
    retryLater(environment);
    log.warn({ environment, nodes: away }, 'An erasure is not complete: nodes that are away may hold events of it.');
    throw incomplete(`a node that is away may hold events of it in its journal: ${away.join(', ')}`, null);
  }

  /** Returns the nodes that are away: what they have to do is left. */
  async function finish(environment: string, pending: readonly PendingErasure[]): Promise<readonly string[]> {
    const seqs = pending.map(({ seq }) => seq);
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
      await nodes.ask('drain', environment, seqs);
      const erased = await parts.removing(environment, () => eventStore.erase(environment, events));
      if (erased === 0) break;
    }
    const away = await nodes.ask('forget', environment, seqs);
    if (away.length > 0) return away;
    await identityStore.finishErasures(environment, seqs);
    await nodes.finished(environment, seqs);
    return away;
  }

  function retryLater(environment: string): void {
    if (closed || timers.has(environment)) return;
    const timer = setTimeout(() => {
      timers.delete(environment);
      void resume(environment);
    }, retryIntervalMs);
    timer.unref();
    timers.set(environment, timer);
  }

  /** What fails is logged, and has its timer; what another node is at is that node's. */
  async function resume(environment: string): Promise<void> {
    await turns.tryTake(turnOf(environment), () => finishAll(environment)).catch(() => undefined);
  }

  return {
    erase: (environment, distinctId, options) =>
      turns.take(turnOf(environment), () => erase(environment, distinctId, options)),
    eraseAll: (environment, distinctIds, options) =>
      inOneTurn(environment, () => eraseAll(environment, distinctIds, options)),
    async resume(environments) {
      for (const environment of environments) await resume(environment);
      if (identityStore.shared === null) return;
      lookTimer ??= setInterval(async () => {
        for (const environment of environments) await resume(environment);
      }, lookIntervalMs).unref();
    },
    async close() {
      closed = true;
      if (lookTimer !== null) clearInterval(lookTimer);
      for (const timer of timers.values()) clearTimeout(timer);
      await Promise.all(underWay);
    },
  };
}

const turnOf = (environment: string): string => `erase:${environment}`;

const incomplete = (why: string, cause: unknown): OnymError =>
  new OnymError(
    'event-store-unavailable',
    `The identity is erased and its ledger rewritten, but ${why}. That is tried again until it is done.`,
    { cause, retryAfterSeconds: retryIntervalMs / 1000 },
  );
