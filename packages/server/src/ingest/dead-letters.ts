import { setImmediate as nextTurn } from 'node:timers/promises';
import { scrub } from '../disk/sqlite.ts';
import type { Forgets } from '../forgets.ts';
import { limits as defaultLimits } from '../limits.ts';
import { type KeptLetter, type LetterFilter, openDeadLetterTable } from './dead-letter-table.ts';
import type { DeadLetter } from './types.ts';

export interface DeadLetters extends Forgets {
  /** Never throws and never waits; beyond what may wait letters are only counted. */
  add(letters: readonly DeadLetter[]): void;
  /** `kept` and `dropped` since the start, `stored` and `waiting` now. */
  stats(): { kept: number; stored: number; waiting: number; dropped: Readonly<Record<DropReason, number>> };
  /** Newest first, below `before`. */
  list(filter: LetterFilter, page: { before: number | null; limit: number }): Promise<KeptLetter[]>;
  /** Oldest first, above `after`: to be taken up again in the order they came in. */
  oldest(filter: LetterFilter, page: { after: number; limit: number }): Promise<KeptLetter[]>;
  /** Returns how many there were. */
  remove(ids: readonly number[]): number;
  /** Of each group of ids, how many name one of them, in whatever field; those of no environment count too. */
  naming(environment: string, groups: readonly ReadonlySet<string>[]): Promise<number[]>;
  close(): void;
}

export type DropReason = 'queue-full' | 'write-failed' | 'newer-ones';

export type DeadLetterLimits = {
  readonly [Name in
    | 'deadLettersMax'
    | 'deadLettersPerKeyMax'
    | 'waitingDeadLettersMax'
    | 'waitingDeadLettersPerKeyMax']: number;
};

/** Looked through in one turn of the event loop: whole items, and their small columns alone. */
const itemsPerTurn = 500;
const idsPerTurn = 20_000;
const flushIntervalMs = 1_000;

/**
 * Rejected items with their reason, newest kept: a bounded table, written behind the answers. Each key has a share of it, and of what may
 * wait: whoever floods it by a key that a page gives away drives out that key's own letters.
 */
