/** Values of these keys are the user's own: their keys are not ours to rename. */
const usersOwn = new Set(['traits', 'properties', 'value', 'from', 'to']);

/** The server's snake_case field names as camelCase ones, at every level but within what users have sent. */
export function camelCased(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(camelCased);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
      usersOwn.has(key) ? inner : camelCased(inner),
    ]),
  );
}
