import { limits } from '../limits.ts';
/** Column names as people write them, made comparable: lower case, words by `_`, no `(UTC)` behind. */
export const plainName = (name: string): string =>
  name
    .trim()
    .replace(/\s*\((?:utc|gmt)\)$/i, '')
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replace(/[\s-]+/g, '_');

/** The first of these names, in order of preference, that a column has and nothing else has taken. */
export function columnNamed(
  columns: readonly string[],
  names: readonly string[],
  taken: ReadonlySet<string> = new Set(),
): string | undefined {
  for (const name of names) {
    const found = columns.find((column) => plainName(column) === name && !taken.has(column));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** For messages and first lines, however many columns a file has. */
export function listed(columns: readonly string[]): string {
  const names = columns.slice(0, limits.importColumnsListedMax).map((name) => JSON.stringify(name));
  const more = columns.length - names.length;
  return (names.join(', ') || '(none)') + (more > 0 ? ` and ${more} more` : '');
}
