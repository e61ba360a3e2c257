import type { DeadLetterTable, LetterFilter } from '../../src/ingest/dead-letter-table.ts';
import { createDeadLetters, type DeadLetterLimits, type DeadLetters } from '../../src/ingest/dead-letters.ts';
import type { DeadLetter } from '../../src/ingest/types.ts';
import { limits } from '../../src/limits.ts';
import { createOwnTurns, type Turns } from '../../src/nodes/turns.ts';
import { openDeadLetterTable } from '../../src/stores.ts';
import type { Places } from '../nodes/places.ts';

export const letter = (item: unknown, environment: string | null = 'production'): DeadLetter => ({
  call: 'identify',
  environment,
  key: 'web',
  receivedAt: 1,
  errorCode: 'reserved-distinct-id',
  message: 'It names nobody.',
  item: JSON.stringify(item),
});

export const all: LetterFilter = { environment: 'production', orNone: true };

export const openTable = (places: Places, name: string): Promise<DeadLetterTable> =>
  places.open(name, (file, shared) => openDeadLetterTable({ deadLettersFile: file }, shared));

/** Over a table, and what it logs. */
export async function lettersOver(
  table: DeadLetterTable,
  { bounds, turns }: { readonly bounds?: Partial<DeadLetterLimits>; readonly turns?: Turns } = {},
): Promise<DeadLetters & { readonly errors: string[] }> {
  const errors: string[] = [];
  const letters = await createDeadLetters({
    table,
    turns: turns ?? createOwnTurns(),
    log: { error: (_details, message) => void errors.push(message) },
    limits: { ...limits, ...bounds },
  });
  return { ...letters, errors };
}

/** All that was added is in the table, or waits for it. */
export const flush = async (letters: DeadLetters): Promise<void> =>
  void (await letters.list(all, { before: null, limit: 1 }));

/** Without their ids. */
export const listed = async (letters: DeadLetters, limit = 100, filter: Partial<LetterFilter> = {}) =>
  (await letters.list({ ...all, ...filter }, { before: null, limit })).map(({ id: _, ...rest }) => rest);
