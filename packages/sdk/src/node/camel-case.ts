/** Values of these keys are the user's own: their keys are not ours to rename. */
const usersOwn = new Set(['traits', 'properties', 'value', 'from', 'to']);

/** The server's snake_case field names as camelCase ones, at every level but within what users have sent. */
export function camelCased(value: unknown, parent = ''): unknown {
  if (Array.isArray(value)) return value.map((inner) => camelCased(inner));
  if (value === null || typeof value !== 'object') return value;
  // Here the keys are the user's, and the values ours.
  if (parent === 'trait_origins')
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, camelCased(inner)]));
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
      // The `traits` of a blast radius are our own list, of what would change.
      usersOwn.has(key) && parent !== 'blast_radius' ? inner : camelCased(inner, key),
    ]),
  );
}
