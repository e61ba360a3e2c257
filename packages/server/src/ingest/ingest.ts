import type { Answered, OperationError } from '@onym/core';
import { OnymError } from '../errors.ts';
import type { EventStore } from '../events/types.ts';
import type { Answers, Commits } from '../identity/commits.ts';
import type { UuidWindow } from '../journal/uuid-window.ts';
import { describeRadius } from '../steering/blast-radius.ts';
import {
  type Call,
  type CallAnswer,
  type Ingest,
  type IngestOptions,
  isEvent,
  operationOf,
  type TrackItem,
} from './types.ts';

export interface IngestParts {
  readonly commits: Pick<Commits, 'submit' | 'rehearse'>;
  readonly uuidWindow: Pick<UuidWindow, 'append'>;
  readonly reads: Pick<EventStore, 'counts'>;
  /** Makes what was acknowledged visible to everybody's next query. */
  readonly sync: { events(environment: string): Promise<void>; identities(environment: string): Promise<void> };
  /** Hears of every event, before it is kept. */
  readonly observeEvent: (environment: string, item: TrackItem) => void;
  /** Counts events that came with reserved ids, and those left out. */
  readonly tally: { reserved(): void; duplicate(): void };
}

const nothing: Answers = { answers: [], facts: [] };

/** The one way in for calls, whatever protocol or file they came by. */
export function createIngest(parts: IngestParts): Ingest {
  const { commits, reads, sync, tally } = parts;

  /** What would be answered, and what it would change, each call on top of those before it. */
  async function preview(environment: string, calls: readonly Call[]): Promise<CallAnswer[]> {
    const operations = calls.flatMap((call) => operationOf(call) ?? []);
    const { answers, radii } = await commits.rehearse(environment, operations);
    let next = 0;
    const described: CallAnswer[] = [];
    for (const call of calls) {
      const index = operationOf(call) === null ? null : next++;
      const answer = index === null ? null : answers[index]!;
      if (isEvent(call)) described.push({ verdict: 'applied', link: linkOf(answer) });
      else if ('error' in answer!) described.push(answer);
      else described.push({ ...answer!, blastRadius: await describeRadius(environment, radii[index!]!, reads) });
    }
    return described;
  }

  function answersTo(
    calls: readonly Call[],
    { answers }: Answers,
    kept: readonly (boolean | OnymError)[],
  ): CallAnswer[] {
    let nextAnswer = 0;
    let nextEvent = 0;
    return calls.map((call) => {
      const answer = operationOf(call) === null ? null : answers[nextAnswer++]!;
      if (!isEvent(call)) return answer!;
      const isNew = kept[nextEvent++]!;
      if (isNew instanceof OnymError) return { error: 'event-refused', message: isNew.message };
      if (!isNew) tally.duplicate();
      return { verdict: isNew ? 'applied' : 'unchanged', link: linkOf(answer) };
    });
  }

  /** The evidence is committed before its event is journaled: an event on disk never waits for a link that may be lost. */
  async function commitAndKeep(
    environment: string,
    calls: readonly Call[],
    events: readonly TrackItem[],
    { sync: isSync }: IngestOptions,
  ): Promise<CallAnswer[]> {
    const operations = calls.flatMap((call) => operationOf(call) ?? []);
    const committed = operations.length === 0 ? nothing : await commits.submit(environment, operations);
    const kept = events.length === 0 ? [] : await parts.uuidWindow.append(environment, events);
    if (isSync) {
      if (events.length > 0) await sync.events(environment);
      await sync.identities(environment);
    }
    return answersTo(calls, committed, kept);
  }

  return {
    submit(environment, calls, options) {
      if (options.dryRun) return preview(environment, calls);
      const events = calls.filter((call) => isEvent(call));
      for (const event of events) {
        if (event.reserved) tally.reserved();
        parts.observeEvent(environment, event);
      }
      // What bears no evidence, as most events, waits for the journal alone.
      if (options.sync || events.length < calls.length || events.some(({ evidence }) => evidence !== null))
        return commitAndKeep(environment, calls, events, options);
      return parts.uuidWindow.append(environment, events).then((kept) => answersTo(calls, nothing, kept));
    },
  };
}

function linkOf(answer: Answered | OperationError | null): Answered | null {
  return answer === null || 'error' in answer ? null : answer;
}
