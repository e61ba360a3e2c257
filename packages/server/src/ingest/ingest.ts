import type { Operation, OperationError } from '@onym/core';
import type { EventStore } from '../events/types.ts';
import type { Committed, IdentityStore } from '../identity/types.ts';
import type { UuidWindow } from '../journal/uuid-window.ts';
import { describeRadius } from '../steering/blast-radius.ts';
import type { GroupCommit } from './group-commit.ts';
import type { Answer, Ingest, TrackItem } from './types.ts';

/** Hears of every identity call with its answer, after it was durable. */
export interface CallObserver {
  observe(environment: string, operation: Operation, answer: Committed | OperationError, time: number): void;
}

export interface IngestParts {
  readonly identityStore: Pick<IdentityStore, 'commit'>;
  readonly groupCommit: Pick<GroupCommit, 'submit'>;
  readonly uuidWindow: Pick<UuidWindow, 'append'>;
  readonly reads: Pick<EventStore, 'counts'>;
  /** Makes what was acknowledged visible to everybody's next query. */
  readonly sync: { events(environment: string): Promise<void>; identities(environment: string): Promise<void> };
  readonly now: () => number;
  readonly observers: readonly CallObserver[];
  /** Hears of every event, before it is kept. */
  readonly observeEvent: (environment: string, item: TrackItem) => void;
  /** Counts calls that changed nothing, and events with reserved ids. */
  readonly tally: { repeat(): void; reserved(): void; duplicate(): void };
}

/** The one way in for calls, whatever protocol or file they came by. */
export function createIngest(parts: IngestParts): Ingest {
  const { identityStore, groupCommit, reads, sync, tally } = parts;

  async function commit(
    environment: string,
    operations: readonly Operation[],
  ): Promise<(Committed | OperationError)[]> {
    const answers = await groupCommit.submit(environment, operations);
    const time = parts.now();
    for (const [index, answer] of answers.entries()) {
      if (!isOperationError(answer) && !answer.recorded) tally.repeat();
      for (const observer of parts.observers) observer.observe(environment, operations[index]!, answer, time);
    }
    return answers;
  }

  /** What would be answered, and what it would change, each call on top of those before it. */
  async function preview(environment: string, operations: readonly Operation[]): Promise<Answer[]> {
    const { answers, radii } = await identityStore.commit(environment, operations, parts.now(), { dryRun: true });
    const described: Answer[] = [];
    for (const [index, answer] of answers.entries()) {
      if ('error' in answer) described.push(answer);
      else described.push({ ...answer, blastRadius: await describeRadius(environment, radii[index]!, reads) });
    }
    return described;
  }

  return {
    async submit(environment, operations, options) {
      if (options.dryRun) return preview(environment, operations);
      const answers = await commit(environment, operations);
      if (options.sync) await sync.identities(environment);
      return answers;
    },

    async track(environment, items, options) {
      for (const item of items) {
        if (item.reserved) tally.reserved();
        parts.observeEvent(environment, item);
      }
      // The evidence is committed before its event is journaled: an event on disk never waits for a link that may be lost.
      const evidence = items.flatMap((item) => (item.evidence === null ? [] : [item.evidence]));
      const links = evidence.length === 0 ? [] : await commit(environment, evidence);
      const fresh = await parts.uuidWindow.append(environment, items);
      if (options.sync) {
        await sync.events(environment);
        await sync.identities(environment);
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
    },
  };
}

function isOperationError(answer: Committed | OperationError): answer is OperationError {
  return 'error' in answer;
}
