/** A scheme as in a URL; `localhost:7700` would pass for one otherwise. */
const scheme = /^[a-z][a-z0-9+.-]*:\/\//i;

/**
 * The address of a server as people write it: `https://host/onym` keeps its path, `127.0.0.1:7700` and `localhost:7700` are http. Without
 * a slash at its end. null for what is none, or holds a user, a query or a fragment.
 */
export function serverAddress(text: string): string | null {
  const isLocal = /^(?:localhost|127\.\d+\.\d+\.\d+|\[[\da-f:]+\]|[\w.-]+:\d+)(?:[:/]|$)/i.test(text);
  const whole = scheme.test(text) ? text : isLocal ? `http://${text}` : '';
  if (!URL.canParse(whole)) return null;
  const { protocol, username, password, search, hash, origin, pathname } = new URL(whole);
  if (!/^https?:$/.test(protocol) || username || password || search || hash) return null;
  return `${origin}${pathname.replace(/\/+$/, '')}`;
}
