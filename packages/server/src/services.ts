import type { Operation, OperationError, Seq } from '@onym/core';
import type { Erasures } from './erasure/erasures.ts';
import { personParts } from './erasure/person.ts';
import type { EventStore } from './events/types.ts';
import type { Answer, At, IdentityName, Services, TrackItem } from './http/services.ts';
import type { Committed, IdentityStore } from './identity/types.ts';
import type { DecidedCalls } from './ingest/decided-calls.ts';
import type { GroupCommit } from './ingest/group-commit.ts';
import type { DrainLoop } from './journal/drain.ts';
import type { UuidWindow } from './journal/uuid-window.ts';
import type { Lint } from './lint/lint.ts';
import { nodeId } from './node-id.ts';
import type { Projector } from './projector/projector.ts';
import { describeRadius } from './steering/blast-radius.ts';

export interface Parts {
  readonly environments: readonly string[];
  readonly settings: Services['settings'];
  readonly identityStore: IdentityStore;
  readonly eventStore: EventStore;
  readonly groupCommit: GroupCommit;
  readonly decidedCalls: DecidedCalls;
  readonly uuidWindow: UuidWindow;
  readonly drain: DrainLoop;
  readonly projector: Projector;
  readonly onLedger: Services['onLedger'];
  readonly deadLetter: Services['deadLetter'];
  readonly ready: Services['ready'];
  readonly now: () => number;
  readonly steering: Services['steering'];
  readonly imports: Services['imports'];
  readonly erasures: Pick<Erasures, 'erase'>;
  /** Hear of every identity call with its answer, after it was durable. */
  readonly observers: readonly CallObserver[];
  readonly lint: Lint;
  /** Hears of calls that changed nothing, and of events with reserved ids. */
  readonly tally: { repeat(): void; reserved(): void; duplicate(): void };
}

export interface CallObserver {
  observe(environment: string, operation: Operation, answer: Committed | OperationError, time: number): void;
}

