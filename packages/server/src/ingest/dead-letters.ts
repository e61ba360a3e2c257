import { setImmediate as nextTurn } from 'node:timers/promises';
import { OnymError } from '../errors.ts';
import type { Forgets } from '../forgets.ts';
import { createTurns } from '../in-turn.ts';
import { limits as defaultLimits } from '../limits.ts';
import type { Turns } from '../nodes/turns.ts';
import type { DeadLetterTable, KeptLetter, LetterBounds, LetterFilter } from './dead-letter-table.ts';
import { idsIn } from './ids-in-item.ts';
import type { DeadLetter } from './types.ts';
import { createWaitingLetters, type WaitingLimits } from './waiting-letters.ts';

export interface DeadLetters extends Forgets {
  /** Never throws and never waits; beyond what may wait letters are only counted. */
  add(letters: readonly DeadLetter[]): void;
  /** `kept` and `dropped` by this node since the start; `stored`, of all nodes, as it last heard; `waiting` now. */
  stats(): { kept: number; stored: number; waiting: number; dropped: Readonly<Record<DropReason, number>> };
  /** Newest first, below `before`. */
  list(filter: LetterFilter, page: { before: number | null; limit: number }): Promise<KeptLetter[]>;
  /** Oldest first, above `after`: to be taken up again in the order they came in. */
  oldest(filter: LetterFilter, page: { after: number; limit: number }): Promise<KeptLetter[]>;
  /** Runs `work` while nobody else, on any node, works within this: who takes letters up and removes them finds none that another one sends. */
  taking<T>(work: () => Promise<T>): Promise<T>;
  /** Returns how many there were. */
  remove(ids: readonly number[]): Promise<number>;
  /** Of each group of ids, how many name one of them, in whatever field; those of no environment count too. */
  naming(environment: string, groups: readonly ReadonlySet<string>[]): Promise<number[]>;
  close(): Promise<void>;
}

/** `write-failed`: the table would not take them, or they still waited for it at the end. `newer-ones`: older letters that made room. */
export type DropReason = 'queue-full' | 'write-failed' | 'newer-ones';

export type DeadLetterLimits = LetterBounds & WaitingLimits;

export interface DeadLettersParts {
  readonly table: DeadLetterTable;
  readonly turns: Pick<Turns, 'take'>;
  readonly log: { error(details: object, message: string): void };
  readonly limits?: DeadLetterLimits;
}

/** The same may go well later. */
const isPassing = (error: unknown): boolean => error instanceof OnymError && error.retryAfterSeconds !== null;

/** Looked through in one turn of the event loop. */
const itemsPerTurn = 500;
const lettersPerWrite = 2_000;
const flushIntervalMs = 1_000;
/** Others may have written, or removed some. */
const recountIntervalMs = 10_000;

/**
 * Rejected items with their reason, newest kept: a bounded table, written behind the answers. Each key has a share of it, and of what may
 * wait: whoever floods it by a key that a page gives away drives out that key's own letters.
 */