export function openDeadLetters(
  file: string,
  log: { error(details: object, message: string): void },
  limits: DeadLetterLimits = defaultLimits,
): DeadLetters {
  const table = openDeadLetterTable(file);
  const waiting: DeadLetter[] = [];
  const waitingByKey = new Map<string, number>();
  let storedByKey = table.countByKey();
  let kept = 0;
  const dropped = { 'queue-full': 0, 'write-failed': 0, 'newer-ones': 0 };
  const stored = () => [...storedByKey.values()].reduce((sum, count) => sum + count, 0);

  function flush(): void {
    if (waiting.length === 0) return;
    const letters = waiting.splice(0);
    waitingByKey.clear();
    let pushedOut = 0;
    try {
      const counts = new Map(storedByKey);
      table.write(() => {
        for (const letter of letters) {
          table.insert({ ...letter, item: letter.item.slice(0, defaultLimits.deadLetterCharactersMax) });
          counts.set(letter.key, (counts.get(letter.key) ?? 0) + 1);
        }
        pushedOut = makeRoom(counts);
      });
      storedByKey = counts;
      kept += letters.length;
      dropped['newer-ones'] += pushedOut;
    } catch (error) {
      dropped['write-failed'] += letters.length;
      log.error({ err: error, count: letters.length }, 'rejected items could not be kept');
    }
  }

  /** Deletes the oldest letters of keys beyond their share, then of whichever key has the most. Returns how many. */
  function makeRoom(counts: Map<string, number>): number {
    let removed = 0;
    const remove = (key: string, count: number) => {
      counts.set(key, counts.get(key)! - count);
      removed += table.removeOldest(key, count);
    };
    for (const [key, count] of counts) {
      if (count > limits.deadLettersPerKeyMax) remove(key, count - limits.deadLettersPerKeyMax);
    }
    let excess = [...counts.values()].reduce((sum, count) => sum + count, -limits.deadLettersMax);
    while (excess > 0) {
      const [[key, most], [, next = 0] = []] = [...counts].sort(([, a], [, b]) => b - a) as [
        [string, number],
        [string, number]?,
      ];
      const count = Math.min(excess, Math.max(1, most - next));
      remove(key, count);
      excess -= count;
    }
    return removed;
  }

  /** What is waiting, too. Turn by turn, because a filter may fit none of very many. */
  async function matching(
    filter: LetterFilter,
    order: 'oldestFirst' | 'newestFirst',
    from: number,
    limit: number,
  ): Promise<KeptLetter[]> {
    flush();
    const { first, last } = table.ends();
    const isUp = order === 'oldestFirst';
    const found: KeptLetter[] = [];
    let edge = isUp ? Math.max(from, first - 1) : Math.min(from, last + 1);
    while (found.length < limit && (isUp ? edge < last : edge > first)) {
      const next = isUp ? edge + idsPerTurn : edge - idsPerTurn;
      const [after, before] = isUp ? [edge, next + 1] : [next - 1, edge];
      found.push(...table[order](filter, { after, before, limit: limit - found.length }));
      edge = next;
      await nextTurn();
    }
    return found;
  }

  async function* rowsOf(environment: string): AsyncGenerator<{ id: number; item: string }> {
    flush();
    for (let after = 0; ; ) {
      const rows = table.itemsAfter(after, environment, itemsPerTurn);
      yield* rows;
      if (rows.length < itemsPerTurn) return;
      after = rows.at(-1)!.id;
      await nextTurn();
    }
  }

  function remove(ids: readonly number[]): number {
    let removed = 0;
    table.write(() => {
      removed = table.remove(ids);
    });
    storedByKey = table.countByKey();
    return removed;
  }

  const timer = setInterval(flush, flushIntervalMs);
  timer.unref();

  return {
    add(letters) {
      for (const letter of letters) {
        const ofKey = waitingByKey.get(letter.key) ?? 0;
        if (waiting.length >= limits.waitingDeadLettersMax || ofKey >= limits.waitingDeadLettersPerKeyMax) {
          dropped['queue-full']++;
          continue;
        }
        waiting.push(letter);
        waitingByKey.set(letter.key, ofKey + 1);
      }
    },
    stats: () => ({ kept: kept + waiting.length, stored: stored(), waiting: waiting.length, dropped }),
    list: (filter, { before, limit }) => matching(filter, 'newestFirst', before ?? Number.MAX_SAFE_INTEGER, limit),
    oldest: (filter, { after, limit }) => matching(filter, 'oldestFirst', after, limit),
    remove,
    async naming(environment, groups) {
      const counts = groups.map(() => 0);
      const groupsById = new Map<string, number[]>();
      for (const [group, ids] of groups.entries()) {
        for (const id of ids) groupsById.set(id, [...(groupsById.get(id) ?? []), group]);
      }
      for await (const { item } of rowsOf(environment)) {
        const named = new Set([...idsIn(item)].flatMap((id) => groupsById.get(id) ?? []));
        for (const group of named) counts[group]!++;
      }
      return counts;
    },
    async forget(environment, distinctIds) {
      const ids: number[] = [];
      const named = new Set(distinctIds);
      for await (const { id, item } of rowsOf(environment)) {
        for (const text of idsIn(item)) {
          if (!named.has(text)) continue;
          ids.push(id);
          break;
        }
      }
      if (ids.length > 0) remove(ids);
      scrub(table.database);
    },
    close() {
      clearInterval(timer);
      flush();
      table.database.close();
    },
  };
}

const jsonStrings = /"(?:[^"\\]|\\.)*"/g;

/** The item may be cut at its end, so that its strings are looked at one by one. A number may stand for an id as well. */
function* idsIn(item: string): Generator<string> {
  for (const [quoted] of item.matchAll(jsonStrings)) {
    yield quoted.includes('\\') ? unquoted(quoted) : quoted.slice(1, -1);
  }
  for (const [number] of item.matchAll(/(?<=:)-?\d[\d.]*/g)) yield number;
}

function unquoted(json: string): string {
  try {
    return JSON.parse(json) as string;
  } catch {
    return '';
  }
}
