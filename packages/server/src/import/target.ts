import type { Answered, Operation, OperationError } from '@onym/core';
import { OnymError } from '../errors.ts';
import type { Commits } from '../identity/commits.ts';
import type { IdentityStore } from '../identity/store.ts';
import { type Ingest, isEvent, type TrackItem } from '../ingest/types.ts';
import { keyOf } from '../journal/event-key.ts';
import { createRecentSet } from '../journal/recent-set.ts';
import type { UuidWindow } from '../journal/uuid-window.ts';
import { limits } from '../limits.ts';
import type { ImportItem } from './calls.ts';
import { answerOfAll, none } from './row-answer.ts';
import { hereOf, isTableItem, type TableItem } from './tables/items.ts';
import type { LargestIdentity, RowAnswer } from './types.ts';

/** A call, or a row of a table that Onym wrote. */
export type AppliedItem = ImportItem | TableItem;

/** Where calls go: the stores, or a copy of them that is thrown away. */
export interface Target {
  /** One answer per item, in order; `link` of an event's evidence. */
  apply(items: readonly AppliedItem[]): Promise<ItemAnswer[]>;
  head(): Promise<number>;
  /** Of the identities changed after a ledger row. */
  largest(changedAfter: number): Promise<LargestIdentity[]>;
  close(): Promise<void>;
}

export type ItemAnswer = RowAnswer & { readonly link?: RowAnswer | null };

export interface TargetParts {
  readonly environment: string;
  readonly identityStore: IdentityStore;
}

const isError = (answer: Answered | OperationError): answer is OperationError => 'error' in answer;

function answerOf(answer: Answered | OperationError): RowAnswer {
  if (isError(answer)) throw new OnymError(answer.error, answer.message);
  return answer;
}

async function largestOf(store: IdentityStore, environment: string, changedAfter: number): Promise<LargestIdentity[]> {
  const found = await store.largest(environment, { changedAfter, limit: limits.importLargestListedMax });
  return found.map(({ canonicalId, size }) => ({ canonical_id: canonicalId, identifiers: size }));
}

interface Doors {
  readonly environment: string;
  readonly store: Pick<IdentityStore, 'resolve' | 'known'>;
  /** As many at a time as one transaction takes. */
  commit(operations: readonly Operation[]): Promise<RowAnswer[]>;
  keep(events: readonly TrackItem[]): Promise<Pick<RowAnswer, 'verdict' | 'reason'>[]>;
}

/**
 * What is said of people first, in order, the evidence that events carry at its place among it; then the events. So a chunk is a few
 * commits, however its calls are mixed, and no event is kept before its evidence.
 */
async function applyTo(doors: Doors, all: readonly AppliedItem[]): Promise<ItemAnswer[]> {
  // A file is of tables' rows, or of calls.
  if (all.every(isTableItem)) return applyTable(doors, all);
  const items = all as readonly ImportItem[];
  const { keep } = doors;
  const operations = items.flatMap((item): Operation[] => {
    if (!isEvent(item)) return [item];
    return item.evidence === null ? [] : [item.evidence];
  });
  const answers = await commitAll(doors, operations);
  const events = items.filter(isEvent);
  const kept = events.length === 0 ? [] : await keep(events);
  let nextAnswer = 0;
  let nextEvent = 0;
  return items.map((item) => {
    if (!isEvent(item)) return answers[nextAnswer++]!;
    return { ...none, ...kept[nextEvent++]!, link: item.evidence === null ? null : answers[nextAnswer++]! };
  });
}

async function commitAll({ commit }: Doors, operations: readonly Operation[]): Promise<RowAnswer[]> {
  const answers: RowAnswer[] = [];
  for (let at = 0; at < operations.length; at += limits.importChunkRows) {
    answers.push(...(await commit(operations.slice(at, at + limits.importChunkRows))));
  }
  return answers;
}

async function applyTable(doors: Doors, items: readonly TableItem[]): Promise<RowAnswer[]> {
  const { environment, store } = doors;
  const ids = [...new Set(items.flatMap((item) => item.ids))];
  const here = hereOf((await store.resolve(environment, ids)).resolved, await store.known(environment, ids));
  const asked = items.map((item) => item.operations(here));
  const answers = await commitAll(
    doors,
    asked.flatMap((each) => ('reason' in each ? [] : each)),
  );
  let next = 0;
  return asked.map((each) => {
    if ('reason' in each) return { ...none, ...each };
    next += each.length;
    return answerOfAll(answers.slice(next - each.length, next));
  });
}

export function liveTarget(
  { environment, identityStore }: TargetParts,
  { commits, ingest }: { commits: Pick<Commits, 'submit'>; ingest: Ingest },
): Target {
  const doors: Doors = {
    environment,
    store: identityStore,
    commit: async (operations) => (await commits.submit(environment, operations)).answers.map(answerOf),
    async keep(events) {
      const alone = events.map((item) => ({ ...item, evidence: null }));
      const answers = await ingest.submit(environment, alone, { dryRun: false, sync: false });
      return answers.map((answer) =>
        'error' in answer ? { verdict: 'refused', reason: answer.error } : { verdict: answer.verdict, reason: null },
      );
    },
  };
  return {
    apply: (items) => applyTo(doors, items),
    head: async () => (await identityStore.environment(environment)).head,
    largest: (changedAfter) => largestOf(identityStore, environment, changedAfter),
    async close() {},
  };
}

/** A copy of the whole identity store: what is judged on it is exactly what the import would be told. */
export async function scratchTarget(
  { environment, identityStore }: TargetParts,
  { uuidWindow, now }: { uuidWindow: Pick<UuidWindow, 'has'>; now: () => number },
): Promise<Target> {
  const store = await identityStore.scratch();
  const seen = createRecentSet(limits.uuidWindowEvents);

  /** As the window would say, duplicates within the file included. */
  function isNew({ event, explicitUuid }: TrackItem): boolean {
    if (!explicitUuid) return true;
    const key = keyOf(event);
    if (seen.has(key) || uuidWindow.has(environment, event)) return false;
    seen.add(key);
    return true;
  }

  const doors: Doors = {
    environment,
    store,
    commit: async (operations) => (await store.commit(environment, operations, now())).answers.map(answerOf),
    keep: async (events) => events.map((event) => ({ verdict: isNew(event) ? 'applied' : 'unchanged', reason: null })),
  };
  return {
    apply: (items) => applyTo(doors, items),
    head: async () => (await store.environment(environment)).head,
    largest: (changedAfter) => largestOf(store, environment, changedAfter),
    close: () => store.close(),
  };
}
