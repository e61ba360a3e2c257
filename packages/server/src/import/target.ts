import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Operation, OperationError } from '@onym/core';
import { OnymError } from '../errors.ts';
import type { IngestServices, TrackItem } from '../http/services.ts';
import type { Committed, IdentityStore } from '../identity/types.ts';
import { createRecentSet } from '../journal/recent-set.ts';
import type { UuidWindow } from '../journal/uuid-window.ts';
import { limits } from '../limits.ts';
import type { ImportItem } from './read-row.ts';
import { hereOf, isTableItem, type TableItem } from './tables/items.ts';
import type { OwnTable } from './tables/tables.ts';
import type { ImportKind, LargestIdentity, RowAnswer } from './types.ts';

export type AppliedItem = ImportItem | TableItem;

/** Where rows go: the stores, or a copy of them that is thrown away. */
export interface Target {
  /** One answer per item, in order; `link` of an event's evidence. */
  apply(items: readonly AppliedItem[]): Promise<(RowAnswer & { readonly link?: RowAnswer | null })[]>;
  head(): Promise<number>;
  /** Of the identities changed after a ledger row. */
  largest(changedAfter: number): Promise<LargestIdentity[]>;
  close(): Promise<void>;
}

const largestListed = 10;

export interface TargetParts {
  readonly environment: string;
  readonly kind: ImportKind | OwnTable;
  readonly identityStore: IdentityStore;
}

const isOfEvents = (kind: TargetParts['kind']): boolean => kind === 'event' || kind === 'events';

const none: RowAnswer = { verdict: 'unchanged', reason: null, seq: null, recorded: false };

const isError = (answer: Committed | OperationError): answer is OperationError => 'error' in answer;

function answerOf(answer: Committed | OperationError): RowAnswer {
  if (isError(answer)) throw new OnymError(answer.error, answer.message);
  return answer;
}

async function largestOf(store: IdentityStore, environment: string, changedAfter: number): Promise<LargestIdentity[]> {
  const found = await store.largest(environment, { changedAfter, limit: largestListed });
  return found.map(({ canonicalId, size }) => ({ canonical_id: canonicalId, identifiers: size }));
}

/** What most deserves to be told goes first. */
const order: readonly RowAnswer['verdict'][] = ['held', 'refused', 'applied', 'unchanged'];

/** One answer for all operations of a row; of those with one verdict, the last one's. */
function answerOfAll(answers: readonly RowAnswer[]): RowAnswer {
  const told = order.flatMap((verdict) => answers.findLast((answer) => answer.verdict === verdict) ?? []);
  return told[0] ?? none;
}

async function applyTable({ environment, store, commit }: Doors, items: readonly TableItem[]): Promise<RowAnswer[]> {
  const ids = [...new Set(items.flatMap((item) => item.ids))];
  const here = hereOf((await store.resolve(environment, ids)).resolved, await store.known(environment, ids));
  const asked = items.map((item) => item.operations(here));
  const operations = asked.flatMap((each) => ('reason' in each ? [] : each));
  const answers: RowAnswer[] = [];
  for (let start = 0; start < operations.length; start += limits.operationsPerCommitMax) {
    answers.push(...(await commit(operations.slice(start, start + limits.operationsPerCommitMax))));
  }
  let next = 0;
  return asked.map((each) => {
    if ('reason' in each) return { ...none, ...each };
    next += each.length;
    return answerOfAll(answers.slice(next - each.length, next));
  });
}

interface Doors {
  readonly environment: string;
  readonly store: Pick<IdentityStore, 'resolve' | 'known'>;
  /** At most operationsPerCommitMax at a time. */
  commit(operations: readonly Operation[]): Promise<RowAnswer[]>;
}

export function liveTarget({ environment, kind, identityStore }: TargetParts, ingest: IngestServices): Target {
  const options = { dryRun: false, sync: false };
  const doors: Doors = {
    environment,
    store: identityStore,
    commit: async (operations) => (await ingest.operations(environment, operations, options)).map(answerOf),
  };
  return {
    async apply(items) {
      if (items.every(isTableItem)) return applyTable(doors, items);
      if (isOfEvents(kind)) {
        const answers = await ingest.track(environment, items as TrackItem[], { sync: false });
        return answers.map(({ verdict, link }) => ({ ...none, verdict, link }));
      }
      const call = kind === 'alias' ? ingest.alias : ingest.identify;
      return (await call(environment, items as never, options)).map(answerOf);
    },
    head: async () => (await identityStore.environment(environment)).head,
    largest: (changedAfter) => largestOf(identityStore, environment, changedAfter),
    async close() {},
  };
}

/** A copy of the whole identity store on disk: what is judged on it is exactly what the import would be told. */
export async function scratchTarget(
  { environment, kind, identityStore }: TargetParts,
  { directory, uuidWindow, now }: { directory: string; uuidWindow: Pick<UuidWindow, 'has'>; now: () => number },
): Promise<Target> {
  const file = join(directory, `scratch-${randomUUID()}.db`);
  const store = await identityStore.scratch(file);
  const seen = createRecentSet(limits.uuidWindowEvents);

  /** As the window would say, duplicates within the file included. */
  function isNew({ event, explicitUuid }: TrackItem): boolean {
    if (!explicitUuid) return true;
    const key = event.uuid + event.distinct_id;
    if (seen.has(key) || uuidWindow.has(environment, event)) return false;
    seen.add(key);
    return true;
  }

  const commit = async (operations: readonly Operation[]) =>
    operations.length === 0 ? [] : (await store.commit(environment, operations, now())).answers.map(answerOf);

  return {
    async apply(items) {
      if (items.every(isTableItem)) return applyTable({ environment, store, commit }, items);
      if (!isOfEvents(kind)) return commit(items as Operation[]);
      const events = items as TrackItem[];
      const links = await commit(events.flatMap(({ evidence }) => (evidence === null ? [] : [evidence])));
      let next = 0;
      return events.map((item) => ({
        ...none,
        verdict: isNew(item) ? ('applied' as const) : ('unchanged' as const),
        link: item.evidence === null ? null : links[next++]!,
      }));
    },
    head: async () => (await store.environment(environment)).head,
    largest: (changedAfter) => largestOf(store, environment, changedAfter),
    async close() {
      await store.close();
      rmSync(file, { force: true });
    },
  };
}