const uuidForm = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** What the routes ask for, put together from the stores. */
export function createServices(parts: Parts): Services {
  const { identityStore, eventStore, groupCommit, decidedCalls, drain, projector, tally } = parts;

  /** Repeats are answered from memory; the rest is committed, in order. */
  async function commit(
    environment: string,
    operations: readonly Operation[],
  ): Promise<(Committed | OperationError)[]> {
    const answers: (Committed | OperationError | null)[] = operations.map((operation) =>
      decidedCalls.find(environment, operation),
    );
    const open = operations.filter((_, index) => answers[index] === null);
    for (let repeats = operations.length - open.length; repeats > 0; repeats--) tally.repeat();
    const committed = open.length === 0 ? [] : await groupCommit.submit(environment, open);
    let next = 0;
    const all = answers.map((answer) => answer ?? committed[next++]!);
    const time = parts.now();
    for (const observer of parts.observers) {
      for (let index = 0; index < all.length; index++) {
        observer.observe(environment, operations[index]!, all[index]!, time);
      }
    }
    return all;
  }

  async function ingest(
    environment: string,
    operations: readonly Operation[],
    options: { dryRun: boolean; sync: boolean },
  ): Promise<Answer[]> {
    if (options.dryRun) {
      return preview(environment, operations);
    }
    const answers = await commit(environment, operations);
    if (options.sync) await projector.sync(environment);
    return answers;
  }

  /** What would be answered, and what it would change, each call on top of those before it. */
  async function preview(environment: string, operations: readonly Operation[]) {
    const { answers, radii } = await identityStore.commit(environment, operations, parts.now(), { dryRun: true });
    await drain.flush(environment);
    const described: Answer[] = [];
    for (const [index, answer] of answers.entries()) {
      if ('error' in answer) described.push(answer);
      else described.push({ ...answer, blastRadius: await describeRadius(environment, radii[index]!, eventStore) });
    }
    return described;
  }

  async function track(environment: string, items: readonly TrackItem[], { sync }: { sync: boolean }) {
    for (const item of items) {
      if (item.reserved) tally.reserved();
      parts.lint.observeEvent(environment, item);
    }
    // The evidence is committed before its event is journaled: an event on disk never waits for a link that may be lost.
    const evidence = items.flatMap(({ evidence }) => (evidence === null ? [] : [evidence]));
    const links = evidence.length === 0 ? [] : await commit(environment, evidence);
    const fresh = await parts.uuidWindow.append(environment, items);
    if (sync) {
      await drain.flush(environment);
      await projector.sync(environment);
    }
    let next = 0;
    return items.map((item, index) => {
      const link = item.evidence === null ? null : links[next++]!;
      if (!fresh[index]) tally.duplicate();
      return {
        verdict: fresh[index] ? ('applied' as const) : ('unchanged' as const),
        link: link === null || isOperationError(link) ? null : link,
      };
    });
  }

  /** The distinct_id a path names; null when it names a node id that neither store has met. */
  async function distinctIdOf(environment: string, { id, by }: IdentityName): Promise<string | null> {
    if (by === 'distinct_id' || (by === null && !uuidForm.test(id))) return id;
    const node = id.toLowerCase();
    const stored = await identityStore.byNodeId(environment, node);
    if (stored !== null) return stored;
    // An identifier that was never linked has no row; its events know its name.
    await drain.flush(environment);
    const [event] = await eventStore.timeline(environment, [node], { before: null, limit: 1 });
    if (event !== undefined) return event.distinct_id;
    return by === null ? id : null;
  }

  const nodesOf = async (environment: string, distinctId: string): Promise<string[]> =>
    (await identityStore.members(environment, distinctId)).map((id) => nodeId(environment, id));

  /** undefined means now. */
  async function seqOf(environment: string, { asOf, asOfSeq }: At): Promise<Seq | undefined> {
    if (asOfSeq !== null) return asOfSeq;
    return asOf === null ? undefined : identityStore.seqAt(environment, asOf);
  }

  return {
    environments: () => parts.environments,
    settings: parts.settings,
    ingest: { identify: ingest, alias: ingest, operations: ingest, track },
    deadLetter: parts.deadLetter,

    async resolve(environment, distinctIds, at) {
      const { resolved } = await identityStore.resolve(environment, distinctIds, await seqOf(environment, at));
      return resolved;
    },

    async identity(environment, name, page) {
      const distinctId = await distinctIdOf(environment, name);
      if (distinctId === null) return null;
      await drain.flush(environment);
      const asOf = await seqOf(environment, page);
      const profile = await identityStore.profile(environment, distinctId, page, asOf);
      const members =
        asOf === undefined
          ? await nodesOf(environment, distinctId)
          : profile.identifiers.map((member) => nodeId(environment, member.distinctId));
      const counts = await eventStore.counts(environment, members);
      if (counts.event_count === 0 && !(await identityStore.has(environment, distinctId))) return null;
      return { profile, counts };
    },

    async timeline(environment, name, page) {
      const distinctId = await distinctIdOf(environment, name);
      if (distinctId === null) return null;
      await drain.flush(environment);
      const nodes = await nodesOf(environment, distinctId);
      const events = await eventStore.timeline(environment, nodes, page);
      if (events.length === 0 && page.before === null && !(await identityStore.has(environment, distinctId)))
        return null;
      const { resolved } = await identityStore.resolve(environment, [distinctId]);
      return { canonicalId: resolved.get(distinctId)!.canonicalId, events };
    },

    async traitHistory(environment, name, key, page) {
      const distinctId = await distinctIdOf(environment, name);
      if (distinctId === null) return null;
      if (!(await identityStore.has(environment, distinctId))) {
        await drain.flush(environment);
        const { event_count } = await eventStore.counts(environment, [nodeId(environment, distinctId)]);
        return event_count === 0 ? null : [];
      }
      return identityStore.traitHistory(environment, distinctId, key, page);
    },

    explain: (environment, a, b) => identityStore.explain(environment, a, b),
    ledgerPage: (environment, after, limit) => identityStore.ledger(environment, after, limit),
    people: {
      async erase(environment, name, options) {
        const distinctId = await distinctIdOf(environment, name);
        return distinctId === null ? null : parts.erasures.erase(environment, distinctId, options);
      },
      async export(environment, name) {
        const distinctId = await distinctIdOf(environment, name);
        if (distinctId === null) return null;
        await drain.flush(environment);
        const { event_count } = await eventStore.counts(environment, await nodesOf(environment, distinctId));
        if (event_count === 0 && !(await identityStore.has(environment, distinctId))) return null;
        return personParts(parts, environment, distinctId);
      },
    },
    steering: parts.steering,
    lint: parts.lint,
    onLedger: parts.onLedger,

    async query(environment, sql, options) {
      await drain.flush(environment);
      await projector.sync(environment);
      return eventStore.query(environment, sql, options);
    },

    async exportTable(environment, what, format) {
      await drain.flush(environment);
      await projector.sync(environment);
      return eventStore.exportTable(environment, what, format);
    },
    imports: parts.imports,

    ready: parts.ready,
  };
}

function isOperationError(answer: Committed | OperationError): answer is OperationError {
  return 'error' in answer;
}
