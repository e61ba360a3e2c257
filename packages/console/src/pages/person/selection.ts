import type { PersonSearch } from './search.ts';

type Selection = Pick<PersonSearch, 'a' | 'b'>;

/**
 * The two selected identifiers after one was chosen. The first choice is `a`, the second `b`, a third begins anew; `extend` (shift) keeps the
 * first. Choosing a selected one again lets go of it.
 */
export function selected({ a, b }: Selection, id: string, extend: boolean): Selection {
  if (id === a) return { a: b, b: undefined };
  if (id === b) return { a, b: undefined };
  if (a === undefined) return { a: id, b: undefined };
  return b === undefined || extend ? { a, b: id } : { a: id, b: undefined };
}