export async function createDeadLetters({
  table,
  turns,
  log,
  limits = defaultLimits,
}: DeadLettersParts): Promise<DeadLetters> {
  const waiting = createWaitingLetters(limits);
  const inTurn = createTurns();
  let stored = await table.stored();
  let kept = 0;
  let isAway = false;
  let isFlushing = false;
  const dropped = { 'queue-full': 0, 'write-failed': 0, 'newer-ones': 0 };

  /** What waits at the call. Throws where it goes on waiting. */
  async function write(): Promise<void> {
    for (let left = waiting.size(); left > 0; ) {
      const letters = waiting.first(Math.min(left, lettersPerWrite));
      left -= letters.length;
      try {
        const changed = await table.add(letters, limits);
        stored = changed.stored;
        kept += letters.length;
        dropped['newer-ones'] += changed.removed;
        isAway = false;
      } catch (error) {
        if (isPassing(error)) throw error;
        dropped['write-failed'] += letters.length;
        log.error({ err: error, count: letters.length }, 'rejected items could not be kept');
      }
      waiting.remove((_, index) => index < letters.length);
    }
  }

  /** Says it once while it lasts. */
  function noteAway(error: unknown): void {
    if (!isAway) log.error({ err: error, waiting: waiting.size() }, 'rejected items wait to be kept');
    isAway = true;
  }

  const flush = () => inTurn(() => write().catch(noteAway));

  async function tick(): Promise<void> {
    if (isFlushing || waiting.size() === 0) return;
    isFlushing = true;
    await flush().finally(() => {
      isFlushing = false;
    });
  }

  async function* storedItems(environment: string): AsyncGenerator<{ readonly id: number; readonly item: string }> {
    for (let after = 0; ; ) {
      const rows = await table.itemsAfter(after, environment, itemsPerTurn);
      yield* rows;
      if (rows.length < itemsPerTurn) return;
      after = rows.at(-1)!.id;
      await nextTurn();
    }
  }

  const isOf = (environment: string, letter: DeadLetter) =>
    letter.environment === environment || letter.environment === null;

  async function remove(ids: readonly number[]): Promise<number> {
    if (ids.length === 0) return 0;
    const changed = await table.remove(ids);
    stored = changed.stored;
    return changed.removed;
  }

  async function recount(): Promise<void> {
    stored = await table.stored();
  }

  const timers = [
    setInterval(() => void tick(), flushIntervalMs).unref(),
    setInterval(() => void recount().catch(() => undefined), recountIntervalMs).unref(),
  ];

  return {
    add(letters) {
      for (const letter of letters) {
        const item = letter.item.slice(0, defaultLimits.deadLetterCharactersMax);
        if (!waiting.add({ ...letter, item })) dropped['queue-full']++;
      }
    },
    stats: () => ({ kept: kept + waiting.size(), stored, waiting: waiting.size(), dropped }),
    async list(filter, { before, limit }) {
      await flush();
      return table.page('newestFirst', filter, { after: 0, before: before ?? Number.MAX_SAFE_INTEGER, limit });
    },
    async oldest(filter, { after, limit }) {
      await flush();
      return table.page('oldestFirst', filter, { after, before: Number.MAX_SAFE_INTEGER, limit });
    },
    taking: (work) => turns.take('dead-letters', work),
    remove,
    async naming(environment, groups) {
      const counts = groups.map(() => 0);
      const groupsById = new Map<string, number[]>();
      for (const [group, ids] of groups.entries()) {
        for (const id of ids) groupsById.set(id, [...(groupsById.get(id) ?? []), group]);
      }
      const count = (item: string) => {
        const named = new Set([...idsIn(item)].flatMap((id) => groupsById.get(id) ?? []));
        for (const group of named) counts[group]!++;
      };
      await flush();
      for (const letter of waiting.first(waiting.size())) if (isOf(environment, letter)) count(letter.item);
      for await (const { item } of storedItems(environment)) count(item);
      return counts;
    },
    async forget(environment, distinctIds) {
      const named = new Set(distinctIds);
      const isNamed = (item: string) => {
        for (const id of idsIn(item)) if (named.has(id)) return true;
        return false;
      };
      // Within the turn: of what can't be written now nothing is on its way to the table.
      await inTurn(async () => {
        await write().catch(noteAway);
        waiting.remove((letter) => isOf(environment, letter) && isNamed(letter.item));
      });
      const ids: number[] = [];
      for await (const { id, item } of storedItems(environment)) if (isNamed(item)) ids.push(id);
      await remove(ids);
      await table.scrub();
    },
    async close() {
      for (const timer of timers) clearInterval(timer);
      await flush();
      const lost = waiting.size();
      dropped['write-failed'] += lost;
      if (lost > 0) log.error({ count: lost }, 'rejected items could not be kept');
      await table.close();
    },
  };
}
