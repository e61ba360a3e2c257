import { OnymError } from '../errors.ts';

/** Throws `invalid-payload` unless either `ids` or `all` is given. `filters` go with `all` alone. */
export function checkSelection(
  { ids, all }: { readonly ids?: readonly number[]; readonly all?: true },
  filters: Readonly<Record<string, unknown>> = {},
): void {
  if ((ids === undefined) === (all === undefined)) {
    throw new OnymError('invalid-payload', 'Give either ids, or "all": true.');
  }
  const [filter] = Object.entries(filters).find(([, value]) => value !== undefined) ?? [];
  if (ids !== undefined && filter !== undefined) {
    throw new OnymError('invalid-payload', `${filter} goes with "all": true; ids name what is meant.`);
  }
}
